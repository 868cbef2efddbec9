"""New video of models that predict frames: given videos, continued."""

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from reelwise.core.contract import Contract
from reelwise.core.errors import UsageError, VideoError
from reelwise.jobs.generator.maker import PlannedSample, ReadSources, SampleMaker, SamplePlan
from reelwise.jobs.generator.source_clip import ClipRequest, SourceClip
from reelwise.jobs.runs.options import GenerateOptions
from reelwise.tasks.generation import GenerationOutput
from reelwise.tasks.prediction import PredictionOutput, prediction_output

if TYPE_CHECKING:
    from reelwise.models.file import LoadedModel

_LARGEST_DENOMINATOR = 1001
"""Of a frame rate: 30000/1001 is a usual one, and a model file stores it as a float."""


class PredictedSamples(SampleMaker):
    """A sample per given video: the frames that follow those at its end, or those before ``--at``."""

    output_type = PredictionOutput
    purpose = "a model that predicts frames"
    options: ClassVar = frozenset({"from_inputs", "at"})

    def plan(self, contract: Contract, options: GenerateOptions, read_sources: ReadSources) -> SamplePlan:
        """A sample for each video that can be used."""
        if not options.from_inputs:
            raise UsageError(
                "This model goes on from a video, and none is given.",
                hint="Name one: reelwise generate MODEL --from video.mp4 --out DIR",
            )
        output = prediction_output(contract)
        num_frames = options.frames or output.num_targets
        frame_rate = clip_rate(contract)
        clips = read_sources(
            options.from_inputs, clip_request(contract, contract.input.clip.num_frames, num_frames, options.at)
        )
        failures = tuple((path, clip) for path, clip in clips if isinstance(clip, VideoError))
        usable = [clip for _, clip in clips if isinstance(clip, SourceClip)]
        if not usable:
            raise failures[0][1]
        size = contract.input.clip.input_size
        samples = tuple(PlannedSample(number, num_frames, size, source=clip) for number, clip in enumerate(usable))
        return SamplePlan(samples, frame_rate if options.fps is None else exact_rate(options.fps), failures)

    def sample_function(
        self, model: "LoadedModel", options: GenerateOptions, plan: SamplePlan
    ) -> Callable[[PlannedSample], np.ndarray]:
        """A function that predicts one sample at a time."""
        del options, plan  # what follows is not drawn
        from reelwise.inference.frame_predictor import FramePredictor

        predictor = FramePredictor(model.network, model.contract)

        def make(sample: PlannedSample) -> np.ndarray:
            if sample.source is None:
                raise ValueError("a prediction needs frames to go on from")
            return predictor.predict(sample.source.context[None], sample.num_frames)[0]

        return make


def clip_request(contract: Contract, num_context: int, num_following: int, at: float | None) -> ClipRequest:
    """What a model that goes on from frames wants of a video.

    Args:
        contract: Of the model.
        num_context: Frames that it is given.
        num_following: Frames that are made, and that are wanted as the truth.
        at: As in ``--at``.
    """
    clip = contract.input.clip
    moment = None if at is None else Fraction(at).limit_denominator(1_000_000)
    return ClipRequest(
        contract.input.decode,
        clip.input_size,
        num_context,
        num_following,
        clip_rate(contract),
        clip.frame_stride or 1,
        moment,
    )


def clip_rate(contract: Contract) -> Fraction:
    """Frames per second of the clips of a model that gives frames or clips.

    Args:
        contract: Of the model.
    """
    output = contract.output
    if not isinstance(output, PredictionOutput | GenerationOutput):
        raise TypeError(f"a model for {contract.task} gives no clips")
    return exact_rate(output.frame_rate)


def exact_rate(rate: float) -> Fraction:
    """A frame rate as the fraction that it stands for.

    Example:
        >>> exact_rate(12.5), exact_rate(29.97002997)
        (Fraction(25, 2), Fraction(30000, 1001))
    """
    return Fraction(rate).limit_denominator(_LARGEST_DENOMINATOR)
