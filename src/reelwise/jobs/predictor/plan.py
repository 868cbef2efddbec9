"""From options and catalogue to everything that decides the training of one model of frames."""

from dataclasses import dataclass, replace
from fractions import Fraction

from reelwise.catalog import Entry
from reelwise.core.backend import bfloat16_pays
from reelwise.core.clip import ClipSpec, DecodeSettings
from reelwise.core.contract import Contract, InputSpec, NetworkSpec
from reelwise.core.modalities import Encoder
from reelwise.core.window import WindowSpec
from reelwise.jobs.runs.model_names import model_names
from reelwise.jobs.runs.options import TrainOptions
from reelwise.models.catalogue import find_entry, parse_model_name
from reelwise.tasks.prediction import PredictionOutput
from reelwise.training.config import TrainConfig

AUTO = "auto"
DEFAULT_MODEL = "simvp"
"""What ``--model auto`` means."""

MOST_SAMPLES = 512
"""Windows that are drawn for one epoch, at most: neighbouring windows of one video are nearly the same, so that a round
over all of them would leave a long time without a look at the validation videos."""

_MOST_EPOCHS = 100_000
"""With a budget the time decides, not the number of epochs."""

_USUAL_RATE = 30.0
"""Frames a second, until the rate of the training videos is known."""


@dataclass(frozen=True)
class PredictorPlan:
    """One model of frames to train.

    Args:
        name: Such as ``simvp:small``.
        contract: The frame rate of its output comes with the data.
        config: Rates and precision; :meth:`config_for` adds the number of epochs.
        window: Which frames are given, and which predicted.
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

    def with_frame_rate(self, frame_rate: float) -> "PredictorPlan":
        """The same for videos of this rate.

        Args:
            frame_rate: Frames a second of what the network sees.
        """
        output = replace(self.contract.output, frame_rate=frame_rate)
        return replace(self, contract=replace(self.contract, output=output))


def plan_predictors(options: TrainOptions, start: Contract | None) -> list[PredictorPlan]:
    """The models of a command, each once.

    Args:
        options: The command's, checked.
        start: The contract of the ``--from`` model; its clips are kept where the kind of model is the same.

    Raises:
        UsageError: A model that the catalogue does not have, or clips that it cannot take.
    """
    names = [DEFAULT_MODEL if name == AUTO else name for name in model_names(options.model)]
    full = [f"{entry.name}:{preset}" for entry, preset in map(parse_model_name, names)]
    return [_plan(options, name, start) for name in dict.fromkeys(full)]


def _plan(options: TrainOptions, name: str, start: Contract | None) -> PredictorPlan:
    from reelwise.models.unallocated import contract_cost  # loads Keras, which checks of options do not need

    entry, preset = parse_model_name(name)
    contract = _contract(options, entry, preset)
    if start is not None and start.network.first.architecture == entry.name:
        contract = start
    clip = contract.input.clip
    defaults = entry.training
    config = TrainConfig(
        batch_size=options.batch_size or defaults.batch_size,
        learning_rate=defaults.learning_rate,
        weight_decay=defaults.weight_decay,
        augment="none",
        bfloat16=_uses_bfloat16(options.precision, contract_cost(contract).multiply_adds),
        seed=options.seed,
    )
    window = WindowSpec(clip.num_frames, contract.output.frames_given, clip.frame_stride or WindowSpec.frame_stride)
    return PredictorPlan(name, contract, config, window, options.flip == "on", options.epochs)


def _uses_bfloat16(precision: str, multiply_adds: float) -> bool:
    return bfloat16_pays(multiply_adds) if precision == AUTO else precision == "bfloat16"


def _contract(options: TrainOptions, entry: Entry, preset: str) -> Contract:
    clip = entry.preset(preset).clip
    size = options.size or clip.decode_size
    num_frames = options.num_frames or clip.num_frames
    stride = options.frame_stride or WindowSpec.frame_stride
    window = WindowSpec(num_frames, options.num_targets or num_frames, stride)
    # A stride that was asked for counts the frames of the file; otherwise fast cameras are thinned first.
    max_rate = None if options.frame_stride else DecodeSettings.max_frame_rate
    spec = InputSpec(
        decode=DecodeSettings(size=size, max_frame_rate=max_rate, fit="crop"),
        clip=ClipSpec(
            num_frames=window.num_context,
            frame_stride=stride,
            max_span_seconds=Fraction(entry.training.max_span_seconds),
            input_size=round(size * clip.input_size / clip.decode_size),
        ),
        num_views=1,
    )
    network = NetworkSpec((Encoder(entry.name, preset, dict(entry.preset(preset).arguments)),))
    return Contract(spec, network, PredictionOutput(window.num_targets, _USUAL_RATE / stride))
