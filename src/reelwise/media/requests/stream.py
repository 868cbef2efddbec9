"""The request for every frame of a video, in order, as small pictures that are handed over while it is decoded."""

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from reelwise.core.clip import FITS, Fit
from reelwise.core.fractions import fraction_from_text
from reelwise.core.video import VideoFacts, facts_from_json, facts_to_json
from reelwise.media.readers.growing_file import Growth
from reelwise.media.readers.reader import PictureKind, SizeHW
from reelwise.media.requests.kind import Message, RequestKind, Workplace

if TYPE_CHECKING:
    from reelwise.media.readers.pyav_reader import PyAVReader
    from reelwise.media.readers.reader import Frame

MAX_SIDE = 2048
"""Pixels along a side of a picture that is handed over: a 4K frame at half its size."""

_BATCH_BYTES = 1 << 20
"""Pixels that travel together: below it a message costs more than its pixels, above it the reader waits."""

_BATCH_SECONDS = 0.2
"""Frames of a source that is still growing do not wait longer for others to travel with."""


@dataclass(frozen=True)
class PictureSpec:
    """A size and colour of picture that is wanted of every frame.

    Args:
        size_hw: Height and width, whatever the shape of the frame; None where ``max_side`` is given.
        max_side: Pixels of the longer side, at most; the shape is kept, and a smaller frame is not enlarged.
        kind: RGB or grey.
        fit: How a frame fits ``size_hw``.

    Example:
        >>> PictureSpec(max_side=320).size_of((720, 1280)), PictureSpec(max_side=320).size_of((120, 160))
        ((180, 320), (120, 160))
    """

    size_hw: SizeHW | None = None
    max_side: int | None = None
    kind: PictureKind = PictureKind.RGB
    fit: Fit = "squash"

    def __post_init__(self) -> None:
        if (self.size_hw is None) == (self.max_side is None):
            raise ValueError("a picture needs a size or a longest side, and not both")
        if not all(1 <= side <= MAX_SIDE for side in self.size_hw or (self.max_side or 0,)):
            raise ValueError(f"a picture has 1 to {MAX_SIDE} pixels along each side")
        if self.fit not in FITS:
            raise ValueError(f"fit is {self.fit!r}, expected {' or '.join(FITS)}")

    def size_of(self, frame_hw: SizeHW) -> SizeHW:
        """Height and width of the picture of an upright frame."""
        if self.size_hw is not None:
            return self.size_hw
        height, width = frame_hw
        scale = min(Fraction(1), Fraction(self.max_side or 0, max(frame_hw)))
        return max(1, round(height * scale)), max(1, round(width * scale))

    def shape_of(self, frame_hw: SizeHW) -> tuple[int, ...]:
        """Shape of its array: (H, W, 3) or (H, W)."""
        size_hw = self.size_of(frame_hw)
        return size_hw if self.kind is PictureKind.GREY else (*size_hw, 3)


@dataclass(frozen=True)
class StreamTask:
    """Every frame of a video as pictures, in order.

    Args:
        path: The file.
        pictures: What is wanted of each frame; none for times alone.
        num_threads: Of the decoder; more than one only while no packet is damaged.
        growth: How the end of a file that is still being written is known; None for a whole one.
    """

    path: Path
    pictures: tuple[PictureSpec, ...] = ()
    num_threads: int = 1
    growth: Growth | None = None


@dataclass(frozen=True)
class StreamHeader:
    """What is known when the first frame is.

    Args:
        frame_hw: Height and width of the first frame, upright.
        time_base: Seconds per unit of pts.
        start_seconds: Where the first frame lies on the container's clock, which starts at 0.
        likely_seconds: How long the file says that it is; 0 where it says nothing. For progress alone.
        size_bytes: Of the file.
        stated_rate: Frames per second as the file says itself; None where it says nothing.
    """

    frame_hw: SizeHW
    time_base: Fraction
    start_seconds: Fraction
    likely_seconds: float
    size_bytes: int
    stated_rate: Fraction | None = None


@dataclass(frozen=True)
class StreamEnd:
    """What is known when the last frame is.

    Args:
        facts: Of the file.
        end_pts: Where the last frame ends.
        is_damaged_threaded: Whether several threads met damage, which can change what they decode: the frames do not
            count, and one thread has to read the file again.
    """

    facts: VideoFacts | None
    end_pts: int
    is_damaged_threaded: bool = False


