"""Copies of real videos as files, changed as copies are in collections: for the benchmark of the doctor."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np

from reelwise.core.records import Record
from reelwise.core.sound import Sound
from reelwise.media.requests.stream import PictureSpec, StreamTask
from reelwise.media.sound.decode import decode_sound
from reelwise.media.stream import VideoStream
from reelwise.media.writers.writer import Encoding, write_timed_video

MAX_SIDE = 320
"""Pixels of the longer side of a copy: larger originals are rescaled as well."""

MIN_SIDE = 16
"""Pixels of a picture below which it shows nothing."""

LEAD_SECONDS, LEAD_RATE = 62, 5
"""Length and frame rate of what comes before a copy that begins after the first minute."""

TICKS = 1000
"""Of the times of copies, per second."""

CRF = 28
"""Loss of the encoder: 23 is usual, at 35 squares are seen."""


@dataclass(frozen=True, eq=False)
class Footage:
    """What a record shows, in memory.

    Args:
        pictures: (N, H, W, 3) uint8.
        seconds: (N,) from the first.
        end: Seconds at which the last picture ends.
        sound: What is heard meanwhile; None where there is no track.
    """

    pictures: np.ndarray
    seconds: np.ndarray
    end: float
    sound: Sound | None


Change = Callable[[Footage, np.random.Generator], Footage]


def _same(footage: Footage, rng: np.random.Generator) -> Footage:
    return footage


def _mirrored(footage: Footage, rng: np.random.Generator) -> Footage:
    return Footage(footage.pictures[:, :, ::-1], footage.seconds, footage.end, footage.sound)


def _trimmed(footage: Footage, rng: np.random.Generator) -> Footage:
    """Without three tenths of its length, some of them at each end."""
    start = footage.end * rng.uniform(0.05, 0.25)
    return _between(footage, start, start + 0.7 * footage.end)


def _cropped(footage: Footage, rng: np.random.Generator) -> Footage:
    """A tenth of the width and of the height away, in all; the rest may lie beside the middle."""
    height, width = footage.pictures.shape[1:3]
    top, left = (round(side * 0.1 * rng.uniform(0.25, 0.75)) for side in (height, width))
    window = footage.pictures[:, top : top + round(height * 0.9), left : left + round(width * 0.9)]
    return Footage(window, footage.seconds, footage.end, footage.sound)


def _faster(footage: Footage, rng: np.random.Generator) -> Footage:
    return _at_speed(footage, 1.1)


def _slower(footage: Footage, rng: np.random.Generator) -> Footage:
    return _at_speed(footage, 0.9)


def _late(footage: Footage, rng: np.random.Generator) -> Footage:
    """A longer film, which shows something else for the first minute."""
    height, width = footage.pictures.shape[1:3]
    squares = rng.integers(0, 256, (8, 6, 8, 3), np.uint8)
    grounds = [cv2.resize(ground, (width, height), interpolation=cv2.INTER_LINEAR) for ground in squares]
    num = LEAD_SECONDS * LEAD_RATE
    lead = [np.roll(grounds[place * len(grounds) // num], 3 * place, 1) for place in range(num)]
    seconds = np.concatenate([np.arange(num) / LEAD_RATE, LEAD_SECONDS + footage.seconds])
    sound = footage.sound and Sound(footage.sound.samples, footage.sound.sample_rate, Fraction(LEAD_SECONDS))
    return Footage(np.concatenate([lead, footage.pictures]), seconds, LEAD_SECONDS + footage.end, sound)


KINDS: dict[str, Change] = {
    "re-encoded": _same,
    "mirrored": _mirrored,
    "trimmed": _trimmed,
    "10 % faster": _faster,
    "10 % slower": _slower,
    "cropped": _cropped,
    "after a minute": _late,
}


def read_footage(record: Record, longest_seconds: float) -> Footage | None:
    """The pictures and the sound of a record; None where there are too few pictures, or tiny ones.

    Args:
        record: A video or a segment.
        longest_seconds: What is beyond is left out.
    """
    start = float(record.start_seconds or 0)
    end = min(start + longest_seconds, float("inf") if record.end_seconds is None else float(record.end_seconds))
    pictures, times = [], []
    with VideoStream(StreamTask(record.path, (PictureSpec(max_side=MAX_SIDE),))) as stream:
        first = None
        for frame in stream:
            first = frame.pts if first is None else first
            seconds = float((frame.pts - first) * stream.header.time_base)
            if seconds >= end:
                break
            if seconds >= start:
                pictures.append(frame.pictures[0])
                times.append(seconds)
    if len(pictures) < 2 or min(pictures[0].shape[:2]) < MIN_SIDE:
        return None
    seconds = np.array(times) - times[0]
    length = float(seconds[-1] + np.median(np.diff(seconds)))
    return Footage(np.stack(pictures), seconds, length, _sound_between(record.path, times[0], times[0] + length))


def write_copy(path: Path, footage: Footage, kind: str, rng: np.random.Generator) -> None:
    """Write a changed copy.

    Args:
        path: A new file, ``.mp4``.
        footage: Of the original.
        kind: One of ``KINDS``.
        rng: For what is left to chance.
    """
    copy = KINDS[kind](footage, rng)
    height, width = (side // 2 * 2 for side in copy.pictures.shape[1:3])
    frames = zip(_ticks(copy.seconds), np.ascontiguousarray(copy.pictures[:, :height, :width]), strict=True)
    write_timed_video(
        path,
        frames,
        Fraction(1, TICKS),
        end_pts=round(copy.end * TICKS),
        sound=copy.sound,
        encoding=Encoding(crf=CRF),
    )


def _ticks(seconds: np.ndarray) -> Sequence[int]:
    """Times in ticks, each later than the one before."""
    ticks = np.round(seconds * TICKS).astype(np.int64)
    return (np.maximum.accumulate(ticks - np.arange(len(ticks))) + np.arange(len(ticks))).tolist()


def _between(footage: Footage, start: float, end: float) -> Footage:
    inside = (footage.seconds >= start) & (footage.seconds < end)
    seconds = footage.seconds[inside]
    sound = footage.sound
    if sound is not None:
        first, last = (round(second * sound.sample_rate) for second in (seconds[0], end))
        sound = Sound(sound.samples[first:last], sound.sample_rate)
    return Footage(footage.pictures[inside], seconds - seconds[0], end - seconds[0], sound)


def _at_speed(footage: Footage, speed: float) -> Footage:
    """Played faster or slower, the sound with it, so that it is higher or lower."""
    sound = footage.sound
    if sound is not None:
        places = np.arange(0, len(sound.samples) - 1, speed)
        samples = np.interp(places, np.arange(len(sound.samples)), sound.samples).astype(np.float32)
        sound = Sound(samples, sound.sample_rate)
    return Footage(footage.pictures, footage.seconds / speed, footage.end / speed, sound)


def _sound_between(path: Path, start: float, end: float) -> Sound | None:
    sound, _ = decode_sound(path)
    clip = sound.between(Fraction(start), Fraction(end))
    samples = clip.samples if clip.samples.ndim == 1 else clip.samples.mean(1)
    return Sound(samples.astype(np.float32), clip.sample_rate) if len(sound) and np.any(samples) else None
