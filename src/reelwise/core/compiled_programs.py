"""Where JAX keeps what it has compiled, so that the same network starts sooner the next time."""

import contextlib
import hashlib
import os
from pathlib import Path

from reelwise.core.devices import processor_name

_MAX_BYTES = 512 << 20
_KIND = "[0-9a-f]" * 16
"""Names of the folders."""

_MIN_SECONDS = 0.3
"""What compiles faster is not worth a file."""


def compilation_cache(root: Path, flags: set[str]) -> dict[str, str]:
    """The environment variables by which JAX keeps compiled programs, each in a file under ``jax`` in the cache.

    There are none where that folder cannot be made: nothing is kept then, and JAX does not warn at every program.

    A program for a CPU holds instructions of that very CPU, and a cache may be shared by several machines, so that each
    kind of processor has a folder of its own. JAX forgets nothing by itself: the oldest files go here.

    Args:
        root: The cache folder.
        flags: Of the processor.
    """
    kind = hashlib.sha256(" ".join([processor_name(), *sorted(flags)]).encode()).hexdigest()[:16]
    folder = root.absolute() / "jax" / kind
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return {}
    _forget_oldest(folder)
    return {
        "JAX_COMPILATION_CACHE_DIR": str(folder),
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": str(_MIN_SECONDS),
    }


def forget_programs(root: Path) -> None:
    """Delete what JAX has kept in a cache; other files stay."""
    for file in (root / "jax").glob(f"{_KIND}/jit_*-cache"):
        file.unlink(missing_ok=True)
    for folder in (*(root / "jax").glob(_KIND), root / "jax"):
        with contextlib.suppress(OSError):  # it is not empty, or not there
            folder.rmdir()


def _forget_oldest(folder: Path) -> None:
    """Delete the files that were written first until the rest takes no more than its share."""
    try:
        with os.scandir(folder) as items:
            files = sorted((item.stat().st_mtime_ns, item.stat().st_size, item.path) for item in items)
    except OSError:
        return  # another program deletes from it as well
    excess = sum(size for _, size, _ in files) - _MAX_BYTES
    for _, size, path in files:
        if excess <= 0:
            return
        Path(path).unlink(missing_ok=True)
        excess -= size
