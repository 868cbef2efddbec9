"""Clips side by side in one animated picture, so that they play in step, and frame by frame in one row each."""

from collections.abc import Sequence
from fractions import Fraction

import cv2
import numpy as np

from reelwise.media.writers.preview import write_clip_preview

GAP = 8
"""Pixels between two clips, and above the bar; even, since colours are kept for blocks of 2 x 2 pixels."""

_BAR = 4
"""Pixels: height of the bar that shows how far the clip has played."""

_MIN_SIDE = 128
"""Pixels: smaller clips are enlarged by a whole factor, which keeps their pixels sharp."""

_ROW_SIDE = 64
"""Pixels of a frame in a row of frames."""

_MAX_ROW = 20
"""Frames of a row: longer clips are thinned evenly."""

_QUALITY = 80
"""Of WebP, 0 to 100: four clips of 64 pixels and 16 frames take about 100 kB."""

# The bar lies on a light or a dark page: these can be seen on both. RGBA.
_GIVEN = (138, 143, 153, 255)
_PREDICTED = (79, 125, 240, 255)
_TO_COME = (138, 143, 153, 80)

_PAGE = np.array([19, 20, 23], np.uint16)
"""RGB of the report's page in the dark."""

_HOLD_SECONDS = Fraction(3, 4)
"""How long the last frame stands before the clip begins again."""


def play_in_step(clips: Sequence[np.ndarray], num_given: int, frame_rate: Fraction) -> bytes:
    """An animated WebP of several clips side by side, with a bar below: grey while frames are given, then blue.

    Args:
        clips: Each (T, H, W, 3) uint8 RGB, all of one shape.
        num_given: How many of the T frames were given to the model.
        frame_rate: Frames per second at which it plays.
    """
    lengths = (num_given, len(clips[0]))
    frames = [strip_picture([clip[index] for clip in clips], index, lengths) for index in range(len(clips[0]))]
    hold = int(_HOLD_SECONDS * frame_rate)
    return write_clip_preview(frames + hold * frames[-1:], frame_rate, quality=_QUALITY)


def strip_picture(
    frames: Sequence[np.ndarray], index: int, lengths: tuple[int, int], num_columns: int | None = None
) -> np.ndarray:
    """(H, W, 4) uint8 RGBA: one frame of several clips at the same moment, and a bar below where frames were given.

    Args:
        frames: One of each clip, (H, W, 3) uint8.
        index: Its number in the clip.
        lengths: How many frames were given, and how many there are.
        num_columns: Clips side by side before a new row begins; None for one row.
    """
    pictures = [_opaque(_enlarge(frame)) for frame in frames]
    columns = num_columns or len(pictures)
    rows = -(-len(pictures) // columns)
    height, width = pictures[0].shape[:2]
    total_hw = rows * (height + GAP) - GAP, columns * (width + GAP) - GAP
    canvas = np.zeros((*total_hw, 4), np.uint8)
    for number, picture in enumerate(pictures):
        top, left = (number // columns) * (height + GAP), (number % columns) * (width + GAP)
        canvas[top : top + height, left : left + width] = picture
    return np.concatenate([canvas, _bar(total_hw[1], index, lengths)]) if lengths[0] else canvas


def on_page(picture: np.ndarray) -> np.ndarray:
    """(H, W, 3) uint8: an RGBA picture on a dark page, for files that know no transparency."""
    alpha = picture[..., 3:].astype(np.uint16)
    return ((picture[..., :3] * alpha + _PAGE * (255 - alpha) + 127) // 255).astype(np.uint8)


def still_picture(content: np.ndarray) -> bytes:
    """A PNG of RGBA, (H, W, 4) uint8; empty where OpenCV cannot write one."""
    is_encoded, png = cv2.imencode(".png", cv2.cvtColor(content, cv2.COLOR_RGBA2BGRA))
    return png.tobytes() if is_encoded else b""


def row_of_frames(frames: np.ndarray) -> np.ndarray:
    """(H, W, 3) uint8 RGB: frames in one row, from left to right in time, 20 at most.

    Args:
        frames: (T, H, W, 3) uint8 RGB; longer clips are thinned evenly.
    """
    places = np.linspace(0, len(frames) - 1, min(len(frames), _MAX_ROW)).round().astype(int)
    height, width = frames.shape[1:3]
    scale = _ROW_SIDE / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_NEAREST
    return np.hstack([cv2.resize(frames[place], size, interpolation=interpolation) for place in places.tolist()])


def lossy_picture(content: np.ndarray) -> bytes:
    """A WebP of RGB, (H, W, 3) uint8; empty where OpenCV cannot write one."""
    settings = [cv2.IMWRITE_WEBP_QUALITY, _QUALITY]
    is_encoded, webp = cv2.imencode(".webp", cv2.cvtColor(content, cv2.COLOR_RGB2BGR), settings)
    return webp.tobytes() if is_encoded else b""


def _bar(width: int, index: int, lengths: tuple[int, int]) -> np.ndarray:
    """(H, W, 4) uint8 RGBA: grey up to the last frame that was given, blue up to the one that is shown."""
    num_given, num_frames = lengths
    ends = [round(width * frame / num_frames / 2) * 2 for frame in (num_given, index + 1)]
    bar = np.zeros((GAP + _BAR, width, 4), np.uint8)
    bar[GAP:] = _TO_COME
    bar[GAP:, : ends[1]] = _PREDICTED
    bar[GAP:, : min(ends)] = _GIVEN
    return bar


def _enlarge(frame: np.ndarray) -> np.ndarray:
    """The frame by a whole factor, cut to even sides."""
    factor = -(-_MIN_SIDE // min(frame.shape[:2]))
    large = frame.repeat(factor, axis=0).repeat(factor, axis=1)
    return large[: large.shape[0] // 2 * 2, : large.shape[1] // 2 * 2]


def _opaque(picture: np.ndarray) -> np.ndarray:
    return np.dstack([picture, np.full(picture.shape[:2], 255, np.uint8)])
