"""Loss and accuracy of the float32 network on held-out clips."""

import keras
import numpy as np

from reelwise.datasets.batches import ClipBatches
from reelwise.metrics.answer_weights import combine_answers, fit_answer_weights
from reelwise.training.accuracy import right
from reelwise.training.arrays import to_float
from reelwise.training.feed import prefetched


def validate(
    network: keras.Model, batches: ClipBatches, task: str = "classification", several_answers: bool = False
) -> tuple[float, float | None]:
    """Loss and accuracy on one clip per video.

    The plain loss of the task, without smoothing or class weights, so that it can be compared between runs. Of several
    answers it judges their sum with the weights that these very clips ask for: what the model would say, were it handed
    over now. The plain mean would let an answer that learns by heart hide that another one still gets better.

    Args:
        network: Gives logits, or standardised numbers.
        batches: Not shuffled, not augmented.
        task: One of ``core.modalities.TASKS``.
        several_answers: Whether the network gives (B, H, C).

    Returns:
        Loss, and accuracy as in :mod:`reelwise.training.accuracy` (None for a number).
    """
    if task == "classification" and not several_answers:
        return _class_scores(*predict(network, batches))
    answers, targets, weights = predict(network, batches)
    return scores_of_answers(answers, targets, weights, task)


def scores_of_answers(
    answers: np.ndarray, targets: np.ndarray, weights: np.ndarray, task: str
) -> tuple[float, float | None]:
    """Loss and accuracy of (N, C) or of (N, H, C) answers; clips of weight 0 are left out, all others count alike.

    Example:
        >>> loss, accuracy = scores_of_answers(np.zeros((2, 3)), np.eye(3)[:2], np.ones(2), "multilabel")
        >>> round(loss, 3), round(accuracy, 3)
        (0.693, 0.667)
    """
    answers, targets = answers[weights > 0].astype(np.float64), targets[weights > 0].astype(np.float64)
    if not np.isfinite(answers).all():
        return float("nan"), None
    if answers.ndim == 3:
        answers = combine_answers(answers, fit_answer_weights(answers, targets, task))
    judged = right(task, targets, answers)
    return float(_losses(task, targets, answers).mean()), None if judged is None else float(judged.mean())


def predict(network: keras.Model, batches: ClipBatches) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Logits, targets and sample weights of one epoch, in its order, padding (weight 0) included.

    Args:
        network: Gives logits.
        batches: What to run through.

    Returns:
        (N, C) or (N, H, C) float32, (N, C) float32, (N,) float32.
    """
    rows = []
    with prefetched(batches.epoch(0)) as feed:
        for batch in feed:
            logits = np.asarray(network.predict_on_batch(batch.inputs), np.float32)
            rows.append((logits, batch.targets, batch.sample_weights))
    logits, targets, weights = (np.concatenate(column) for column in zip(*rows, strict=True))
    return logits, targets, weights


def _class_scores(logits: np.ndarray, targets: np.ndarray, weights: np.ndarray) -> tuple[float, float]:
    loss = keras.metrics.CategoricalCrossentropy(from_logits=True)
    accuracy = keras.metrics.CategoricalAccuracy()
    loss.update_state(targets, logits, weights)
    accuracy.update_state(targets, logits, weights)
    return to_float(loss.result()), to_float(accuracy.result())


def _losses(task: str, targets: np.ndarray, logits: np.ndarray) -> np.ndarray:
    """(N,) of (N, C) targets and logits."""
    if task == "regression":
        return ((logits - targets) ** 2).mean(axis=1)
    if task == "multilabel":
        return (np.logaddexp(0.0, logits) - targets * logits).mean(axis=1)
    highest = logits.max(axis=1, keepdims=True)
    return (np.log(np.exp(logits - highest).sum(axis=1)) + highest[:, 0]) - (targets * logits).sum(axis=1)
