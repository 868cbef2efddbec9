"""Random augmentation of clips for training: one draw per clip, the same for all of its frames."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import cv2
import numpy as np

from reelwise.core.clip import TimeJitter
from reelwise.core.errors import UsageError
from reelwise.transforms.crop import centre_crop
from reelwise.transforms.sound import SoundAugmentation
from reelwise.transforms.warp import warp_frames

# Shares of red, green and blue in brightness: ITU-R BT.601.
_LUMA = np.array([0.299, 0.587, 0.114])


@dataclass(frozen=True)
class Augmentation:
    """Strengths of the augmentation; every amount is drawn once per clip, so that motion is unchanged.

    Args:
        zoom: The picture is enlarged or reduced by a factor from [1/(1+zoom), 1+zoom].
        stretch: Likewise, width against height.
        rotation_degrees: Turned by up to this, either way.
        shift: Moved by up to this share of the side, either way.
        flip: Half of the clips are mirrored; wrong for labels such as left and right (see ``transforms.flip``).
        brightness: Added light, up to this share of 255, either way.
        contrast: Factor from [1/(1+contrast), 1+contrast] around mid-grey.
        saturation: Factor from [0, 1+saturation] at 1; 0 keeps colours.
        erase: Chance that a rectangle of 2 to 20 % of the picture is covered with grey noise, the same in all frames.
        time: How freely the frames are chosen.
        sound: Strengths of the augmentation of sound.
    """

    zoom: float = 0.0
    stretch: float = 0.0
    rotation_degrees: float = 0.0
    shift: float = 0.0
    flip: bool = False
    brightness: float = 0.0
    contrast: float = 0.0
    saturation: float = 0.0
    erase: float = 0.0
    time: TimeJitter = field(default_factory=TimeJitter)
    sound: SoundAugmentation = field(default_factory=SoundAugmentation)

    def __post_init__(self) -> None:
        amounts = (self.zoom, self.stretch, self.rotation_degrees, self.contrast)
        shares = (self.shift, self.brightness, self.saturation, self.erase)
        if min(amounts) < 0 or min(shares) < 0 or max(shares) > 1:
            raise ValueError(f"amounts must not be negative and shares must lie in [0, 1]: {self}")

    @property
    def moves(self) -> bool:
        """Whether pixels change their places."""
        return bool(self.zoom or self.stretch or self.rotation_degrees or self.shift or self.flip)

    @property
    def colours(self) -> bool:
        """Whether pixels change their values."""
        return bool(self.brightness or self.contrast or self.saturation)


_LIGHT_SOUND = SoundAugmentation(gain=0.7, time_masks=1, longest_time_mask=0.1, band_masks=1, widest_band_mask=0.1)
_STRONG_SOUND = SoundAugmentation(gain=1.4, time_masks=2, band_masks=2)

PRESETS = {
    "none": None,
    "light": Augmentation(zoom=0.1, shift=0.06, brightness=0.1, contrast=0.1, time=TimeJitter(0.9), sound=_LIGHT_SOUND),
    "strong": Augmentation(
        zoom=0.25,
        stretch=0.1,
        rotation_degrees=8,
        shift=0.1,
        brightness=0.2,
        contrast=0.3,
        saturation=0.5,
        erase=0.25,
        time=TimeJitter(0.7),
        sound=_STRONG_SOUND,
    ),
    # Chosen for `motion` on 96 real clips (LOG.md): it ignores colours, and clips must not lose much of their length.
    "motion": Augmentation(
        zoom=0.22,
        stretch=0.1,
        rotation_degrees=8,
        shift=0.08,
        time=TimeJitter(shortest_span=0.76, frame_offset=0.6),
        sound=_STRONG_SOUND,
    ),
}


def augmentation(strength: str, flip: bool) -> Augmentation | None:
    """A preset by its name.

    Args:
        strength: ``none``, ``light``, ``strong`` or ``motion``.
        flip: Whether half of the clips are mirrored.

    Returns:
        The augmentation; None for ``none`` without flip.

    Raises:
        UsageError: There is no such preset.
    """
    if strength not in PRESETS:
        raise UsageError(f"unknown augmentation '{strength}'.", hint=f"Use {', '.join(PRESETS)}.")
    preset = PRESETS[strength]
    if preset is None:
        return Augmentation(flip=True, time=TimeJitter(frame_offset=0.0)) if flip else None
    return replace(preset, flip=flip)


def augment_clip(
    frames: Sequence[np.ndarray] | np.ndarray,
    amounts: Augmentation,
    rng: np.random.Generator,
    size: int,
    out: np.ndarray | None = None,
) -> np.ndarray:
    """One random variation of a clip.

    Every kind of change draws its own numbers whether it is used or not, so that a change of one strength leaves the
    others as they were.

    Args:
        frames: T of (S, S, 3) uint8 RGB, or (T, S, S, 3); not changed.
        amounts: How much.
        rng: Where every random number comes from.
        size: Pixels along each side of the result.
        out: (T, size, size, 3) uint8, contiguous, where the result is written; None for a new array.

    Returns:
        (T, size, size, 3) uint8, contiguous.

    Example:
        >>> clip = np.zeros((4, 96, 96, 3), np.uint8)
        >>> augment_clip(clip, PRESETS["strong"], np.random.default_rng(0), 80).shape
        (4, 80, 80, 3)
    """
    places, colours, covers = rng.random(6), rng.random(3), rng.random(5)
    out = np.empty((len(frames), size, size, 3), np.uint8) if out is None else out
    if amounts.moves:
        warp_frames(frames, _matrix(amounts, places, frames[0].shape[0], size), out)
    else:
        centre_crop(frames, size, out)
    if amounts.colours:
        rows = out.reshape(-1, size, 3)
        cv2.transform(rows, _colour_matrix(amounts, colours), dst=rows)
    if covers[0] < amounts.erase:
        _erase_rectangle(out, covers[1:], rng)
    return out


def _matrix(amounts: Augmentation, numbers: np.ndarray, side: int, size: int) -> np.ndarray:
    """2 × 3 map from places of the result to places of the source."""
    signed_numbers = 2 * numbers - 1
    zoom = (1 + amounts.zoom) ** signed_numbers[0]
    stretch = (1 + amounts.stretch) ** (signed_numbers[1] / 2)
    angle = math.radians(amounts.rotation_degrees * signed_numbers[2])
    mirror = -1.0 if amounts.flip and numbers[5] < 0.5 else 1.0
    base = min(1.0, side / size) / zoom
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    linear = turn @ np.diag([mirror * base * stretch, base / stretch])
    room = amounts.shift * side
    centre = (side - 1) / 2 + room * signed_numbers[3:5]
    offset = centre - linear @ np.full(2, (size - 1) / 2)
    return np.hstack([linear, offset[:, None]])


def _colour_matrix(amounts: Augmentation, numbers: np.ndarray) -> np.ndarray:
    """3 × 4 map of RGB: saturation, then contrast around mid-grey, then brightness."""
    signed_numbers = 2 * numbers - 1
    saturation = 1 + amounts.saturation * signed_numbers[2]
    contrast = (1 + amounts.contrast) ** signed_numbers[1]
    linear = contrast * (saturation * np.eye(3) + (1 - saturation) * np.ones((3, 1)) * _LUMA)
    offset = 127.5 * (1 - contrast) + 255 * amounts.brightness * signed_numbers[0]
    return np.hstack([linear, np.full((3, 1), offset)]).astype(np.float32)


def _erase_rectangle(clip: np.ndarray, numbers: np.ndarray, rng: np.random.Generator) -> None:
    """Cover a rectangle, in place."""
    height, width = clip.shape[1:3]
    area = (0.02 + 0.18 * numbers[0]) * height * width
    ratio = 3.0 ** (2 * numbers[1] - 1)
    tall = min(height, max(1, round(math.sqrt(area * ratio))))
    wide = min(width, max(1, round(math.sqrt(area / ratio))))
    top, left = int(numbers[2] * (height - tall + 1)), int(numbers[3] * (width - wide + 1))
    clip[:, top : top + tall, left : left + wide] = rng.integers(64, 192, (tall, wide, 3), np.uint8)
