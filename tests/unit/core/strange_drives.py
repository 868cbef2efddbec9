"""A program on a drive that refuses some system calls, by a filter of the Linux kernel."""

import ctypes
import errno
import os
import struct
import subprocess
import sys
from pathlib import Path

_SYSTEM_CALLS = {"flock": 73, "chmod": 90, "fchmod": 91, "fchmodat": 268, "fchmodat2": 452, "fsync": 74, "statfs": 137}
_MMAP, _MAP_SHARED, _MAP_ANONYMOUS = 9, 1, 0x20
_ERROR, _ALLOW = 0x00050000, 0x7FFF0000
"""Numbers of Linux on x86-64, and answers of a filter."""

IS_POSSIBLE = sys.platform == "linux" and os.uname().machine == "x86_64"

_PREAMBLE = """
import sys
sys.path.insert(0, {folder!r})
import strange_drives
strange_drives.refuse({answers!r}, {no_maps!r})
"""


def run_with(code: str, *arguments: str, no_maps: bool = False, **answers: int) -> subprocess.CompletedProcess[str]:
    """A Python program whose system calls, and those of its children, are answered with errors.

    Args:
        code: The program.
        *arguments: Its ``sys.argv[1:]``.
        no_maps: Whether shared memory maps of files are refused with ENODEV.
        **answers: The error for each of some system calls.
    """
    start = _PREAMBLE.format(folder=str(Path(__file__).parent), answers=answers, no_maps=no_maps)
    command = [sys.executable, "-c", start + code, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def refuse(answers: dict[str, int], no_maps: bool) -> None:
    """From now on, in this process and its children."""
    load, equal, has_bits, give_back = 0x20, 0x15, 0x45, 0x06
    lines = [(load, 0, 0, 0)]
    for name, number in answers.items():
        lines += [(equal, 0, 1, _SYSTEM_CALLS[name]), (give_back, 0, 0, _ERROR | number)]
    if no_maps:  # libraries are mapped privately, files of ours are shared; memory alone is no file
        lines += [
            (equal, 0, 4, _MMAP),
            (load, 0, 0, 16 + 8 * 3),  # its fourth argument
            (has_bits, 0, 2, _MAP_SHARED),
            (has_bits, 1, 0, _MAP_ANONYMOUS),
            (give_back, 0, 0, _ERROR | errno.ENODEV),
        ]
    lines += [(give_back, 0, 0, _ALLOW)]
    program = b"".join(struct.pack("HBBI", *line) for line in lines)
    buffer = ctypes.create_string_buffer(program)
    header = struct.pack("HxxxxxxP", len(lines), ctypes.addressof(buffer))
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.prctl(38, 1, 0, 0, 0) == 0
    assert libc.prctl(22, 2, ctypes.c_char_p(header), 0, 0) == 0
