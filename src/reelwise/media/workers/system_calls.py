"""The system calls that a worker may make, with their numbers: every other one is refused."""

from dataclasses import dataclass

OWN_PROCESS = -1
"""Stands for the number of the worker's own process among the values of an argument."""


@dataclass(frozen=True)
class Condition:
    """Which values of one argument of a call are let through; the lower 32 bits are looked at, as the kernel does.

    Args:
        argument: Its place, from 0.
        values: It is one of these; empty for any.
        needs_bits: It has all of these bits.
        lacks_bits: It has none of these bits.
    """

    argument: int
    values: tuple[int, ...] = ()
    needs_bits: int = 0
    lacks_bits: int = 0


@dataclass(frozen=True)
class SystemCall:
    """One call.

    Args:
        name: The kernel's name.
        x86_64: Its number there; None where that processor has no such call.
        aarch64: Its number there.
        condition: When it is let through; None for always.
    """

    name: str
    x86_64: int | None
    aarch64: int | None
    condition: Condition | None = None


FIRST_NEW_CALL = 424
"""From this number on, which is the same on all processors, calls came with Linux 5.1 and later. Those that are refused
look as if the kernel did not have them, and libraries take the older ones."""

X32 = 0x40000000
"""The bit of the calls of x32, a second set of numbers on x86_64."""

_THREAD = 0x00010000  # CLONE_THREAD; Source: linux/sched.h
_WRITES = 0o1 | 0o2 | 0o100 | 0o1000  # O_WRONLY, O_RDWR, O_CREAT, O_TRUNC; Source: asm-generic/fcntl.h

_FCNTL = (0, 1, 2, 3, 4, 1030, 1031, 1032)
"""F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC, F_SETPIPE_SZ, F_GETPIPE_SZ. Not F_SETOWN, by which a
file sends signals to a process. Source: linux/fcntl.h."""

_IOCTL = (0x5401, 0x5413, 0x541B, 0x5450, 0x5451)
"""TCGETS (is it a terminal?), TIOCGWINSZ, FIONREAD, FIONCLEX, FIOCLEX. Not TIOCSTI, which types into a terminal.
Source: asm-generic/ioctls.h."""

_PRCTL = (3, 15, 16, 0x53564D41)
"""PR_GET_DUMPABLE, PR_SET_NAME, PR_GET_NAME, PR_SET_VMA (the C library names its memory). Source: linux/prctl.h."""

_OPEN_TO_READ = Condition(2, lacks_bits=_WRITES)

