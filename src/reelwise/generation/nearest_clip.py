"""The training clip whose beginning is nearest to what is given: it stands for learning clips by heart."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

_MOST_ROWS, _MOST_COLUMNS = 256, 8192
"""Of the tables of float64 that are multiplied: 17 MB each, whatever the number and size of the clips."""

ClipBlocks = Callable[[], Iterable[tuple[np.ndarray, np.ndarray]]]
"""Gives the training clips, in blocks that fit into memory, each time anew: context (M, T_in, H, W, 3) uint8 and
continuation (M, T_out, H, W, 3) uint8."""


@dataclass(frozen=True, eq=False)
class NearestContinuation:
    """Predicts what followed in the training clip whose context has the smallest mean squared error.

    The search is exact, over all pixels and frames of the context; of several that are equally near the first one is
    taken. One block of training clips is held at a time.

    Args:
        blocks: The training clips.
    """

    blocks: ClipBlocks

    def __call__(self, context: np.ndarray, num_targets: int) -> np.ndarray:
        """Predict the frames that follow.

        Args:
            context: (N, T_in, H, W, 3) uint8.
            num_targets: T_out, no more than the training clips go on for.

        Returns:
            (N, T_out, H, W, 3) uint8.

        Raises:
            ValueError: There is no training clip, or it is of another shape, or too short.
        """
        nearest = np.full(len(context), np.inf)
        prediction = np.zeros((len(context), num_targets, *context.shape[2:]), np.uint8)
        num_clips = 0
        for contexts, continuations in self.blocks():
            if contexts.shape[1:] != context.shape[1:] or continuations.shape[1] < num_targets:
                raise ValueError(
                    f"training clips of {contexts.shape[1:]} + {continuations.shape[1:]} cannot predict"
                    f" {num_targets} frames behind {context.shape[1:]}"
                )
            num_clips += len(contexts)
            if len(contexts) == 0:
                continue
            errors = squared_errors(context.reshape(len(context), -1), contexts.reshape(len(contexts), -1))
            best = errors.argmin(axis=1)
            errors_of_best = errors[np.arange(len(context)), best]
            is_nearer = errors_of_best < nearest
            nearest[is_nearer] = errors_of_best[is_nearer]
            prediction[is_nearer] = continuations[best[is_nearer], :num_targets]
        if num_clips == 0:
            raise ValueError("there is no training clip to be near to")
        return prediction


def squared_errors(rows: np.ndarray, others: np.ndarray) -> np.ndarray:
    """The sum of squared differences of each row and each other row, exact.

    Args:
        rows: (N, D) uint8.
        others: (M, D) uint8.

    Returns:
        (N, M) float64: whole numbers, all of which float64 holds up to D = 10^11.

    Example:
        >>> squared_errors(np.array([[0, 255], [9, 9]], np.uint8), np.array([[3, 255]], np.uint8))
        array([[9.0000e+00],
               [6.0552e+04]])
    """
    errors = np.zeros((len(rows), len(others)))
    for top in range(0, len(rows), _MOST_ROWS):
        for left in range(0, len(others), _MOST_ROWS):
            place = slice(top, top + _MOST_ROWS), slice(left, left + _MOST_ROWS)
            errors[place] = _squared_errors(rows[place[0]], others[place[1]])
    return errors


def _squared_errors(rows: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Of few rows, a part of the columns at a time: |a - b|² = |a|² + |b|² - 2ab."""
    errors = np.zeros((len(rows), len(others)))
    for start in range(0, rows.shape[1], _MOST_COLUMNS):
        a = rows[:, start : start + _MOST_COLUMNS].astype(np.float64)
        b = others[:, start : start + _MOST_COLUMNS].astype(np.float64)
        errors += (a * a).sum(axis=1)[:, None] + (b * b).sum(axis=1) - 2 * (a @ b.T)
    return errors
