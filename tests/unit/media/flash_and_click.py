"""A video in which one frame flashes while the sound clicks: whoever reads it can tell whether both are in step."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from reelwise.core.errors import UsageError
from reelwise.core.sound import Sound
from reelwise.media.writers.writer import Encoding, write_timed_video

_CLICK_SECONDS = 0.002
_CLICK_HZ = 3000


@dataclass(frozen=True)
class FlashAndClick:
    """What is in the video.

    Args:
        pts: When each frame is shown, rising from 0, in units of ``time_base``.
        time_base: Seconds per unit.
        flash: Index of the frame that is white; the others are dark.
        sound_start: When the sound track begins, in seconds; before the flash, 0 or more.
        sample_rate: Of the sound.
    """

    pts: Sequence[int]
    time_base: Fraction
    flash: int
    sound_start: Fraction = Fraction(0)
    sample_rate: int = 48_000

    def __post_init__(self) -> None:
        if not 0 <= self.flash < len(self.pts) or not 0 <= self.sound_start < self.flash_seconds:
            raise UsageError(
                f"a flash in frame {self.flash} of {len(self.pts)} with sound from {float(self.sound_start):g} s cannot"
                " be made.",
                hint="The sound starts before the flash, which is one of the frames.",
            )

    @property
    def flash_seconds(self) -> Fraction:
        """When the white frame is shown and the sound clicks, exact."""
        return (self.pts[self.flash] - self.pts[0]) * self.time_base

    @property
    def half_frame_seconds(self) -> Fraction:
        """Half of the shorter of the two gaps beside the flash."""
        gaps = [b - a for a, b in zip(self.pts, self.pts[1:], strict=False)]
        return min(gaps[max(0, self.flash - 1) : self.flash + 1]) * self.time_base / 2


def uneven_pts(num_frames: int, seed: int) -> list[int]:
    """Times of a video of strongly variable rate, in milliseconds: gaps of 15 to 90."""
    gaps = np.random.default_rng(seed).integers(15, 91, num_frames - 1)
    return [0, *np.cumsum(gaps).tolist()]


def write_flash_and_click(path: Path, plan: FlashAndClick, size: int = 64) -> None:
    """Write the video; its sound is faint noise with one click of 2 ms around the time of the flash.

    Args:
        path: Where the file shall be, ``.mp4``.
        plan: What is in it.
        size: Pixels along each side.
    """
    end = plan.pts[-1] * plan.time_base
    num_samples = int((end - plan.sound_start) * plan.sample_rate)
    samples = np.random.default_rng(0).normal(0, 1e-4, num_samples)
    time = np.arange(num_samples) / plan.sample_rate + float(plan.sound_start - plan.flash_seconds)
    samples += 0.8 * np.cos(2 * np.pi * _CLICK_HZ * time) * np.maximum(0, 1 - np.abs(time) * 2 / _CLICK_SECONDS)
    sound = Sound(samples.astype(np.float32), plan.sample_rate, plan.sound_start)
    write_timed_video(path, _frames(plan, size), plan.time_base, sound=sound, encoding=Encoding(crf=10))


def _frames(plan: FlashAndClick, size: int) -> Iterator[tuple[int, np.ndarray]]:
    for index, pts in enumerate(plan.pts):
        yield pts, np.full((size, size, 3), 235 if index == plan.flash else 16, np.uint8)
