"""Numbers painted into pictures so that a test can read them back after any codec."""

import numpy as np

_NUM_BITS = 16
_DARK, _LIGHT = 16, 235


def paint_number(image: np.ndarray, number: int) -> None:
    """Paint ``number`` into the picture in place, as sixteen black or white fields along its upper edge.

    Bits and not digits, because fields survive any codec, resizing and rotation of colours, and reading them needs no
    character recognition.

    Args:
        image: (H, W, 3) uint8, at least 16 pixels wide.
        number: 0 to 65535.

    Example:
        >>> image = np.full((48, 64, 3), 90, np.uint8)
        >>> paint_number(image, 1234)
        >>> read_number(image)
        1234
    """
    height, width = image.shape[:2]
    for bit in range(_NUM_BITS):
        left, right = bit * width // _NUM_BITS, (bit + 1) * width // _NUM_BITS
        image[: max(1, height // 8), left:right] = _LIGHT if number >> bit & 1 else _DARK


def read_number(image: np.ndarray) -> int:
    """The number that ``paint_number`` painted, read from the middle of each field."""
    height, width = image.shape[:2]
    row = image[max(1, height // 8) // 2].astype(np.float64).mean(axis=1)  # (W,)
    middles = [(2 * bit + 1) * width // (2 * _NUM_BITS) for bit in range(_NUM_BITS)]
    return sum(1 << bit for bit, middle in enumerate(middles) if row[middle] > (_DARK + _LIGHT) / 2)
