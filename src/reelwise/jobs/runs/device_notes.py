"""What a person is told about the device of a job: that nothing can use it, that it is full, failed or changed."""

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
def naming_device_faults() -> Iterator[None]:
    """A block in which a device without room, or one that failed, is named as such, at its start too.

    Raises:
        TrainingError: It says which device, how much of it is free or what failed, and what to do.
    """
    try:
        yield
    except (ReelwiseError, MemoryError):
        raise
    except Exception as error:
        from reelwise.training.failures import device_fault  # loads Keras

        if (fault := device_fault(error)) is not None:
            raise fault from error
        raise


def device_change(before: Mapping[str, Any], device: Device, threads: int) -> str:
    """A sentence where a resumed run began on another device or with other threads, else nothing.

    Args:
        before: run.json of the run.
        device: The one that goes on.
        threads: Of one operation, from now on.
    """
    facts = (
        ("device", (before.get("device") or {}).get("name"), device.name),
        ("number of threads", (before.get("backend") or {}).get("threads"), threads),
    )
    changes = [f"the {name} was {old}, is {new}" for name, old, new in facts if old is not None and old != new]
    if not changes:
        return ""
    return f"the run goes on, but {', and '.join(changes)}: last digits may differ from those of an undisturbed run."
