"""Which clips are worth watching: the boldest mistakes and the surest successes."""

from reelwise.tasks import LabeledPredictions, find_task


def choose_examples(predictions: LabeledPredictions, num_worst: int = 6, num_best: int = 6) -> list[tuple[int, str]]:
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
        >>> predictions = LabeledPredictions(("a", "b", "c"), ("x", "y"), np.array([0, 1, 0]), probs)
        >>> choose_examples(predictions)
        [(2, 'worst'), (1, 'worst'), (0, 'best')]
    """
    worst, best = find_task(predictions.task).examples(predictions, num_worst, num_best)
    return [(index, "worst") for index in worst] + [(index, "best") for index in best]
