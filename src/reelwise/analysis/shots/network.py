"""The network of the shot detector in numpy: dilated convolutions over time, in pieces of any length."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from reelwise.analysis.shots.features import NUM_CELL, NUM_GLOBAL, Features
from reelwise.analysis.shots.transitions import GRADUAL_TYPES

KERNEL = 3
"""Frames that a convolution sees, ``dilation`` apart."""

NUM_KINDS = 1 + len(GRADUAL_TYPES)


@dataclass(frozen=True)
class NetworkPlan:
    """How large the network is.

    Args:
        cell_width: Channels of the convolutions that look at one cell; all cells share them.
        cell_dilations: Their dilations.
        width: Channels of the convolutions that look at the whole picture and at the mean and maximum of the cells.
        dilations: Their dilations.
    """

    cell_width: int = 24
    cell_dilations: tuple[int, ...] = (1, 2, 4, 8)
    width: int = 64
    dilations: tuple[int, ...] = (1, 2, 4, 8, 16, 1)

    @property
    def cell_reach(self) -> int:
        """Frames before and after that the convolutions of a cell see."""
        return sum(self.cell_dilations)

    @property
    def reach(self) -> int:
        """Frames before and after that one output depends on."""
        return self.cell_reach + sum(self.dilations)


PLAN = NetworkPlan()
"""The shipped network: 96,000 weights, 0.4 MFLOP a frame; the products of all with all take 1.7."""


@dataclass(frozen=True, eq=False)
class FrameProbabilities:
    """What the network says of T frames.

    Args:
        cut: (T,) float32: a new shot starts with this frame at once.
        kinds: (T, 5) float32: no gradual transition, dissolve, fade through black, fade through white, wipe.
    """

    cut: np.ndarray
    kinds: np.ndarray


class _Convolution:
    """One convolution over time that remembers the frames which the next piece still needs."""

    def __init__(self, weights: Mapping[str, np.ndarray], name: str, dilation: int) -> None:
        self._kernel = weights[f"{name}.kernel"].astype(np.float32)  # (3, in, out)
        self._bias = weights[f"{name}.bias"].astype(np.float32)
        self._dilation = dilation
        self._is_residual = self._kernel.shape[1] == self._kernel.shape[2]
        self._before: np.ndarray | None = None

    def push(self, x: np.ndarray) -> np.ndarray:
        """(T, …, in) -> (T', …, out); the first piece gives 2 * dilation frames fewer."""
        if self._before is not None:
            x = np.concatenate([self._before, x])
        reach = (KERNEL - 1) * self._dilation
        self._before = x[max(len(x) - reach, 0) :].copy()
        num_frames = max(len(x) - reach, 0)
        y = np.matmul(x[:num_frames], self._kernel[0])
        for tap in range(1, KERNEL):
            start = tap * self._dilation
            y += np.matmul(x[start : start + num_frames], self._kernel[tap])
        y += self._bias
        np.maximum(y, 0, out=y)
        if self._is_residual:
            y += x[self._dilation : self._dilation + num_frames]
        return y


class _Delay:
    """Holds frames back, so that two branches of different reach meet at the same frame."""

    def __init__(self, num_frames: int) -> None:
        self._num_skipped = num_frames
        self._num_held = num_frames
        self._before: np.ndarray | None = None

    def push(self, x: np.ndarray) -> np.ndarray:
        """Frames whose neighbours on both sides have been pushed."""
        if self._before is not None:
            x = np.concatenate([self._before, x])
        start = min(self._num_skipped, len(x))
        self._num_skipped -= start
        end = max(len(x) - self._num_held, start)
        if self._num_skipped:  # the first frames are dropped, none is certain yet
            self._before = x[start:].copy()
            return x[start:start]
        self._before = x[end:].copy()
        return x[start:end]


class ShotNetwork:
    """Runs the network over features that come in pieces.

    Args:
        weights: By name: ``whole_mean``, ``whole_scale``, ``cells_mean``, ``cells_scale``, then kernel and bias of
            ``cells_0`` …, ``whole_0`` … and ``heads``.
        plan: The sizes.

    Source: dilated convolutions over time as in TransNet V2 (Souček and Lokoč 2020, arXiv:2008.04838), but on
    likenesses of frames instead of pixels, so that little footage suffices for training.
    """

    def __init__(self, weights: Mapping[str, np.ndarray], plan: NetworkPlan = PLAN) -> None:
        self._weights = {name: array.astype(np.float32) for name, array in weights.items()}
        self._cells = [_Convolution(weights, f"cells_{place}", step) for place, step in enumerate(plan.cell_dilations)]
        self._whole = [_Convolution(weights, f"whole_{place}", step) for place, step in enumerate(plan.dilations)]
        self._delay = _Delay(plan.cell_reach)

    def push(self, features: Features) -> FrameProbabilities:
        """What is certain now: ``reach`` frames less than were pushed in all, on either side.

        Args:
            features: The next frames.
        """
        weights = self._weights
        whole = (features.whole - weights["whole_mean"]) * weights["whole_scale"]
        cells = (features.cells - weights["cells_mean"]) * weights["cells_scale"]
        for convolution in self._cells:
            cells = convolution.push(cells)
        whole = self._delay.push(whole)
        x = np.concatenate([whole, cells.mean(axis=1), cells.max(axis=1)], axis=1)
        for convolution in self._whole:
            x = convolution.push(x)
        logits = x @ weights["heads.kernel"] + weights["heads.bias"]
        kinds = np.exp(logits[:, 1:] - logits[:, 1:].max(axis=1, keepdims=True))
        return FrameProbabilities(cut=1 / (1 + np.exp(-logits[:, 0])), kinds=kinds / kinds.sum(axis=1, keepdims=True))


def weight_shapes(plan: NetworkPlan = PLAN) -> dict[str, tuple[int, ...]]:
    """The shape of each array of weights by its name.

    Example:
        >>> import math
        >>> sum(math.prod(shape) for shape in weight_shapes().values()) < 300_000
        True
    """
    shapes: dict[str, tuple[int, ...]] = {}
    for name, size in (("whole", NUM_GLOBAL), ("cells", NUM_CELL)):
        shapes[f"{name}_mean"] = shapes[f"{name}_scale"] = (size,)
    branches = (
        ("cells", plan.cell_dilations, plan.cell_width, NUM_CELL),
        ("whole", plan.dilations, plan.width, NUM_GLOBAL + 2 * plan.cell_width),
    )
    for name, dilations, width, depth in branches:
        for place in range(len(dilations)):
            shapes[f"{name}_{place}.kernel"] = (KERNEL, depth if place == 0 else width, width)
            shapes[f"{name}_{place}.bias"] = (width,)
    shapes["heads.kernel"], shapes["heads.bias"] = (plan.width, 1 + NUM_KINDS), (1 + NUM_KINDS,)
    return shapes
