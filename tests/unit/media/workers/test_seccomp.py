"""The filter of system calls, run here as the kernel runs it, for both kinds of processors."""

import errno
import struct

import pytest

from reelwise.media.workers.seccomp import PROCESSORS, Line, allow_list, filter_program
from reelwise.media.workers.system_calls import READING, WRITING_IN_FOLDER

PROCESS = 4711
ALLOW, EPERM, ENOSYS = 0x7FFF0000, 0x00050000 | errno.EPERM, 0x00050000 | errno.ENOSYS
BOTH = pytest.mark.parametrize("name", PROCESSORS)


def verdict(program: list[Line], processor: int, number: int, arguments: tuple[int, ...] = ()) -> int:
    """What the filter says of a call; each instruction means what linux/filter.h says."""
    data = struct.pack("<IIQ6Q", number, processor, 0, *(*arguments, *[0] * 6)[:6])
    accumulator, place = 0, 0
    while True:
        code, if_true, if_false, operand = program[place]
        place += 1
        if code == 0x20:
            (accumulator,) = struct.unpack_from("<I", data, operand)
        elif code == 0x54:
            accumulator &= operand
        elif code in (0x15, 0x35):
            holds = accumulator == operand if code == 0x15 else accumulator >= operand
            place += if_true if holds else if_false
        else:
            assert code == 0x06
            return operand


def program_for(name: str, *, may_write_in_folder: bool = False) -> tuple[list[Line], int]:
    processor = PROCESSORS[name]
    calls = allow_list(may_write_in_folder=may_write_in_folder)
    return filter_program(processor, calls, PROCESS), processor.audit_number


@BOTH
def test_all_numbers_that_are_not_listed_are_refused(name):
    program, audit_number = program_for(name)
    listed = {getattr(call, name) for call in READING}
    for number in range(700):
        if number not in listed:
            expected = EPERM if number < 424 else ENOSYS
            assert verdict(program, audit_number, number, (PROCESS, PROCESS)) == expected, number


@BOTH
@pytest.mark.parametrize("may_write_in_folder", [False, True])
def test_each_call_of_the_list_is_let_through(name, may_write_in_folder):
    program, audit_number = program_for(name, may_write_in_folder=may_write_in_folder)
    for call in allow_list(may_write_in_folder=may_write_in_folder):
        number = getattr(call, name)
        if number is not None and call.condition is None:
            assert verdict(program, audit_number, number) == ALLOW, call.name


@BOTH
@pytest.mark.parametrize(
    ("call", "arguments", "is_allowed"),
    [
        ("clone", (0x3D0F00,), True),  # what glibc starts a thread with
        ("clone", (17,), False),
        ("clone", (0x4100 | 17,), False),  # vfork
        ("kill", (PROCESS, 6), True),
        ("kill", (PROCESS + 1, 6), False),
        ("kill", (0, 6), False),
        ("kill", ((1 << 64) - 1, 6), False),
        ("tgkill", (PROCESS, 9, 6), True),
        ("tgkill", (1, 1, 6), False),
        ("prlimit64", (0, 7), True),
        ("prlimit64", (PROCESS, 7), True),
        ("prlimit64", (1, 7), False),
        ("fcntl", (3, 3), True),
        ("fcntl", (3, 8), False),  # F_SETOWN
        ("fcntl", (3, 15), False),  # F_SETOWN_EX
        ("ioctl", (3, 0x5401), True),
        ("ioctl", (3, 0x5412), False),  # TIOCSTI
        ("ioctl", (3, 0x8902), False),  # SIOCSPGRP
        ("prctl", (15,), True),
        ("prctl", (1,), False),
        ("prctl", (4, 1), False),
        ("openat", (0, 0, 0o2000000), True),
        ("openat", (0, 0, 0o1), False),
        ("openat", (0, 0, 0o2), False),
        ("openat", (0, 0, 0o100), False),
        ("openat", (0, 0, 0o1000), False),
        ("openat", (0, 0, 0o20000000 | 0o2), False),  # a file without a name
    ],
)  # fmt: skip
def test_arguments_decide(name, call, arguments, is_allowed):
    program, audit_number = program_for(name)
    number = next(getattr(each, name) for each in READING if each.name == call)
    assert verdict(program, audit_number, number, arguments) == (ALLOW if is_allowed else EPERM)


def test_calls_by_other_numbers_are_refused():
    program, audit_number = program_for("x86_64")
    assert verdict(program, audit_number, 0) == ALLOW
    assert verdict(program, 0x40000003, 0) == EPERM  # of 32 bits
    assert verdict(program, PROCESSORS["aarch64"].audit_number, 0) == EPERM
    assert verdict(program, audit_number, 0x40000000) == EPERM  # x32


@BOTH
def test_each_number_is_listed_once(name):
    for calls in (allow_list(may_write_in_folder=False), allow_list(may_write_in_folder=True)):
        numbers = [number for call in calls if (number := getattr(call, name)) is not None]
        assert len(numbers) == len(set(numbers))


def test_a_folder_brings_few_calls():
    names = {call.name for call in READING}
    assert {call.name for call in WRITING_IN_FOLDER} - names == {
        *("rename", "renameat", "renameat2", "unlink", "unlinkat"),
    }
