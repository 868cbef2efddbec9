"""Starts a module of this package as a process of its own, which inherits next to nothing."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO

_ENVIRONMENT = (
    *("PATH", "HOME", "TMPDIR", "TEMP", "TMP", "LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "PYTHONPATH"),
    *("SYSTEMROOT", "SYSTEMDRIVE", "USERPROFILE", "DYLD_LIBRARY_PATH", "VIRTUAL_ENV", "COVERAGE_PROCESS_START"),
)
"""Environment variables that a process gets; tokens and passwords in others stay with the parent."""


def start_module(
    module: str, *arguments: str, stderr: int | None = None, descriptors: Sequence[int] = ()
) -> subprocess.Popen[bytes]:
    """Start a module that talks through its stdin and stdout.

    Ctrl-C goes to all processes of a terminal's group: not to this one, which its parent ends. It computes on one
    processor, as there are usually as many such processes as processors.

    Args:
        module: Its full name, such as ``reelwise.media.workers.worker``.
        arguments: Of its command line.
        stderr: Where its errors go; None for those of this process.
        descriptors: What it inherits besides its pipes, under the same numbers; not on Windows.

    Raises:
        OSError: The system starts no more processes.
    """
    package = str(Path(__file__).resolve().parents[3])
    environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    rest = environment.get("PYTHONPATH")
    environment["PYTHONPATH"] = package + (os.pathsep + rest if rest else "")
    environment |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONUTF8": "1"}
    # -P keeps the current folder, which may hold a stranger's av.py, off the module path.
    return subprocess.Popen(
        [sys.executable, "-P", "-m", module, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=stderr,
        env=environment,
        pass_fds=descriptors,
        start_new_session=True,
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
    )


def widen(pipe: IO[bytes] | None, num_bytes: int) -> None:
    """Let a pipe hold more than the system's default; where that cannot be, it stays as it is.

    Args:
        pipe: To or from a process.
        num_bytes: What it may hold.
    """
    try:
        import fcntl

        if pipe is not None:
            fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, num_bytes)
    except (ImportError, AttributeError, OSError):
        return
