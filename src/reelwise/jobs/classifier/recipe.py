"""From options, catalogue and data to everything that decides a training: contract and configuration."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from reelwise.catalog import Entry
from reelwise.catalog.training import training_defaults
from reelwise.core.backend import bfloat16_pays
from reelwise.core.clip import ClipSpec, DecodeSettings
from reelwise.core.contract import Contract
from reelwise.core.errors import UsageError
from reelwise.core.modalities import Encoder
from reelwise.jobs.classifier.input_plan import AUTO, Parts, default_model, full_name, parse_modalities
from reelwise.jobs.runs.options import TrainOptions
from reelwise.models.catalogue import choose_auto, find_entry, parse_model_name
from reelwise.models.whole import answer_names, contract_cost
from reelwise.training.config import TrainConfig
from reelwise.transforms.flip import choose_flip

HIDE_SHARE = 0.3
"""Chance of a training clip that one of its modalities is hidden."""


@dataclass(frozen=True)
class Target:
    """What a model learns to say.

    Args:
        labels: The classes; for regression the name of the number.
        task: One of ``TASKS``.
    """

    labels: tuple[str, ...]
    task: str = "classification"


@dataclass(frozen=True)
class Extractor:
    """Where the weights of the part that is never trained come from.

    Args:
        application: The Keras application.
        path: Its file of weights; None for none.
        download: Whether Keras may download them.
    """

    application: str
    path: Path | None
    download: bool


@dataclass(frozen=True)
class Recipe:
    """One model to train.

    Args:
        name: What reads each modality, such as ``cnn_lstm:base`` or ``motion+audio_cnn``.
        contract: With the data's labels; metadata columns, temperature and threshold come with training.
        config: For a training on all clips; ``for_clips`` fits the number of epochs to fewer.
        flip: Whether half of the training clips are mirrored.
        fixed_epochs: Whether the user set the number of epochs.
        extractor: What to load into a frozen part; None where there is none, or the ``--from`` model brings it.
        hide: Chance of each clip in training that one of its modalities is hidden, so that none is indispensable.
    """

    name: str
    contract: Contract
    config: TrainConfig
    flip: bool
    fixed_epochs: bool
    extractor: Extractor | None = None
    hide: float = 0.0

    @property
    def entry(self) -> Entry:
        """Its line in the catalogue."""
        return find_entry(self.contract.architecture)

    def for_clips(
        self, num_clips: int, seed: int, budget_seconds: float | None, validated: bool, epochs: int | None = None
    ) -> TrainConfig:
        """The configuration of one training.

        Args:
            num_clips: Clips that it learns from.
            seed: Of this training.
            budget_seconds: Its share of the time.
            validated: Whether there are validation clips to stop by.
            epochs: Decided beforehand, for a refit.
        """
        defaults = training_defaults(self.contract.architecture)
        epochs = epochs or (self.config.epochs if self.fixed_epochs else defaults.epochs(num_clips))
        patience = max(3, round(defaults.patience_share * epochs)) if validated and defaults.patience_share else None
        return replace(
            self.config,
            epochs=epochs,
            seed=seed,
            budget_seconds=budget_seconds,
            patience=patience,
            keep_best=bool(patience),
        )


def model_names(options: TrainOptions, num_clips: int, num_classes: int, start: Contract | None) -> list[str]:
    """The models to train, ``auto`` resolved, each once.

    Raises:
        UsageError: A name that the catalogue does not have.
    """
    names = [name.strip() for name in options.model.split(",") if name.strip()]
    if not names:
        raise UsageError("--model is empty.", hint="Use --model auto.")
    auto = auto_model(options, num_clips, num_classes, start)
    resolved = [auto if name == AUTO else name for name in names]
    return list(dict.fromkeys(map(full_name, resolved)))


def auto_model(options: TrainOptions, num_clips: int, num_classes: int, start: Contract | None) -> str:
    """What ``--model auto`` means here: the ``--from`` model's kind, else by modalities and size of the data."""
    if start is not None:
        return f"{start.architecture}:{start.preset}"
    asked = None if options.modalities == AUTO else parse_modalities(options.modalities)
    return default_model(asked, choose_auto(num_clips, num_classes))


def decode_settings(options: TrainOptions, entry: Entry, preset: str) -> DecodeSettings:
    """How frames are kept for a model; ``--size`` sets the side of the kept square."""
    size = options.size or entry.preset(preset).clip.decode_size
    return DecodeSettings(size=size, max_frame_rate=None if options.frame_stride else DecodeSettings.max_frame_rate)


