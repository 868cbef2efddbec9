"""Videos without any boundary that fool detectors: single takes with flashes, strobes, whip pans, captions and more."""

import itertools
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np

from reelwise.media.writers.writer import Encoding, write_video
from shot_sources import SIZE_HW, Take, read_take

FILES_PER_KIND = 6
NUM_FRAMES = 240
"""Frames of a file, or as many as its take has."""
MIN_FRAMES = 150
"""Fewest frames of a take that is used."""
FRAME_RATE = Fraction(30)
HEIGHT, WIDTH = SIZE_HW

Frames = np.ndarray
"""(T, H, W, 3) uint8 RGB."""


def flashes(frames: Frames, other: Frames, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Photographers' flashes: one to three frames far too bright, the second half as bright as the first."""
    gain = np.ones(len(frames))
    for start in _moments(len(frames), 6, rng):
        length = int(rng.integers(1, 4))
        gain[start : start + length] = rng.uniform(2, 6) * 0.6 ** np.arange(len(gain[start : start + length]))
    lift = 40 * np.maximum(gain - 1, 0)
    for frame, factor, offset in zip(frames, np.maximum(gain, 1), lift, strict=True):
        yield _lit(frame, factor, offset)


def strobes(frames: Frames, other: Frames, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """A strobe light, 5 to 12 flashes a second for one to two seconds, twice."""
    is_lit = np.zeros(len(frames), bool)
    for start in _moments(len(frames), 2, rng):
        period = int(rng.integers(3, 7))
        is_lit[start : start + int(rng.integers(30, 60)) : period] = True
    dark = rng.uniform(0.4, 1.0)
    for frame, lit in zip(frames, is_lit, strict=True):
        yield _lit(frame, 3.0, 60) if lit else _lit(frame, dark, 0)


def whip_pans(frames: Frames, other: Frames, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """The camera swings across the scene and back within 4 to 10 frames, with motion blur."""
    position = np.zeros(len(frames))
    for start in _moments(len(frames), 4, rng):
        length = int(rng.integers(4, 11))
        way = (1 - np.cos(np.pi * np.arange(1, length + 1) / length)) / 2
        target = 1.0 - position[start]
        position[start : start + length] += (target - position[start]) * way[: len(position[start : start + length])]
        position[start + length :] = target
    for frame, now, before in zip(frames, position, np.append(0, position[:-1]), strict=True):
        wide = cv2.resize(frame, (2 * WIDTH, 2 * HEIGHT), interpolation=cv2.INTER_LINEAR)
        blur = max(1, int(abs(now - before) * WIDTH / 2))
        wide = cv2.blur(wide, (blur, 1)) if blur > 1 else wide
        left = int(now * WIDTH)
        yield wide[HEIGHT // 2 : HEIGHT // 2 + HEIGHT, left : left + WIDTH]


def shakes(frames: Frames, other: Frames, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """A hand-held camera: small tremor always, and blows of up to a tenth of the picture."""
    tremor = rng.normal(0, 4, (len(frames), 2))
    for start in _moments(len(frames), 6, rng):
        length = int(rng.integers(3, 12))
        tremor[start : start + length] += rng.normal(0, 25, (len(tremor[start : start + length]), 2))
    for frame, shift in zip(frames, np.clip(tremor, -58, 58).astype(int), strict=True):
        large = cv2.resize(frame, (WIDTH + 120, HEIGHT + 120), interpolation=cv2.INTER_LINEAR)
        yield large[60 + shift[0] : 60 + shift[0] + HEIGHT, 60 + shift[1] : 60 + shift[1] + WIDTH]


def exposure_jumps(frames: Frames, other: Frames, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Light is switched, or the camera's exposure jumps, at one frame or within a few."""
    gain = np.ones(len(frames))
    for start in _moments(len(frames), 5, rng):
        target, length = rng.uniform(0.35, 1.9), int(rng.choice([1, 1, 4, 12]))
        ramp = np.linspace(gain[start - 1], target, length + 1)[1:]
        gain[start : start + length] = ramp[: len(gain[start : start + length])]
        gain[start + length :] = target
    for frame, factor in zip(frames, gain, strict=True):
        yield _lit(frame, factor, 0)


def crossings(frames: Frames, other: Frames, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Something near the camera crosses the picture: a piece of another take, in 6 to 40 frames, up to all of it."""
    pictures = list(frames)
    for start in _moments(len(frames), 4, rng):
        length, width = int(rng.integers(6, 41)), int(WIDTH * rng.uniform(0.3, 1.15))
        top = 0 if rng.random() < 0.5 else int(rng.integers(0, HEIGHT // 3))
        thing = _thing(other[rng.integers(len(other))], width, HEIGHT - top, rng)
        is_backward = bool(rng.random() < 0.5)
        for step in range(min(length, len(frames) - start)):
            left = round(-width + (WIDTH + width) * (step + 1) / (length + 1))
            picture = _laid_over(pictures[start + step], *thing, left, top)
            if is_backward:
                flipped_picture = pictures[start + step][:, ::-1]
                picture = _laid_over(flipped_picture, *thing, left, top)[:, ::-1]
            pictures[start + step] = picture
    yield from pictures


def captions(frames: Frames, other: Frames, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Burnt-in text and boxes that come and go from one frame to the next, up to half of the picture."""
    moments = [0, *_moments(len(frames), 7, rng), len(frames)]
    for index, (start, end) in enumerate(itertools.pairwise(moments)):
        overlay = _caption(rng) if index % 2 else None
        for frame in frames[start:end]:
            yield frame if overlay is None else np.where(overlay[1][..., None], overlay[0], frame)


def freezes(frames: Frames, other: Frames, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """The picture stands for 5 to 40 frames and then goes on where it stood, or up to half a second later."""
    index, stops = 0, set(_moments(len(frames), 5, rng))
    while index < len(frames):
        if index in stops:
            for _ in range(int(rng.integers(5, 41))):
                yield frames[index]
            index += int(rng.choice([0, 0, 5, 15]))
        if index < len(frames):
            yield frames[index]
        index += 1


def repeats(frames: Frames, other: Frames, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Frames shown twice, three times or in the 3:2 pattern of film on television."""
    pattern = [(2,), (3,), (3, 2), (1, 1, 1, 1, 2)][rng.integers(4)]
    for index, frame in enumerate(frames):
        for _ in range(pattern[index % len(pattern)]):
            yield frame


def lost_frames(frames: Frames, other: Frames, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """A recording that stutters: 2 to 5 frames are missing here and there."""
    index = 0
    while index < len(frames):
        yield frames[index]
        index += 1 if rng.random() < 0.9 else int(rng.integers(3, 7))


KINDS: tuple[Callable[[Frames, Frames, np.random.Generator], Iterator[np.ndarray]], ...] = (
    flashes,
    strobes,
    whip_pans,
    shakes,
    exposure_jumps,
    crossings,
    captions,
    freezes,
    repeats,
    lost_frames,
)


def write_distractor(path: Path, kind: int, takes: tuple[Take, ...], seed: int) -> None:
    """Write one video of one kind as H.264."""
    rng = np.random.default_rng([90, kind, seed])
    scenes = sorted({take.scene for take in takes if take.num_frames >= MIN_FRAMES})
    first, second = rng.choice(scenes, size=2, replace=False)
    frames, other = (_read_some(takes, scene, rng) for scene in (first, second))
    write_video(
        path, KINDS[kind](frames, other[::10], rng), FRAME_RATE, encoding=Encoding(crf=23, preset="superfast", gop=250)
    )


def _read_some(takes: tuple[Take, ...], scene: str, rng: np.random.Generator) -> Frames:
    members = [take for take in takes if take.scene == scene and take.num_frames >= MIN_FRAMES]
    take = members[rng.integers(len(members))]
    return read_take(take, int(rng.integers(max(1, take.num_frames - NUM_FRAMES + 1))), NUM_FRAMES)


def _moments(num_frames: int, number: int, rng: np.random.Generator) -> list[int]:
    """Frames in order, one in each part of the video, away from its ends."""
    edges = np.linspace(10, num_frames - 15, number + 1)
    return [int(rng.integers(int(low), int(high))) for low, high in itertools.pairwise(edges)]


def _lit(frame: np.ndarray, factor: float, offset: float) -> np.ndarray:
    return np.clip(frame * np.float32(factor) + np.float32(offset), 0, 255).astype(np.uint8)


def _thing(picture: np.ndarray, width: int, height: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """(h, w, 3) float32 picture and (h, w, 1) float32 opacity with a soft, uneven outline."""
    piece = picture[: int(HEIGHT * rng.uniform(0.3, 1)), : int(WIDTH * rng.uniform(0.2, 0.7))]
    texture = cv2.resize(np.ascontiguousarray(piece), (width, height)).astype(np.float32) * rng.uniform(0.3, 1.0)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    waves = 12 * np.sin(y / rng.uniform(20, 60)) + 6 * np.sin(y / rng.uniform(7, 15))
    inside = np.minimum(x - waves - 20, width - 20 - x + waves)
    return texture, np.clip(inside / rng.uniform(1, 25), 0, 1)[..., None]


def _laid_over(frame: np.ndarray, thing: np.ndarray, opacity: np.ndarray, left: int, top: int) -> np.ndarray:
    first, last = max(0, left), min(WIDTH, left + thing.shape[1])
    picture = frame.copy()
    if last > first:
        part, alpha = thing[:, first - left : last - left], opacity[:, first - left : last - left]
        under = picture[top : top + len(thing), first:last]
        picture[top : top + len(thing), first:last] = (under + (part - under) * alpha).astype(np.uint8)
    return picture


def _caption(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """(H, W, 3) uint8 overlay and (H, W) bool where it covers."""
    overlay = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    colour = [int(level) for level in rng.integers(0, 256, 3)]
    height = int(HEIGHT * rng.uniform(0.1, 0.5))
    top = int(rng.integers(0, HEIGHT - height))
    covers = np.zeros((HEIGHT, WIDTH), np.uint8)
    if rng.random() < 0.6:
        overlay[top : top + height] = colour
        covers[top : top + height] = 1
    text = "".join(chr(c) for c in rng.integers(65, 91, 14))
    scale = float(height) / 40
    for canvas, value in ((overlay, (255, 255, 255)), (covers, 1)):
        cv2.putText(canvas, text, (20, top + int(height * 0.8)), cv2.FONT_HERSHEY_DUPLEX, scale, value, 3)
    return overlay, covers.astype(bool)
