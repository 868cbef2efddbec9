"""Where and when a clip moves: coarse motion-energy maps and the motion curve."""

import cv2
import numpy as np

MAP_WIDTH, MAP_HEIGHT = 12, 9  # cells of a map
NUM_THIRDS = 3  # maps of a clip: its start, middle and end
CURVE_LENGTH = 32  # points of the motion curve
NUM_FEATURES = NUM_THIRDS * MAP_HEIGHT * MAP_WIDTH + CURVE_LENGTH
GREY_SIZE = 48
"""Pixels along each side of the frames that are subtracted: noise averages out, limbs stay visible."""

_LAG_SECONDS = 0.1
"""From a frame to the one it is subtracted from: long enough that slow motion shows at 60 frames per second."""

_MAX_GAP_SECONDS = 0.5
"""Frames further apart are windows of a long video, between which there is no motion to measure."""

_MAX_PAIRS = 128
"""Most pairs of a clip, spread evenly over it; bounds the time that a long one takes."""


def motion_energy(frames: np.ndarray, seconds: np.ndarray) -> np.ndarray:
    """Where there is motion in the start, middle and end of a clip, and when, as one vector.

    Grey frames a tenth of a second apart are subtracted, so the frame rate matters little; maps and curve are each
    scaled to length 1, so contrast and lighting matter little. The square root keeps a fast arm from hiding all other
    motion.

    Args:
        frames: (N, H, W, 3) uint8 RGB, N > 0, in order; a memory map is read only where needed.
        seconds: (N,) float64 rising, when each frame is shown.

    Returns:
        (356,) float32 in [0, 1]: three maps of 9 rows x 12 columns, then 32 points of the motion curve. All zeros when
        nothing moves, as in a video of one frame.

    Example:
        >>> import numpy as np
        >>> frames = np.zeros((10, 96, 96, 3), np.uint8)
        >>> for i in range(10):
        ...     frames[i, 8 * i : 8 * i + 8] = 255          # a bar falls
        >>> maps = motion_energy(frames, np.arange(10) / 10)[:324].reshape(3, 9, 12)
        >>> [int(m.sum(axis=1).argmax()) for m in maps]     # the row with the most motion, third by third
        [1, 3, 5]

    Source: Bobick and Davis 2001, "The recognition of human movement using temporal templates", IEEE PAMI 23(3).
    Otherwise: graded instead of binary, and a map for each third of the clip instead of one.
    """
    differences, places = motion_maps(frames, seconds)
    if not len(differences):
        return np.zeros(NUM_FEATURES, np.float32)
    third = np.minimum((places * NUM_THIRDS).astype(int), NUM_THIRDS - 1)
    maps = np.zeros((NUM_THIRDS, MAP_HEIGHT, MAP_WIDTH))
    for i in range(NUM_THIRDS):
        if (third == i).any():
            maps[i] = differences[third == i].mean(axis=0)
    curve = np.interp(np.linspace(0, 1, CURVE_LENGTH), places, differences.mean(axis=(1, 2)))
    return np.concatenate([unit_length(np.sqrt(maps)), unit_length(np.sqrt(curve))]).astype(np.float32)


def motion_maps(frames: np.ndarray, seconds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean absolute grey differences of frame pairs 0.1 s apart, and where in the clip each pair lies.

    Args:
        frames: (N, H, W, 3) uint8 RGB.
        seconds: (N,) float64 rising.

    Returns:
        ``(maps, places)``: (P, 9, 12) float32 in [0, 255] and (P,) float64 in [0, 1] rising; P is 0 to 128. Pairs that
        would span a gap, as between the decoded windows of a long video, are left out.
    """
    pairs = frame_pairs(np.asarray(seconds, np.float64))
    grey = {int(i): small_grey(frames[i]) for i in np.unique(pairs)}
    maps = [
        cv2.resize(cv2.absdiff(grey[int(b)], grey[int(a)]), (MAP_WIDTH, MAP_HEIGHT), interpolation=cv2.INTER_AREA)
        for a, b in pairs
    ]
    places = pairs.mean(axis=1) / max(len(frames) - 1, 1)
    return np.array(maps, np.float32).reshape(-1, MAP_HEIGHT, MAP_WIDTH), places


def unit_length(values: np.ndarray) -> np.ndarray:
    """The values in one row, scaled to Euclidean length 1; zeros stay zeros."""
    row = np.asarray(values, np.float64).ravel()
    length = float(np.sqrt((row * row).sum()))
    return row / length if length > 0 else row


def frame_pairs(seconds: np.ndarray) -> np.ndarray:
    """(P, 2) int64: indices of frames about 0.1 s apart, the earlier first, spread evenly over the clip; P is 0 to 128.

    Args:
        seconds: (N,) float64 rising, when each frame is shown.
    """
    num_frames = len(seconds)
    if num_frames < 2:
        return np.zeros((0, 2), np.int64)
    first = np.unique(np.linspace(0, num_frames - 2, min(_MAX_PAIRS, num_frames - 1)).round().astype(np.int64))
    # Half a lag of slack: at 15 fps the frame 0.067 s later is not taken, the one 0.133 s later is.
    second = np.searchsorted(seconds, seconds[first] + _LAG_SECONDS * 0.999)
    second = np.clip(second, first + 1, num_frames - 1)
    gap = seconds[second] - seconds[first]
    usable = gap <= max(_MAX_GAP_SECONDS, 2 * float(np.median(np.diff(seconds))))
    pairs = np.stack([first, second], axis=1)[usable]
    return pairs[np.unique(pairs.mean(axis=1), return_index=True)[1]]


def small_grey(frame: np.ndarray) -> np.ndarray:
    """(48, 48) float32 in [0, 255] of an (H, W, 3) uint8 frame."""
    grey = cv2.cvtColor(np.ascontiguousarray(frame), cv2.COLOR_RGB2GRAY)
    return cv2.resize(grey, (GREY_SIZE, GREY_SIZE), interpolation=cv2.INTER_AREA).astype(np.float32)
