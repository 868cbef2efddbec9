"""How a network is trained: plain numbers, made from the command's options and the catalogue."""

import hashlib
import json
from dataclasses import asdict, dataclass

from reelwise.core.errors import UsageError
from reelwise.training.objective import Objective


@dataclass(frozen=True)
class TrainConfig:
    """Everything that decides what training does, besides network, objective and data.

    Args:
        epochs: Rounds over the clips; with a budget, the most of them.
        batch_size: Clips in one step.
        learning_rate: The peak.
        warmup_share: Share of all steps in which the rate rises from 0 to its peak.
        weight_decay: Of AdamW; biases and normalisation are left out.
        mixup: Beta parameter of mixup; 0 mixes nothing.
        augment: A preset of ``transforms.augment``.
        clip_norm: Gradients longer than this are shortened to it; None leaves them.
        patience: Epochs without a better validation score after which training ends; None never ends early.
        keep_best: Whether the weights of the best validation score are handed over, and not the last ones.
        ema: Momentum of the running mean of weights that is handed over; None hands over the weights themselves.
        ema_warmup: Whether that mean begins as one over few steps, and forgets the first weights sooner.
        bfloat16: Whether training steps calculate in bfloat16; weights and evaluation stay float32.
        seed: Of initial weights, order and augmentation.
        budget_seconds: Time for training; after the first epoch it is turned into a number of epochs.
    """

    epochs: int = 60
    batch_size: int = 16
    learning_rate: float = 1e-3
    warmup_share: float = 0.05
    weight_decay: float = 0.02
    mixup: float = 0.0
    augment: str = "light"
    clip_norm: float | None = None
    patience: int | None = None
    keep_best: bool = True
    ema: float | None = None
    ema_warmup: bool = False
    bfloat16: bool = False
    seed: int = 0
    budget_seconds: float | None = None

    def __post_init__(self) -> None:
        if self.epochs < 1:
            raise UsageError(f"epochs is {self.epochs}, expected 1 or more.", hint="Leave --epochs out.")
        if self.batch_size < 1:
            raise UsageError(f"batch_size is {self.batch_size}, expected 1 or more.", hint="Use --batch-size 16.")
        if not 0 <= self.seed < 2**31:
            raise UsageError(f"seed is {self.seed}, expected 0 to 2147483647.", hint="Use --seed 0.")
        if self.budget_seconds is not None and self.budget_seconds <= 0:
            raise UsageError(f"budget is {self.budget_seconds} s, expected more than 0.", hint="Use --budget 5m.")
        if self.ema is None and self.ema_warmup:
            raise ValueError(f"ema_warmup without ema: {self}")
        if self.learning_rate <= 0 or not 0 <= self.warmup_share <= 1:
            raise ValueError(f"rates and shares are out of range: {self}")

    def fingerprint(self, objective: Objective) -> str:
        """SHA-256 of all fields and of the objective's settings; a checkpoint with another one is not resumed.

        Args:
            objective: Of the training.
        """
        fields = {**asdict(self), **objective.settings()}
        if not self.ema_warmup:  # it came later: checkpoints of before are still resumed
            del fields["ema_warmup"]
        return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()
