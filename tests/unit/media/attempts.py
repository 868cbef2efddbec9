"""What a decoder that was taken over could try: a table of requests for a real worker, brought by the tests.

Each attempt returns when the kernel let it through, and raises OSError when it did not.
"""

import ctypes
import errno
import fcntl
import mmap
import os
import platform
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from reelwise.media.requests.kind import RequestKind

_NUMBERS = {  # of x86_64 and aarch64
    "add_key": (248, 217), "bpf": (321, 280), "chroot": (161, 51), "clone": (56, 220), "clone3": (435, 435),
    "fork": (57, None), "inotify_init1": (294, 26), "io_uring_setup": (425, 425), "iopl": (172, None),
    "ioprio_set": (251, 30), "kcmp": (312, 272), "syslog": (103, 116),
    "keyctl": (250, 219), "link": (86, None), "memfd_create": (319, 279), "mount": (165, 40), "mq_open": (240, 180),
    "open_by_handle_at": (304, 265), "openat2": (437, 437), "perf_event_open": (298, 241), "personality": (135, 92),
    "pidfd_getfd": (438, 438), "pidfd_open": (434, 434), "pidfd_send_signal": (424, 424),
    "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "ptrace": (101, 117),
    "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240), "setns": (308, 268), "shmget": (29, 194),
    "tgkill": (234, 131), "timer_create": (222, 107), "tkill": (200, 130), "umount2": (166, 39),
    "unshare": (272, 97), "userfaultfd": (323, 282),
}  # fmt: skip

_TARGET = ctypes.create_string_buffer(b"as it was", 64)
"""Its address is the same in no other process; what is written there does not matter."""


@dataclass(frozen=True)
class AttemptTask:
    """One attempt.

    Args:
        path: A file that the worker may read.
        name: Of the attempt.
        stranger: A file, and beside it a folder ``folder``, that the worker has no business with.
        parent: The process that started the worker.
        address: Eight bytes in the memory of the parent.
        output: A file that the worker may write.
    """

    path: Path
    name: str
    stranger: Path
    parent: int
    address: int
    output: Path


class Attempt(RequestKind):
    """An AttemptTask; its result is ``it worked`` or the name of the error."""

    name = "attempt"
    task_type = AttemptTask
    may_write = True

    def outputs(self, task):
        return (task.output,)

    def pack(self, task):
        paths = {"path": str(task.path), "stranger": str(task.stranger), "output": str(task.output)}
        return paths | {"name": task.name, "parent": task.parent, "address": task.address}

    def unpack(self, message):
        path, stranger, output = (Path(message[name]) for name in ("path", "stranger", "output"))
        return AttemptTask(path, message["name"], stranger, message["parent"], message["address"], output)

    def perform(self, task, workplace):
        try:
            (ATTEMPTS | HARMLESS)[task.name](task)
        except OSError as error:
            return errno.errorcode.get(error.errno or 0, str(error))
        return "it worked"

    def pack_result(self, result):
        return {"outcome": result}

    def unpack_result(self, message, parts):
        return str(message["outcome"])


KINDS = (Attempt(),)


def call(name: str, *arguments: int | bytes | ctypes.Array | None) -> int:
    """A system call by its number; OSError when it is refused, and where this processor has none of the name."""
    number = _NUMBERS[name][platform.machine() == "aarch64"]
    if number is None:
        raise OSError(errno.ENOSYS, name)
    return _call(number, *arguments)


def _call(number: int, *arguments: int | bytes | ctypes.Array | None) -> int:
    library = ctypes.CDLL(None, use_errno=True)
    library.syscall.restype = ctypes.c_long
    values = [ctypes.c_long(argument) if isinstance(argument, int) else argument for argument in arguments]
    result = library.syscall(ctypes.c_long(number), *values)
    if result == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def end_if_child(process: int) -> None:
    """What a new process does: nothing, at once."""
    if process == 0:
        os._exit(0)
    os.waitpid(process, 0)


def _remote(task: AttemptTask, name: str) -> None:
    mine = struct.pack("QQ", ctypes.addressof(_TARGET), 8)
    theirs = struct.pack("QQ", task.address, 8)
    call(name, task.parent, mine, 1, theirs, 1, 0)


def _memory_file(task: AttemptTask) -> None:
    handle = os.open(f"/proc/{task.parent}/mem", os.O_RDWR)
    os.pwrite(handle, b"takenovr", task.address)


def _attach(task: AttemptTask) -> None:
    call("ptrace", 0x4206, task.parent, 0, 0)  # PTRACE_SEIZE
    call("ptrace", 17, task.parent, 0, 0)


