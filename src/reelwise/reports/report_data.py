"""Everything a report shows, gathered by the job; what is left out is left out of the page."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from reelwise.core.intervals import Interval
from reelwise.core.records import SkippedFile
from reelwise.reports.clips_section import ClipsReport
from reelwise.reports.frames_section import FramesReport
from reelwise.tasks import CLASSIFICATION, LabeledPredictions, Metrics
from reelwise.tasks.score import Score
from reelwise.training.objective import Metric

Facts = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ClipSound:
    """What sounds in a clip.

    Args:
        spectrogram: A PNG whose width is the clip's length.
        seconds: That length.
        top_hz: The pitch at its upper edge.
        holes: Where there is no sound at all, as shares of the width.
    """

    spectrogram: bytes
    seconds: float
    top_hz: float
    holes: tuple[Interval[Fraction], ...] = ()


@dataclass(frozen=True, eq=False)
class ExampleClip:
    """A clip to watch in the report.

    Args:
        name: As in Record.name.
        label: What it is.
        prediction: What the model said.
        prob: How sure it was of what it said, in [0, 1]; None for sets of labels and numbers.
        label_prob: How probable it found the right answer, in [0, 1]; None likewise.
        kind: ``worst`` or ``best``.
        picture: A small animation: WebP, PNG (APNG), GIF or MP4 bytes; empty when it could not be made.
        media_type: Of ``picture``, such as ``image/webp`` or ``video/mp4``.
        still: One frame as JPEG, PNG or WebP for those who ask their system for less motion; may be empty.
        sound: What sounds in it, when ``picture`` plays with sound.
        sound_note: Why it plays without; may be empty.
    """

    name: str
    label: str
    prediction: str
    prob: float | None
    label_prob: float | None
    kind: str
    picture: bytes = b""
    media_type: str = "image/webp"
    still: bytes = b""
    sound: ClipSound | None = None
    sound_note: str = ""

    @property
    def correct(self) -> bool:
        """Whether the model was right."""
        return self.label == self.prediction


@dataclass(frozen=True)
class SplitRow:
    """One part of the split: its name, how many videos and how many groups (None without groups)."""

    name: str
    num_videos: int
    num_groups: int | None = None


@dataclass(frozen=True)
class LeaderboardRow:
    """One trained model among others.

    Args:
        name: As given to ``--model``, such as ``cnn_lstm:small``.
        accuracy: The score that decides (mean average precision or mean absolute error in other tasks), on the same
            videos as the others.
        accuracy_ci95: Its interval; None where there is none.
        clips_per_second: Prediction speed, decoding apart; None when not measured.
        num_parameters: Weights of the network; None when unknown.
        file_bytes: Size of its model file; None when it was not written.
        handed_over: Whether model.keras of the run folder is this one.
        score: What the models are compared by.
    """

    name: str
    accuracy: float
    accuracy_ci95: tuple[float, float] | None
    clips_per_second: float | None = None
    num_parameters: int | None = None
    file_bytes: int | None = None
    handed_over: bool = False
    score: Score = CLASSIFICATION.score

    @property
    def range_text(self) -> str:
        """The interval as text; a dash where there is none."""
        return " to ".join(self.score.interval_text(self.accuracy_ci95)) if self.accuracy_ci95 else "–"


@dataclass(frozen=True, eq=False)
class ReportData:
    """What one report is made of; only ``title`` and ``metrics`` are needed.

    Args:
        title: Of the page: the run's or the data set's name.
        metrics: The content of metrics.json.
        predictions: Predictions, for the calibration diagram.
        history: Rows of history.csv: ``epoch``, ``loss``, ``val_accuracy``, … and ``fold`` when there are folds.
        examples: Clips to watch, in the order shown.
        skipped_files: Files that were not used.
        split: The parts of the split.
        split_method: How the split was made, in a sentence.
        leaderboard: Rows when several models were trained.
        data: Facts about the data set, name and value.
        configuration: Options of the run.
        versions: Of the libraries.
        timings: What took how long.
        command: The command that does it all again.
        notes: Sentences a reader should know, such as that the model was refitted on all data.
        created_at: When, as text.
        history_metrics: Which columns of ``history`` are drawn, and their titles.
        frames: Predicted frames, where the task gives such.
        clips: Generated clips beside training clips, where the task gives such.
    """

    title: str
    metrics: Metrics
    predictions: LabeledPredictions | None = None
    history: tuple[Mapping[str, Any], ...] = ()
    examples: tuple[ExampleClip, ...] = ()
    skipped_files: tuple[SkippedFile, ...] = ()
    split: tuple[SplitRow, ...] = ()
    split_method: str = ""
    leaderboard: tuple[LeaderboardRow, ...] = ()
    data: Facts = field(default=())
    configuration: Facts = field(default=())
    versions: Facts = field(default=())
    timings: Facts = field(default=())
    command: str = ""
    notes: tuple[str, ...] = ()
    created_at: str = ""
    history_metrics: tuple[Metric, ...] = ()
    frames: FramesReport | None = None
    clips: ClipsReport | None = None
