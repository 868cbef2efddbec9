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
        frame_rate = exact_rate(output.frame_rate)
        clips = read_sources(options.from_inputs, clip_request(contract, frame_rate, num_frames, options.at))
        failures = tuple((path, clip) for path, clip in clips if isinstance(clip, VideoError))
        usable = [clip for _, clip in clips if isinstance(clip, SourceClip)]
        if not usable:
            raise failures[0][1]
        size = contract.input.clip.input_size
        samples = tuple(PlannedSample(number, num_frames, size, source=clip) for number, clip in enumerate(usable))
        return SamplePlan(samples, frame_rate if options.fps is None else exact_rate(options.fps), failures)

    def sample_function(self, model: "LoadedModel", options: GenerateOptions) -> Callable[[PlannedSample], np.ndarray]:
        """A function that predicts one sample at a time."""
        del options  # what follows is not drawn
        from reelwise.inference.frame_predictor import FramePredictor

        predictor = FramePredictor(model.network, model.contract)

        def make(sample: PlannedSample) -> np.ndarray:
            if sample.source is None:
                raise ValueError("a prediction needs frames to go on from")
            return predictor.predict(sample.source.context[None], sample.num_frames)[0]

        return make


def clip_request(contract: Contract, frame_rate: Fraction, num_following: int, at: float | None) -> ClipRequest:
    """What a model of prediction wants of a video.

    Args:
        contract: Of the model.
        frame_rate: Frames per second that it sees.
        num_following: Frames that are predicted, and that are wanted as the truth.
        at: As in ``--at``.
    """
    clip = contract.input.clip
    moment = None if at is None else Fraction(at).limit_denominator(1_000_000)
    return ClipRequest(
        contract.input.decode,
        clip.input_size,
        clip.num_frames,
        num_following,
        frame_rate,
        clip.frame_stride or 1,
        moment,
    )


def exact_rate(rate: float) -> Fraction:
    """A frame rate as the fraction that it stands for.

    Example:
        >>> exact_rate(12.5), exact_rate(29.97002997)
        (Fraction(25, 2), Fraction(30000, 1001))
    """
    return Fraction(rate).limit_denominator(_LARGEST_DENOMINATOR)