def make_recipe(
    options: TrainOptions, parts: Parts, target: Target, num_clips: int, start: Contract | None
) -> tuple[Recipe, str]:
    """Everything that decides the training of one model, and a sentence on flipping.

    Args:
        options: The command's.
        parts: What it reads, and what reads that.
        target: What it learns to say.
        num_clips: Usable clips.
        start: The contract of the ``--from`` model; its clips are kept, so that its weights fit.
    """
    flip, why = choose_flip(options.flip, target.labels)
    contract = _contract(options, parts, target, start, flip)
    defaults = training_defaults(contract.architecture)
    several = len(contract.modalities) > 1
    config = TrainConfig(
        epochs=options.epochs or defaults.epochs(num_clips),
        batch_size=options.batch_size or defaults.batch_size,
        learning_rate=defaults.learning_rate,
        weight_decay=defaults.weight_decay,
        label_smoothing=defaults.label_smoothing if target.task == "classification" else 0.0,
        separate_streams=not contract.answers and _num_streams(contract) > 1,
        mixup=defaults.mixup if contract.modalities == ("frames",) and target.task != "regression" else 0.0,
        augment=defaults.augment,
        bfloat16=bfloat16_pays(contract_cost(contract).multiply_adds),
        seed=options.seed,
        task=target.task,
        several_answers=bool(contract.answers),
    )
    extractor = find_extractor(options, parts.names[0], start)
    hide = HIDE_SHARE if several else 0.0
    return Recipe(parts.model_name, contract, config, flip, options.epochs is not None, extractor, hide), why


def _contract(options: TrainOptions, parts: Parts, target: Target, start: Contract | None, flip: bool) -> Contract:
    entry, preset = parts.primary
    decode = decode_settings(options, entry, preset)
    told: dict[str, Any] = {
        "preset": preset,
        "arguments": entry.resolve(preset),
        "decode": decode,
        "clip": _clip_spec(options, entry, preset, decode),
        "sound": parts.sound_input(),
        "encoders": parts.encoders(),
        "fusion": parts.fusion,
    }
    if start is not None and start.architecture == entry.name:
        kept = ["preset", "arguments", "decode", "clip"]
        if start.modalities == parts.modalities:
            kept += ["sound", "encoders", "fusion"]
        told |= {name: getattr(start, name) for name in kept}
    contract = Contract(
        architecture=entry.name,
        labels=target.labels,
        num_views=training_defaults(entry.name).num_views,
        mirror_views=flip,
        modalities=parts.modalities,
        metadata=parts.columns,
        task=target.task,
        **told,
    )
    return replace(contract, answers=answer_names(contract))


def _num_streams(contract: Contract) -> int:
    entry = find_entry(contract.architecture)
    return entry.num_streams(contract.arguments, contract.clip) if entry.modality == "frames" else 1


def reading_only(recipe: Recipe, modalities: Sequence[str]) -> Recipe:
    """The same training of a model that reads only some of the modalities.

    Args:
        recipe: Of a model of several modalities.
        modalities: Some of them, in their order.
    """
    whole = recipe.contract
    readers = (Encoder(whole.architecture, whole.preset, whole.arguments), *whole.encoders)
    kept = [reader for name, reader in zip(whole.modalities, readers, strict=True) if name in modalities]
    several = len(kept) > 1
    contract = replace(
        whole,
        architecture=kept[0].architecture,
        preset=kept[0].preset,
        arguments=kept[0].arguments,
        encoders=tuple(kept[1:]),
        modalities=tuple(modalities),
        fusion=whole.fusion if several else "",
        sound=whole.sound if "sound" in modalities else None,
        metadata=whole.metadata if "metadata" in modalities else (),
        answers=(),
    )
    contract = replace(contract, answers=answer_names(contract))
    streams = not contract.answers and _num_streams(contract) > 1
    config = replace(recipe.config, several_answers=bool(contract.answers), separate_streams=streams)
    name = f"{recipe.name} on {' and '.join(modalities)} alone"
    return replace(recipe, name=name, contract=contract, config=config, hide=recipe.hide if several else 0.0)


def find_extractor(options: TrainOptions, name: str, start: Contract | None) -> Extractor | None:
    """Where the frozen part of a model gets its weights; a random one is never used.

    Args:
        options: The command's.
        name: As in ``--model``.
        start: The contract of the ``--from`` model, which brings its own when it is of the same kind.

    Raises:
        UsageError: There is such a part, and no weights for it; or there are two sources.
    """
    entry, preset = parse_model_name(name)
    if not entry.frozen_extractor:
        return None
    path, download = options.extractor_weights, options.download_weights
    given = path is not None or download
    if start is not None and start.architecture == entry.name:
        if given:
            text = f"the --from model is an {entry.name} and brings its image network along."
            raise UsageError(text, hint="Leave --extractor-weights and --download-weights out.")
        return None
    application = str(entry.resolve(preset)["application"])
    if not given:
        text = f"{full_name(name)} looks through {application}, whose weights do not come with Reelwise."
        hint = "Give a file of them with --extractor-weights, or let Keras download them with --download-weights."
        raise UsageError(text, hint=hint)
    return Extractor(application, path, download)


def _clip_spec(options: TrainOptions, entry: Entry, preset: str, decode: DecodeSettings) -> ClipSpec:
    wanted = entry.preset(preset).clip
    input_size = round(decode.size * wanted.input_size / wanted.decode_size)
    return ClipSpec(
        num_frames=options.num_frames or wanted.num_frames,
        frame_stride=options.frame_stride,
        max_span_seconds=Fraction(training_defaults(entry.name).max_span_seconds),
        input_size=input_size,
    )
