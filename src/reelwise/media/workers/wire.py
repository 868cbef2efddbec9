"""The protocol between parent and worker: length-prefixed JSON messages of a fixed protocol.

A message is four bytes of length, big-endian, and as many bytes of ASCII JSON: one object with a ``kind``. Parent to
worker: ``setup`` once, then tasks, whose ``kind`` is the name of a kind of request. Worker to parent: ``hello``, then
per task any number of ``open``, ``progress``, ``waiting``, ``part`` and ``raw``, and one of ``result`` or ``error``. An
``open`` names a file of the task, which comes as a descriptor by another way (``handover.py``). Behind a
``raw`` message come as many bytes as its ``num_bytes`` says: pixels, which JSON would make larger and slower. What
tasks, parts and results contain is defined by their kind of request (``requests/kind.py``).
"""

import json
import struct
from collections.abc import Sequence
from typing import IO, Any

from reelwise.media.requests.fields import unpack_error
from reelwise.media.requests.kind import Message, RequestKind, RequestTable, Task

MAX_MESSAGE_BYTES = 64 << 20
"""The times of 1800 frames take about 20 kB; this holds those of a segment of any length."""

MAX_RAW_BYTES = 16 << 20
"""Beside one message: pictures of 2300 pixels along each side fit."""

RAW = "raw"
"""The kind of a message with bytes behind it."""

WAITING = "waiting"
"""The kind of a message that a stream sends while its file, which is still being written, holds no more."""

OPEN = "open"
"""The kind of a message that names a file which the worker wants to use."""

_LENGTH = struct.Struct(">I")
MISFITS = (KeyError, TypeError, ValueError, AttributeError, ArithmeticError)
"""What building a field raises when the message does not hold what it should."""


class NonsenseError(Exception):
    """The other side sent something outside the protocol."""


def write_message(stream: IO[bytes], message: Message) -> None:
    """Write one message and flush."""
    body = json.dumps(message).encode("ascii")
    stream.write(_LENGTH.pack(len(body)) + body)
    stream.flush()


def write_raw(stream: IO[bytes], message: Message, content: Sequence[memoryview]) -> None:
    """Write one message with the bytes of some arrays behind it, which are not copied before, and flush."""
    num_bytes = sum(part.nbytes for part in content)
    body = json.dumps(message | {"kind": RAW, "num_bytes": num_bytes}).encode("ascii")
    stream.write(_LENGTH.pack(len(body)) + body)
    stream.writelines(content)
    stream.flush()


def read_raw(stream: IO[bytes], message: Message) -> bytes:
    """The bytes behind a message of the kind ``raw``.

    Raises:
        NonsenseError: There are more than allowed, or fewer than it says.
    """
    num_bytes = message.get("num_bytes")
    if not isinstance(num_bytes, int) or not 0 <= num_bytes <= MAX_RAW_BYTES:
        raise NonsenseError(f"{str(num_bytes)[:50]} bytes beside a message")
    content = stream.read(num_bytes)
    if len(content) < num_bytes:
        raise NonsenseError("the bytes beside a message were cut off")
    return content


def read_message(stream: IO[bytes]) -> Message | None:
    """The next message; None when the other side has closed the pipe.

    Raises:
        NonsenseError: It is longer than allowed, cut off, or not a JSON object with a kind.
    """
    message_and_size = read_sized_message(stream)
    return None if message_and_size is None else message_and_size[0]


def read_sized_message(stream: IO[bytes]) -> tuple[Message, int] | None:
    """The next message with its length in bytes; otherwise like ``read_message``."""
    head = stream.read(_LENGTH.size)
    if not head:
        return None
    if len(head) < _LENGTH.size:
        raise NonsenseError("a message was cut off")
    (length,) = _LENGTH.unpack(head)
    if length > MAX_MESSAGE_BYTES:
        raise NonsenseError(f"a message of {length} bytes")
    body = stream.read(length)
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        raise NonsenseError("a message that is not JSON") from None
    if len(body) < length or not isinstance(message, dict) or not isinstance(message.get("kind"), str):
        raise NonsenseError("a message that is no object with a kind")
    return message, length


def pack_task(table: RequestTable, task: Task) -> Message:
    """A task as a message."""
    kind = table.kind_of(task)
    return kind.pack(task) | {"kind": kind.name}


def unpack_task(table: RequestTable, message: Message) -> tuple[RequestKind[Any, Any], Task]:
    """A message as a kind of request and its task.

    Raises:
        NonsenseError: The table has no such kind.
    """
    try:
        kind = table.kind_named(message["kind"])
    except KeyError:
        raise NonsenseError(f"no request is called {message['kind'][:50]}") from None
    return kind, kind.unpack(message)


def pack_reply(kind: RequestKind[Any, Any], result: Any) -> Message:
    """A result as a message."""
    return kind.pack_result(result) | {"kind": "result"}


def unpack_reply(kind: RequestKind[Any, Any], message: Message, parts: Sequence[Message] = ()) -> Any:
    """A message, and the parts before it, as a result or error.

    Raises:
        NonsenseError: A field is missing or has another type than the kind of request says.
    """
    try:
        if message["kind"] == "error":
            return unpack_error(message)
        if message["kind"] == "result":
            return kind.unpack_result(message, parts)
    except MISFITS as error:
        raise NonsenseError(f"a field that does not fit: {error}") from None
    raise NonsenseError(f"no answer is called {message['kind'][:50]}")
