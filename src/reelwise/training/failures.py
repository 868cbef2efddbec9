"""What can go wrong in a step, in words that a person can act on."""

from pathlib import Path
from typing import Any

import numpy as np

from reelwise.core.backend import device_in_use
from reelwise.core.errors import Interruption, TrainingError
from reelwise.core.files import write_json
from reelwise.core.memory_errors import is_out_of_memory
from reelwise.training.batches import Batches

_FAILURE_WORDS = ("cuda error", "cuda_error", "cudnn error", "cudnn_status", "cublas_status", "hip error", "hiperror")
"""What PyTorch, JAX and TensorFlow say when a device stops working, as CUDA, cuDNN, cuBLAS and HIP name it."""
_MOST_LETTERS = 200
"""Of what a back end says of its device: some add a page about debugging."""
_GIB = 2**30


class LossNotFinite(TrainingError):
    """The loss became NaN or infinite.

    ``last_good`` holds the weights from before, in Keras' order, or None when the very first epoch failed; ``history``
    the finished epochs.
    """

    last_good: list[np.ndarray] | None = None
    history: tuple[dict[str, Any], ...] = ()


class TrainingStop(Interruption):
    """Training was stopped on request.

    ``last_good`` holds the weights of the last epoch that ended, or of the best one, in Keras' order; None before the
    end of the first.
    """

    last_good: list[np.ndarray] | None = None


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


def device_fault(error: BaseException, batch_size: int | None = None) -> TrainingError | None:
    """The error to raise for what a back end says of its device: it is full, or it failed.

    Args:
        error: Of the back end.
        batch_size: Of the training step; None where it was no step.

    Returns:
        None where the device has no part in it.
    """
    if is_out_of_memory(error):
        return out_of_memory(batch_size)
    lines = [line.strip() for line in str(error).splitlines() if any(word in line.lower() for word in _FAILURE_WORDS)]
    if not lines:
        return None
    reason = lines[0].rstrip(".")[:_MOST_LETTERS]
    hint = "Repeat the command (a training goes on with --resume); if it fails again, add --device cpu."
    return TrainingError(f"{device_in_use().name} failed: {reason}.", hint=hint)


def out_of_memory(batch_size: int | None = None) -> TrainingError:
    """The error for a device without room; nothing is changed silently.

    Args:
        batch_size: Of the training step that did not fit; None where it was no step.
    """
    device = device_in_use()
    where, mends = "", ["close other programs"]
    if device.kind != "cpu":
        where = f" on {device.name}"
        if device.memory_bytes is not None and device.free_bytes is not None:
            where += f" ({device.free_bytes / _GIB:.1f} of {device.memory_bytes / _GIB:.1f} GiB are free)"
        mends = ["end other programs on that device", "use --device cpu"]
    if batch_size is None:
        return TrainingError(f"out of memory{where}.", hint=_one_of(*mends))
    mends = [] if device.kind == "cpu" else mends
    if batch_size == 1:
        hint = _one_of("use a smaller --size or fewer --num-frames", *mends)
        return TrainingError(f"out of memory with batch size 1{where}.", hint=hint)
    message = f"out of memory in a training step with batch size {batch_size}{where}."
    return TrainingError(message, hint=_one_of(f"use --batch-size {batch_size // 2}", *mends))


def _one_of(first: str, *others: str) -> str:
    """A sentence.

    Example:
        >>> _one_of("use less", "wait")
        'Use less, or wait.'
    """
    text = ", ".join((first, *others[:-1])) + f", or {others[-1]}" if others else first
    return f"{text[0].upper()}{text[1:]}."
