"""The request to decode a file once and write the frames of some of its segments."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from reelwise.core.clip import DecodeSettings
from reelwise.core.errors import UsageError, VideoError
from reelwise.core.fractions import fraction_from_text
from reelwise.core.frames import FrameTimes
from reelwise.core.intervals import TimeRange
from reelwise.core.video import facts_from_json, facts_to_json
from reelwise.media.decoding.results import DecodedSegment, DecodeResult
from reelwise.media.requests.fields import pack_error, unpack_error
from reelwise.media.requests.kind import Message, RequestKind, Workplace


@dataclass(frozen=True)
class DecodeTask:
    """Decode a file once and write the selected frames of each segment to a flat file of uint8 (N, S, S, 3).

    Args:
        path: The file.
        settings: Which frames are selected, and how large they become.
        segments: Parts of the video; None for all of it.
        outputs: One file per segment; written over, not atomic, not flushed to disk.
        stills: How further frames of the same segments are selected in the same pass; None for none.
        still_outputs: One file per segment for these.
    """

    path: Path
    settings: DecodeSettings
    segments: tuple[TimeRange | None, ...] = (None,)
    outputs: tuple[Path, ...] = ()
    stills: DecodeSettings | None = None
    still_outputs: tuple[Path, ...] = ()

    def __post_init__(self) -> None:
        if len(self.segments) != len(self.outputs):
            raise UsageError(f"{len(self.segments)} segments need as many outputs, got {len(self.outputs)}.")
        if len(self.still_outputs) != (len(self.segments) if self.stills else 0):
            raise UsageError(f"{len(self.segments)} segments, got {len(self.still_outputs)} outputs for stills.")

    @property
    def selections(self) -> list[tuple[DecodeSettings, TimeRange | None, Path]]:
        """What is decoded, in the order of the segments of the result: all of the outputs, then all of the stills."""
        settings = [(self.settings, *item) for item in zip(self.segments, self.outputs, strict=True)]
        if self.stills is None:
            return settings
        return settings + [(self.stills, *item) for item in zip(self.segments, self.still_outputs, strict=True)]


class Decode(RequestKind[DecodeTask, DecodeResult]):
    """A DecodeTask."""

    name = "decode"
    task_type = DecodeTask
    may_write = True

    def load(self) -> None:
        """Import the decoder."""
        import reelwise.media.decoding.decode  # noqa: F401

    def outputs(self, task: DecodeTask) -> tuple[Path, ...]:
        """One file per segment, two where there are stills."""
        return (*task.outputs, *task.still_outputs)

    def pack(self, task: DecodeTask) -> Message:
        """A task as a message."""
        return {
            "path": str(task.path),
            "settings": _pack_settings(task.settings),
            "segments": [segment and [_text(segment.start), _text(segment.end)] for segment in task.segments],
            "outputs": [str(path) for path in task.outputs],
            "stills": task.stills and _pack_settings(task.stills),
            "still_outputs": [str(path) for path in task.still_outputs],
        }

    def unpack(self, message: Message) -> DecodeTask:
        """A message as a task."""
        segments = tuple(edges and TimeRange(_fraction(edges[0]), _fraction(edges[1])) for edges in message["segments"])
        return DecodeTask(
            path=Path(message["path"]),
            settings=_unpack_settings(message["settings"]),
            segments=segments,
            outputs=tuple(Path(path) for path in message["outputs"]),
            stills=message["stills"] and _unpack_settings(message["stills"]),
            still_outputs=tuple(Path(path) for path in message["still_outputs"]),
        )

    def perform(self, task: DecodeTask, workplace: Workplace) -> DecodeResult:
        """Decode the file in this process."""
        from reelwise.media.decoding.decode import decode_to_files

        limits, progress = workplace.limits, workplace.progress
        return decode_to_files(task.path, task.selections, limits=limits, progress=progress)

    def pack_result(self, result: DecodeResult) -> Message:
        """Facts and times as a message; the frames are in the outputs."""
        return pack_decoded(result)

    def unpack_result(self, message: Message, parts: Sequence[Message]) -> DecodeResult:
        """A message as facts and times."""
        return unpack_decoded(message)


def pack_decoded(result: DecodeResult) -> Message:
    """The result of whatever writes frames, as a message."""
    segments = [pack_error(s) if isinstance(s, VideoError) else _pack_segment(s) for s in result.segments]
    return {"facts": facts_to_json(result.facts), "segments": segments}


def unpack_decoded(message: Message) -> DecodeResult:
    """A message as the result of whatever writes frames."""
    return DecodeResult(facts_from_json(message["facts"]), tuple(map(_unpack_segment, message["segments"])))


def _pack_segment(segment: DecodedSegment) -> dict[str, Any]:
    times = segment.times
    return {
        "num_frames": segment.num_frames,
        "pts": times.pts.tolist(),
        "end_pts": times.end_pts,
        "time_base": _text(times.time_base),
        "crc32": segment.crc32,
    }


def _unpack_segment(fields: dict[str, Any]) -> DecodedSegment | VideoError:
    if "message" in fields:
        error = unpack_error(fields)
        if not isinstance(error, VideoError):
            raise ValueError("a segment fails by the video alone")
        return error
    pts = np.array([int(tick) for tick in fields["pts"]], np.int64)
    times = FrameTimes(pts, int(fields["end_pts"]), fraction_from_text(fields["time_base"]))
    if len(pts) != fields["num_frames"]:
        raise ValueError("num_frames is not the number of times")
    return DecodedSegment(len(pts), times, int(fields["crc32"]))


def _pack_settings(settings: DecodeSettings) -> Message:
    exact = {"max_frame_rate": _text(settings.max_frame_rate), "window_seconds": _text(settings.window_seconds)}
    return asdict(settings) | exact


def _unpack_settings(message: Message) -> DecodeSettings:
    exact = {name: _fraction(message[name]) for name in ("max_frame_rate", "window_seconds")}
    return DecodeSettings(**{**message, **exact})


def _text(value: Fraction | None) -> str | None:
    return None if value is None else str(value)


def _fraction(text: str | None) -> Fraction | None:
    return None if text is None else fraction_from_text(text)


KIND = Decode()
