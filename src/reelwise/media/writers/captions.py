"""Text that belongs to some frames of a video, and the lines that each frame shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from reelwise.core.timecode import timecode


@dataclass(frozen=True)
class Caption:
    """A line of text in some frames.

    Args:
        start_frame: 0-based index of the first frame that shows it.
        end_frame: The first frame behind.
        text: The line.
    """

    start_frame: int
    end_frame: int
    text: str


@dataclass(frozen=True)
class FrameText:
    """What text the frames of a video show.

    Args:
        lines: Of every frame.
        captions: Of some frames; they stand below each other in this order.
        shows_time: Whether the first line is the frame's time and number.
        timecode_rate: The rate that its timecode counts at; None where the time is in seconds.
    """

    lines: tuple[str, ...] = ()
    captions: tuple[Caption, ...] = ()
    shows_time: bool = False
    timecode_rate: Fraction | None = None


class TextOfFrames:
    """The lines of each frame, asked for in order."""

    def __init__(self, text: FrameText) -> None:
        self._text = text
        self._rest = sorted(enumerate(text.captions), key=lambda entry: entry[1].start_frame)[::-1]
        self._active: list[tuple[int, Caption]] = []

    def lines_at(self, frame: int, seconds: Fraction) -> Sequence[str]:
        """The lines of a frame.

        Args:
            frame: 0-based index, rising from call to call.
            seconds: Its time from the first frame.
        """
        while self._rest and self._rest[-1][1].start_frame <= frame:
            self._active.append(self._rest.pop())
        self._active = sorted(entry for entry in self._active if entry[1].end_frame > frame)
        clock = (clock_line(frame, seconds, self._text.timecode_rate),) if self._text.shows_time else ()
        return (*clock, *self._text.lines, *(caption.text for _, caption in self._active))


def clock_line(frame: int, seconds: Fraction, timecode_rate: Fraction | None = None) -> str:
    """Timecode and number of a frame; its time in seconds where there is no timecode.

    Seconds are rounded up to a millisecond: a player that seeks to them shows this frame, not the one before.

    Example:
        >>> clock_line(45, Fraction(45 * 1001, 30000), Fraction(30000, 1001))
        '00:00:01;15  frame 45'
        >>> clock_line(45, Fraction(45 * 1001, 30000))
        '00:00:01.502  frame 45'
    """
    if timecode_rate is not None:
        return f"{timecode(frame, timecode_rate)}  frame {frame}"
    whole, milliseconds = divmod(-int(-seconds * 1000 // 1), 1000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}.{milliseconds:03}  frame {frame}"