def _owner_of_file(task: AttemptTask) -> None:
    reader, _ = os.pipe2(0)
    fcntl.fcntl(reader, fcntl.F_SETOWN, task.parent)
    fcntl.fcntl(reader, fcntl.F_SETFL, os.O_ASYNC)


def _owner_of_input(task: AttemptTask) -> None:
    fcntl.fcntl(0, fcntl.F_SETOWN, task.parent)


def _let_through_by_fcntl(command: int, argument: int | bytes) -> Callable[[AttemptTask], None]:
    """On its own pipe; EINVAL and EBADF come from the kernel behind the filter."""

    def attempt(task: AttemptTask) -> None:
        try:
            fcntl.fcntl(0, command, argument)
        except OSError as error:
            if error.errno not in (errno.EINVAL, errno.ENOTDIR, errno.EBADF):
                raise

    return attempt


def _signal_by_descriptor(task: AttemptTask) -> None:
    call("pidfd_send_signal", call("pidfd_open", task.parent, 0), 0, None, 0)


def _descriptor_of_parent(task: AttemptTask) -> None:
    call("pidfd_getfd", call("pidfd_open", task.parent, 0), 0, 0)


def _signal_with_data(task: AttemptTask) -> None:
    call("rt_sigqueueinfo", task.parent, 18, struct.pack("iiii", 18, 0, -1, 0).ljust(128, b"\0"))  # SIGCONT


def _signal_thread_with_data(task: AttemptTask) -> None:
    data = struct.pack("iiii", 18, 0, -1, 0).ljust(128, b"\0")
    call("rt_tgsigqueueinfo", task.parent, task.parent, 18, data)


def _clone_without_exec(task: AttemptTask) -> None:
    end_if_child(call("clone", 17, 0, 0, 0, 0))


def _new_clone(task: AttemptTask) -> None:
    end_if_child(call("clone3", struct.pack("8Q", 0, 0, 0, 0, 17, 0, 0, 0), 64))


def _other_numbers(task: AttemptTask) -> None:
    """``socket`` by the number that it has for programs of x32."""
    if platform.machine() != "x86_64":
        raise OSError(errno.ENOSYS, "x32")
    _call(0x40000000 | 41, socket.AF_UNIX, socket.SOCK_STREAM, 0)


def _old_numbers(task: AttemptTask) -> None:
    """``getpid`` as a program of 32 bits calls it: ``mov eax, 20; int 0x80; ret``."""
    if platform.machine() != "x86_64":
        raise OSError(errno.ENOSYS, "int 0x80")
    memory = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    memory.write(b"\xb8\x14\x00\x00\x00\xcd\x80\xc3")
    function = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(memory)))
    if (result := function()) < 0:
        raise OSError(-result, "int 0x80")


def _limits_of_parent(task: AttemptTask) -> None:
    import resource

    resource.prlimit(task.parent, resource.RLIMIT_NOFILE, resource.prlimit(task.parent, resource.RLIMIT_NOFILE))


def _outlive_parent(task: AttemptTask) -> None:
    if ctypes.CDLL(None, use_errno=True).prctl(1, 0, 0, 0, 0):  # PR_SET_PDEATHSIG
        raise OSError(ctypes.get_errno(), "prctl")


def _be_dumpable(task: AttemptTask) -> None:
    if ctypes.CDLL(None, use_errno=True).prctl(4, 1, 0, 0, 0):  # PR_SET_DUMPABLE
        raise OSError(ctypes.get_errno(), "prctl")


def _type_into_terminal(task: AttemptTask) -> None:
    try:
        fcntl.ioctl(2, 0x5412, b"x")  # TIOCSTI
    except OSError as error:
        if error.errno != errno.ENOTTY:  # let through: it came as far as the kind of the file
            raise


def _send_to_parent(task: AttemptTask) -> None:
    """Through the connection by which descriptors come, whatever its number is."""
    for handle in range(3, 64):
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET, 0, fileno=handle)
        try:
            return socket.send_fds(connection, [b"x"], [0]) and None
        except OSError as error:
            if error.errno not in (errno.ENOTSOCK, errno.EBADF):
                raise
        finally:
            connection.detach()
    raise OSError(errno.ENOTSOCK, "no socket")


READ = {
    "read a file": lambda task: task.stranger.read_bytes(),
    "read a file by another name": lambda task: Path(f"/proc/self/root{task.stranger}").read_bytes(),
    "list a folder": lambda task: os.listdir(task.stranger.parent / "folder"),
    "read the environment of the parent": lambda task: Path(f"/proc/{task.parent}/environ").read_bytes(),
    "open a file of the parent": lambda task: os.open(f"/proc/{task.parent}/fd/0", os.O_RDONLY),
    "read the list of users": lambda task: Path("/etc/passwd").read_bytes(),
    "open a file by its handle": lambda task: call("open_by_handle_at", -100, struct.pack("Ii8s", 8, 1, b""), 0),
    "open in a new way": lambda task: call(
        "openat2", -100, str(task.stranger).encode() + b"\0", struct.pack("QQQ", 0, 0, 0), 24
    ),
}
"""Attempts on files of others."""

