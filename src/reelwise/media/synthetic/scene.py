"""A still ground with shapes that move over it, and what is common to all made-up clips."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from reelwise.core.errors import UsageError
from reelwise.media.synthetic.shapes import shape_mask, textured_ground


@dataclass(frozen=True, eq=False)
class SyntheticClip:
    """One made-up clip.

    Args:
        frames: (T, H, W, 3) uint8 RGB.
        label: Its class.
        group: Clips of one group share their background and paint, as recordings of one place do.
        speed: Share of the picture's side, or of a whole turn, per second.
    """

    frames: np.ndarray
    label: str
    group: int
    speed: float


@dataclass(frozen=True)
class Look:
    """What made-up clips look like.

    Args:
        size: Pixels along each side.
        num_frames: Frames of a clip.
        frame_rate: Frames per second.
        num_groups: Different backgrounds with their paint.
        noise: Standard deviation of the camera's noise, in grey levels.
    """

    size: int = 96
    num_frames: int = 45
    frame_rate: float = 30.0
    num_groups: int = 8
    noise: float = 3.0

    def __post_init__(self) -> None:
        if not 16 <= self.size <= 1024 or self.num_frames < 1 or self.frame_rate <= 0 or self.num_groups < 1:
            raise UsageError(
                f"clips of {self.size} pixels, {self.num_frames} frames at {self.frame_rate} per second in"
                f" {self.num_groups} groups cannot be made.",
                hint="Use 16 to 1024 pixels, and at least one frame and group.",
            )


DEFAULT_LOOK = Look()


@dataclass(frozen=True, eq=False)
class Mover:
    """One thing that moves.

    Args:
        parts: (K, 2) corners in [-1, 1] of each polygon it is made of.
        radius: Half of its size, as a share of the picture's side.
        places: (T, 2) x, y of its middle, in sides of the picture.
        angles: (T,) radians, clockwise on the screen.
    """

    parts: Sequence[np.ndarray]
    radius: float
    places: np.ndarray
    angles: np.ndarray


def scene_of(seed: int, group: int) -> np.random.Generator:
    """The random numbers that all clips of a group share."""
    return np.random.default_rng([seed, 1, group])


def clip_numbers(seed: int, index: int) -> np.random.Generator:
    """The random numbers of one clip; they depend on the seed and its index alone."""
    return np.random.default_rng([seed, 2, index])


def turns(num_clips: int, num_labels: int, num_groups: int) -> Iterator[tuple[int, int, int]]:
    """(index, number of the label, group) of each clip: labels take turns, and so do groups, each with every label."""
    for index in range(num_clips):
        yield index, index % num_labels, index // num_labels % num_groups


def straight(start_xy: np.ndarray, direction: complex, steps: np.ndarray) -> np.ndarray:
    """(T, 2) places on a straight way; ``steps`` are sides of the picture gone since the start."""
    return start_xy + steps[:, None] * np.array([direction.real, direction.imag])


def draw_frames(
    scene: np.random.Generator, rng: np.random.Generator, movers: Sequence[Mover], look: Look
) -> np.ndarray:
    """The pictures of a clip.

    Args:
        scene: Draws ground and paint.
        rng: Draws the camera's noise.
        movers: Later ones lie on top.
        look: Size, noise and so on.

    Returns:
        (T, H, W, 3) uint8 RGB.
    """
    size_hw = (look.size, look.size)
    ground, paint = textured_ground(scene, size_hw), textured_ground(scene, size_hw)
    paint = 255 - 0.3 * paint if scene.random() < 0.5 else 0.3 * paint
    frames = np.empty((look.num_frames, *size_hw, 3), np.uint8)
    for number in range(look.num_frames):
        mask = np.zeros(size_hw, np.float32)
        for mover in movers:
            x, y = mover.places[number] * look.size
            for part in mover.parts:
                part_mask = shape_mask(size_hw, part, (x, y), mover.radius * look.size, mover.angles[number])
                np.maximum(mask, part_mask, out=mask)
        picture = ground + (paint - ground) * mask[..., None] + rng.normal(0, look.noise, (*size_hw, 1))
        frames[number] = np.clip(picture, 0, 255)
    return frames
