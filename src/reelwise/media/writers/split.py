"""Parts of a video as files of their own, each with exactly its own frames and their sound."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

import numpy as np

from reelwise.core.errors import VideoError
from reelwise.core.sound import Sound
from reelwise.media.limits import READ_LIMITS, ReadLimits
from reelwise.media.readers.reader import Frame
from reelwise.media.writers.clip_plan import ClipPlan, SplitPlan, clip_in
from reelwise.media.writers.copy_result import CopyResult


def split_video(
    source: Path,
    plan: SplitPlan,
    *,
    folder: Path | None = None,
    limits: ReadLimits = READ_LIMITS,
    progress: Callable[[int, int], None] | None = None,
) -> CopyResult:
    """Write the clips of a plan in this process; called in the worker.

    The video is decoded once; each clip is encoded anew, because a copy of packets can start at key frames alone.

    Args:
        source: The video.
        plan: Its clips.
        folder: Where the clips are written instead of their places (``clip_in``), and sound besides; None for a
            temporary folder for sound beside the first clip.
        limits: What the source may ask for.
        progress: Called with the numbers of frames and of bytes read so far.

    Returns:
        Frames written, of all clips together, and why they have no sound.
    """
    from reelwise.media.readers.pyav_reader import PyAVReader
    from reelwise.media.readers.scan_notes import find_sound
    from reelwise.media.writers.aac_sound import sound_for_aac
    from reelwise.media.writers.writer import Encoding, write_timed_video

    num_frames = 0
    with (
        nullcontext(folder) if folder else _folder_beside(plan) as scratch,
        PyAVReader(source, limits=limits, progress=progress) as reader,
    ):
        if reader.time_base != plan.time_base:
            raise _mismatch(source, f"its time base is {reader.time_base} s, expected {plan.time_base} s")
        sound, sound_missing = sound_for_aac(source, find_sound(reader.source), scratch / "sound", limits, progress)
        rest = iter(reader)
        for clip in plan.clips:
            pictures = _pictures(source, rest, clip)
            part = None if sound is None else _clip_sound(sound, plan, clip)
            end_pts = clip.end_pts - clip.start_pts
            num_frames += write_timed_video(
                clip_in(folder, clip) if folder else clip.output,
                pictures,
                plan.time_base,
                end_pts=end_pts,
                sound=part,
                encoding=Encoding(max_b_frames=0),
                name=clip.output,
            )
    return CopyResult(num_frames, sound_missing)


@contextmanager
def _folder_beside(plan: SplitPlan) -> Iterator[Path]:
    parent = plan.clips[0].output.parent
    parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".clips.", suffix=".tmp", dir=parent) as folder:
        yield Path(folder)


def _pictures(source: Path, rest: Iterator[Frame], clip: ClipPlan) -> Iterator[tuple[int, np.ndarray]]:
    """Time from the clip's start and picture of each of its frames; the frame behind stays in ``rest``."""
    for frame in rest:
        if frame.index == clip.start_frame and frame.pts != clip.start_pts:
            raise _mismatch(source, f"frame {frame.index} has the time {frame.pts}, expected {clip.start_pts}")
        if frame.index >= clip.start_frame:
            yield frame.pts - clip.start_pts, frame.image
        if frame.index == clip.end_frame - 1:
            return
    raise _mismatch(source, f"it ends before frame {clip.end_frame - 1}")


def _clip_sound(sound: Sound, plan: SplitPlan, clip: ClipPlan) -> Sound | None:
    """The sound of a clip on the clip's own clock; None where there is none.

    Its first sample is the first one that is not before the clip, so it starts less than a sample late.
    """
    start, end = ((pts - plan.first_pts) * plan.time_base for pts in (clip.start_pts, clip.end_pts))
    part = sound.between(start, end)
    return replace(part, start=part.start - start) if part.num_present else None


def _mismatch(source: Path, reason: str) -> VideoError:
    return VideoError(f"{source.name}: is not the video that was analyzed: {reason}.", hint="Analyze it again.")
