"""What an analyzer is: it says what it needs, looks at every frame once, and gives findings and signals."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from reelwise.analysis.results import TransitionIn
from reelwise.analysis.shots.weights import DetectorWeights
from reelwise.core.sound import Sound
from reelwise.media.readers.reader import SizeHW
from reelwise.media.requests.stream import PictureSpec

if TYPE_CHECKING:
    from reelwise.analysis.times import FrameClock

PREVIEW = PictureSpec(max_side=320)
"""The picture that a person looks at, and that most analyzers share: RGB, the shape of the frame."""


@dataclass(frozen=True)
class Finding:
    """Something that happens in [start_frame, end_frame).

    Args:
        label: What it is.
        start_frame: The first frame inside.
        end_frame: The first frame behind.
        score: In [0, 1].
        picture_frame: The frame that shows it; one that was given to ``Setup.keep_picture``.
        transition: Of shots: how it begins.
        values: Measures by name.
    """

    label: str
    start_frame: int
    end_frame: int
    score: float
    picture_frame: int | None = None
    transition: TransitionIn | None = None
    values: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Signal:
    """A curve over time.

    Args:
        values: (N, C) float32, a row per frame or per step; NaN where nothing is known.
        columns: Names of the C columns.
        units: Unit of each column, by name.
        step_seconds: Seconds from one row to the next; None where each row is a frame.
    """

    values: np.ndarray
    columns: tuple[str, ...]
    units: Mapping[str, str]
    step_seconds: Fraction | None = None


@dataclass(frozen=True, eq=False)
class FrameView:
    """One frame, as the analyzers see it; what several of them need of it is made once.

    Args:
        index: 0-based, in display order.
        seconds: From the first frame.
        is_damaged: Whether the decoder concealed damage in it.
        pictures: By spec: uint8 arrays, read-only.
        pts: The stream's own number.
    """

    index: int
    seconds: float
    is_damaged: bool
    pictures: Mapping[PictureSpec, np.ndarray]
    pts: int = 0

    @cached_property
    def grey(self) -> np.ndarray:
        """(H, W) uint8: the preview without its colours."""
        return cv2.cvtColor(self.pictures[PREVIEW], cv2.COLOR_RGB2GRAY)

    @cached_property
    def small_grey(self) -> np.ndarray:
        """(H/2, W/2) uint8: for optical flow, whose time goes with the pixels."""
        height, width = self.grey.shape
        return cv2.resize(self.grey, (max(1, width // 2), max(1, height // 2)), interpolation=cv2.INTER_AREA)

    @cached_property
    def laplacian(self) -> np.ndarray:
        """(H, W) int16: how much each pixel of the grey preview differs from its four neighbours."""
        return cv2.Laplacian(self.grey, cv2.CV_16S)

    @cached_property
    def sharpness(self) -> float:
        """Variance of the Laplacian of the grey preview, in squared grey levels: near 0 where there is no edge.

        Source: Pech-Pacheco et al. 2000, "Diatom autofocusing in brightfield microscopy", ICPR.
        """
        _, deviation = cv2.meanStdDev(self.laplacian)
        return float(deviation[0, 0]) ** 2


@dataclass(frozen=True)
class Setup:
    """What an analyzer is given before the first frame.

    Args:
        frame_hw: Height and width of the video, upright.
        sensitivity: In [0, 1]; None for the calibrated one.
        min_shot: Frames of the shortest shot that is reported; 0 for all.
        keyframes: Pictures per shot.
        shot_weights: Of the shot detector; None for the shipped ones.
        time_base: Seconds per unit of pts.
        keep_picture: Keeps the picture of one of the last ``PICTURE_WINDOW`` frames for a finding.
        drop_picture: Takes one ``keep_picture`` back: the finding did not come.
        is_alone: Whether no other video is analysed meanwhile, so that a process beside this one may pay.
        scratch: Folder for what grows with the video; None for the system's folder of temporary files.
    """

    frame_hw: SizeHW
    sensitivity: float | None = None
    min_shot: int = 0
    keyframes: int = 3
    shot_weights: DetectorWeights | None = None
    time_base: Fraction = Fraction(1, 25)
    keep_picture: Callable[[int], None] = lambda frame: None
    drop_picture: Callable[[int], None] = lambda frame: None
    is_alone: bool = False
    scratch: Path | None = None


class Analyzer(ABC):
    """Looks at every frame of one video, in order. Its memory must not grow with them: rows go to ``Setup.scratch``."""

    @abstractmethod
    def push(self, frame: FrameView) -> Iterable[Finding]:
        """Look at the next frame; gives what is certain by now, in order of time."""

    def notice(self, finding: Finding) -> Iterable[Finding]:
        """Look at a finding of another analyzer, for those whose entry ``needs`` it."""
        del finding
        return ()

    def push_sound(self, sound: Sound, clock: "Callable[[], FrameClock]") -> Iterable[Finding]:
        """Look at the next piece of sound, for those whose entry says ``has_sound``.

        Args:
            sound: A quarter of a second or less. It goes on with the one before where it starts at the end of that;
                else there is no sound between them.
            clock: Gives the times of the frames so far, which go beyond the piece but for the last ones of a video.
        """
        del sound, clock
        return ()

    def push_pause(self, until: Fraction, clock: "Callable[[], FrameClock]") -> Iterable[Finding]:
        """The sound pauses, and what has ended with it need not wait for more.

        Args:
            until: No piece comes before this time, in seconds on the clock of the frames.
            clock: As of ``push_sound``.
        """
        del until, clock
        return ()

    def break_sound_off(self) -> Iterable[Finding]:
        """Nothing is known of the sound behind the last piece: its worker died. ``finish`` comes next."""
        return ()

    @abstractmethod
    def finish(self, clock: "FrameClock") -> Iterable[Finding]:
        """The video has ended, and these are the times of all its frames; gives the rest."""

    def close(self) -> None:
        """Free what it holds beside memory: the pass has ended, or was ended, perhaps by another thread."""
        return

    def signal(self) -> Signal | None:
        """Its curve, after ``finish``; None for those that draw none."""
        return None

    def further_signals(self) -> Mapping[str, Signal]:
        """Curves with other steps, after ``finish``, by names of ``AnalyzerEntry.further_signals``."""
        return {}


@dataclass(frozen=True)
class AnalyzerEntry:
    """An analyzer in the catalogue.

    Args:
        name: As in ``--do`` and as the id of its track.
        summary: What it finds, in one sentence.
        producer: Name and version of its way of working; a change of its findings changes it.
        start: Makes one for a video.
        pictures: What it needs of each frame.
        needs: Names of analyzers whose findings it looks at; they stand before it in the catalogue.
        has_sound: Whether it needs the sound.
        labels: What it may find, and what each means.
        units: Unit of each value of its findings, by name.
        has_segments: Whether it gives findings, and not signals alone.
        further_signals: Names of the signals that it may have beside the one of its own name.
    """

    name: str
    summary: str
    producer: str
    start: Callable[[Setup], Analyzer]
    pictures: tuple[PictureSpec, ...] = ()
    needs: tuple[str, ...] = ()
    has_sound: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    has_segments: bool = True
    further_signals: tuple[str, ...] = ()


def pictures_of(entries: Sequence[AnalyzerEntry]) -> tuple[PictureSpec, ...]:
    """Every picture that some of the analyzers need, each once; the preview is always there, for people."""
    return tuple(dict.fromkeys([PREVIEW, *(spec for entry in entries for spec in entry.pictures)]))
