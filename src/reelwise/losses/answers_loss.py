"""One loss for networks with one answer or several, whatever they are asked: a class, labels or a number."""

from typing import Any

import keras
from keras import ops

from reelwise.core.modalities import TASKS


@keras.saving.register_keras_serializable("reelwise")
class AnswersLoss(keras.losses.Loss):
    """The mean over a network's answers of the loss of each, so that none can take another's work away.

    A network that reads several parts of a video answers once for each part and once for all together. Were only the
    sum of the answers judged, the part that learns by heart the fastest would leave the others nothing to learn.

    Args:
        task: ``classification`` (softmax cross-entropy), ``multilabel`` (sigmoid cross-entropy, mean over labels) or
            ``regression`` (squared error).
        label_smoothing: Share of each target that is spread over all classes (or over yes and no); not for regression.
        name: Of the loss.
        **kwargs: As for every Keras loss.

    Example:
        >>> import numpy as np
        >>> answers = np.array([[[0.0, 0.0], [3.0, 0.0]]])  # one clip, two answers
        >>> loss = AnswersLoss("classification")(np.array([[1.0, 0.0]]), answers)
        >>> bool(np.isclose(float(loss), (np.log(2) + np.log(1 + np.exp(-3))) / 2))
        True
    """

    def __init__(
        self, task: str = "classification", label_smoothing: float = 0.0, name: str = "answers_loss", **kwargs: Any
    ) -> None:
        super().__init__(name=name, **kwargs)
        if task not in TASKS:
            raise ValueError(f"task is {task!r}, expected {' or '.join(TASKS)}")
        self.task = task
        self.label_smoothing = label_smoothing

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """The loss of each clip.

        Args:
            y_true: (B, C) targets: rows that sum to 1; 0 to 1 per label; or standardised numbers with C = 1.
            y_pred: (B, C) logits or numbers, or (B, H, C) of H answers.

        Returns:
            (B,).
        """
        targets = ops.cast(y_true, y_pred.dtype)
        if len(y_pred.shape) == 3:
            targets = ops.broadcast_to(ops.expand_dims(targets, 1), ops.shape(y_pred))  # (B, H, C)
        losses = self._losses(targets, y_pred)  # (B,) or (B, H)
        return ops.mean(losses, axis=1) if len(y_pred.shape) == 3 else losses

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {**super().get_config(), "task": self.task, "label_smoothing": self.label_smoothing}

    def _losses(self, targets: Any, answers: Any) -> Any:
        smooth = self.label_smoothing
        if self.task == "regression":
            return ops.mean(ops.square(targets - answers), axis=-1)
        if self.task == "multilabel":
            targets = targets * (1.0 - smooth) + 0.5 * smooth
            return ops.mean(ops.binary_crossentropy(targets, answers, from_logits=True), axis=-1)
        targets = targets * (1.0 - smooth) + smooth / answers.shape[-1]
        return ops.categorical_crossentropy(targets, answers, from_logits=True)
