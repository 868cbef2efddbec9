"""Which exceptions say that memory ran out, whoever raises them."""

import errno

_WORDS = (
    "out of memory", "resource_exhausted", "resourceexhausted", "can't allocate memory", "cannot allocate memory",
    "unable to allocate", "failed to allocate", "bad_alloc", "insufficient memory", "oom when",
    "no supported devices found", "failed to get configs for",
)  # fmt: skip
"""Of the three back ends, numpy, OpenCV, HDF5 and the system. The last two are what XLA says when another program has a
GPU's memory, at its start and when it tries kernels."""


def is_out_of_memory(error: BaseException) -> bool:
    """Whether memory ran out, by the type of an exception, its number, or the words that libraries use.

    Example:
        >>> is_out_of_memory(RuntimeError("OOM when allocating tensor with shape[9,9]"))
        True
    """
    if isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno == errno.ENOMEM):
        return True
    text = f"{type(error).__name__} {error}".lower()
    return any(word in text for word in _WORDS)
