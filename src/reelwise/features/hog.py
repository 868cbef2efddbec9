"""Histograms of oriented gradients: the outlines in a frame as a vector."""

import cv2
import numpy as np

PICTURE_SIZE = 96  # pixels along each side
CELL_SIZE = 16  # pixels along each side; twice the paper's, since a baseline needs coarse outlines and few numbers
NUM_BINS = 9  # directions over half a turn, as in the paper
NUM_FEATURES = (PICTURE_SIZE // CELL_SIZE - 1) ** 2 * 4 * NUM_BINS


def hog(picture: np.ndarray) -> np.ndarray:
    """Histograms of the edge directions in each part of a frame.

    The frame is resized to 96 x 96 grey pixels; gradients vote for 9 directions in cells of 16 x 16 pixels, and blocks
    of 2 x 2 cells are normalised together, so that lighting matters little.

    Args:
        picture: (H, W, 3) uint8 RGB.

    Returns:
        (900,) float32 in [0, 1]: 5 x 5 blocks of 4 cells of 9 directions.

    Example:
        >>> import numpy as np
        >>> stripes = np.zeros((96, 96, 3), np.uint8)
        >>> stripes[:, ::8] = 255                            # upright stripes
        >>> bool(hog(stripes).reshape(-1, 9).sum(axis=0).argmax() in (0, 8))
        True

    Source: Dalal and Triggs 2005, "Histograms of oriented gradients for human detection", CVPR. Computed by OpenCV;
    block overlap as there. Otherwise: cells of 16 pixels instead of 8.
    """
    grey = cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_RGB2GRAY)
    if grey.shape != (PICTURE_SIZE, PICTURE_SIZE):
        grey = cv2.resize(grey, (PICTURE_SIZE, PICTURE_SIZE), interpolation=cv2.INTER_AREA)
    return np.asarray(_descriptor().compute(grey), np.float32).ravel()


def _descriptor() -> cv2.HOGDescriptor:
    size, cell = (PICTURE_SIZE, PICTURE_SIZE), (CELL_SIZE, CELL_SIZE)
    return cv2.HOGDescriptor(size, (2 * CELL_SIZE, 2 * CELL_SIZE), cell, cell, NUM_BINS)
