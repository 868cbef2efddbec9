"""The clips that a report plays: the most confident errors and correct predictions, with their sound."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np

from reelwise.cache.scratch import scratch_folder
from reelwise.core.errors import ReelwiseError
from reelwise.core.frames import DecodedVideo, FrameTimes
from reelwise.core.intervals import Interval
from reelwise.core.records import Record
from reelwise.core.sound import Sound
from reelwise.jobs.previews.example_sound import SoundExcerpt, decode_excerpts
from reelwise.media.writers.preview import write_clip_preview, write_sounding_preview
from reelwise.reports.examples import choose_examples
from reelwise.reports.report_data import ClipSound, ExampleClip
from reelwise.reports.spectrogram import make_spectrogram, spectrogram_png
from reelwise.tasks import LabeledPredictions, find_task

NUM_FRAMES = 20
"""Frames of a picture without sound, spread over the video."""

FRAME_RATE = Fraction(8)
"""Frames per second of a picture without sound, so that it plays for 2.5 seconds."""

HEIGHT = 132
"""Pixels: some twenty clips keep the report file at a few megabytes."""

_MAX_ASPECT = 3.0
"""Width over height, or height over width: longer pictures would break the layout of the report."""

MAX_SECONDS = 8
"""Of a clip with sound."""

MAX_RATE = 15
"""Frames per second of a clip with sound; half of the usual rate halves the size of the file."""

LATEST_SECONDS = 60
"""Where the middle of a clip lies at the latest, since sound is decoded from the beginning up to there."""

NUM_COLUMNS = 480
"""Pixels across a spectrogram."""

_ROUNDING = 1e-6
"""Of a frame interval: keeps a frame whose time in float64 is just below its slot."""


def example_clips(
    predictions: LabeledPredictions,
    open_video: Callable[[int], DecodedVideo],
    records: Mapping[str, Record],
    scratch: Path,
) -> tuple[ExampleClip, ...]:
    """The example clips as small animated pictures; those whose video has usable sound are MP4 with it, in real time.

    Frames come from the cache; the sound of these few is decoded again, for some seconds at most. A clip whose sound
    fails is shown without it.

    Args:
        predictions: Labels and predictions of all videos, from which examples are chosen.
        open_video: Gives the decoded video at an index of ``predictions``.
        records: By ``Record.name``.
        scratch: The cache folder, for sound while it is needed.
    """
    examples = choose_examples(predictions)
    excerpts = {place: _excerpt(open_video(place), records.get(predictions.names[place])) for place, _ in examples}
    sounds = decode_excerpts(excerpts, scratch)
    return tuple(
        _example(predictions, place, kind, open_video(place), sounds[place], scratch) for place, kind in examples
    )


def choose_frames(
    times: FrameTimes, max_seconds: int = MAX_SECONDS, max_rate: int = MAX_RATE
) -> tuple[np.ndarray, FrameTimes]:
    """The decoded frames that a clip plays, from the middle of the video, evenly thinned, with their times.

    The middle is at most a minute after the first frame, since the sound is decoded up to there. Windows of a long
    video are not joined: the clip ends where frames are missing for a second.

    Args:
        times: Of all decoded frames.
        max_seconds: Of the clip.
        max_rate: Frames per second.

    Example:
        >>> places, shown = choose_frames(FrameTimes(np.arange(100), 100, Fraction(1, 4)), 8, 2)
        >>> places.tolist()[::4], shown.end_pts
        ([34, 42, 50, 58], 66)
    """
    inside = _indices_around_middle(times, max_seconds)
    seconds = times.seconds[inside]
    slots = np.floor((seconds - seconds[0]) * max_rate + _ROUNDING)
    indices = inside[np.unique(slots, return_index=True)[1]]
    last = int(inside[-1])
    end = int(times.pts[last + 1]) if last + 1 < len(times) else times.end_pts
    longest = max(1, int(_gap(times) / float(times.time_base)))  # behind it a window of a long video may have ended
    return indices, FrameTimes(times.pts[indices], min(end, int(times.pts[last]) + longest), times.time_base)


def _indices_around_middle(times: FrameTimes, max_seconds: int) -> np.ndarray:
    """(n,) int: indices of frames without a gap between them."""
    seconds = times.seconds
    middle = min((seconds[0] + float(times.end_pts * times.time_base)) / 2, seconds[0] + LATEST_SECONDS)
    nearest = int(np.abs(seconds - middle).argmin())
    breaks = np.flatnonzero(np.diff(seconds) > _gap(times)) + 1
    first = int(max(breaks[breaks <= nearest], default=0))
    end = int(min(breaks[breaks > nearest], default=len(seconds)))
    start = max(seconds[first], min(seconds[nearest] - max_seconds / 2, seconds[end - 1] - max_seconds))
    inside = np.arange(first, end)
    return inside[(seconds[inside] >= start) & (seconds[inside] < start + max_seconds)]


def _gap(times: FrameTimes) -> float:
    """Seconds without a frame that count as a gap: more than a second, and than four times the median."""
    return max(1.0, 4 * float(np.median(np.diff(times.seconds)))) if len(times) > 1 else 1.0


def _excerpt(video: DecodedVideo, record: Record | None) -> SoundExcerpt | str:
    if record is None or video.facts.sound is None:
        return "This video has no sound."
    _, times = choose_frames(video.times)
    return SoundExcerpt(record.path, Interval(int(times.pts[0]) * times.time_base, times.end_pts * times.time_base))


def _example(
    predictions: LabeledPredictions, place: int, kind: str, video: DecodedVideo, sound: Sound | str, scratch: Path
) -> ExampleClip:
    task = find_task(predictions.task)
    prob, label_prob = task.example_probs(predictions, place)
    picture, media_type, still, clip_sound = _write_picture(video, sound, scratch)
    return ExampleClip(
        name=predictions.names[place],
        label=task.readable_label(task.true_text(predictions, place)),
        prediction=task.readable_label(task.predicted_text(predictions, place)),
        prob=prob,
        label_prob=label_prob,
        kind=kind,
        picture=picture,
        media_type=media_type,
        still=still,
        sound=clip_sound,
        sound_note="" if clip_sound else sound if isinstance(sound, str) else "Its sound could not be shown.",
    )


def _write_picture(
    video: DecodedVideo, sound: Sound | str, scratch: Path
) -> tuple[bytes, str, bytes, ClipSound | None]:
    """The animated picture, its media type, a still, and the sound below it; without sound where writing it fails."""
    if isinstance(sound, Sound):
        try:
            indices, times = choose_frames(video.times)
            frames = preview_frames(video, indices)
            with scratch_folder(scratch, "report") as folder:
                content = write_sounding_preview(frames, times, sound, folder)
            return content, "video/mp4", _still(frames), _clip_sound(sound, times)
        except (ReelwiseError, OSError):
            pass
    places = np.linspace(0, len(video.frames) - 1, min(NUM_FRAMES, len(video.frames))).round().astype(int)
    frames = preview_frames(video, places)
    return write_clip_preview(frames, FRAME_RATE), "image/webp", _still(frames), None


def preview_frames(video: DecodedVideo, places: np.ndarray) -> np.ndarray:
    """(T, H, W, 3) uint8: some frames of a video, with the aspect ratio of the source."""
    width = round(HEIGHT * min(_MAX_ASPECT, max(1 / _MAX_ASPECT, video.facts.width / video.facts.height)) / 2) * 2
    return np.stack([cv2.resize(video.frames[i], (width, HEIGHT), interpolation=cv2.INTER_CUBIC) for i in places])


def _still(frames: np.ndarray) -> bytes:
    is_encoded, still = cv2.imencode(".jpg", cv2.cvtColor(frames[len(frames) // 2], cv2.COLOR_RGB2BGR))
    return still.tobytes() if is_encoded else b""


def _clip_sound(sound: Sound, times: FrameTimes) -> ClipSound:
    start, end = int(times.pts[0]) * times.time_base, times.end_pts * times.time_base
    spectrogram = make_spectrogram(sound, start, end, NUM_COLUMNS)
    return ClipSound(spectrogram_png(spectrogram), spectrogram.seconds, spectrogram.top_hz, spectrogram.holes)
