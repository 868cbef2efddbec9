"""From options, catalogue and classes to everything that decides the training of a model that makes clips."""

from dataclasses import replace

from reelwise.catalog import Entry
from reelwise.core.contract import Contract
from reelwise.core.errors import DataError
from reelwise.core.window import WindowSpec
from reelwise.jobs.clips.plan import (
    UNKNOWN_RATE,
    ClipPlan,
    clip_input,
    full_model_names,
    only_encoder,
    uses_bfloat16,
)
from reelwise.jobs.clips.videos import ClipVideos
from reelwise.jobs.runs.options import TrainOptions
from reelwise.models.catalogue import parse_model_name
from reelwise.tasks.generation import GenerationOutput
from reelwise.training.config import TrainConfig

GIVES = "clips"
"""What the models of this job give."""

DEFAULT_MODEL = "flowdit"
"""What ``--model auto`` means with ``--task generation``."""

_NORMALIZATION = "RGB from -1 to 1, mixed with noise before the network"

_MEAN_MOMENTUM = 0.999
"""Of the running mean of weights: it spans some thousand steps, which takes the jitter out of single ones. With its
warm-up it forgets the first weights in a short training too."""

_CLIP_NORM = 1.0
"""Longer gradients come from clips with little noise, whose errors weigh most."""


def plan_generators(options: TrainOptions, start: Contract | None = None) -> list[ClipPlan]:
    """The models of a command, each once; their classes and frame rate come with the data.

    Args:
        options: The command's, checked.
        start: The contract of the ``--from`` model; its clips are kept where the kind of model is the same.

    Raises:
        UsageError: A model that the catalogue does not have, or clips that it cannot take.
    """
    return [_plan(options, name, start) for name in full_model_names(options, DEFAULT_MODEL, GIVES, start)]


def window_of(contract: Contract) -> WindowSpec:
    """Which frames make a clip: its halves count as given and to predict, since only their sum matters here."""
    clip = contract.input.clip
    half = clip.num_frames // 2
    return WindowSpec(half, clip.num_frames - half, clip.frame_stride or WindowSpec.frame_stride)


def _plan(options: TrainOptions, name: str, start: Contract | None) -> ClipPlan:
    from reelwise.models.unallocated import contract_cost  # loads Keras, which checks of options do not need

    entry, preset = parse_model_name(name)
    contract = _contract(options, entry, preset)
    if start is not None and start.network.first.architecture == entry.name:
        contract = replace(start, output=contract.output)
    cost = contract_cost(contract)  # refuses clips that do not divide into patches
    defaults = entry.training
    config = TrainConfig(
        batch_size=options.batch_size or defaults.batch_size,
        learning_rate=defaults.learning_rate,
        weight_decay=defaults.weight_decay,
        augment="none",
        clip_norm=_CLIP_NORM,
        keep_best=False,  # the loss of an epoch is mostly that of its noise
        ema=_MEAN_MOMENTUM,
        ema_warmup=True,
        bfloat16=uses_bfloat16(options.precision, cost.multiply_adds),
        seed=options.seed,
    )
    return ClipPlan(name, contract, config, window_of(contract), options.flip == "on", options.epochs)


def with_labels(plan: ClipPlan, data: ClipVideos) -> ClipPlan:
    """The same for the classes of the videos; without classes where all videos are of one, or none has any.

    Raises:
        DataError: Only some videos have a class, or a class has no training video.
    """
    records = data.video_set.dataset.records
    labels = tuple(sorted({record.label for record in records if record.label}))
    if len(labels) < 2:
        return plan
    if without := [record.name for record in records if not record.label]:
        raise DataError(
            f"{data.video_set.dataset.root}: {without[0]} has no class, and others have one.",
            hint="Put every video into the folder of its class, or all into one folder to train without classes.",
        )
    training_labels = {records[index].label for index in data.split.train}
    if missing := [label for label in labels if label not in training_labels]:
        raise DataError(
            f"{missing[0]}: no video of this class is for training.", hint="Give more videos of it, or leave it out."
        )
    output = replace(plan.contract.output, labels=labels)
    return replace(plan, contract=replace(plan.contract, output=output))


def _contract(options: TrainOptions, entry: Entry, preset: str) -> Contract:
    spec = replace(clip_input(options, entry, preset), normalization=_NORMALIZATION)
    stride = spec.clip.frame_stride or WindowSpec.frame_stride
    return Contract(spec, only_encoder(entry, preset), GenerationOutput((), UNKNOWN_RATE / stride))
