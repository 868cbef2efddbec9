"""The frames that follow those that are given."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from reelwise.core.contract import Contract
from reelwise.core.errors import UsageError
from reelwise.core.number_text import count_text, percent
from reelwise.core.output import ABSENT_IN_OLD_FILES, OutputSpec
from reelwise.core.window import WindowSpec
from reelwise.metrics.bootstrap import interval_list
from reelwise.metrics.frame_errors import FrameErrors
from reelwise.metrics.frame_metrics import frame_metrics, psnr_difference_interval
from reelwise.tasks.base_task import BaseTask
from reelwise.tasks.metrics import Fields, PredictionMetrics
from reelwise.tasks.score import Score
from reelwise.tasks.wording import Wording

_LARGEST_RATE = 1000.0
_WHITE = 255.0
_MANY_STILL = 0.5
"""From this share of still frames on a reader is told so: copying the last frame predicts each of them perfectly."""


@dataclass(frozen=True)
class PredictionOutput(OutputSpec):
    """The frames that follow.

    Args:
        num_targets: T_out, frames that the network gives; more come by rolling on.
        frame_rate: Frames a second of what the network sees and gives: the rate of the training videos, over the
            stride.
        still_threshold: Grey levels that a place must have moved by to take half of the changes predicted there, chosen
            on validation windows (:func:`~reelwise.features.local_motion.keep_still_places`); 0 takes all of them.

    Example:
        >>> PredictionOutput(num_targets=8, frame_rate=15.0).builder_arguments
        {'num_targets': 8}
    """

    task: ClassVar[str] = "prediction"
    gives: ClassVar[str] = "frames"

    num_targets: int = WindowSpec.num_targets
    frame_rate: float = 15.0
    still_threshold: float = field(default=0.0, metadata=ABSENT_IN_OLD_FILES)

    def __post_init__(self) -> None:
        WindowSpec(num_targets=self.num_targets)  # refuses a number out of its range
        if not 0 < self.frame_rate <= _LARGEST_RATE:
            raise UsageError(f"frame_rate is {self.frame_rate}, expected more than 0 and {_LARGEST_RATE:g} at most.")
        if not 0 <= self.still_threshold <= _WHITE:
            raise UsageError(f"still_threshold is {self.still_threshold}, expected 0 to {_WHITE:g} grey levels.")

    @property
    def builder_arguments(self) -> dict[str, Any]:
        """What a builder of the catalogue needs to know beside its own arguments."""
        return {"num_targets": self.num_targets}

    @property
    def frames_given(self) -> int:
        """T_out."""
        return self.num_targets


def prediction_output(contract: Contract) -> PredictionOutput:
    """The output of a model of frames that follow.

    Raises:
        UsageError: It gives something else.
    """
    if not isinstance(contract.output, PredictionOutput):
        raise UsageError(f"this is a model for {contract.task}; it predicts no frames.", hint="Use another model.")
    return contract.output


class PredictionTask(BaseTask[PredictionMetrics]):
    """The frames that follow those that are given, judged against what really followed."""

    name = "prediction"
    output_type = PredictionOutput
    metrics_type = PredictionMetrics
    wording = Wording(
        labels="no label needed",
        section="Frames",
        bars="Longer is better: 6 dB more is half the error.",
        score_column="PSNR",
        loss_curve="Mean squared error",
        accuracy_curve="PSNR in dB",
        reaches="gets",
        rules="Each rule below was given the same frames of the same test videos, and predicts without learning.",
        next_command="reelwise generate {model} --from new.mp4 --out generated/",
        rounds="One epoch is one round of windows that are drawn from the training videos at random.",
    )
    score = Score("psnr", rises=True, words="PSNR", is_share=False, unit=" dB", decimals=1)
    report_section = "frames"
    baseline_words: ClassVar = {
        "copy_last": "repeating the last frame",
        "mean": "repeating the mean of the frames given",
        "half_last_half_mean": "half the last frame, half the mean",
        "linear": "letting each pixel change on",
        "flow": "moving the last frame on along the flow",
        "nearest": "going on as the most similar training clip",
    }
    baseline_titles: ClassVar = {
        "copy_last": "Last frame",
        "mean": "Mean frame",
        "half_last_half_mean": "Half last, half mean",
        "linear": "Straight on",
        "flow": "Along the flow",
        "nearest": "Most similar clip",
    }
    baseline_notes: ClassVar = {
        "copy_last": "repeats the last frame that was given",
        "mean": "repeats the mean of the frames that were given",
        "half_last_half_mean": "repeats the middle of both",
        "linear": "lets each pixel change on as between the last two frames",
        "flow": "moves the last frame on as things moved between the last two",
        "nearest": "goes on as the training clip does whose beginning is nearest",
    }

    def metrics(self, errors: FrameErrors, groups: Sequence[str | None] | None, split: str, num_videos: int) -> Fields:
        """The fields of metrics.json that predictions alone give.

        Args:
            errors: Of N clips.
            groups: The group of each clip's video; None where each clip is a unit of its own.
            split: ``test``.
            num_videos: That the clips are from.
        """
        entry = self.score_entry(errors, groups)
        head = {"schema": "reelwise/metrics/1", "task": self.name, "split": split, "num_videos": num_videos}
        own = {"labels": [], **entry, "still_share": float(errors.is_still.mean())}
        return {**head, "num_clips": len(errors.squared_errors), **own}

    def score_entry(self, errors: FrameErrors, groups: Sequence[str | None] | None) -> Fields:
        """PSNR with its interval and the measures beside it, as a model and a baseline have them in metrics.json.

        Args:
            errors: As in :meth:`metrics`.
            groups: As in :meth:`metrics`.
        """
        measures = frame_metrics(errors, groups)
        return {
            "psnr": measures.psnr,
            "psnr_ci95": interval_list(measures.psnr_ci95),
            "psnr_frames": measures.psnr_frames,
            "ssim": measures.ssim,
            "mse": measures.mse,
            "mse_summed": measures.mse_summed,
            "per_horizon": {
                "psnr": list(measures.psnr_by_frame),
                "ssim": None if measures.ssim_by_frame is None else list(measures.ssim_by_frame),
            },
        }

    def baseline_entry(
        self, own: FrameErrors, errors: FrameErrors, groups: Sequence[str | None] | None, seed: int
    ) -> Fields:
        """What metrics.json says of a baseline, with the paired interval of model minus baseline.

        Args:
            own: Errors of the model.
            errors: Of the baseline, on the same clips.
            groups: As in :meth:`metrics`.
            seed: Of the bootstrap.
        """
        difference = psnr_difference_interval(own, errors, groups, seed)
        return {**self.score_entry(errors, groups), "difference_ci95": interval_list(difference)}

    def verdict(self, metrics: PredictionMetrics) -> str:
        """The PSNR with its interval, and how many frames it is of."""
        num_frames = len(metrics.per_horizon["psnr"])
        value = self.score.number(metrics.psnr)
        frames = "frame" if num_frames == 1 else f"{num_frames} frames"
        return f"Predicts the next {frames} with a PSNR of {value} ({self.interval_words(metrics)})"

    def cautions(self, metrics: PredictionMetrics) -> list[str]:
        """Few videos, many frames that stand still, a video that the model has learned from."""
        still = ""
        if metrics.still_share >= _MANY_STILL:
            still = f"{percent(metrics.still_share)} of the frames equal the one before, so there is little to predict"
        return [*super().cautions(metrics), still]

    def label_fact(self, contract: Contract) -> tuple[str, str]:
        """Name and value of a row of the report: what is predicted."""
        output = prediction_output(contract)
        return ("predicts", f"{count_text(output.num_targets, 'frame')} at {output.frame_rate:.3g} a second")


PREDICTION = PredictionTask()
