"""Clips of one or two scanned digits that move over black and bounce at the edges, for prediction and generation."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np

from reelwise.media.synthetic.scans import GRID, SHEETS, Scan, draw_scan, read_scan, scans_of
from reelwise.media.synthetic.scene import Style, SyntheticClip, bouncing_path

MOVING_STYLE = Style(size=64, num_frames=40, frame_rate=25.0, noise=0.0)
"""40 frames hold 10 frames and the 10 after them, and also 16 frames of which every second one is taken."""

DIGIT_SHARE = 0.44
"""Side of a digit as a share of the frame's: 28 of 64 pixels, as in Moving MNIST."""

SPEEDS = (0.8, 1.6)
"""Lowest and highest speed in sides of the frame per second. Moving MNIST has 1.4 at 25 frames a second."""

_ONE = tuple((digit,) for digit in range(10))
_TWO = tuple(combinations_with_replacement(range(10), 2))

_SPLITS = ("train", "train", "train", "val", "test")
"""The splits of five clips in a row."""


def moving_digit_clips(num_clips: int, seed: int, style: Style = MOVING_STYLE) -> Iterator[SyntheticClip]:
    """Labelled clips of one scanned digit that moves over black; see ``moving_digits_clips``.

    Args:
        num_clips: How many.
        seed: Of everything random; clip i depends on seed and i alone.
        style: Size, length and noise; there are no backgrounds, so ``num_groups`` does not count.

    Example:
        >>> sorted(clip.label for clip in moving_digit_clips(10, seed=0, style=Style(size=16, num_frames=2)))
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']
    """
    return _clips(_ONE, num_clips, seed, style)


def moving_digits_clips(num_clips: int, seed: int, style: Style = MOVING_STYLE) -> Iterator[SyntheticClip]:
    """Labelled clips of two scanned digits that move over black, each at a constant speed, and bounce at the edges.

    Where they meet, the brighter one shows. The label is both digits in order, such as ``3+7``. The digits of a clip
    come from one sheet of scans, and every sheet belongs to one split, so that no scan and no handwriting of a training
    clip appears in a test clip. The list of the set has that split, and the sheet as the group. Sheets and their scans
    take turns, so that two clips of a class show the same scan only where there are more of them than scans.

    Args:
        num_clips: How many.
        seed: Of everything random; clip i depends on seed and i alone.
        style: Size, length and noise; there are no backgrounds, so ``num_groups`` does not count.

    Source: the idea is Moving MNIST (Srivastava, Mansimov, Salakhutdinov, "Unsupervised learning of video
    representations using LSTMs", 2015, arXiv 1502.04681, section 3.1). Here digits are scikit-learn's, have speeds of
    their own, and bounce where their ink meets the edge.

    Example:
        >>> clip = next(moving_digits_clips(1, seed=0, style=Style(size=16, num_frames=2)))
        >>> clip.frames.shape, clip.tracks.shape
        ((2, 16, 16, 3), (2, 2, 2))
    """
    return _clips(_TWO, num_clips, seed, style)


def _clips(classes: Sequence[tuple[int, ...]], num_clips: int, seed: int, style: Style) -> Iterator[SyntheticClip]:
    """Clips whose classes alternate, in an order of the seed; so do the splits, each with every class in time."""
    order = np.random.default_rng([seed, 6]).permutation(len(classes))
    for index in range(num_clips):
        digits = classes[order[index % len(order)]]
        # Shifted by one in every round: a class that comes in each multiple of five would stay in one split.
        splits = [_SPLITS[(index + turn) % len(_SPLITS)] for turn in range(index // len(order) + 1)]
        turn = splits[:-1].count(splits[-1])  # so many clips of this class and split were before
        source = _source(digits, splits[-1], turn, seed)
        yield _draw_clip(digits, source, np.random.default_rng([seed, 7, index]), style)


@dataclass(frozen=True)
class _Source:
    """Whose digits a clip shows.

    Args:
        split: Of the clip.
        sheet: Of all its scans.
        scans: Their numbers, one for each digit.
    """

    split: str
    sheet: int
    scans: tuple[int, ...]


def _source(digits: tuple[int, ...], split: str, turn: int, seed: int) -> _Source:
    """The sheet and the scans of a class's next clip: every sheet once, then every sheet with its next scans."""
    sheets = np.random.default_rng([seed, 8, *digits]).permutation(SHEETS[split])
    sheet, round_number = int(sheets[turn % len(sheets)]), turn // len(sheets)
    scans = []
    for place, (digit, other) in enumerate(zip(digits, reversed(digits), strict=True)):
        numbers = np.random.default_rng([seed, 9, sheet, digit]).permutation(scans_of(sheet, digit))
        # Each other digit begins elsewhere in the order, so that pairs do not share their scans.
        scans.append(int(numbers[(round_number + other + place) % len(numbers)]))
    return _Source(split, sheet, tuple(scans))


def _draw_clip(digits: tuple[int, ...], source: _Source, rng: np.random.Generator, style: Style) -> SyntheticClip:
    scans = [read_scan(number) for number in source.scans]
    speeds = rng.uniform(*SPEEDS, len(scans))
    cell = DIGIT_SHARE * style.size / GRID
    tracks = np.stack([_track(scan, cell, speed, rng, style) for scan, speed in zip(scans, speeds, strict=True)])
    frames = np.empty((style.num_frames, style.size, style.size, 3), np.uint8)
    for number in range(style.num_frames):
        drawn_scans = [draw_scan(scan, style.size, tracks[k, number], cell) for k, scan in enumerate(scans)]
        picture = 255 * np.max(drawn_scans, axis=0) + rng.normal(0, style.noise, (style.size, style.size))
        frames[number] = np.clip(np.round(picture), 0, 255)[..., None]
    ids = "+".join(map(str, source.scans))
    columns = {"group": f"sheet_{source.sheet}", "split": source.split, "scan_ids": ids}
    label = "+".join(map(str, digits))
    return SyntheticClip(frames, label, source.sheet, float(speeds[0]), tracks, columns)


def _track(scan: Scan, cell: float, speed: float, rng: np.random.Generator, style: Style) -> np.ndarray:
    """(T, 2) x, y of the centre of mass in pixels; the ink never leaves the frame."""
    low, high = scan.before_xy * cell, style.size - 1 - scan.after_xy * cell
    heading = rng.uniform(0, 2 * np.pi)
    step = speed * style.size / style.frame_rate * np.array([np.cos(heading), np.sin(heading)])
    return bouncing_path(rng.uniform(low, high), step, style.num_frames, low, high)
