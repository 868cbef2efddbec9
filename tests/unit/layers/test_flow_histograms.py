"""Flow histograms against plain numpy, and on movements that are known."""

import itertools

import cv2
import keras
import numpy as np
import pytest

from reelwise.layers import FlowHistograms
from reelwise.layers.filters import BLUR, filter_channels, grey_in_channels

pytestmark = pytest.mark.backend


def reference(clip: np.ndarray, cell: int, window: int, ridge: float) -> np.ndarray:
    """The same sums written out frame by frame with OpenCV's filters, in float64."""
    grey = [(frame * np.array([0.299, 0.587, 0.114])).sum(-1) for frame in clip.astype(np.float64)]
    gauss = np.exp(-(np.arange(-2, 3) ** 2) / 2)
    gauss /= gauss.sum()
    grey = [cv2.sepFilter2D(picture, -1, gauss, gauss)[2:-2, 2:-2] for picture in grey]
    found = []
    for before, after in itertools.pairwise(grey):
        middle = (before + after) / 2
        right = cv2.sepFilter2D(middle, -1, np.array([-0.5, 0, 0.5]), np.array([0.25, 0.5, 0.25]))[1:-1, 1:-1]
        down = cv2.sepFilter2D(middle, -1, np.array([0.25, 0.5, 0.25]), np.array([-0.5, 0, 0.5]))[1:-1, 1:-1]
        change, edge = (after - before)[1:-1, 1:-1], window // 2

        def mean(values: np.ndarray, edge: int = edge) -> np.ndarray:
            return cv2.blur(values, (window, window))[edge:-edge, edge:-edge]

        cross = mean(right * down)
        matrix = np.array([[mean(right * right) + ridge, cross], [cross, mean(down * down) + ridge]])
        seen = np.stack([mean(right * change), mean(down * change)], -1)[..., None]
        flow = -np.linalg.solve(np.moveaxis(matrix, (0, 1), (2, 3)), seen)[..., 0]
        angles = np.arange(8) * np.pi / 4
        along = np.maximum(flow @ np.stack([np.cos(angles), np.sin(angles)]), 0)
        h, w = along.shape[0] // cell, along.shape[1] // cell
        found.append(along[: h * cell, : w * cell].reshape(h, cell, w, cell, 8).mean((1, 3)))
    roots = np.sqrt(np.array(found) + 1e-6)
    return roots / (np.sqrt((roots**2).mean((0, 1, 2))) + 0.05)


def textured(size: int, seed: int = 0) -> np.ndarray:
    noise = np.random.default_rng(seed).integers(0, 256, (size, size, 3)).astype(np.float32)
    return cv2.GaussianBlur(noise, (0, 0), 2.0) * 3 - 256


def moving(step_xy: tuple[int, int], num_frames: int = 4, size: int = 44) -> np.ndarray:
    ground = textured(size + 40)
    frames = [np.roll(ground, (t * step_xy[1], t * step_xy[0]), (0, 1))[20:-20, 20:-20] for t in range(num_frames)]
    return np.clip(frames, 0, 255).astype(np.uint8)


@pytest.mark.parametrize(("cell", "window", "ridge"), [(8, 7, 4.0), (5, 3, 1.0), (4, 9, 50.0)])
def test_the_same_as_written_out(cell: int, window: int, ridge: float) -> None:
    clip = moving((1, 0))
    ours = keras.ops.convert_to_numpy(FlowHistograms(cell, window, ridge)(clip[None]))[0]
    np.testing.assert_allclose(ours, reference(clip, cell, window, ridge), atol=5e-3)


STEPS = [((1, 0), 0), ((1, 1), 1), ((0, 1), 2), ((-1, 0), 4), ((0, -1), 6), ((1, -1), 7)]


@pytest.mark.parametrize(("step_xy", "direction"), STEPS)
def test_the_direction_of_a_movement_is_the_fullest_bin(step_xy: tuple[int, int], direction: int) -> None:
    layer = FlowHistograms()
    across, down = layer._flow(filter_channels(grey_in_channels(moving(step_xy)[None]), BLUR, BLUR))
    bins = [float(keras.ops.convert_to_numpy(part).sum()) for part in layer._by_direction(across, down)]
    assert int(np.argmax(bins)) == direction


def test_a_still_clip_has_no_flow() -> None:
    clip = np.repeat(moving((0, 0), 1), 4, axis=0)
    assert float(keras.ops.convert_to_numpy(FlowHistograms()(clip[None])).max()) < 0.05
