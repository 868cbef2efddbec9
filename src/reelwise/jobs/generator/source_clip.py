"""The frames of a given video that a model goes on from, and those that really follow."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from reelwise.core.clip import DecodeSettings
from reelwise.core.errors import VideoError
from reelwise.core.files import file_sha256
from reelwise.core.frames import FrameTimes
from reelwise.core.intervals import TimeRange
from reelwise.core.memory_maps import map_array
from reelwise.core.number_text import count_text, plain_number
from reelwise.core.video import VideoFacts, WarningKind
from reelwise.media.decode_many import ItemResults, TaskRunner, decode_many
from reelwise.media.decoding.results import DecodedSegment, DecodeResult
from reelwise.media.frame_folders import content_sha256, is_frame_folder
from reelwise.media.limits import MAX_LISTED_FRAMES
from reelwise.media.readers.picture_file import is_picture
from reelwise.media.requests.decode import DecodeTask
from reelwise.media.requests.picture import PictureTask, open_picture
from reelwise.sampling.rate_picks import count_before, pick_at_rate

_FRAMES_PER_PICK = 8
"""Source frames that are decoded for each one that is used, at most: of a 240 Hz recording not every frame is needed to
find the nearest one, and this bounds the memory."""

_MARGIN_SECONDS = Fraction(1)
"""Decoded before and behind what is needed, for videos whose frames come at uneven times."""

_BEGINNING = TimeRange(Fraction(0), Fraction(1, 1000))
"""Holds the first frame. Decoding it tells how long the video is, by the times of all packets."""


@dataclass(frozen=True)
class ClipRequest:
    """What a model wants of a video.

    Args:
        settings: How frames become small squares.
        input_size: Pixels along each side of the network's input, cut from the middle of those squares.
        num_context: T_in, frames that the model is given.
        num_following: Frames behind them, where the video has so many.
        frame_rate: Frames per second of both.
        frame_stride: Source frames from one to the next in training.
        at: Second at which the context ends; None for the end of the video.
        takes_pictures: Whether a picture may stand for the context, as one frame.
    """

    settings: DecodeSettings
    input_size: int
    num_context: int
    num_following: int
    frame_rate: Fraction
    frame_stride: int = 1
    at: Fraction | None = None
    takes_pictures: bool = False

    @property
    def decode_settings(self) -> DecodeSettings:
        """Every frame of a part, up to a few per frame that is used."""
        return replace(self.settings, max_frame_rate=_FRAMES_PER_PICK * self.frame_rate, max_frames=MAX_LISTED_FRAMES)

    def part_of(self, facts: VideoFacts) -> TimeRange:
        """The part of a video that has to be decoded."""
        end = Fraction(facts.duration_seconds) if self.at is None else self.at
        start = max(Fraction(0), end - self.num_context / self.frame_rate - _MARGIN_SECONDS)
        if self.at is None:
            return TimeRange(start, None)
        return TimeRange(start, end + (self.num_following + 1) / self.frame_rate + _MARGIN_SECONDS)


@dataclass(frozen=True)
class FrameNumber:
    """Where a frame stands in its video.

    Args:
        frame: 0-based, in display order; None in a video of variable rate that was not decoded as a whole.
        seconds: From the first frame.
    """

    frame: int | None
    seconds: float


@dataclass(frozen=True, eq=False)
class SourceClip:
    """Frames of one video, as a model sees them.

    Args:
        path: The video.
        sha256: Of its bytes, in hexadecimal.
        context: (T_in, S, S, 3) uint8 RGB.
        following: (n, S, S, 3) uint8 RGB, what really follows; n is smaller where the video ends before.
        context_numbers: Where the context frames stand in the video.
        following_numbers: Where those behind them stand.
        notes: What was done to fit the video to the model, as sentences that begin with its name.
        is_picture: Whether the file is a picture.
    """

    path: Path
    sha256: str
    context: np.ndarray
    following: np.ndarray
    context_numbers: tuple[FrameNumber, ...]
    following_numbers: tuple[FrameNumber, ...]
    notes: tuple[str, ...] = ()
    is_picture: bool = False


@dataclass(frozen=True)
class _Part:
    """A video and the part of it that is decoded."""

    path: Path
    facts: VideoFacts
    segment: TimeRange


@dataclass
class SourceReader:
    """Reads given videos in worker processes, a few at a time.

    Args:
        pool: Where they are decoded.
        folder: For frames while they are needed.
        on_video: Called after each video with how many files are done.
    """

    pool: TaskRunner
    folder: Path
    on_video: Callable[[int], None] = lambda done: None

    def read(self, paths: Sequence[Path], request: ClipRequest) -> list[SourceClip | VideoError]:
        """The clip of each video or picture, or why it cannot be used, in their order.

        Args:
            paths: Files of strangers.
            request: What the model wants.

        Raises:
            CacheError: Frames cannot be written.
        """
        clips: dict[int, SourceClip | VideoError] = {}
        videos: list[tuple[int, Path]] = []
        pictures: list[tuple[int, Path]] = []
        for number, path in enumerate(paths):
            kind = _kind_of(path)
            if isinstance(kind, VideoError):
                clips[number] = kind
            elif kind is DecodeTask:
                videos.append((number, path))
            elif error := _picture_error(path, request):
                clips[number] = error
            else:
                pictures.append((number, path))
        self._read_pictures(pictures, request, clips)
        for results in decode_many(
            self._parts(videos, request, clips), lambda part, stem: self._task(part[1], stem, request), self.pool,
            folder=self.folder,
        ):  # fmt: skip
            number, part = results.item
            clips[number] = _clip_or_error(part, request, results)
            self.on_video(len(clips))
        return [clips[number] for number in range(len(paths))]

    def _read_pictures(
        self, pictures: Sequence[tuple[int, Path]], request: ClipRequest, clips: dict[int, SourceClip | VideoError]
    ) -> None:
        """Each picture as a clip of one frame, or why it cannot be used."""
        size, fit = request.settings.size, request.settings.fit
        for results in decode_many(
            pictures, lambda item, stem: [PictureTask(item[1], size, fit, stem)], self.pool, folder=self.folder
        ):
            number, path = results.item
            result = results.results[PictureTask]
            if isinstance(result, VideoError):
                clips[number] = result
            else:
                pixels = open_picture(PictureTask(path, size, fit, results.stem))
                clips[number] = _picture_clip(path, request, pixels, result)
            self.on_video(len(clips))

    def _parts(
        self, videos: Sequence[tuple[int, Path]], request: ClipRequest, clips: dict[int, SourceClip | VideoError]
    ) -> list[tuple[int, _Part]]:
        """What has to be decoded of each video; one that cannot be opened has its error among ``clips`` instead."""
        settings = replace(request.settings, max_frame_rate=None)
        parts = []
        for results in decode_many(
            videos,
            lambda item, stem: [DecodeTask(item[1], settings, (_BEGINNING,), (stem,))],
            self.pool,
            folder=self.folder,
        ):
            number, path = results.item
            result = results.results[DecodeTask]
            if isinstance(result, VideoError):
                clips[number] = result
            elif request.at is not None and request.at >= Fraction(result.facts.duration_seconds):
                clips[number] = _behind_the_end(path, request.at, result.facts)
            else:
                parts.append((number, _Part(path, result.facts, request.part_of(result.facts))))
        return sorted(parts, key=lambda part: part[0])

    @staticmethod
    def _task(part: _Part, stem: Path, request: ClipRequest) -> list[DecodeTask]:
        return [DecodeTask(part.path, request.decode_settings, (part.segment,), (stem,))]


def _kind_of(path: Path) -> type[PictureTask | DecodeTask] | VideoError:
    """By which task a file is read; a pipe, a missing file or a folder of other things has its error instead."""
    if is_frame_folder(path):
        return DecodeTask
    try:
        return PictureTask if is_picture(path) else DecodeTask
    except VideoError as error:
        return error


def _picture_error(path: Path, request: ClipRequest) -> VideoError | None:
    """Why a picture cannot stand for the frames of a video; None where it can."""
    num_context = request.num_context
    if num_context > 1 and not request.takes_pictures:
        return VideoError(
            f"{path.name}: is a picture, which is one frame; the model needs {num_context} to go on from.",
            hint="Give a video.",
        )
    if request.at:
        return VideoError(f"{path.name}: is a picture, and --at is a second of a video.", hint="Leave --at out.")
    return None


def _picture_clip(path: Path, request: ClipRequest, pixels: np.ndarray, stored_hw: tuple[int, int]) -> SourceClip:
    inner, size = _middle(request), request.settings.size
    frames = pixels[None, inner, inner]
    step = _resize_note(stored_hw, request)
    return SourceClip(
        path,
        file_sha256(path),
        frames,
        frames[:0],
        (FrameNumber(0, 0.0),),
        (),
        (f"{path.name}: {step}.",) if stored_hw != (size, size) else (),
        is_picture=True,
    )


def _middle(request: ClipRequest) -> slice:
    """The rows, or columns, of a decoded square that the network sees."""
    edge = (request.settings.size - request.input_size) // 2
    return slice(edge, edge + request.input_size)


def _resize_note(stored_hw: tuple[int, int], request: ClipRequest) -> str:
    (height, width), size = stored_hw, request.settings.size
    shape = "cut to its middle square and " if width != height and request.settings.fit == "crop" else ""
    return f"{width}x{height} is {shape}resized to {size}x{size}"


def _clip_or_error(
    part: _Part, request: ClipRequest, results: ItemResults[tuple[int, _Part]]
) -> SourceClip | VideoError:
    result: DecodeResult | VideoError = results.results[DecodeTask]
    if isinstance(result, VideoError):
        return result
    (segment,) = result.segments
    if isinstance(segment, VideoError):
        return segment
    return _clip_of(part, request, segment, results.stem)


def _clip_of(part: _Part, request: ClipRequest, segment: DecodedSegment, stem: Path) -> SourceClip | VideoError:
    times = segment.times
    picks = pick_at_rate(times, request.frame_rate, request.num_context, request.num_following, request.at)
    if picks is None:
        return _too_short(part, request, count_before(times, request.frame_rate, request.at))
    size = request.settings.size
    frames = map_array(stem, np.uint8, (segment.num_frames, size, size, 3))
    inner = _middle(request)
    return SourceClip(
        part.path,
        content_sha256(part.path),
        np.array(frames[picks.context, inner, inner]),
        np.array(frames[picks.following, inner, inner]),
        _numbers(part.facts, times, picks.context),
        _numbers(part.facts, times, picks.following),
        _notes(part, request, len(np.unique(picks.context))),
    )


def _numbers(facts: VideoFacts, times: FrameTimes, indices: np.ndarray) -> tuple[FrameNumber, ...]:
    """Where frames stand: of a constant rate by their times, else by counting, where all were decoded."""
    is_counted = len(times) == facts.num_frames
    numbers = []
    for index in indices.tolist():
        seconds = int(times.pts[index]) * times.time_base
        frame = index if is_counted else None if facts.variable_frame_rate else round(seconds * facts.frame_rate)
        numbers.append(FrameNumber(frame, float(seconds)))
    return tuple(numbers)


def _notes(part: _Part, request: ClipRequest, num_different: int) -> tuple[str, ...]:
    """One line on size and rate where they are not the model's, and one for each oddity of the file."""
    facts, size = part.facts, request.settings.size
    steps = []
    if (facts.width, facts.height) != (size, size):
        steps.append(_resize_note((facts.height, facts.width), request))
    usual_rate = request.frame_rate * request.frame_stride
    if facts.variable_frame_rate or abs(facts.frame_rate / usual_rate - 1) > Fraction(1, 1000):
        rate, clip_rate = plain_number(float(facts.frame_rate)), plain_number(float(request.frame_rate))
        variable = "variable, " if facts.variable_frame_rate else ""
        steps.append(f"frames come at {variable}{rate} a second and are picked by time at {clip_rate}")
    if num_different < request.num_context:
        steps.append(f"only {num_different} of {request.num_context} frames differ, since it has too few a second")
    fit = [f"{part.path.name}: {'; '.join(steps)}."] if steps else []
    oddities = [w.text for w in facts.warnings if w.kind is not WarningKind.COUNTED_BY_PACKETS]
    return (*fit, *(f"{part.path.name}: {text}" for text in oddities))


def _too_short(part: _Part, request: ClipRequest, num_frames: int) -> VideoError:
    num_context, rate = request.num_context, plain_number(float(request.frame_rate))
    seconds = float((num_context - 1) / request.frame_rate)
    where = "" if request.at is None else f" up to {plain_number(float(request.at))} s"
    have = f"it has {num_frames}{where}" if num_frames else f"it has none{where}"
    longer = f"{plain_number(seconds)} s or more"
    return VideoError(
        f"{part.path.name}: the model needs {count_text(num_context, 'frame')} at {rate} a second to go on from,"
        f" {have}.",
        hint=f"Use --at {longer}." if request.at is not None and _is_long_enough(part, seconds) else
        f"Use a video of {longer}.",
    )  # fmt: skip


def _is_long_enough(part: _Part, seconds: float) -> bool:
    return part.facts.duration_seconds > seconds


def _behind_the_end(path: Path, at: Fraction, facts: VideoFacts) -> VideoError:
    return VideoError(
        f"{path.name}: --at is {plain_number(float(at))} s, the video ends at"
        f" {plain_number(facts.duration_seconds)} s.",
        hint="Use a smaller --at; without it the video is continued at its end.",
    )
