"""From request, catalogue and data to everything that decides the training of one model: contract and configuration."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from reelwise.catalog import Entry
from reelwise.catalog.training import TrainingDefaults
from reelwise.core.backend import bfloat16_pays
from reelwise.core.clip import ClipSpec, DecodeSettings
from reelwise.core.contract import Contract, InputSpec, NetworkSpec
from reelwise.core.modalities import ImageInput
from reelwise.jobs.classifier.extractor import ExtractorWeights, find_extractor
from reelwise.jobs.classifier.inputs import InputPlan, default_model, full_name
from reelwise.jobs.classifier.model_request import AUTO, ModelRequest
from reelwise.models.catalogue import choose_auto, find_entry, parse_model_name
from reelwise.models.network_plan import plan_head_names
from reelwise.tasks import CLASSIFICATION, find_task
from reelwise.training.config import TrainConfig
from reelwise.training.task_objective import TaskObjective
from reelwise.transforms.flip import choose_flip

MODALITY_DROPOUT = 0.3
"""Chance of a training clip that one of its modalities is masked, so that the model never depends on one alone."""
FEWEST_PATIENCE = 3
"""Epochs without a better validation loss that every training is allowed, however few epochs it has."""


@dataclass(frozen=True)
class Target:
    """What a model predicts.

    Args:
        labels: The classes; for regression the name of the number.
        task: Name of one of ``tasks.TASKS``.
    """

    labels: tuple[str, ...]
    task: str = CLASSIFICATION.name


@dataclass(frozen=True)
class TrainingPlan:
    """One model to train.

    Args:
        name: The encoders, such as ``cnn_lstm:base`` or ``motion+audio_cnn``.
        contract: With the data's labels; metadata columns, temperature and threshold come with training. It is that of
            the network which is trained step by step, without image features.
        objective: Loss, metrics and validation score.
        config: For a training on all clips; ``config_for`` fits the number of epochs to fewer.
        asks_mirror: Whether the training videos decide if clips are mirrored; else the contract says it already.
        fixed_epochs: Whether the user set the number of epochs.
        extractor: What to load into a frozen extractor; None where there is none, or the ``--from`` model brings it.
        modality_dropout: Chance of each training clip that one of its modalities is masked.
        images: The image features that the trained network gets a fitted head for; None for none.
    """

    name: str
    contract: Contract
    objective: TaskObjective
    config: TrainConfig
    asks_mirror: bool
    fixed_epochs: bool
    extractor: ExtractorWeights | None = None
    modality_dropout: float = 0.0
    images: ImageInput | None = None

    @property
    def precision(self) -> str:
        """Of its training steps: ``float32`` or ``bfloat16``."""
        return "bfloat16" if self.config.bfloat16 else "float32"

    @property
    def entry(self) -> Entry:
        """Its line in the catalogue."""
        return find_entry(self.contract.network.first.architecture)

    @property
    def flip(self) -> bool:
        """Whether half of the training clips are mirrored, as half of the views of a prediction are."""
        return self.contract.input.mirror_views

    @property
    def folder_name(self) -> str:
        """The name as part of a path."""
        return self.name.replace(":", "-").replace(" ", "-")

    @property
    def uses_validation(self) -> bool:
        """Whether this model chooses its best epoch by validation clips."""
        return self._defaults.patience_share > 0

    def epochs_for(self, num_clips: int) -> int:
        """Epochs of a training on this many clips."""
        return self.config.epochs if self.fixed_epochs else self._defaults.epochs(num_clips)

    def config_for(
        self,
        num_clips: int,
        seed: int,
        budget_seconds: float | None,
        *,
        has_validation: bool,
        epochs: int | None = None,
    ) -> TrainConfig:
        """The configuration of one training.

        Args:
            num_clips: Training clips.
            seed: Of this training.
            budget_seconds: Its share of the time.
            has_validation: Whether there are validation clips to stop early by.
            epochs: A number that is decided already, for a refit.
        """
        epochs = epochs or self.epochs_for(num_clips)
        patience = None
        if has_validation and self.uses_validation:
            patience = max(FEWEST_PATIENCE, round(self._defaults.patience_share * epochs))
        return replace(
            self.config,
            epochs=epochs,
            seed=seed,
            budget_seconds=budget_seconds,
            patience=patience,
            keep_best=bool(patience),
        )

    @property
    def _defaults(self) -> TrainingDefaults:
        return find_entry(self.contract.network.first.architecture).training


def resolve_model_names(request: ModelRequest, num_clips: int, num_classes: int) -> list[str]:
    """The models to train, ``auto`` resolved, each once.

    Raises:
        UsageError: A name that the catalogue does not have.
    """
    auto = auto_model(request, num_clips, num_classes)
    names = [auto if name == AUTO else name for name in request.names]
    return list(dict.fromkeys(map(full_name, names)))


def auto_model(request: ModelRequest, num_clips: int, num_classes: int) -> str:
    """What ``--model auto`` means here: the ``--from`` model's kind, else by modalities and size of the data."""
    if request.start is not None:
        return f"{request.start.network.first.architecture}:{request.start.network.first.preset}"
    return default_model(request.modalities, choose_auto(num_clips, num_classes))


