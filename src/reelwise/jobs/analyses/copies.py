"""The videos that are written beside an analysis: each shot by itself, and a copy with the findings drawn in."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial as partial_call
from pathlib import Path

from reelwise.analysis.folder import PARTIAL_SUFFIX
from reelwise.analysis.overlay import write_overlay
from reelwise.analysis.results import Analysis
from reelwise.analysis.split import write_shots
from reelwise.core.errors import VideoError
from reelwise.media.annotated import CopyResult


@dataclass(frozen=True)
class VideoCopy:
    """One kind of video beside an analysis.

    Args:
        title: What it is called on the screen.
        name: Of its file or folder, beside analysis.json.
        write: Writes it: takes the analysis, the video, where the copy goes, and what is called with the number of
            frames so far.
    """

    title: str
    name: str
    write: Callable[[Analysis, Path, Path, Callable[[int], None]], CopyResult]


def _write_clips(analysis: Analysis, video: Path, folder: Path, on_wait: Callable[[int], None]) -> CopyResult:
    folder.mkdir()  # it stays empty where there are no shots, so that it counts as written
    return write_shots(analysis, video, folder, on_wait)


CLIPS = VideoCopy("the shots", "clips", _write_clips)
OVERLAY = VideoCopy("the overlay", "overlay.mp4", write_overlay)


def missing_copies(copies: Sequence[VideoCopy], folder: Path) -> tuple[VideoCopy, ...]:
    """Those that are not there yet; each is there when it is whole."""
    return tuple(copy for copy in copies if not (folder / copy.name).exists())


def write_copies(
    copies: Sequence[VideoCopy],
    analysis: Analysis,
    video: Path,
    folder: Path,
    on_progress: Callable[[VideoCopy, int], None],
    *,
    can_resume: bool,
) -> tuple[str, ...]:
    """Write the copies that are not there yet, each whole or not at all.

    Args:
        copies: Which.
        analysis: Of the video.
        video: The file.
        folder: Of the analysis.
        on_progress: Called a few times a second with the copy and its number of frames; what it raises ends the work.
        can_resume: Whether the command takes --resume, which tries again.

    Returns:
        Why the copies have no sound where the video has a track; each reason once.

    Raises:
        VideoError: The video went away or changed, or a copy cannot be written; the analysis and whole copies stay.
        OSError: The folder cannot be written.
    """
    partial = folder / f".copies{PARTIAL_SUFFIX}"
    shutil.rmtree(partial, ignore_errors=True)  # of a process that was killed
    reasons: list[str] = []
    for copy in missing_copies(copies, folder):
        try:
            partial.mkdir()
            note = partial_call(on_progress, copy)
            result = copy.write(analysis, video, partial / copy.name, note)
            (partial / copy.name).rename(folder / copy.name)
            reasons.append(result.sound_missing)
        except VideoError as problem:
            reason = f"{copy.title} cannot be written: {problem.reason_for(video)}"
            again = "; --resume tries again" if can_resume else ""
            hint = f"{problem.hint} The analysis itself is in {folder}{again}."
            raise VideoError(f"{video}: {reason}", hint=hint.strip()) from None
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    return tuple(dict.fromkeys(filter(None, reasons)))
