"""The restrictions that a worker process puts on itself before it opens a stranger's file."""

import ctypes
import os
import platform
import signal
import struct
import sys

from reelwise.media.limits import WorkerLimits

# Numbers of Linux. Source: linux/prctl.h, linux/seccomp.h and the tables of system calls of each processor.
_PR_SET_PDEATHSIG = 1
_PR_SET_SECCOMP = 22
_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_MODE_FILTER = 2
_ALLOW = 0x7FFF0000
_EPERM = 0x00050000 | 1
_X32 = 0x40000000
_SYSTEMS = {
    # AUDIT_ARCH, then the numbers of: socket, connect, bind, execve, execveat, ptrace, process_vm_readv, io_uring_setup
    "x86_64": (0xC000003E, (41, 42, 49, 59, 322, 101, 310, 425)),
    "aarch64": (0xC00000B7, (198, 203, 200, 221, 281, 117, 270, 425)),
}


def enter(limits: WorkerLimits, parent: int) -> list[str]:
    """Limit memory and files, block the network, and end with the parent, as far as the system can.

    Args:
        limits: What the worker may take.
        parent: Process that this one must not outlive.

    Returns:
        The restrictions that hold from now on: some of ``dies with parent``, ``memory limit``, ``no network``. Where
        one is missing (macOS, Windows) the parent watches time and memory.
    """
    restrictions = []
    if _die_with_parent(parent):
        restrictions.append("dies with parent")
    if _limit_resources(limits):
        restrictions.append("memory limit")
    if _block_network():
        restrictions.append("no network")
    return restrictions


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


def _block_network() -> bool:
    """Install a seccomp filter: EPERM for sockets and new programs. Unlike a namespace it needs no rights."""
    if sys.platform != "linux" or platform.machine() not in _SYSTEMS or struct.calcsize("P") != 8:
        return False
    arch, numbers = _SYSTEMS[platform.machine()]
    program = _filter(arch, numbers)
    buffer = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in program))
    header = struct.pack("HxxxxxxP", len(program), ctypes.addressof(buffer))
    if _prctl(_PR_SET_NO_NEW_PRIVS, 1) != 0:
        return False
    return _prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.c_char_p(header)) == 0


def _filter(arch: int, numbers: tuple[int, ...]) -> list[tuple[int, int, int, int]]:
    load, equal, at_least, give_back = 0x20, 0x15, 0x35, 0x06
    num_denied = len(numbers)
    lines = [
        (load, 0, 0, 4),  # the architecture of the call
        (equal, 0, num_denied + 3, arch),  # another one: denied
        (load, 0, 0, 0),  # its number
        (at_least, num_denied + 1, 0, _X32),  # the x32 numbers: denied
    ]
    lines += [(equal, num_denied - i, 0, number) for i, number in enumerate(numbers)]
    return [*lines, (give_back, 0, 0, _ALLOW), (give_back, 0, 0, _EPERM)]


def _prctl(option: int, *arguments: object) -> int:
    values = [*arguments, 0, 0, 0, 0][:4]
    c_values = [ctypes.c_ulong(v) if isinstance(v, int) else v for v in values]
    return ctypes.CDLL(None, use_errno=True).prctl(option, *c_values)
