"""Everything that decides the training of one model of clips."""

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from reelwise.catalog import Entry
from reelwise.core.backend import bfloat16_pays
from reelwise.core.clip import ClipSpec, DecodeSettings
from reelwise.core.contract import Contract, InputSpec, NetworkSpec
from reelwise.core.errors import UsageError
from reelwise.core.modalities import Encoder
from reelwise.core.window import WindowSpec
from reelwise.jobs.runs.model_names import model_names
from reelwise.jobs.runs.options import TrainOptions
from reelwise.models.catalogue import find_entry, parse_model_name
from reelwise.sampling.windows import Windows
from reelwise.training.config import TrainConfig

AUTO = "auto"

UNKNOWN_RATE = 30.0
"""Frames a second, until the rate of the training videos is known."""

_MOST_SAMPLES = 512
"""Windows that are drawn for one epoch, at most: neighbouring windows of one video are nearly the same, so that a round
over all of them would leave a long time without a look at the validation videos."""

_FEWEST_SAMPLES = 64
"""Of an epoch, where there are fewer windows: each is then drawn several times."""

_MOST_EPOCHS = 100_000
"""With a budget the time decides, not the number of epochs."""


@dataclass(frozen=True)
class ClipPlan:
    """One model to train on clips of videos.

    Args:
        name: Such as ``simvp:small``.
        contract: The frame rate of its output comes with the data.
        config: Rates and precision; :meth:`config_for` adds the number of epochs.
        window: Which frames make a clip; of a model of prediction which are given, and which predicted.
        mirrors: Whether half of the training windows are mirrored.
        fixed_epochs: Number of epochs that the user set; None follows the catalogue, or the budget.
    """

    name: str
    contract: Contract
    config: TrainConfig
    window: WindowSpec
    mirrors: bool
    fixed_epochs: int | None

    @property
    def folder_name(self) -> str:
        """The name as part of a path."""
        return self.name.replace(":", "-")

    @property
    def entry(self) -> Entry:
        """Its line in the catalogue."""
        return find_entry(self.contract.network.first.architecture)

    def config_for(self, num_samples: int, budget_seconds: float | None) -> TrainConfig:
        """The configuration of a training.

        Args:
            num_samples: Windows in one epoch.
            budget_seconds: Its share of the time; None without a budget.
        """
        epochs = _MOST_EPOCHS if budget_seconds else self.entry.training.epochs(num_samples)
        return replace(self.config, epochs=self.fixed_epochs or epochs, budget_seconds=budget_seconds)

    def with_frame_rate(self, frame_rate: float) -> "ClipPlan":
        """The same for videos of this rate.

        Args:
            frame_rate: Frames a second of what the network sees.
        """
        return self.with_output(frame_rate=frame_rate)

    def with_output(self, **values: Any) -> "ClipPlan":
        """The same with other values of what the model gives.

        Args:
            **values: Fields of ``contract.output``.
        """
        output = replace(self.contract.output, **values)
        return replace(self, contract=replace(self.contract, output=output))


def full_model_names(options: TrainOptions, default: str, gives: str, start: Contract | None) -> list[str]:
    """The models of a command with their presets, each once.

    Args:
        options: The command's.
        default: What ``auto`` means where there is no start.
        gives: What the models of the job give, so that ``convlstm`` means the one that does.
        start: The contract of the ``--from`` model; a name without a preset means its preset, and ``auto`` all of it.

    Raises:
        UsageError: A model that the catalogue does not have, or another preset than that of the start.
    """
    first = None if start is None else start.network.first
    names = []
    for name in model_names(options.model):
        default_name = default if first is None else first.architecture
        entry, preset = parse_model_name(default_name if name == AUTO else name, gives)
        if first is not None and first.architecture == entry.name and preset != first.preset:
            if ":" in name:
                raise UsageError(
                    f"--model is {name}, but --from is a model {entry.name}:{first.preset}, whose weights do not fit.",
                    hint=f"Use --model {entry.name}, or leave --from out.",
                )
            preset = first.preset
        names.append(f"{entry.name}:{preset}")
    return list(dict.fromkeys(names))


def samples_of(windows: Windows) -> int:
    """Windows that are drawn for one epoch.

    Args:
        windows: Of the training videos.
    """
    return min(max(len(windows), _FEWEST_SAMPLES), _MOST_SAMPLES)


def clip_input(options: TrainOptions, entry: Entry, preset: str) -> InputSpec:
    """How videos are read for a model of clips: as the preset says, where the command says nothing else.

    Args:
        options: Of the command.
        entry: Of the model.
        preset: Of the entry.

    Returns:
        With ``num_frames`` of the clip as in ``--num-frames``, and a stride.
    """
    clip = entry.preset(preset).clip
    size = options.size or clip.decode_size
    # A stride that was asked for counts the frames of the file; otherwise fast cameras are thinned first.
    max_rate = None if options.frame_stride else DecodeSettings.max_frame_rate
    return InputSpec(
        decode=DecodeSettings(size=size, max_frame_rate=max_rate, fit="crop"),
        clip=ClipSpec(
            num_frames=options.num_frames or clip.num_frames,
            frame_stride=options.frame_stride or WindowSpec.frame_stride,
            max_span_seconds=Fraction(entry.training.max_span_seconds),
            input_size=round(size * clip.input_size / clip.decode_size),
        ),
        num_views=1,
    )


def only_encoder(entry: Entry, preset: str) -> NetworkSpec:
    """The network of a model that is one entry of the catalogue."""
    return NetworkSpec((Encoder(entry.name, preset, dict(entry.preset(preset).arguments)),))


def uses_bfloat16(precision: str, multiply_adds: float) -> bool:
    """Whether training steps calculate in bfloat16.

    Args:
        precision: As in ``--precision``.
        multiply_adds: Of the network, for one clip.
    """
    return bfloat16_pays(multiply_adds) if precision == AUTO else precision == "bfloat16"
