"""What can go wrong in a step, in words that a person can act on."""

from pathlib import Path
from typing import Any

import numpy as np

from reelwise.core.errors import TrainingError
from reelwise.core.files import write_json
from reelwise.training.batches import Batches

_MEMORY_WORDS = ("out of memory", "resource_exhausted", "resourceexhausted", "can't allocate memory", "oom when")


class LossNotFinite(TrainingError):
    """The loss became NaN or infinite.

    ``last_good`` holds the weights from before, in Keras' order, or None when the very first epoch failed; ``history``
    the finished epochs.
    """

    last_good: list[np.ndarray] | None = None
    history: tuple[dict[str, Any], ...] = ()


def not_finite(
    batches: Batches, indices: np.ndarray | None, epoch: int, step: int, folder: Path | None
) -> LossNotFinite:
    """The error for a loss that is NaN or infinite; the batch's samples are written to ``bad_batch.json``.

    Args:
        batches: For the names.
        indices: Of the step's samples; None when validation or the weights showed it.
        epoch: From 0.
        step: From 0.
        folder: Where to write the list; None writes nothing.
    """
    names = [] if indices is None else [batches.name(int(index)) for index in dict.fromkeys(indices.tolist())]
    where = f"epoch {epoch + 1}, step {step + 1}" if indices is not None else f"the end of epoch {epoch + 1}"
    listing = f" Its videos: {', '.join(names[:5])}{' …' if len(names) > 5 else ''}." if names else ""
    if folder is not None and names:
        write_json(folder / "bad_batch.json", {"epoch": epoch + 1, "step": step + 1, "files": names})
    return LossNotFinite(
        f"training stopped: the loss is not finite at {where}.{listing}",
        hint="Look at these videos; a smaller --batch-size or another --seed may help. The last good weights are kept.",
    )


def is_out_of_memory(error: BaseException) -> bool:
    """Whether a back end ran out of memory, by the words that the three of them use."""
    text = f"{type(error).__name__} {error}".lower()
    return isinstance(error, MemoryError) or any(word in text for word in _MEMORY_WORDS)


def out_of_memory(batch_size: int) -> TrainingError:
    """The error for a step that did not fit; nothing is changed silently."""
    if batch_size == 1:
        return TrainingError("out of memory with batch size 1.", hint="Use a smaller --size or fewer --num-frames.")
    return TrainingError(
        f"out of memory in a training step with batch size {batch_size}.", hint=f"Use --batch-size {batch_size // 2}."
    )
