"""What a file system may lack: locks, permissions, memory maps, flushing. Work goes on without, and says so once."""

import errno
import shutil
import sys
import warnings
from pathlib import Path

from reelwise.core.errors import ReelwiseWarning

NOT_OFFERED = (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EROFS, errno.EPERM, errno.EACCES)
"""How systems say that a drive does not do a thing, which is no fault of the file."""


def go_on_without(path: Path, what: str, error: OSError, consequence: str) -> None:
    """Warn that the drive of a file has not what was wanted of it.

    The text names the drive and not the file, so that the filters of ``warnings`` show it once for all of its files.

    Args:
        path: The file.
        what: What was refused, as the object of "has no".
        error: How the system refused it.
        consequence: What is different now.
    """
    reason = error.strerror or str(error) or type(error).__name__
    text = f"{mount_point(path)}: this drive has no {what} ({reason}). Work goes on without: {consequence}"
    warnings.warn(text, ReelwiseWarning, stacklevel=3)


def mount_point(path: Path) -> Path:
    """The top folder of the drive that a file lies on, or would.

    Example:
        >>> mount_point(Path("/proc/self/not there"))
        PosixPath('/proc')
    """
    path = Path(path).absolute()
    while not path.exists() and path != path.parent:
        path = path.parent
    path = path.resolve()
    while not path.is_mount() and path != path.parent:
        path = path.parent
    return path


def free_bytes(folder: Path) -> int:
    """Bytes free on the drive of a folder; more than any job needs where the drive does not say.

    Raises:
        OSError: There is no such folder, or the drive is gone.
    """
    try:
        usage = shutil.disk_usage(folder)
    except OSError as error:
        if error.errno not in NOT_OFFERED:
            raise
        return sys.maxsize
    # Some network drives have a size of 0 in all their answers.
    return usage.free if usage.total else sys.maxsize
