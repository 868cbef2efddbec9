"""What happens within one take and is no boundary: things that cross, flashes, light, frozen frames."""

from collections.abc import Callable

import cv2
import numpy as np

from reelwise.analysis.shots.descriptors import THUMBNAIL_HW

_ROWS, _COLUMNS = (axis.astype(np.float32) for axis in np.mgrid[: THUMBNAIL_HW[0], : THUMBNAIL_HW[1]])


def crossing(frames: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Something passes in front of the camera, from a ball to a lorry that fills the picture, or stays and fidgets."""
    num_frames = len(frames)
    length = int(min(num_frames, np.exp(rng.uniform(np.log(4), np.log(120)))))
    start = int(rng.integers(-length // 2, num_frames))
    height, width = rng.uniform(5, 34), float(np.exp(rng.uniform(np.log(4), np.log(60))))
    time = np.linspace(-0.5, 0.5, length)
    reach = THUMBNAIL_HW[1] + 2 * width
    x = THUMBNAIL_HW[1] / 2 + rng.choice([-1, 1]) * reach * time * rng.choice([1, 1, 0.5])
    y = rng.uniform(8, 24) + rng.normal(0, 6) * time + rng.uniform(0, 2) * np.sin(time * rng.uniform(5, 60))
    if rng.random() < 0.25:  # it stays
        x = rng.uniform(5, 43) + rng.uniform(0, 5) * np.sin(time * rng.uniform(3, 60))
    return _draw(frames, np.stack([y, x], axis=1), start, (height, width), rng)


def walkers(frames: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One to four people go somewhere: what they leave and what they cover changes once and for good.

    Half of the times they come together, or part, at about the same time, as in a greeting or a fight.
    """
    num_frames = len(frames)
    begin, meeting_point = rng.integers(-10, num_frames), rng.uniform(12, 36)
    is_meeting, is_parting = rng.random() < 0.5, rng.random() < 0.5
    for number in range(int(rng.integers(2, 4) if is_meeting else rng.integers(1, 5))):
        size = (rng.uniform(8, 26), rng.uniform(3, 14))
        start, length = begin + rng.integers(-8, 9), np.exp(rng.uniform(np.log(6), np.log(80)))
        progress = np.clip((np.arange(num_frames) - start) / length, 0, 1)
        progress = progress * progress * (3 - 2 * progress)
        first, last = (np.array([rng.uniform(8, 22), rng.uniform(-8, 56)]) for _ in range(2))
        last[0] = first[0] + rng.normal(0, 3)
        if is_meeting:
            side = 1 if number % 2 else -1
            last[1] = meeting_point + side * size[1] * rng.uniform(0.3, 0.9)
            first[1] = last[1] + side * rng.uniform(3, 30)
            first, last = (last, first) if is_parting else (first, last)
        path = first + progress[:, None] * (last - first)
        path += rng.uniform(0, 1) * np.sin(np.arange(num_frames)[:, None] * rng.uniform(0.1, 0.8))
        frames = _draw(frames, path, 0, size, rng, _clothes(size[0], rng))
    return frames


def _clothes(height: float, rng: np.random.Generator) -> np.ndarray:
    """(28, 48, 3): head, body and legs in a colour each, around row 0; every third time even or patterned."""
    texture = _texture(rng)
    if rng.random() < 1 / 3:
        return texture
    row = (np.arange(THUMBNAIL_HW[0]) + THUMBNAIL_HW[0] // 2) % THUMBNAIL_HW[0] - THUMBNAIL_HW[0] // 2
    part = np.digitize(row / height, [rng.uniform(-0.4, -0.3), rng.uniform(-0.05, 0.1)])
    colors = rng.uniform(0, 255, (3, 3)) * rng.uniform(0.2, 1, (3, 1))
    return colors[part][:, None] + 0.2 * (texture - texture.mean(axis=(0, 1)))


def _draw(
    frames: np.ndarray,
    path: np.ndarray,
    start: int,
    size: tuple[float, float],
    rng: np.random.Generator,
    texture: np.ndarray | None = None,
) -> np.ndarray:
    """A rounded or square thing of (height, width) whose centre (row, column) follows the path from a frame on."""
    texture = _texture(rng) if texture is None else texture
    softness = rng.uniform(0.5, 3)
    is_round = rng.random() < 0.6
    reach = (1 + softness / min(size)) * np.array(size) / 2  # beyond it nothing is covered
    result = frames.copy()
    for step in range(max(-start, 0), min(len(path), len(frames) - start)):
        center = path[step]
        first = np.maximum(np.floor(center - reach).astype(int), 0)
        last = np.minimum(np.ceil(center + reach).astype(int) + 1, THUMBNAIL_HW)
        if (first >= last).any():
            continue
        rows, columns = np.arange(first[0], last[0]), np.arange(first[1], last[1])
        down, across = np.abs(rows - center[0])[:, None] / size[0] * 2, np.abs(columns - center[1]) / size[1] * 2
        distance = np.sqrt(across * across + down * down) if is_round else np.maximum(across, down)
        mask = np.clip((1 - distance) * min(size) / 2 / softness + 0.5, 0, 1)[..., None]
        # The texture moves along, and is repeated beyond its edges.
        part = texture[
            (rows - round(center[0]))[:, None] % THUMBNAIL_HW[0], (columns - round(center[1])) % THUMBNAIL_HW[1]
        ]
        place = (start + step, slice(first[0], last[0]), slice(first[1], last[1]))
        result[place] += mask * (part - result[place])
    return result


def flashes(frames: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Photographers' flashes, lightning, a strobe or an explosion: bright for a few frames, here or everywhere."""
    result = frames.copy()
    start = int(rng.integers(len(frames)))
    period, count = int(rng.integers(2, 20)), int(rng.choice([1, 1, 2, 4, 20]))
    place = np.hypot(_COLUMNS - rng.uniform(0, 48), _ROWS - rng.uniform(0, 28)) / rng.uniform(10, 60)
    mask = np.ones_like(_ROWS) if rng.random() < 0.5 else np.exp(-place * place)
    color = np.array([255, 255, 255]) - rng.uniform(0, 60, 3) * (rng.random() < 0.5)
    is_dark = rng.random() < 0.15  # a strobe that goes dark
    shape = rng.uniform(0.3, 1) * rng.uniform(0.2, 0.95) ** np.arange(rng.integers(1, 12))
    for flash in range(count):
        for step, strength in enumerate(shape):
            place_in_time = start + flash * period + step
            if place_in_time < len(frames):
                weight = (mask * strength)[..., None]
                result[place_in_time] += weight * ((0 if is_dark else color) - result[place_in_time])
    return result


def strobe(frames: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Lamps that flash again and again, or photographers: light multiplies what is there; what is bright saturates."""
    start, period = int(rng.integers(len(frames))), int(rng.integers(2, 9))
    num_flashes, length = int(rng.choice([1, 3, 8, 20, 60])), int(rng.choice([1, 1, 2, 3]))
    gain, lift, rest = rng.uniform(1.5, 6), rng.uniform(0, 200), rng.choice([1.0, rng.uniform(0.3, 1)])
    tint = 1 - rng.uniform(0, 0.3, 3).astype(np.float32) * (rng.random() < 0.4)
    result = frames.copy()
    result[start : start + num_flashes * period] *= np.float32(rest)
    for flash in range(num_flashes):
        for step, strength in enumerate(0.6 ** np.arange(length)):
            place = start + flash * period + step
            if place < len(frames):
                lit_frame = frames[place] * (1 + (gain - 1) * strength) * tint + lift * strength
                result[place] = np.clip(lit_frame, 0, 255)
    return result


def light(frames: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The exposure jumps or drifts, or a lamp is switched: once, back again, or all the time."""
    time = np.arange(len(frames))
    gain = np.zeros(len(frames))
    for _ in range(int(rng.integers(1, 4))):
        start, length = rng.integers(len(frames)), np.exp(rng.uniform(0, 3.5))
        gain += rng.normal(0, 0.4) * np.clip((time - start) / length, 0, 1)
    if rng.random() < 0.3:
        gain += rng.uniform(0.02, 0.15) * np.sin(time * rng.uniform(0.2, 3))
    if rng.random() < 0.2:
        gain += rng.normal(0, 0.06, len(frames))
    tint = np.exp(np.clip(gain, -1.8, 1)[:, None] * rng.uniform(0.8, 1.2, 3))
    return np.clip(frames * tint[:, None, None].astype(np.float32), 0, 255)


def frozen(frames: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The picture stands still for a while and goes on where it was, or jumps to where it would have been."""
    start, length = int(rng.integers(len(frames))), int(np.exp(rng.uniform(0.7, 3.4)))
    places = np.arange(len(frames))
    places[start : start + length] = start
    if rng.random() < 0.5:
        places[start + length :] -= length
    return frames[np.maximum(places, 0)]


def skipped(frames: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A few frames are missing."""
    start, length = int(rng.integers(1, len(frames))), int(rng.integers(1, 7))
    places = np.arange(len(frames))
    places[start:] += length
    return frames[np.minimum(places, len(frames) - 1)]


def slow_motion(frames: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Each frame stands two or three times, or every fourth or fifth twice, as when a frame rate is converted."""
    step = rng.choice([0.5, 0.34, 0.8, 0.75, 0.6])
    return frames[np.floor(np.arange(len(frames)) * step + rng.random()).astype(int).clip(0, len(frames) - 1)]


def caption(frames: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A text or a box comes, at once or softly, and may go again or be followed by the next one in its place."""
    time = np.arange(len(frames))
    start, length = int(rng.integers(-20, len(frames))), int(rng.integers(8, 160))
    ease = float(rng.choice([1, 1, 1, 6, 15]))
    has_box, place = rng.random() < 0.5, _caption_place(rng)
    result = frames
    for _ in range(int(rng.choice([1, 1, 3]))):
        strength = np.clip(np.minimum(time - start + 1, start + length - time) / ease, 0, 1).astype(np.float32)
        cover, color = _caption_layer(place, has_box, rng)
        result = result + strength[:, None, None, None] * cover * (color - result)
        start += length + int(rng.choice([0, 0, 10]))
    return result


def _caption_place(rng: np.random.Generator) -> tuple[slice, slice]:
    """Rows and columns: a line of text, a bar across the picture, or up to half of it."""
    rows = int(np.exp(rng.uniform(np.log(2), np.log(15))))
    columns = THUMBNAIL_HW[1] if rng.random() < 0.4 else int(rng.integers(6, 45))
    top, left = int(rng.integers(0, THUMBNAIL_HW[0] - rows + 1)), int(rng.integers(0, THUMBNAIL_HW[1] - columns + 1))
    return slice(top, top + rows), slice(left, left + columns)


def _caption_layer(
    place: tuple[slice, slice], has_box: bool, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """How much each pixel is covered, (28, 48, 1), and with which colour, (28, 48, 3)."""
    cover, color = np.zeros((*THUMBNAIL_HW, 1), np.float32), np.zeros((*THUMBNAIL_HW, 3), np.float32)
    rows, columns = cover[place].shape[:2]
    # A thumbnail's pixel is wider than a stroke: letters are spots of more and less ink, in words.
    ink = rng.uniform(0.2, 1) * rng.random((rows, columns, 1))
    ink *= rng.random((1, columns, 1)) < rng.uniform(0.6, 1)
    text_color = rng.choice([0.0, 255.0, 230.0], 1) if rng.random() < 0.7 else rng.uniform(0, 255, 3)
    box_color = rng.uniform(0, 255, 3) if rng.random() < 0.7 else rng.choice([0.0, 255.0], 1)
    cover[place] = rng.uniform(0.5, 1) if has_box else ink
    color[place] = box_color + ink * (text_color - box_color) if has_box else text_color
    return cover, color


def _texture(rng: np.random.Generator) -> np.ndarray:
    """(28, 48, 3): a nearly even or a patterned surface."""
    size = int(rng.integers(2, 8))
    base = rng.uniform(0, 255, 3)
    grid = base + rng.normal(0, rng.choice([3.0, 20.0, 60.0]), (size, size, 1)) + rng.normal(0, 8, (size, size, 3))
    return np.clip(cv2.resize(grid.astype(np.float32), THUMBNAIL_HW[::-1], interpolation=cv2.INTER_CUBIC), 0, 255)


Disturbance = Callable[[np.ndarray, np.random.Generator], np.ndarray]

DISTURBANCES: tuple[tuple[Disturbance, float], ...] = (
    (crossing, 0.30),
    (walkers, 0.30),
    (flashes, 0.10),
    (strobe, 0.12),
    (light, 0.15),
    (frozen, 0.06),
    (skipped, 0.05),
    (slow_motion, 0.10),
    (caption, 0.30),
)
"""Each with how often a take of 100 frames has it."""


def disturb(frames: np.ndarray, rng: np.random.Generator, strength: float) -> np.ndarray:
    """Let things happen in a take.

    Args:
        frames: (T, 28, 48, 3) float32, 0 to 255.
        rng: The only source of chance.
        strength: 1 for the usual number of disturbances, more for a take that is all of them.
    """
    if len(frames) < 4:
        return frames
    for disturbance, rate in DISTURBANCES:
        expected = rate * strength * min(len(frames) / 100, 3)
        for _ in range(rng.poisson(expected)):
            frames = disturbance(frames, rng)
    return frames
