"""From options and catalogue to everything that decides the training of one model of frames."""

from reelwise.catalog import Entry
from reelwise.core.contract import Contract
from reelwise.core.window import WindowSpec
from reelwise.jobs.clips.plan import (
    UNKNOWN_RATE,
    ClipPlan,
    clip_input,
    full_model_names,
    only_encoder,
    uses_bfloat16,
)
from reelwise.jobs.runs.options import TrainOptions
from reelwise.models.catalogue import parse_model_name
from reelwise.tasks.prediction import PredictionOutput
from reelwise.training.config import TrainConfig

GIVES = "frames"
"""What the models of this job give, so that ``convlstm`` means the one that does."""

DEFAULT_MODEL = "simvp"
"""What ``--model auto`` means."""


def plan_predictors(options: TrainOptions, start: Contract | None) -> list[ClipPlan]:
    """The models of a command, each once.

    Args:
        options: The command's, checked.
        start: The contract of the ``--from`` model; its clips are kept where the kind of model is the same.

    Raises:
        UsageError: A model that the catalogue does not have, or clips that it cannot take.
    """
    return [_plan(options, name, start) for name in full_model_names(options, DEFAULT_MODEL, GIVES, start)]


def window_of(contract: Contract) -> WindowSpec:
    """Which frames a model of frames is given, and which it predicts."""
    clip = contract.input.clip
    return WindowSpec(clip.num_frames, contract.output.frames_given, clip.frame_stride or WindowSpec.frame_stride)


def _plan(options: TrainOptions, name: str, start: Contract | None) -> ClipPlan:
    from reelwise.models.unallocated import contract_cost  # loads Keras, which checks of options do not need

    entry, preset = parse_model_name(name)
    contract = _contract(options, entry, preset)
    if start is not None and start.network.first.architecture == entry.name:
        contract = start
    defaults = entry.training
    config = TrainConfig(
        batch_size=options.batch_size or defaults.batch_size,
        learning_rate=defaults.learning_rate,
        weight_decay=defaults.weight_decay,
        augment="none",
        bfloat16=uses_bfloat16(options.precision, contract_cost(contract).multiply_adds),
        seed=options.seed,
    )
    return ClipPlan(name, contract, config, window_of(contract), options.flip == "on", options.epochs)


def _contract(options: TrainOptions, entry: Entry, preset: str) -> Contract:
    spec = clip_input(options, entry, preset)
    num_frames, stride = spec.clip.num_frames, spec.clip.frame_stride or WindowSpec.frame_stride
    window = WindowSpec(num_frames, options.num_targets or num_frames, stride)  # refuses too many
    output = PredictionOutput(window.num_targets, UNKNOWN_RATE / stride)
    return Contract(spec, only_encoder(entry, preset), output)
