"""From options, catalogue and data to everything that decides a training: contract and configuration."""

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from reelwise.catalog import Entry, choose_auto, find_entry, parse_model_name
from reelwise.catalog.training import training_defaults
from reelwise.core.backend import bfloat16_pays
from reelwise.core.clip import ClipSpec, DecodeSettings
from reelwise.core.contract import Contract
from reelwise.core.errors import UsageError
from reelwise.jobs.options import TrainOptions
from reelwise.training.config import TrainConfig
from reelwise.transforms.flip import choose_flip

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|min|h)?")
_SECONDS = {None: 1.0, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}


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
        name: As in ``--model``, such as ``cnn_lstm:base``.
        contract: With the data's labels; temperature and threshold come after training.
        config: For a training on all clips; ``for_clips`` fits the number of epochs to fewer.
        flip: Whether half of the training clips are mirrored.
        fixed_epochs: Whether the user set the number of epochs.
        extractor: What to load into a frozen part; None where there is none, or the ``--from`` model brings it.
    """

    name: str
    contract: Contract
    config: TrainConfig
    flip: bool
    fixed_epochs: bool
    extractor: Extractor | None = None

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
    auto = f"{start.architecture}:{start.preset}" if start else choose_auto(num_clips, num_classes)
    resolved = [auto if name == "auto" else name for name in names]
    return list(dict.fromkeys(map(_full_name, resolved)))


def decode_settings(options: TrainOptions, entry: Entry, preset: str) -> DecodeSettings:
    """How frames are kept for a model; ``--size`` sets the side of the kept square."""
    size = options.size or entry.preset(preset).clip.decode_size
    return DecodeSettings(size=size, max_frame_rate=None if options.frame_stride else DecodeSettings.max_frame_rate)


def make_recipe(
    options: TrainOptions, name: str, labels: tuple[str, ...], num_clips: int, start: Contract | None
) -> tuple[Recipe, str]:
    """Everything that decides the training of one model, and a sentence on flipping.

    Args:
        options: The command's.
        name: ``cnn_lstm`` or ``cnn_lstm:base``.
        labels: The classes of the data.
        num_clips: Usable clips.
        start: The contract of the ``--from`` model; its clips are kept, so that its weights fit.
    """
    entry, preset = parse_model_name(name)
    defaults = training_defaults(entry.name)
    flip, why = choose_flip(options.flip, labels)
    decode = decode_settings(options, entry, preset)
    clip = _clip_spec(options, entry, preset, decode)
    arguments = entry.resolve(preset)
    if start is not None and start.architecture == entry.name:
        decode, clip, arguments = start.decode, start.clip, dict(start.arguments)
    contract = Contract(
        architecture=entry.name,
        preset=preset,
        arguments=arguments,
        labels=labels,
        decode=decode,
        clip=clip,
        num_views=defaults.num_views,
        mirror_views=flip,
    )
    config = TrainConfig(
        epochs=options.epochs or defaults.epochs(num_clips),
        batch_size=options.batch_size or defaults.batch_size,
        learning_rate=defaults.learning_rate,
        weight_decay=defaults.weight_decay,
        label_smoothing=defaults.label_smoothing,
        separate_streams=entry.num_streams(arguments, clip) > 1,
        mixup=defaults.mixup,
        augment=defaults.augment,
        bfloat16=bfloat16_pays(entry.cost(arguments, clip, len(labels)).multiply_adds),
        seed=options.seed,
    )
    extractor = find_extractor(options, name, start)
    return Recipe(_full_name(name), contract, config, flip, options.epochs is not None, extractor), why


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
        text = f"{_full_name(name)} looks through {application}, whose weights do not come with Reelwise."
        hint = "Give a file of them with --extractor-weights, or let Keras download them with --download-weights."
        raise UsageError(text, hint=hint)
    return Extractor(application, path, download)


def parse_duration(text: str | None) -> float | None:
    """Seconds from ``90s``, ``5m``, ``1h`` or a plain number of seconds; None stays None.

    Raises:
        UsageError: It is none of these.

    Example:
        >>> parse_duration("5m")
        300.0
    """
    if text is None:
        return None
    found = _DURATION.fullmatch(text.strip().lower())
    seconds = float(found[1]) * _SECONDS[found[2]] if found else 0.0
    if seconds <= 0:
        raise UsageError(f"--budget is {text!r}, expected a time such as 90s, 5m or 1h.", hint="Use --budget 5m.")
    return seconds


def _full_name(name: str) -> str:
    entry, preset = parse_model_name(name)
    return entry.name if preset == entry.default_preset else f"{entry.name}:{preset}"


def _clip_spec(options: TrainOptions, entry: Entry, preset: str, decode: DecodeSettings) -> ClipSpec:
    wanted = entry.preset(preset).clip
    input_size = round(decode.size * wanted.input_size / wanted.decode_size)
    return ClipSpec(
        num_frames=options.num_frames or wanted.num_frames,
        frame_stride=options.frame_stride,
        max_span_seconds=Fraction(training_defaults(entry.name).max_span_seconds),
        input_size=input_size,
    )
