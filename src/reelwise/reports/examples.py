"""Which clips are worth watching: the boldest mistakes and the surest successes."""

import numpy as np

from reelwise.evaluation.evaluate import Judged


def choose_examples(predictions: Judged, num_worst: int = 6, num_best: int = 6) -> list[tuple[int, str]]:
    """The videos a report should show.

    Worst are wrong answers, the surest first: they show what the model has misunderstood. Best are right answers, the
    surest of each class first, so that not all are of the easiest class. Of sets of labels and of numbers, worst are
    those farthest from the truth and best the nearest.

    Args:
        predictions: The predictions.
        num_worst: Wrong answers at most.
        num_best: Right answers at most.

    Returns:
        ``(index, "worst" | "best")`` in the order to be shown; never one video twice.

    Example:
        >>> import numpy as np
        >>> probs = np.array([[0.9, 0.1], [0.6, 0.4], [0.2, 0.8]])
        >>> choose_examples(Judged(("a", "b", "c"), ("x", "y"), np.array([0, 1, 0]), probs))
        [(2, 'worst'), (1, 'worst'), (0, 'best')]
    """
    if predictions.task != "classification":
        return _by_distance(predictions, num_worst, num_best)
    predicted_classes = predictions.probs.argmax(axis=1)
    confidence = predictions.probs.max(axis=1)
    surest = np.argsort(-confidence, kind="stable")
    wrong = [int(i) for i in surest if predicted_classes[i] != predictions.y_true[i]]
    right = _by_turns([int(i) for i in surest if predicted_classes[i] == predictions.y_true[i]], predicted_classes)
    return [(i, "worst") for i in wrong[:num_worst]] + [(i, "best") for i in right[:num_best]]


def _by_distance(predictions: Judged, num_worst: int, num_best: int) -> list[tuple[int, str]]:
    """Numbers by their error; sets of labels by how much of them is wrong, then by how far probabilities are off."""
    truth = np.asarray(predictions.y_true, np.float64).reshape(len(predictions.names), -1)
    off = np.abs(truth - predictions.probs).mean(axis=1)
    wrong = off if predictions.task == "regression" else (predictions.given != (truth > 0)).mean(axis=1)
    order = np.lexsort((off, wrong))  # the best first
    half = len(order) // 2
    worst, best = order[::-1][: min(num_worst, len(order) - half)], order[: min(num_best, half)]
    if predictions.task == "multilabel":
        worst, best = [i for i in worst if wrong[i]], [i for i in order[:num_best] if not wrong[i]]
    return [(int(i), "worst") for i in worst] + [(int(i), "best") for i in best]


def _by_turns(indices: list[int], classes: np.ndarray) -> list[int]:
    """The first of every class, then the second of every class, and so on."""
    num_turns: dict[int, int] = {}
    turns: list[tuple[int, int]] = []
    for place, index in enumerate(indices):
        turn = num_turns.get(int(classes[index]), 0)
        num_turns[int(classes[index])] = turn + 1
        turns.append((turn, place))
    return [indices[place] for _, place in sorted(turns)]
