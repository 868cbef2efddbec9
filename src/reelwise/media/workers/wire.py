"""What parent and worker say to each other: length-prefixed JSON of a fixed set of tasks and answers.

A message is four bytes of length, big-endian, and as many bytes of ASCII JSON: one object with a ``kind``. Parent to
worker: ``setup`` once, then ``scan``, ``decode``, ``sound``, ``read`` or ``annotate``. Worker to parent: ``hello``,
then per task any number of ``progress``, and one of ``facts``, ``decoded``, ``sound_track`` or ``error``. The parent
takes nothing on trust: every field is built anew as the type it has.
"""

import json
import re
import struct
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path
from typing import IO, Any

import numpy as np

from reelwise.core.clip import DecodeSettings
from reelwise.core.errors import CacheError, ReelwiseError, VideoError
from reelwise.core.frames import FrameTimes
from reelwise.core.intervals import TimeRange
from reelwise.core.video import SoundFacts, VideoFacts, VideoWarning, WarningKind
from reelwise.media.requests.sheet import (
    Sheet,
    SheetTask,
    pack_sheet,
    pack_sheet_task,
    unpack_sheet,
    unpack_sheet_task,
)
from reelwise.media.requests.sound import (
    SoundTask,
    SoundTrack,
    pack_sound_task,
    pack_track,
    unpack_sound_task,
    unpack_track,
)
from reelwise.media.requests.video import AnnotateTask, DecodedSegment, DecodeResult, DecodeTask, ReadTask, ScanTask

DECODE_VERSION = 1
"""Raised whenever the same file and settings would give other frames or times, so that caches are made anew."""

MAX_MESSAGE_BYTES = 64 << 20
_LENGTH = struct.Struct(">I")
_RATIO = re.compile(r"-?\d{1,40}(/\d{1,40})?")


Task = ScanTask | DecodeTask | SoundTask | SheetTask | ReadTask | AnnotateTask


Result = VideoFacts | DecodeResult | SoundTrack | Sheet


class NonsenseError(Exception):
    """The other side said something outside the protocol."""


def write_message(stream: IO[bytes], message: dict[str, Any]) -> None:
    """Write one message and flush."""
    body = json.dumps(message).encode("ascii")
    stream.write(_LENGTH.pack(len(body)) + body)
    stream.flush()


def read_message(stream: IO[bytes]) -> dict[str, Any] | None:
    """The next message; None when the other side has closed the pipe.

    Raises:
        NonsenseError: It is longer than allowed, cut off, or not a JSON object with a kind.
    """
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
    return message


def pack_task(task: Task) -> dict[str, Any]:
    """A task as a message."""
    if isinstance(task, ScanTask):
        return {"kind": "scan", "path": str(task.path), "deadline_seconds": task.deadline_seconds}
    if isinstance(task, ReadTask):
        return {"kind": "read"} | asdict(task) | {"path": str(task.path), "output": str(task.output)}
    if isinstance(task, SoundTask):
        return pack_sound_task(task)
    if isinstance(task, SheetTask):
        return pack_sheet_task(task)
    if isinstance(task, AnnotateTask):
        return {"kind": "annotate", "path": str(task.path), "lines": list(task.lines), "output": str(task.output)}
    settings = task.settings
    return {
        "kind": "decode",
        "path": str(task.path),
        "settings": asdict(settings)
        | {"max_frame_rate": _text(settings.max_frame_rate), "window_seconds": _text(settings.window_seconds)},
        "segments": [s and [_text(s.start), _text(s.end)] for s in task.segments],
        "outputs": [str(path) for path in task.outputs],
    }


def unpack_task(message: dict[str, Any]) -> Task:
    """A message as a task."""
    path = Path(message["path"])
    if message["kind"] == "scan":
        return ScanTask(path, message["deadline_seconds"])
    if message["kind"] == "read":
        return ReadTask(path, message["reader"], message["start"], message["num_frames"], Path(message["output"]))
    if message["kind"] == "sound":
        return unpack_sound_task(message)
    if message["kind"] == "sheet":
        return unpack_sheet_task(message)
    if message["kind"] == "annotate":
        return AnnotateTask(path, tuple(message["lines"]), Path(message["output"]))
    if message["kind"] != "decode":
        raise NonsenseError(f"no task is called {message['kind']}")
    settings = dict(message["settings"])
    settings["max_frame_rate"] = _fraction(settings["max_frame_rate"])
    settings["window_seconds"] = _fraction(settings["window_seconds"])
    segments = tuple(s and TimeRange(_fraction(s[0]), _fraction(s[1])) for s in message["segments"])
    return DecodeTask(path, DecodeSettings(**settings), segments, tuple(Path(p) for p in message["outputs"]))