WRITE = {
    "make a file": lambda task: task.stranger.with_name("new").write_bytes(b"x"),
    "write over a file": lambda task: task.stranger.write_bytes(b"x"),
    "write over its own input": lambda task: os.open(task.path, os.O_RDWR),
    "append to a file": lambda task: task.stranger.open("ab"),
    "cut a file off": lambda task: os.truncate(task.stranger, 0),
    "rename a file": lambda task: task.stranger.rename(task.stranger.with_name("renamed")),
    "remove a file": lambda task: task.stranger.unlink(),
    "make a folder": lambda task: task.stranger.with_name("new folder").mkdir(),
    "remove a folder": lambda task: (task.stranger.parent / "folder").rmdir(),
    "make a symbolic link": lambda task: task.stranger.with_name("link").symlink_to("/"),
    "make a hard link": lambda task: os.link(task.stranger, task.stranger.with_name("hard link")),
    "make a device": lambda task: os.mkfifo(task.stranger.with_name("pipe")),
    "change the mode of a file": lambda task: task.stranger.chmod(0o777),
    "change the owner of a file": lambda task: os.chown(task.stranger, os.getuid(), os.getgid()),
    "change the time of a file": lambda task: os.utime(task.stranger, (1, 1)),
    "change an attribute of a file": lambda task: os.setxattr(task.stranger, "user.x", b"x"),
    "make a file in memory that others see": lambda task: Path(f"/dev/shm/reelwise-{task.parent}").write_bytes(b"x"),
    "make a file without a name": lambda task: os.open(task.stranger.parent, os.O_TMPFILE | os.O_RDWR, 0o600),
}
"""Attempts to change files of others."""

MEMORY = {
    "write the memory of the parent": lambda task: _remote(task, "process_vm_writev"),
    "read the memory of the parent": lambda task: _remote(task, "process_vm_readv"),
    "write the memory of the parent by its file": _memory_file,
    "trace the parent": _attach,
    "compare files with the parent": lambda task: call("kcmp", os.getpid(), task.parent, 0, 0, 0),
    "take a descriptor of the parent": _descriptor_of_parent,
    "share memory by a key": lambda task: call("shmget", 0, 4096, 0o1600),
    "let others trace it": _be_dumpable,
}
"""Attempts on the memory of others."""

SIGNALS = {
    "signal the parent": lambda task: os.kill(task.parent, 0),
    "signal all processes": lambda task: os.kill(-1, 0),
    "signal its group": lambda task: os.kill(0, 0),
    "signal a thread of the parent": lambda task: call("tgkill", task.parent, task.parent, 0),
    "signal any thread": lambda task: call("tkill", task.parent, 0),
    "signal the parent with data": _signal_with_data,
    "signal a thread of the parent with data": _signal_thread_with_data,
    "signal the parent by a descriptor": _signal_by_descriptor,
    "signal the parent by a file": _owner_of_file,
    "signal the parent by its own pipe": _owner_of_input,
    "give its pipe another owner": _let_through_by_fcntl(15, struct.pack("ii", 1, 1)),  # F_SETOWN_EX
    "choose the signal of a file": _let_through_by_fcntl(10, 29),  # F_SETSIG
    "lease a file": _let_through_by_fcntl(1024, 0),  # F_SETLEASE
    "be told of changes in a folder": _let_through_by_fcntl(1026, 1),  # F_NOTIFY
    "lock a file": _let_through_by_fcntl(6, struct.pack("hhqqi", 0, 0, 0, 0, 0)),  # F_SETLK
    "type into the terminal": _type_into_terminal,
    "send a descriptor to the parent": _send_to_parent,
}
"""Attempts to reach others."""

PROCESSES = {
    "fork": lambda task: end_if_child(os.fork()),
    "fork by its number": lambda task: end_if_child(call("fork")),
    "clone": _clone_without_exec,
    "clone in a new way": _new_clone,
    "run a program": lambda task: subprocess.run([sys.executable, "-c", ""], check=False),
    "become a program": lambda task: os.execv("/bin/true", ["true"]),
    "become a file": lambda task: os.execve(os.open(sys.executable, os.O_RDONLY), ["python", "-c", ""], {}),
    "outlive the parent": _outlive_parent,
    "change the limits of the parent": _limits_of_parent,
    "change the priority of the parent": lambda task: os.setpriority(os.PRIO_PROCESS, task.parent, 0),
    "change the processors of the parent": lambda task: os.sched_setaffinity(
        task.parent, os.sched_getaffinity(task.parent)
    ),
    "change the input and output of the parent": lambda task: call("ioprio_set", 1, task.parent, 2 << 13 | 4),
}
"""Attempts to be more than one process, and to change others."""

