"""The loss of networks with one head or several: the mean of a Keras loss over the heads."""

from typing import Any

import keras
from keras import ops

from reelwise.core.config import SignatureConfig


@keras.saving.register_keras_serializable("reelwise")
class HeadsLoss(SignatureConfig, keras.losses.Loss):
    """The mean of each head's own loss, so that every head is trained however good the others are.

    A network that reads several modalities has one head for each modality and one for all together. With one loss of
    the sum of their logits, the modality that overfits the fastest would leave the others without a gradient.

    Args:
        function: Name of the Keras loss function of one head, such as ``categorical_crossentropy`` or ``huber``.
        from_logits: Whether the function takes logits and has an argument of that name.
        label_smoothing: Share of each target that moves to ``smoothing_target``.
        smoothing_target: The value that smoothed targets move to; None is 1 / C, the same for every class.
        name: Name of the loss.
        **kwargs: As for every Keras loss.

    Example:
        >>> import numpy as np
        >>> outputs = np.array([[[0.0, 0.0], [3.0, 0.0]]])  # one clip, two heads
        >>> loss = HeadsLoss("categorical_crossentropy", from_logits=True)(np.array([[1.0, 0.0]]), outputs)
        >>> bool(np.isclose(float(loss), (np.log(2) + np.log(1 + np.exp(-3))) / 2))
        True
    """

    def __init__(
        self,
        function: str,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        smoothing_target: float | None = None,
        name: str = "heads_loss",
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **kwargs)
        self.function = function
        self.from_logits = from_logits
        self.label_smoothing = label_smoothing
        self.smoothing_target = smoothing_target
        self._head_losses: Any = getattr(keras.losses, function)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """The loss of each clip.

        Args:
            y_true: (B, C) targets.
            y_pred: (B, C) outputs, or (B, H, C) of H heads.

        Returns:
            (B,).
        """
        targets = self._smooth(ops.cast(y_true, y_pred.dtype), y_pred.shape[-1])
        if len(y_pred.shape) == 3:
            targets = ops.broadcast_to(ops.expand_dims(targets, 1), ops.shape(y_pred))  # (B, H, C)
        arguments = {"from_logits": True} if self.from_logits else {}
        losses = self._head_losses(targets, y_pred, **arguments)  # (B,) or (B, H)
        return ops.mean(losses, axis=1) if len(y_pred.shape) == 3 else losses

    def _smooth(self, targets: Any, num_outputs: int) -> Any:
        if not self.label_smoothing:
            return targets
        smooth, end = self.label_smoothing, self.smoothing_target
        return targets * (1.0 - smooth) + (smooth / num_outputs if end is None else end * smooth)