def decode_settings(request: ModelRequest, name: str) -> DecodeSettings:
    """How frames are decoded for a model: as the ``--from`` model of its kind does, else by ``--size`` and preset."""
    entry, preset = parse_model_name(name)
    if request.start is not None and request.starts_as(entry.name):
        return request.start.input.decode
    size = request.size or entry.preset(preset).clip.decode_size
    return DecodeSettings(size=size, max_frame_rate=None if request.frame_stride else DecodeSettings.max_frame_rate)


def plan_training(request: ModelRequest, inputs: InputPlan, target: Target, num_clips: int) -> tuple[TrainingPlan, str]:
    """Everything that decides the training of one model, and a sentence on flipping.

    Args:
        request: What the command asks of models; clips of its ``--from`` model are kept, so that its weights fit.
        inputs: What the model reads.
        target: What it predicts.
        num_clips: Usable clips.
    """
    from reelwise.models.unallocated import contract_cost  # loads Keras, which help and checks do not need

    flip, flip_note = choose_flip(request.flip, target.labels)
    sees_frames = "frames" in inputs.modalities
    contract = _contract(request, inputs, target, flip == "on" or (flip == "ask" and not sees_frames))
    defaults, task = find_entry(contract.network.first.architecture).training, find_task(target.task)
    several = len(contract.modalities) > 1
    config = TrainConfig(
        epochs=request.epochs or defaults.epochs(num_clips),
        batch_size=request.batch_size or defaults.batch_size,
        learning_rate=defaults.learning_rate,
        weight_decay=defaults.weight_decay,
        mixup=defaults.mixup if contract.modalities == ("frames",) and task.mixes_clips else 0.0,
        augment=defaults.augment,
        bfloat16=_uses_bfloat16(request, inputs.primary[0], contract_cost(contract).multiply_adds),
        seed=request.seed,
    )
    plan = TrainingPlan(
        name=inputs.model_name,
        contract=contract,
        objective=_objective(contract, defaults.label_smoothing if task.smooths_labels else 0.0),
        config=config,
        asks_mirror=flip == "ask" and sees_frames,
        fixed_epochs=request.epochs is not None,
        extractor=find_extractor(request, inputs.names[0]),
        modality_dropout=MODALITY_DROPOUT if several else 0.0,
        images=_images(request) if sees_frames else None,
    )
    return plan, flip_note


def _images(request: ModelRequest) -> ImageInput | None:
    """Which image features are read: those of the shipped network, or as the ``--from`` model does."""
    from reelwise.models.image_extractor import shipped_images

    if request.image_features == "on":
        return shipped_images()
    return request.start.input.images if request.image_features == AUTO and request.start is not None else None


