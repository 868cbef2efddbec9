"""Labelled clips whose class lies in the sound, in the picture, only in both together, or in a metadata column."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal, get_args

import numpy as np

from reelwise.core.errors import UsageError
from reelwise.core.sound import Sound
from reelwise.media.synthetic.scene import Style
from reelwise.media.synthetic.sets import write_list
from reelwise.media.synthetic.shapes import SHAPES, shape_mask, textured_background
from reelwise.media.writers.writer import Encoding, write_video

Clue = Literal["sound", "picture", "both", "metadata"]
"""What decides the class; ``both``: whether sound and picture agree, so that either alone is of no use."""

CLUES: tuple[Clue, ...] = get_args(Clue)
CLASSES = ("odd", "even")
SMALL_STYLE = Style(size=64, num_frames=24, frame_rate=24.0)

_SAMPLE_RATE = 16_000  # samples per second, the rate of the default spectrogram
_TONES_HZ = ((180.0, 400.0), (1500.0, 3000.0))  # ranges of the low and the high tone, more than an octave apart
_PAINTS_RGB = ((30.0, 70.0, 190.0), (255.0, 190.0, 60.0))
"""Blue and orange, one dark and one light, so that brightness tells them apart too."""

_SITES = ("indoors", "outdoors")


@dataclass(frozen=True)
class _Traits:
    """The three independent bits of a clip."""

    warm_and_moving: bool
    high_tone: bool
    outdoors: bool

    def label(self, clue: Clue) -> str:
        bits = {
            "sound": self.high_tone,
            "picture": self.warm_and_moving,
            "both": self.high_tone == self.warm_and_moving,
            "metadata": self.outdoors,
        }
        return CLASSES[bits[clue]]


def write_audio_visual_set(
    root: Path,
    num_clips: int,
    seed: int,
    clue: Clue,
    *,
    style: Style = SMALL_STYLE,
    without_sound: float = 0.0,
    progress: Callable[[int], None] | None = None,
) -> Path:
    """A labelled video set in which one modality, or only two together, tell the class.

    In every set a shape is either blue and does not move or orange and moves, the sound has a low or a high tone, and
    the column ``site`` says indoors or outdoors. These three are independent of each other and of the group, in every
    eight clips; the clue decides which of them is the class. The column ``hour`` is random.

    Args:
        root: Folder to make; files of the same name in it are replaced.
        num_clips: How many videos; a multiple of 8 is balanced.
        seed: The same seed gives the same videos.
        clue: What decides the class.
        style: Size, length, groups.
        without_sound: Share of the clips that have no sound track, in [0, 1].
        progress: Called with the number of videos written.

    Returns:
        The path of ``labels.csv``: file, label, group, site, hour.

    Raises:
        UsageError: No clue is called so.
    """
    if clue not in CLUES:
        raise UsageError(f"no clue is called {clue}.", hint=f"There are: {', '.join(CLUES)}.")
    rows = []
    for index in range(num_clips):
        traits = _Traits(bool(index & 1), bool(index & 2), bool(index & 4))
        label, group = traits.label(clue), index // 8 % style.num_groups
        rng = np.random.default_rng([seed, 5, index])
        file = f"{label}/clip_{index:04d}.mp4"
        has_sound = rng.random() >= without_sound
        scene = np.random.default_rng([seed, 4, group])
        sound = _sound(traits, style, rng) if has_sound else None
        frame_rate = Fraction(style.frame_rate).limit_denominator(1001)
        write_video(root / file, _frames(traits, style, scene, rng), frame_rate, sound=sound, encoding=Encoding(crf=20))
        rows.append((file, label, f"place_{group}", _SITES[traits.outdoors], int(rng.integers(6, 22))))
        if progress:
            progress(index + 1)
    return write_list(root, ("file", "label", "group", "site", "hour"), rows)


def _sound(traits: _Traits, style: Style, rng: np.random.Generator) -> Sound:
    time = np.arange(round(style.num_frames / style.frame_rate * _SAMPLE_RATE)) / _SAMPLE_RATE
    tone = np.sin(2 * np.pi * rng.uniform(*_TONES_HZ[traits.high_tone]) * time)
    samples = rng.uniform(0.05, 0.4) * tone + rng.normal(0, rng.uniform(0.001, 0.02), len(time))
    return Sound(samples.astype(np.float32), _SAMPLE_RATE)


def _frames(traits: _Traits, style: Style, scene: np.random.Generator, rng: np.random.Generator) -> list[np.ndarray]:
    """(H, W, 3) uint8 each; the shape of the group on the group's background."""
    size_hw = (style.size, style.size)
    background = textured_background(scene, size_hw)
    corners = np.array(SHAPES[scene.integers(len(SHAPES))])
    place, direction, angle = rng.uniform(0, style.size, 2), rng.uniform(0, 2 * np.pi), rng.uniform(0, 2 * np.pi)
    speed = style.size * rng.uniform(0.4, 0.8) / style.frame_rate if traits.warm_and_moving else 0.0
    step = speed * np.array([np.cos(direction), np.sin(direction)])
    radius = style.size * rng.uniform(0.16, 0.24)
    frames = []
    for number in range(style.num_frames):
        x, y = (place + number * step).tolist()
        mask = shape_mask(size_hw, corners, (x, y), radius, angle)[..., None]  # (H, W, 1)
        picture = background * (1 - mask) + np.array(_PAINTS_RGB[traits.warm_and_moving]) * mask
        picture += rng.normal(0, style.noise, (*size_hw, 1))
        frames.append(np.clip(picture, 0, 255).astype(np.uint8))
    return frames
