"""Columns that say where a segment starts and ends: in seconds, milliseconds or frames, or a start and a length."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from reelwise.datasets.lists.columns import (
    END_FRAME_NAMES,
    END_MS_NAMES,
    END_NAMES,
    START_FRAME_NAMES,
    START_MS_NAMES,
    START_NAMES,
    canonical,
    column_for,
)
from reelwise.datasets.lists.rows import TimeUnit
from reelwise.datasets.lists.times import parse_seconds

_LENGTH_NAMES = (
    "duration_seconds", "duration_sec", "duration_s", "duration", "length_seconds", "length_s", "length_sec", "length",
    "segment_duration", "clip_duration", "dur",
)  # fmt: skip
_LENGTH_MS_NAMES = ("duration_ms", "duration_milliseconds", "length_ms")
_LENGTH_FRAME_NAMES = (
    "num_frames", "number_of_frames", "n_frames", "nframes", "nb_frames", "frame_count", "total_frames",
    "duration_frames", "length_frames", "length_in_frames", "frames",
)  # fmt: skip


@dataclass(frozen=True)
class Span:
    """Where a segment starts and ends, as text; empty for the ends of the video.

    Args:
        start: Seconds, or the number of the first frame from 0.
        end: Seconds, or the number of the first frame behind.
        unit: What both count.
    """

    start: str = ""
    end: str = ""
    unit: TimeUnit = TimeUnit.SECONDS


@dataclass(frozen=True)
class SpanColumns:
    """The columns that cut segments.

    Args:
        start: The column of the start; None where there is none.
        end: That of the end.
        length: That of the length, where a start stands alone.
        unit: What they count.
        scale: Units in one of theirs: a thousandth for milliseconds.
    """

    start: str | None = None
    end: str | None = None
    length: str | None = None
    unit: TimeUnit = TimeUnit.SECONDS
    scale: Fraction = Fraction(1)

    @property
    def columns(self) -> set[str]:
        """Those that there are."""
        return {name for name in (self.start, self.end, self.length) if name}

    def span(self, cells: Mapping[str, str]) -> Span:
        """The segment of a row; a cell that is no time stays as it was written, for the message."""
        start = cells[self.start] if self.start else ""
        end = cells[self.end] if self.end else ""
        length = cells[self.length] if self.length else ""
        try:
            if self.unit is TimeUnit.FRAMES:
                start, end, length = (_without_point(text) for text in (start, end, length))
            if length.strip():
                end = _text((parse_seconds(start) or 0) + (parse_seconds(length) or 0))
            if self.scale != 1:
                start, end = (_in_seconds(text, self.scale) for text in (start, end))
        except ValueError:
            pass  # said where the row is checked
        return Span(start, end, self.unit)


def find_span_columns(header: Sequence[str]) -> SpanColumns:
    """The columns that cut segments, seconds before milliseconds before frames.

    A length counts only beside a start without an end, where it also does no harm if it is that of the whole video.

    Raises:
        DataError: Two columns could both be the start, or the end.

    Example:
        >>> find_span_columns(["file", "Start Frame", "frame_end"]).columns == {"Start Frame", "frame_end"}
        True
    """
    ways = (
        (START_NAMES, END_NAMES, _LENGTH_NAMES, TimeUnit.SECONDS, Fraction(1)),
        (START_MS_NAMES, END_MS_NAMES, _LENGTH_MS_NAMES, TimeUnit.SECONDS, Fraction(1, 1000)),
        (START_FRAME_NAMES, END_FRAME_NAMES, _LENGTH_FRAME_NAMES, TimeUnit.FRAMES, Fraction(1)),
    )
    for start_names, end_names, length_names, unit, scale in ways:
        start, end = column_for(header, start_names, "start"), column_for(header, end_names, "end")
        if end and not start and canonical(end).startswith("offset"):
            continue  # an offset is an end only beside an onset
        if start or end:
            length = None if end or not start else _first(header, length_names)
            return SpanColumns(start, end, length, unit, scale)
    return SpanColumns()


def _first(header: Sequence[str], names: Sequence[str]) -> str | None:
    by_name = {canonical(column): column for column in reversed(header)}
    return next((by_name[name] for name in names if name in by_name), None)


def _without_point(text: str) -> str:
    """``12`` for ``12.0``, which tables make of whole numbers where a cell is empty."""
    whole, _, rest = text.strip().partition(".")
    return whole if not rest.strip("0") else text


def _in_seconds(text: str, scale: Fraction) -> str:
    seconds = parse_seconds(text)
    return "" if seconds is None else _text(seconds * scale)


def _text(value: Fraction | int) -> str:
    return f"{float(value):.9f}".rstrip("0").rstrip(".")
