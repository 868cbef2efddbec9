"""What a person is told about the device of a job: one that nothing can use, one that is full, one that changed."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from reelwise.core.devices import Device, unused_device_warning
from reelwise.core.errors import ReelwiseError
from reelwise.core.progress import Progress


def warn_of_unused_device(progress: Progress, device: str) -> None:
    """Say that there is a GPU that no installed back end can use.

    Args:
        progress: Shows it.
        device: As in ``--device``.
    """
    if warning := unused_device_warning(device):
        progress.warn(warning)


@contextmanager
def naming_full_device() -> Iterator[None]:
    """A block in which a device without room is named as such, at its start too.

    Raises:
        TrainingError: It says which device, how much of it is free, and what to do.
    """
    try:
        yield
    except (ReelwiseError, MemoryError):
        raise
    except Exception as error:
        from reelwise.training.failures import is_out_of_memory, out_of_memory  # loads Keras

        if is_out_of_memory(error):
            raise out_of_memory() from error
        raise


def device_change(before: Mapping[str, Any], now: Device) -> str:
    """A sentence where a resumed run began on another device, else nothing.

    Args:
        before: run.json of the run.
        now: The device that goes on.
    """
    name = (before.get("device") or {}).get("name")
    if name is None or name == now.name:
        return ""
    return f"the run began on {name} and goes on on {now.name}: its last digits differ from those of either alone."
