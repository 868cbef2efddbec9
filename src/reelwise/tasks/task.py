"""What a task decides: an abstract class; each file beside this one is one task."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import numpy as np

from reelwise.core.output import LabelOutput
from reelwise.metrics.head_weights import NUMBER_LIKELIHOOD, Likelihood, combine_heads, fit_head_weights


class Task(ABC):
    """Everything that differs between classes, sets of labels, numbers, and what comes next."""

    name: ClassVar[str]
    """As in the contract and in ``--task``."""

    output_type: ClassVar[type[LabelOutput]]
    """What its models give, as stored in the model file."""
    # --- training ----------------------------------------------------------------------------------------------------

    smooths_labels: ClassVar[bool] = False
    """Whether the label smoothing of a model's defaults is used."""

    mixes_clips: ClassVar[bool] = True
    """Whether mixup is used: the mean of two targets must be a target."""

    has_accuracy: ClassVar[bool] = False
    """Whether ``accuracy`` and ``val_accuracy`` of history.csv are filled."""

    likelihood: ClassVar[Likelihood] = NUMBER_LIKELIHOOD
    """What the weights of several heads are fitted by."""

    @abstractmethod
    def loss(self, *, several_heads: bool = False, separate_streams: bool = False, label_smoothing: float = 0.0) -> Any:
        """The Keras loss of a training step.

        Args:
            several_heads: Whether the network gives (B, H, C) rather than (B, C).
            separate_streams: Whether its (B, C) output is the mean of two streams' log-probabilities.
            label_smoothing: Share of each target that is spread over all outputs, in [0, 1).
        """

    @abstractmethod
    def clip_losses(self, targets: np.ndarray, logits: np.ndarray) -> np.ndarray:
        """(N,) float64: the plain loss of each clip, without smoothing or weights.

        Args:
            targets: (N, C), as the network is trained on.
            logits: (N, C), the network's output.
        """

    def step_metrics(self, several_heads: bool) -> list[Any]:
        """The Keras metrics of a training step: one called ``accuracy`` where :attr:`has_accuracy`, else none."""
        del several_heads
        return []

    def clip_accuracies(self, targets: np.ndarray, logits: np.ndarray) -> np.ndarray | None:
        """(N,) float64 in [0, 1]: how far each clip is right, as in a training step; None without accuracy."""
        del targets, logits
        return None

    def fit_head_weights(self, head_outputs: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """(H,) float64: what each head counts for in the logits, fitted on validation videos.

        Args:
            head_outputs: (N, H, C) float.
            targets: (N, C), as the network is trained on.
        """
        return fit_head_weights(head_outputs, targets, self.likelihood)

    def validation_scores(
        self, outputs: np.ndarray, targets: np.ndarray, weights: np.ndarray
    ) -> tuple[float, float | None]:
        """Loss and accuracy of validation clips; the loss decides which epoch is the best.

        Several heads are judged by their sum with the weights that these very clips ask for: the logits that the model
        would have, were it handed over now. Their plain mean would let a head that overfits hide that another one still
        gets better.

        Args:
            outputs: (N, C) or, of several heads, (N, H, C).
            targets: (N, C).
            weights: (N,); clips of weight 0 are left out, all others count alike.

        Returns:
            The mean loss (NaN where an output is not finite), and the accuracy or None.
        """
        outputs, targets = outputs[weights > 0].astype(np.float64), targets[weights > 0].astype(np.float64)
        if not np.isfinite(outputs).all():
            return float("nan"), None
        if outputs.ndim == 3:
            outputs = combine_heads(outputs, self.fit_head_weights(outputs, targets))
        accuracies = self.clip_accuracies(targets, outputs)
        loss = float(self.clip_losses(targets, outputs).mean())
        return loss, None if accuracies is None else float(accuracies.mean())
