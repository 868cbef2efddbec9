"""A filter of system calls: what is on a list is let through, everything else is refused."""

import ctypes
import errno
import os
import platform
import struct
import sys
from collections.abc import Iterable
from dataclasses import dataclass

from reelwise.media.workers.system_calls import (
    FIRST_NEW_CALL,
    OWN_PROCESS,
    READING,
    WRITING_IN_FOLDER,
    X32,
    Condition,
    SystemCall,
)

# Source: linux/seccomp.h, linux/filter.h and linux/audit.h.
_SET_MODE_FILTER = 1
_FOR_ALL_THREADS = 1
_ALLOW = 0x7FFF0000
_ERROR = 0x00050000
_LOAD, _JUMP_IF_EQUAL, _JUMP_IF_AT_LEAST, _AND, _RETURN = 0x20, 0x15, 0x35, 0x54, 0x06
_NUMBER_AT, _PROCESSOR_AT, _ARGUMENTS_AT = 0, 4, 16  # offsets in struct seccomp_data, of little-endian processors

Line = tuple[int, int, int, int]
"""One instruction: its code, lines to skip when the comparison holds and when it does not, and its operand."""


@dataclass(frozen=True)
class Processor:
    """A kind of processor.

    Args:
        audit_number: As the kernel names it to a filter.
        seccomp_number: Of the system call that installs a filter.
    """

    name: str
    audit_number: int
    seccomp_number: int


PROCESSORS = {
    "x86_64": Processor("x86_64", 0xC000003E, 317),
    "aarch64": Processor("aarch64", 0xC00000B7, 277),
}


def restrict_calls(*, may_write_in_folder: bool) -> bool:
    """Refuse all system calls of this process from now on that are not on the list. It needs no rights.

    Args:
        may_write_in_folder: Whether files may be opened for writing by their paths.

    Returns:
        Whether it holds; not on other systems and processors, and not where a container forbids filters.
    """
    processor = PROCESSORS.get(platform.machine())
    if sys.platform != "linux" or processor is None or struct.calcsize("P") != 8:
        return False
    program = filter_program(processor, allow_list(may_write_in_folder=may_write_in_folder), os.getpid())
    buffer = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in program))
    header = struct.pack("HxxxxxxP", len(program), ctypes.addressof(buffer))
    library = ctypes.CDLL(None, use_errno=True)
    number = ctypes.c_long(processor.seccomp_number)
    return library.syscall(number, _SET_MODE_FILTER, _FOR_ALL_THREADS, ctypes.c_char_p(header)) == 0


def allow_list(*, may_write_in_folder: bool) -> tuple[SystemCall, ...]:
    """The calls that a worker may make, each once."""
    calls = {call.name: call for call in READING}
    if may_write_in_folder:
        calls |= {call.name: call for call in WRITING_IN_FOLDER}
    return tuple(calls.values())


def filter_program(processor: Processor, calls: Iterable[SystemCall], process: int) -> list[Line]:
    """The filter as a program for the kernel's small machine (BPF).

    Args:
        processor: Whose numbers hold.
        calls: What is let through.
        process: The number of the process that will be held.
    """
    refuse = (_RETURN, 0, 0, _ERROR | errno.EPERM)
    lines: list[Line] = [
        (_LOAD, 0, 0, _PROCESSOR_AT),
        (_JUMP_IF_EQUAL, 1, 0, processor.audit_number),
        refuse,  # calls in another processor's numbers, such as those of 32 bits
        (_LOAD, 0, 0, _NUMBER_AT),
        (_JUMP_IF_AT_LEAST, 0, 1, X32),
        refuse,
    ]
    for call in calls:
        number = call.x86_64 if processor.name == "x86_64" else call.aarch64
        if number is not None:
            body = [(_RETURN, 0, 0, _ALLOW)] if call.condition is None else [*_check(call.condition, process), refuse]
            lines += [(_JUMP_IF_EQUAL, 0, len(body), number), *body]
    unknown = (_RETURN, 0, 0, _ERROR | errno.ENOSYS)
    return [*lines, (_JUMP_IF_AT_LEAST, 0, 1, FIRST_NEW_CALL), unknown, refuse]


def _check(condition: Condition, process: int) -> list[Line]:
    """Lets a call through whose argument fits; otherwise goes on behind the last line."""
    load, allow = (_LOAD, 0, 0, _ARGUMENTS_AT + 8 * condition.argument), (_RETURN, 0, 0, _ALLOW)
    if condition.values:
        values = [process if value == OWN_PROCESS else value for value in condition.values]
        return [load, *(line for value in values for line in ((_JUMP_IF_EQUAL, 0, 1, value), allow))]
    bits = condition.needs_bits | condition.lacks_bits
    return [load, (_AND, 0, 0, bits), (_JUMP_IF_EQUAL, 0, 1, condition.needs_bits), allow]