def pack_result(result: Result) -> dict[str, Any]:
    """A result as a message."""
    if isinstance(result, VideoFacts):
        return {"kind": "facts", "facts": _pack_facts(result)}
    if isinstance(result, SoundTrack):
        return pack_track(result)
    if isinstance(result, Sheet):
        return pack_sheet(result)
    segments = [pack_error(s) if isinstance(s, VideoError) else _pack_segment(s) for s in result.segments]
    return {"kind": "decoded", "facts": _pack_facts(result.facts), "segments": segments}


def pack_error(error: ReelwiseError) -> dict[str, Any]:
    """An error as a message; an error of writing is told from one of the video."""
    what = "write" if isinstance(error, CacheError) else "video"
    return {"kind": "error", "what": what, "message": error.message, "hint": error.hint}


def unpack_result(message: dict[str, Any]) -> Result | ReelwiseError:
    """A message as a result or error.

    Raises:
        NonsenseError: A field is missing or has another type than the protocol says.
    """
    try:
        if message["kind"] == "error":
            return _unpack_error(message)
        if message["kind"] == "facts":
            return _unpack_facts(message["facts"])
        if message["kind"] == "sound_track":
            return unpack_track(message)
        if message["kind"] == "sheet":
            return unpack_sheet(message)
        if message["kind"] == "decoded":
            segments = (_unpack_error(s) if "message" in s else _unpack_segment(s) for s in message["segments"])
            return DecodeResult(_unpack_facts(message["facts"]), tuple(segments))  # pyright: ignore[reportArgumentType]
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, ZeroDivisionError) as error:
        raise NonsenseError(f"a field that does not fit: {error}") from None
    raise NonsenseError(f"no answer is called {message['kind'][:50]}")


def _unpack_error(message: dict[str, Any]) -> ReelwiseError:
    kind = CacheError if message["what"] == "write" else VideoError
    return kind(str(message["message"])[:1000], hint=str(message["hint"])[:1000])


def _pack_facts(facts: VideoFacts) -> dict[str, Any]:
    warnings = [[warning.kind, warning.text] for warning in facts.warnings]
    return asdict(facts) | {"frame_rate": _text(facts.frame_rate), "warnings": warnings}


def _unpack_facts(fields: dict[str, Any]) -> VideoFacts:
    sound = fields["sound"]
    return VideoFacts(
        num_frames=int(fields["num_frames"]),
        width=int(fields["width"]),
        height=int(fields["height"]),
        duration_seconds=float(fields["duration_seconds"]),
        frame_rate=_ratio(fields["frame_rate"]),
        variable_frame_rate=bool(fields["variable_frame_rate"]),
        rotation=int(fields["rotation"]),
        codec=str(fields["codec"]),
        container=str(fields["container"]),
        sound=sound and SoundFacts(str(sound["codec"]), int(sound["sample_rate"]), int(sound["num_channels"])),
        tags={str(key): str(value) for key, value in fields["tags"].items()},
        warnings=tuple(VideoWarning(WarningKind(kind), str(text)) for kind, text in fields["warnings"]),
    )


def _pack_segment(segment: DecodedSegment) -> dict[str, Any]:
    times = segment.times
    return {
        "num_frames": segment.num_frames,
        "pts": times.pts.tolist(),
        "end_pts": times.end_pts,
        "time_base": _text(times.time_base),
        "crc32": segment.crc32,
    }


def _unpack_segment(fields: dict[str, Any]) -> DecodedSegment:
    pts = np.array([int(tick) for tick in fields["pts"]], np.int64)
    times = FrameTimes(pts, int(fields["end_pts"]), _ratio(fields["time_base"]))
    if len(pts) != fields["num_frames"]:
        raise ValueError("num_frames is not the number of times")
    return DecodedSegment(len(pts), times, int(fields["crc32"]))


def _text(value: Fraction | None) -> str | None:
    return None if value is None else str(value)


def _fraction(text: str | None) -> Fraction | None:
    return None if text is None else _ratio(text)


def _ratio(text: str) -> Fraction:
    if not _RATIO.fullmatch(text):  # Fraction itself would compute 1e999999999
        raise ValueError("not a ratio of whole numbers")
    return Fraction(text)