READING = (
    # Descriptors that are open, and what lies in them.
    SystemCall("read", 0, 63),
    SystemCall("write", 1, 64),
    SystemCall("close", 3, 57),
    SystemCall("fstat", 5, 80),
    SystemCall("lseek", 8, 62),
    SystemCall("pread64", 17, 67),
    SystemCall("pwrite64", 18, 68),
    SystemCall("readv", 19, 65),
    SystemCall("writev", 20, 66),
    SystemCall("preadv", 295, 69),
    SystemCall("pwritev", 296, 70),
    SystemCall("dup", 32, 23),
    SystemCall("dup2", 33, None),
    SystemCall("dup3", 292, 24),
    SystemCall("fsync", 74, 82),
    SystemCall("fdatasync", 75, 83),
    SystemCall("ftruncate", 77, 46),
    SystemCall("fadvise64", 221, 223),
    SystemCall("fstatfs", 138, 44),
    SystemCall("fcntl", 72, 25, Condition(1, _FCNTL)),
    SystemCall("ioctl", 16, 29, Condition(1, _IOCTL)),
    SystemCall("recvmsg", 47, 212),
    SystemCall("poll", 7, None),
    SystemCall("ppoll", 271, 73),
    SystemCall("select", 23, None),
    SystemCall("pselect6", 270, 72),
    # Files by their names: to read. Landlock says which.
    SystemCall("open", 2, None, Condition(1, lacks_bits=_WRITES)),
    SystemCall("openat", 257, 56, _OPEN_TO_READ),
    SystemCall("stat", 4, None),
    SystemCall("lstat", 6, None),
    SystemCall("newfstatat", 262, 79),
    SystemCall("statx", 332, 291),
    SystemCall("statfs", 137, 43),
    SystemCall("access", 21, None),
    SystemCall("faccessat", 269, 48),
    SystemCall("faccessat2", 439, 439),
    SystemCall("readlink", 89, None),
    SystemCall("readlinkat", 267, 78),
    SystemCall("getdents64", 217, 61),
    SystemCall("getcwd", 79, 17),
    # Memory of its own.
    SystemCall("mmap", 9, 222),
    SystemCall("mprotect", 10, 226),
    SystemCall("munmap", 11, 215),
    SystemCall("brk", 12, 214),
    SystemCall("mremap", 25, 216),
    SystemCall("msync", 26, 227),
    SystemCall("mincore", 27, 232),
    SystemCall("madvise", 28, 233),
    # Threads, which FFmpeg and pyarrow start; no processes. glibc tries clone3 first, which is refused as unknown.
    SystemCall("clone", 56, 220, Condition(0, needs_bits=_THREAD)),
    SystemCall("futex", 202, 98),
    SystemCall("set_robust_list", 273, 99),
    SystemCall("set_tid_address", 218, 96),
    SystemCall("rseq", 334, 293),
    SystemCall("membarrier", 324, 283),
    SystemCall("sched_yield", 24, 124),
    SystemCall("sched_getaffinity", 204, 123),
    SystemCall("sched_getparam", 143, 121),
    SystemCall("sched_getscheduler", 145, 120),
    SystemCall("getcpu", 309, 168),
    SystemCall("exit", 60, 93),
    SystemCall("exit_group", 231, 94),
    # Signals: handlers of its own, and those that end it (abort).
    SystemCall("rt_sigaction", 13, 134),
    SystemCall("rt_sigprocmask", 14, 135),
    SystemCall("rt_sigreturn", 15, 139),
    SystemCall("sigaltstack", 131, 132),
    SystemCall("restart_syscall", 219, 128),
    SystemCall("kill", 62, 129, Condition(0, (OWN_PROCESS,))),
    SystemCall("tgkill", 234, 131, Condition(0, (OWN_PROCESS,))),
    # Time, and what a process is.
    SystemCall("nanosleep", 35, 101),
    SystemCall("clock_nanosleep", 230, 115),
    SystemCall("clock_gettime", 228, 113),
    SystemCall("clock_getres", 229, 114),
    SystemCall("gettimeofday", 96, 169),
    SystemCall("getrandom", 318, 278),
    SystemCall("getpid", 39, 172),
    SystemCall("gettid", 186, 178),
    SystemCall("getppid", 110, 173),
    SystemCall("getuid", 102, 174),
    SystemCall("geteuid", 107, 175),
    SystemCall("getgid", 104, 176),
    SystemCall("getegid", 108, 177),
    SystemCall("uname", 63, 160),
    SystemCall("sysinfo", 99, 179),
    SystemCall("getrusage", 98, 165),
    SystemCall("getrlimit", 97, 163),
    SystemCall("setrlimit", 160, 164),
    SystemCall("prlimit64", 302, 261, Condition(0, (0, OWN_PROCESS))),
    SystemCall("prctl", 157, 167, Condition(0, _PRCTL)),
)
"""What decoding needs, with the descriptors that the parent hands over."""

WRITING_IN_FOLDER = (
    SystemCall("open", 2, None),
    SystemCall("openat", 257, 56),
    SystemCall("rename", 82, None),
    SystemCall("renameat", 264, 38),
    SystemCall("renameat2", 316, 276),
    SystemCall("unlink", 87, None),
    SystemCall("unlinkat", 263, 35),
)
"""What a worker with a folder of its own needs besides; Landlock says where. They stand in the place of those above."""
