"""Which clips are worth watching: the boldest mistakes and the surest successes."""

import numpy as np

from reelwise.evaluation.evaluate import Judged


def choose_examples(judged: Judged, num_worst: int = 6, num_best: int = 6) -> list[tuple[int, str]]:
    """The videos a report should show.

    Worst are wrong answers, the surest first: they show what the model has misunderstood. Best are right answers, the
    surest of each class first, so that not all are of the easiest class.

    Args:
        judged: The predictions.
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
    predicted = judged.probs.argmax(axis=1)
    confidence = judged.probs.max(axis=1)
    surest = np.argsort(-confidence, kind="stable")
    wrong = [int(i) for i in surest if predicted[i] != judged.y_true[i]]
    right = _by_turns([int(i) for i in surest if predicted[i] == judged.y_true[i]], predicted)
    return [(i, "worst") for i in wrong[:num_worst]] + [(i, "best") for i in right[:num_best]]


def _by_turns(indices: list[int], classes: np.ndarray) -> list[int]:
    """The first of every class, then the second of every class, and so on."""
    seen: dict[int, int] = {}
    turns: list[tuple[int, int]] = []
    for place, index in enumerate(indices):
        turn = seen.get(int(classes[index]), 0)
        seen[int(classes[index])] = turn + 1
        turns.append((turn, place))
    return [indices[place] for _, place in sorted(turns)]