NETWORK = {
    "open a connection": lambda task: socket.create_connection(("127.0.0.1", 9)),
    "make a socket": lambda task: socket.socket(socket.AF_UNIX),
    "make two sockets": lambda task: socket.socketpair(),
    "make a socket of the kernel": lambda task: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0),
    "open a queue of messages": lambda task: call("mq_open", b"reelwise\0", os.O_RDWR | os.O_CREAT, 0o600, None),
}
"""Attempts on the network and the like."""

KERNEL = {
    "watch a file": lambda task: call("inotify_init1", 0),
    "read the log of the kernel": lambda task: call("syslog", 10, None, 0),
    "use the ports of the machine": lambda task: call("iopl", 0),
    "keep a key": lambda task: call("add_key", b"user\0", b"reelwise\0", b"x", 1, -3),
    "read keys": lambda task: call("keyctl", 0, -3, 1),
    "load a program into the kernel": lambda task: call("bpf", 0, struct.pack("IIII", 2, 4, 4, 1).ljust(72, b"\0"), 72),
    "handle faults of memory": lambda task: call("userfaultfd", 1),
    "make a ring of calls": lambda task: call("io_uring_setup", 1, bytes(120)),
    "count events": lambda task: call("perf_event_open", struct.pack("II", 1, 112).ljust(112, b"\0"), 0, -1, -1, 0),
    "leave a name space": lambda task: call("unshare", 0x10000000),
    "enter a name space": lambda task: call("setns", os.open(f"/proc/{task.parent}/ns/net", os.O_RDONLY), 0),
    "mount": lambda task: call(
        "mount", b"none\0", str(task.stranger.parent / "folder").encode() + b"\0", b"no such kind\0", 0, None
    ),
    "unmount": lambda task: call("umount2", b"/nowhere\0", 0),
    "change its root": lambda task: call("chroot", str(task.stranger.parent).encode() + b"\0"),
    "be another kind of program": lambda task: call("personality", 0x0400000),
    "make a file in memory": lambda task: call("memfd_create", b"x\0", 0),
    "set a clock that signals": lambda task: call("timer_create", 1, None, bytes(8)),
    "call by the numbers of x32": _other_numbers,
    "call by the numbers of 32 bits": _old_numbers,
}
"""Attempts on the kernel."""

GROUPS: dict[str, dict[str, Callable[[AttemptTask], object]]] = {
    "files": READ, "changes": WRITE, "memory": MEMORY, "signals": SIGNALS, "processes": PROCESSES, "network": NETWORK,
    "kernel": KERNEL,
}  # fmt: skip

ATTEMPTS = {name: attempt for group in GROUPS.values() for name, attempt in group.items()}


def _thread(task: AttemptTask) -> None:
    seen: list[int] = []
    thread = threading.Thread(target=lambda: seen.append(1))
    thread.start()
    thread.join(10)
    if not seen:
        raise OSError(errno.EAGAIN, "no thread")


def _reads_input(task: AttemptTask) -> None:
    from reelwise.media.file_access import open_input

    for _ in range(2):
        with open_input(task.path) as stream:
            if stream.read() != b"its own":
                raise OSError(errno.EIO, "another file")


def _writes_output(task: AttemptTask) -> None:
    from reelwise.media.file_access import open_output

    for append in (False, True):
        with open_output(task.output, append=append) as stream:
            stream.write(b"x")


def _opens_stranger(task: AttemptTask) -> None:
    from reelwise.media.file_access import open_input

    open_input(task.stranger).close()


def _writes_stranger(task: AttemptTask) -> None:
    from reelwise.media.file_access import open_output

    open_output(task.stranger).close()


def _imports(task: AttemptTask) -> None:
    import cv2  # noqa: F401
    import PIL.Image  # noqa: F401
    import sklearn.linear_model  # noqa: F401


HARMLESS: dict[str, Callable[[AttemptTask], object]] = {
    "read its input": _reads_input,
    "write its output": _writes_output,
    "import a library": _imports,
    "start a thread": _thread,
    "signal itself": lambda task: os.kill(os.getpid(), 0),
    "see whether a file is there": lambda task: task.stranger.stat(),
}
"""What a worker has to be able to do."""

ATTEMPTS["ask the parent for another file"] = _opens_stranger
ATTEMPTS["ask the parent to write another file"] = _writes_stranger