class Stream(RequestKind[StreamTask, StreamEnd]):
    """A StreamTask; the frames travel as raw messages, the result is what comes after the last."""

    name = "stream"
    task_type = StreamTask
    is_stream = True

    def load(self) -> None:
        """Import the reader."""
        import reelwise.media.readers.pyav_reader  # noqa: F401

    def pack(self, task: StreamTask) -> Message:
        """A task as a message."""
        return {
            "path": str(task.path),
            "pictures": [asdict(spec) for spec in task.pictures],
            "num_threads": task.num_threads,
            "growth": pack_growth(task.growth),
        }

    def unpack(self, message: Message) -> StreamTask:
        """A message as a task."""
        specs = (
            PictureSpec(
                spec["size_hw"] and tuple(spec["size_hw"]), spec["max_side"], PictureKind(spec["kind"]), spec["fit"]
            )
            for spec in message["pictures"]
        )
        growth = unpack_growth(message["growth"])
        return StreamTask(Path(message["path"]), tuple(specs), message["num_threads"], growth)

    def perform(self, task: StreamTask, workplace: Workplace) -> StreamEnd:
        """Decode the file in this process and hand over its frames."""
        from reelwise.media.readers.pyav_reader import PyAVReader

        limits, progress = workplace.limits, workplace.progress
        with PyAVReader(
            task.path,
            limits=limits,
            progress=progress,
            num_threads=task.num_threads,
            growth=task.growth,
            on_wait=workplace.waiting,
        ) as reader:
            batch = _Batch(task, workplace)
            for frame in reader:
                batch.add(frame, reader)
                if task.num_threads > 1 and reader.has_damage:
                    return StreamEnd(None, 0, is_damaged_threaded=True)
            batch.send()
            if task.num_threads > 1 and reader.has_damage:
                return StreamEnd(None, 0, is_damaged_threaded=True)
            return StreamEnd(reader.facts(), reader.end_pts)

    def pack_result(self, result: StreamEnd) -> Message:
        """The end as a message."""
        facts = result.facts and facts_to_json(result.facts)
        return {"facts": facts, "end_pts": result.end_pts, "is_damaged_threaded": result.is_damaged_threaded}

    def unpack_result(self, message: Message, parts: Sequence[Message]) -> StreamEnd:
        """A message as the end."""
        is_damaged = bool(message["is_damaged_threaded"])
        facts = None if is_damaged else facts_from_json(message["facts"])
        return StreamEnd(facts, int(message["end_pts"]), is_damaged)


def pack_growth(growth: Growth | None) -> Message | None:
    """How the end of a growing file is known, as a message."""
    if growth is None:
        return None
    return {"idle_seconds": growth.idle_seconds, "open_mark": growth.open_mark and str(growth.open_mark)}


def unpack_growth(message: Message | None) -> Growth | None:
    """A message as the way in which the end of a growing file is known, in the worker."""
    if message is None:
        return None
    return Growth(message["idle_seconds"], message["open_mark"] and Path(message["open_mark"]))


def unpack_header(message: Message) -> StreamHeader:
    """The header in the first raw message, every field built anew.

    Raises:
        KeyError, TypeError, ValueError, ArithmeticError: A field is missing, of another type or out of its range.
    """
    height, width = (int(side) for side in message["frame_hw"])
    time_base = fraction_from_text(message["time_base"])
    if height < 1 or width < 1 or time_base <= 0:
        raise ValueError("a size or time base that cannot be")
    return StreamHeader(
        (height, width),
        time_base,
        fraction_from_text(message["start_seconds"]),
        float(message["likely_seconds"]),
        int(message["size_bytes"]),
        message["stated_rate"] and fraction_from_text(message["stated_rate"]),
    )


class _Batch:
    """Frames that wait to travel together."""

    def __init__(self, task: StreamTask, workplace: Workplace) -> None:
        self._task = task
        self._send_raw = workplace.send_raw
        self._header: Message = {}
        self._sizes: list[SizeHW] = []
        self._pictures: list[memoryview] = []
        self._num_bytes = 0
        self._pts: list[int] = []
        self._damage: list[bool] = []
        self._start_time = 0.0
        self._is_first = True

    def add(self, frame: "Frame", reader: "PyAVReader") -> None:
        """Add a frame; sends the batch when it is full or old."""
        now = time.monotonic()
        if self._is_first:
            self._header = _header_of(reader)
            self._sizes = [spec.size_of(reader.upright_hw) for spec in self._task.pictures]
        if not self._pts:
            self._start_time = now
        for spec, size_hw in zip(self._task.pictures, self._sizes, strict=True):
            picture = frame.picture(size_hw, spec.kind, spec.fit)
            self._pictures.append((picture if picture.flags.c_contiguous else picture.copy()).data)
            self._num_bytes += picture.nbytes
        self._pts.append(frame.pts)
        self._damage.append(frame.is_damaged)
        is_full = self._num_bytes >= _BATCH_BYTES or now - self._start_time > _BATCH_SECONDS
        # Where a file grows, the next frame may be long in coming.
        if is_full or self._is_first or self._task.growth:
            self.send()

    def send(self) -> None:
        """Send what there is."""
        if self._pts:
            message = {"pts": self._pts, "damage": self._damage, "header": self._header if self._is_first else None}
            self._send_raw(message, self._pictures)
            self._pictures, self._num_bytes, self._pts, self._damage = [], 0, [], []
            self._is_first = False


def _header_of(reader: "PyAVReader") -> Message:
    likely_seconds = reader.source.likely_seconds
    return {
        "frame_hw": list(reader.upright_hw),
        "time_base": str(reader.time_base),
        "start_seconds": str(reader.start_seconds),
        "likely_seconds": likely_seconds,
        "size_bytes": reader.source.size_bytes,
        "stated_rate": str(stated_rate) if (stated_rate := reader.source.video.average_rate) else None,
    }


KIND = Stream()