def _uses_bfloat16(request: ModelRequest, entry: Entry, multiply_adds: float) -> bool:
    if request.precision != AUTO:
        return request.precision == "bfloat16"
    # The convolutions of image networks, each over one channel, are slower in bfloat16 on a CPU: what they multiply
    # is no reason to choose it there (0.72 of the rate for application_lstm:small, LOG.md).
    return bfloat16_pays(0 if entry.frozen_extractor else multiply_adds)


def _contract(request: ModelRequest, inputs: InputPlan, target: Target, mirrors: bool) -> Contract:
    entry, preset = inputs.primary
    decode = decode_settings(request, inputs.names[0])
    spec = InputSpec(
        decode=decode,
        clip=_clip_spec(request, entry, preset, decode),
        modalities=inputs.modalities,
        sound=inputs.sound_input(),
        metadata=inputs.columns,
        num_views=entry.training.num_views,
        mirror_views=mirrors,
    )
    network = NetworkSpec(inputs.encoders(), inputs.fusion)
    start = request.start
    if start is not None and request.starts_as(entry.name):
        spec = replace(spec, decode=start.input.decode, clip=start.input.clip)
        network = replace(network, encoders=(start.network.first, *network.encoders[1:]))
        if start.modalities == inputs.modalities:
            spec = replace(spec, sound=start.input.sound)
            network = replace(network, encoders=start.network.encoders, fusion=start.network.fusion)
    return _with_head_names(Contract(spec, network, find_task(target.task).output_type(target.labels)))


def _with_head_names(contract: Contract) -> Contract:
    return replace(contract, network=replace(contract.network, head_names=plan_head_names(contract)))


def _objective(contract: Contract, label_smoothing: float) -> TaskObjective:
    """What a network with this contract is trained for."""
    several_heads = bool(contract.network.head_names)
    separate_streams = not several_heads and _num_streams(contract) > 1
    return TaskObjective(find_task(contract.output.task), several_heads, separate_streams, label_smoothing)


def _num_streams(contract: Contract) -> int:
    first = contract.network.first
    return find_entry(first.architecture).num_streams(first.arguments)


def plan_for_modalities(plan: TrainingPlan, modalities: Sequence[str]) -> TrainingPlan:
    """The same training of a model that reads only some of the modalities.

    Args:
        plan: Of a model of several modalities.
        modalities: Some of them, in their order.
    """
    whole = plan.contract
    pairs = zip(whole.modalities, whole.network.encoders, strict=True)
    encoders = tuple(encoder for name, encoder in pairs if name in modalities)
    is_fused = len(encoders) > 1
    spec = replace(
        whole.input,
        modalities=tuple(modalities),
        sound=whole.input.sound if "sound" in modalities else None,
        metadata=whole.input.metadata if "metadata" in modalities else (),
        mirror_views=whole.input.mirror_views or (plan.asks_mirror and "frames" not in modalities),
    )
    network = NetworkSpec(encoders, whole.network.fusion if is_fused else "")
    contract = _with_head_names(Contract(spec, network, whole.output, whole.notes))
    objective = _objective(contract, plan.objective.label_smoothing)
    name = f"{plan.name} on {' and '.join(modalities)} alone"
    modality_dropout = plan.modality_dropout if is_fused else 0.0
    return replace(
        plan,
        name=name,
        contract=contract,
        objective=objective,
        modality_dropout=modality_dropout,
        asks_mirror=plan.asks_mirror and "frames" in modalities,
        images=plan.images if "frames" in modalities else None,
    )


def _clip_spec(request: ModelRequest, entry: Entry, preset: str, decode: DecodeSettings) -> ClipSpec:
    preset_clip = entry.preset(preset).clip
    # The crop keeps its share of the decoded square when --size changes the square.
    input_size = round(decode.size * preset_clip.input_size / preset_clip.decode_size)
    return ClipSpec(
        num_frames=request.num_frames or preset_clip.num_frames,
        frame_stride=request.frame_stride,
        max_span_seconds=Fraction(entry.training.max_span_seconds),
        input_size=input_size,
    )
