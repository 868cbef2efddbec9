"""A user's videos as scenes: decoded in a worker, and cut where the shipped detector sees a boundary."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from reelwise.analysis.shots.descriptors import THUMBNAIL_HW
from reelwise.analysis.shots.detector import ShotDetector
from reelwise.core.errors import VideoError
from reelwise.core.progress import Progress
from reelwise.jobs.detector.scenes import FILM_HW, FilmScene
from reelwise.media.requests.stream import PictureSpec, StreamTask
from reelwise.media.stream import VideoStream

MAX_FRAMES = 30_000
"""Frames of all videos together, 16 kB each: half a gigabyte, and more takes than a training shows."""

MIN_TAKE = 12
"""Frames of the shortest take that is of use: half a second at 25 frames a second."""

MARGIN = 2
"""Frames left out on both sides of a boundary, which may lie a frame beside the truth."""

TICK_FRAMES = 100
"""A fraction of a second of decoding."""

_FILM = PictureSpec(size_hw=FILM_HW)
_THUMBNAIL = PictureSpec(size_hw=THUMBNAIL_HW)


@dataclass(frozen=True, eq=False)
class Recording:
    """One video.

    Args:
        path: The file.
        scenes: Its takes without boundaries.
    """

    path: Path
    scenes: tuple[FilmScene, ...]


def read_recordings(paths: Sequence[Path], progress: Progress) -> list[Recording]:
    """Decode videos; one that cannot be used is left out with a warning.

    Args:
        paths: The videos.
        progress: Counts them; it is told of every ``TICK_FRAMES`` too, so that a stop is heard within a long video.
    """
    recordings = []
    progress.stage("decode")
    for number, path in enumerate(paths, 1):

        def note(num_frames: int, num_before: int = number - 1) -> None:
            progress.update(num_before, len(paths), "videos", f"{num_frames:,} frames of the next")

        try:
            scenes = _read(path, MAX_FRAMES // len(paths), note)
        except VideoError as error:
            progress.warn(f"left out: {error}")
            scenes = ()
        if scenes:
            recordings.append(Recording(path, scenes))
        progress.update(number, len(paths), "videos")
    return recordings


def _read(path: Path, max_frames: int, on_tick: Callable[[int], None]) -> tuple[FilmScene, ...]:
    detector = ShotDetector()
    frames: list[np.ndarray] = []
    transitions = []
    with VideoStream(StreamTask(path, (_FILM, _THUMBNAIL))) as stream:
        for frame in stream:
            film, thumbnail = frame.pictures
            frames.append(film.copy())
            transitions += detector.push(thumbnail, is_damaged=frame.is_damaged)
            if len(frames) >= max_frames:
                break
            if len(frames) % TICK_FRAMES == 0:
                on_tick(len(frames))
    transitions += detector.finish()
    starts = [0, *(one.end_frame + MARGIN for one in transitions)]
    ends = [*(one.start_frame - MARGIN for one in transitions), len(frames)]
    spans = [(start, end) for start, end in zip(starts, ends, strict=True) if end - start >= MIN_TAKE]
    return tuple(FilmScene(np.stack(frames[start:end])) for start, end in spans)
