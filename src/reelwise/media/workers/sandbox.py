"""The restrictions that a worker process puts on itself before it opens a stranger's file."""

import ctypes
import os
import signal
import site
import sys
from collections.abc import Iterable
from pathlib import Path

from reelwise.media.limits import WorkerLimits
from reelwise.media.workers.landlock import restrict_files
from reelwise.media.workers.seccomp import restrict_calls

# Numbers of Linux. Source: linux/prctl.h.
_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_NO_NEW_PRIVS = 38

DIES_WITH_PARENT = "dies with parent"
MEMORY_LIMIT = "memory limit"
NO_NETWORK = "no network"
NO_PROCESSES = "no processes"
NO_FILES = "no files"

RESTRICTIONS = {
    DIES_WITH_PARENT: "it could outlive this process",
    MEMORY_LIMIT: "its memory is measured once a second and not limited",
    NO_NETWORK: "it could open connections",
    NO_PROCESSES: "it could start programs, and signal or change processes of yours",
    NO_FILES: "it could read your files",
}
"""What a worker cannot do where all holds, and what a decoder could that was taken over where one is missing.

``no processes``: it starts none, sends signals to none but itself, and reads and writes the memory of no other.
``no files``: it opens its interpreter for reading, what its parent hands over, what is in its folder, and nothing else.
"""

_LINUX_HINT = "Linux 5.13 and later with Landlock and seccomp refuse it."

_LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/nix/store", "/etc/ld.so.cache")
_DEVICES = ("/dev/null", "/dev/urandom")


def enter(limits: WorkerLimits, parent: int, folder: Path | None = None) -> list[str]:
    """Give up all that decoding does not need, as far as the system can, and end with the parent.

    Args:
        limits: What the worker may take.
        parent: Process that this one must not outlive.
        folder: Where files may be made and changed; None for nowhere.

    Returns:
        Those of ``RESTRICTIONS`` that hold from now on. Where ``memory limit`` is missing (macOS, Windows) the parent
        watches memory.
    """
    restrictions = []
    if _die_with_parent(parent):
        restrictions.append(DIES_WITH_PARENT)
    if _limit_resources(limits):
        restrictions.append(MEMORY_LIMIT)
    if sys.platform != "linux" or _prctl(_PR_SET_NO_NEW_PRIVS, 1) != 0:
        return restrictions
    _prctl(_PR_SET_DUMPABLE, 0)  # other workers, which are the same user's, may not look into this one
    is_alone = _has_one_thread()  # before its files are closed to it
    has_domain = restrict_files(interpreter_paths(), folder).version > 0 and is_alone
    if restrict_calls(may_write_in_folder=folder is not None):
        restrictions += [NO_NETWORK, NO_PROCESSES]
    if has_domain:
        restrictions.append(NO_FILES)
    return restrictions


def what_is_missing(restrictions: Iterable[str]) -> str:
    """What a video that takes its decoder over could do here, as a sentence; empty where all restrictions hold.

    Example:
        >>> what_is_missing(RESTRICTIONS)
        ''
        >>> what_is_missing([name for name in RESTRICTIONS if name != "no files"]).partition(":")[2]
        ' it could read your files. Linux 5.13 and later with Landlock and seccomp refuse it.'
    """
    dangers = [danger for name, danger in RESTRICTIONS.items() if name not in set(restrictions)]
    if not dangers:
        return ""
    return f"a video that takes its decoder over is not wholly held here: {'; '.join(dangers)}. {_LINUX_HINT}"


def interpreter_paths() -> list[Path]:
    """What Python, its packages and their libraries are read from, when they are imported later.

    Of the module path those entries count that hold packages of an installation or a module that was imported: a folder
    that stands there by chance, such as the user's own, is not opened.
    """
    origins = {*site.getsitepackages(), site.getusersitepackages()}
    for name, module in list(sys.modules.items()):
        if "." not in name and (file := getattr(module, "__file__", None)):
            folder, base = os.path.split(file)
            origins.add(os.path.dirname(folder) if base.startswith("__init__.") else folder)  # noqa: PTH120
    entries = [entry for entry in sys.path if entry.rstrip(os.sep) in origins or entry.endswith(".zip")]
    prefixes = {Path(prefix) for prefix in (sys.prefix, sys.base_prefix, sys.exec_prefix)}
    libraries = [prefix / name for prefix in prefixes for name in {"lib", sys.platlibdir}]
    others = filter(None, os.environ.get("LD_LIBRARY_PATH", "").split(os.pathsep))
    return [*libraries, *map(Path, (*entries, *others, *_LIBRARIES, *_DEVICES))]


def limit_task(limits: WorkerLimits, *, may_write: bool, is_timed: bool = True) -> None:
    """Set what one task may take: processor seconds from now on, where they are limited, and whether it may write."""
    try:
        import resource
    except ImportError:
        return
    used_seconds = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
    seconds = limits.task_seconds if limits.processor_seconds is None else limits.processor_seconds
    _set_soft(resource.RLIMIT_CPU, int(used_seconds + seconds) + 1 if is_timed else resource.RLIM_INFINITY)
    _set_soft(resource.RLIMIT_FSIZE, limits.output_bytes if may_write else 0)


def _set_soft(kind: int, soft: int) -> None:
    import resource

    _, hard = resource.getrlimit(kind)
    if hard != resource.RLIM_INFINITY:
        soft = hard if soft == resource.RLIM_INFINITY else min(soft, hard)
    resource.setrlimit(kind, (soft, hard))


def _limit_resources(limits: WorkerLimits) -> bool:
    try:
        import resource
    except ImportError:
        return False
    soft_limits = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_FSIZE: limits.output_bytes,
    }
    for kind, value in soft_limits.items():
        _lower(kind, value)
    return _lower(resource.RLIMIT_AS, limits.memory_bytes) and sys.platform == "linux"


def _lower(kind: int, value: int) -> bool:
    import resource

    _, hard = resource.getrlimit(kind)
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    try:
        resource.setrlimit(kind, (value, value))
    except (ValueError, OSError):
        return False
    return True


def _die_with_parent(parent: int) -> bool:
    if sys.platform != "linux":
        return False
    if _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL) != 0:
        return False
    if os.getppid() != parent:  # the parent died before the call, so no signal will come
        os._exit(1)
    return True


def _has_one_thread() -> bool:
    """Whether Landlock, which holds for the thread that calls it and those that this one starts, holds for all."""
    try:
        return len(os.listdir("/proc/self/task")) == 1  # noqa: PTH208
    except OSError:
        return False


def _prctl(option: int, *arguments: int) -> int:
    values = [ctypes.c_ulong(value) for value in [*arguments, 0, 0, 0, 0][:4]]
    return ctypes.CDLL(None, use_errno=True).prctl(option, *values)
