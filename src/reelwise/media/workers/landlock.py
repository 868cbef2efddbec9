"""Landlock: which files a process may open, whatever it is made to do, and no signal or memory of another process."""

import ctypes
import os
import struct
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

# Numbers of calls, the same on all processors, and of rights. Source: linux/landlock.h.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_ASK_VERSION = 1
_PATH_BENEATH = 1
_WRITE_FILE, _READ_FILE, _READ_FOLDER, _REMOVE_FILE, _MAKE_FILE, _TRUNCATE = (1 << n for n in (1, 2, 3, 5, 8, 14))
_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 5: 16}
"""From which version on how many kinds of access to files are restricted; all of them are."""
_NETWORK_RIGHTS, _NETWORK_FROM = 0b11, 4
_SCOPES, _SCOPES_FROM = 0b11, 6  # abstract sockets, signals


@dataclass(frozen=True)
class Domain:
    """What holds for a process from now on.

    Args:
        version: Of Landlock, as the kernel has it; 0 for none.
        has_signals: Whether signals to processes outside are refused.
    """

    version: int

    @property
    def has_signals(self) -> bool:
        """Whether signals to processes outside are refused."""
        return self.version >= _SCOPES_FROM


NO_DOMAIN = Domain(0)


def restrict_files(readable: Iterable[Path], folder: Path | None = None) -> Domain:
    """Let this process, which has one thread, open no files but some, and neither read nor signal other processes.

    What is open by now stays so. It needs no rights, but that the process may not gain any (``no_new_privs``).

    Args:
        readable: Files and folders, with all that is in them, that may be read; those that are missing are left out.
        folder: Files in it may be made, read, written, renamed and removed.

    Returns:
        What holds; nothing on other systems, before Linux 5.13, and where Landlock is switched off.
    """
    if sys.platform != "linux":
        return NO_DOMAIN
    library = ctypes.CDLL(None, use_errno=True)
    version = _call(library, _CREATE_RULESET, None, ctypes.c_size_t(0), _ASK_VERSION)
    if version < 1:
        return NO_DOMAIN
    file_rights = (1 << max(count for first, count in _FILE_RIGHTS.items() if version >= first)) - 1
    ruleset = _create_ruleset(library, version, file_rights)
    if ruleset < 0:
        return NO_DOMAIN
    try:
        for path in readable:
            _let(library, ruleset, path, _READ_FILE | _READ_FOLDER)
        if folder is not None:
            rights = _READ_FILE | _READ_FOLDER | _WRITE_FILE | _MAKE_FILE | _REMOVE_FILE | _TRUNCATE
            _let(library, ruleset, folder, rights & file_rights)
        return Domain(version) if _call(library, _RESTRICT_SELF, ruleset, 0) == 0 else NO_DOMAIN
    finally:
        os.close(ruleset)


def _create_ruleset(library: ctypes.CDLL, version: int, file_rights: int) -> int:
    fields = [file_rights]
    if version >= _NETWORK_FROM:
        fields.append(_NETWORK_RIGHTS)
    if version >= _SCOPES_FROM:
        fields.append(_SCOPES)
    attributes = struct.pack(f"{len(fields)}Q", *fields)
    return _call(library, _CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), 0)


def _let(library: ctypes.CDLL, ruleset: int, path: Path, rights: int) -> None:
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        rights &= ~0 if path.is_dir() else _READ_FILE
        _call(library, _ADD_RULE, ruleset, _PATH_BENEATH, struct.pack("=Qi", rights, handle), 0)
    finally:
        os.close(handle)


def _call(library: ctypes.CDLL, number: int, *arguments: object) -> int:
    return int(library.syscall(ctypes.c_long(number), *arguments))
