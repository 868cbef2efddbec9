"""One pass over a video: every frame is decoded once and shown to every analyzer."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from reelwise.analysis.analyzer import PREVIEW, Analyzer, AnalyzerEntry, Finding, FrameView, Setup, Signal, pictures_of
from reelwise.analysis.pictures import PictureStore
from reelwise.analysis.sound_source import SoundSource
from reelwise.analysis.strip import PictureStrip
from reelwise.analysis.times import FrameClock
from reelwise.core.errors import VideoError
from reelwise.core.growing_array import GrowingArray
from reelwise.core.intervals import Interval, merge
from reelwise.core.sound import Sound
from reelwise.core.video import VideoFacts
from reelwise.media.readers.growing_file import Growth
from reelwise.media.requests.stream import StreamHeader, StreamTask
from reelwise.media.sound_stream import NoSound
from reelwise.media.stream import DamagedThreadedError, StreamFrame, VideoStream

_MAX_STRIP_PICTURES = 2000
"""A picture every 2 s up to an hour, every 4 s in two: 12 kB each, and 20 sheets of thumbnails."""

_SOUND_BEHIND = Fraction(1)
"""Seconds by which the sound that is looked at lies behind the frames, so that they do not wait for it where a file has
it a little later. It is the same in every pass, and so are the findings and their order."""


@dataclass(frozen=True, eq=False)
class PassResult:
    """What a pass over one video gave.

    Args:
        facts: Of the video.
        clock: Times of its frames.
        findings: By the name of the analyzer, in the order in which they became certain.
        signals: By the name of the track.
        damage: Frames in which damage was concealed.
        strip_frames: Frames at even steps whose pictures were kept.
        sound_missing: Why there was no sound, or not all of it; empty where there was, or where no analyzer needs it.
    """

    facts: VideoFacts
    clock: FrameClock
    findings: Mapping[str, tuple[Finding, ...]]
    signals: Mapping[str, Signal]
    damage: tuple[Interval[int], ...]
    strip_frames: tuple[int, ...]
    sound_missing: str = ""


@dataclass
class VideoPass:
    """The pass over one video; iterating gives findings as soon as they are certain.

    Args:
        path: The video.
        entries: The analyzers, in the order of the catalogue.
        setup: What the analyzers are given; size and rate are those of the video.
        pictures: Where the pictures of findings go.
        num_threads: Of the decoder; after damage a pass with more than one raises ``DamagedThreadedError``. With more
            than one an analyzer may have a process of its own, too.
        on_progress: Called with the share of the file in [0, 1] and the number of frames, a few times a second.
        growth: How the end of a file that is still being written is known; None for a whole one.
        keeps_strip: Whether pictures at even steps are kept; only a folder that stays has a use for them.

    Example:
        >>> from reelwise.analysis.catalogue import CATALOGUE
        >>> def list_shots(path: Path, pictures: Path) -> list[Finding]:
        ...     video_pass = VideoPass(path, CATALOGUE[:1], Setup((0, 0)), PictureStore(pictures))
        ...     return [finding for _, finding in video_pass]
    """

    path: Path
    entries: Sequence[AnalyzerEntry]
    setup: Setup
    pictures: PictureStore
    num_threads: int = 1
    on_progress: Callable[[float, int], None] | None = None
    growth: Growth | None = None
    keeps_strip: bool = True
    _analyzers: dict[str, Analyzer] = field(default_factory=dict, init=False)
    _findings: dict[str, list[Finding]] = field(default_factory=dict, init=False)
    _pts: GrowingArray = field(default_factory=lambda: GrowingArray((), np.int64), init=False)
    _damage: list[Interval[int]] = field(default_factory=list, init=False)
    _strip: PictureStrip | None = field(default=None, init=False)
    _stream: VideoStream | None = field(default=None, init=False)
    _sound: SoundSource | None = field(default=None, init=False)
    _is_closed: bool = field(default=False, init=False)
    _end_pts: int | None = field(default=None, init=False)
    _result: PassResult | None = field(default=None, init=False)

    def result(self) -> PassResult:
        """Everything together; ask for it when all findings were given."""
        if self._result is None:
            raise RuntimeError("the result is known when all findings were given")
        return self._result

    def close(self) -> None:
        """End the pass from another thread: its processes end, and who iterates gets a VideoError."""
        self._is_closed = True
        for source in (self._stream, self._sound):
            if source is not None:
                source.close()
        self._close_analyzers()

    def __iter__(self) -> Iterator[tuple[str, Finding]]:
        """Names of analyzers with their findings.

        Raises:
            VideoError: The video cannot be used, its worker died, or the pass was closed.
            DamagedThreadedError: There is damage: begin again with one thread.
            CacheError: A picture cannot be written.
        """
        self._findings = {entry.name: [] for entry in self.entries}
        specs = pictures_of(self.entries)
        with ExitStack() as stack:
            task = StreamTask(self.path, specs, self.num_threads, self.growth)
            self._stream = stream = stack.enter_context(VideoStream(task))
            if any(entry.has_sound for entry in self.entries):
                self._sound = stack.enter_context(SoundSource(self.path, self.growth))
                self._sound.start()
            self._check_open()
            stack.callback(self._close_analyzers)
            for frame in stream:
                if not self._analyzers:
                    self._begin(stream.header)
                yield from self._push(frame, dict(zip(specs, frame.pictures, strict=True)), stream.header)
                seconds = (frame.pts - self._first_pts) * stream.header.time_base
                if self._sound is not None:
                    yield from self._push_sound(self._sound.until(seconds - _SOUND_BEHIND))
            yield from self._finish(stream)

    def _close_analyzers(self) -> None:
        for analyzer in self._analyzers.values():
            analyzer.close()

    def _check_open(self) -> None:
        if self._is_closed:
            raise VideoError(f"{self.path}: its analysis was ended.")

    def clock(self) -> FrameClock:
        """The times of the frames so far; the end of the last one is known with the last."""
        header, end = self._header_and_end()
        return FrameClock(self._pts.values, end, header.time_base, header.start_seconds, header.stated_rate)

    def _header_and_end(self) -> tuple[StreamHeader, int]:
        if self._stream is None:
            raise RuntimeError("times are known with the first frame")
        return self._stream.header, int(self._pts.values[-1]) + 1 if self._end_pts is None else self._end_pts

    @property
    def _first_pts(self) -> int:
        return int(self._pts.values[0])

    def _begin(self, header: StreamHeader) -> None:
        self.pictures.set_time_base(header.time_base)
        pictures = self.pictures
        setup = replace(
            self.setup,
            frame_hw=header.frame_hw,
            time_base=header.time_base,
            keep_picture=pictures.keep,
            drop_picture=pictures.drop,
            is_alone=self.num_threads > 1,
        )
        self._strip = PictureStrip(setup, _MAX_STRIP_PICTURES) if self.keeps_strip else None
        self._analyzers = {entry.name: entry.start(setup) for entry in self.entries}

    def _push(self, frame: StreamFrame, pictures: Mapping, header: StreamHeader) -> Iterator[tuple[str, Finding]]:
        self._pts.append(frame.pts)
        if frame.is_damaged:
            self._damage.append(Interval(frame.index, frame.index + 1))
        seconds = float((frame.pts - self._first_pts) * header.time_base)
        self.pictures.push(frame.index, frame.pts, seconds, pictures[PREVIEW])
        view = FrameView(frame.index, seconds, frame.is_damaged, pictures, frame.pts)
        if self._strip is not None:
            self._strip.push(view)
        for name, analyzer in self._analyzers.items():
            yield from self._spread(name, analyzer.push(view))
        if self.on_progress and frame.index % 16 == 0:
            share = seconds / header.likely_seconds if header.likely_seconds else 0.0
            self.on_progress(min(share, 1.0), frame.index + 1)

    def _push_sound(self, items: Iterable[Sound | NoSound]) -> Iterator[tuple[str, Finding]]:
        """Show sound to those that need it."""
        listeners = [(entry.name, self._analyzers[entry.name]) for entry in self.entries if entry.has_sound]
        for item in items:
            for name, analyzer in listeners:
                if isinstance(item, NoSound):
                    yield from self._spread(name, analyzer.push_pause(item.until, self.clock))
                else:
                    yield from self._spread(name, analyzer.push_sound(item, self.clock))

    def _spread(self, name: str, findings: Iterable[Finding]) -> Iterator[tuple[str, Finding]]:
        """Note the findings of an analyzer, and show them to those that need them."""
        for finding in findings:
            self._findings[name].append(finding)
            yield name, finding
            for entry in self.entries:
                if name in entry.needs:
                    yield from self._spread(entry.name, self._analyzers[entry.name].notice(finding))

    def _finish(self, stream: VideoStream) -> Iterator[tuple[str, Finding]]:
        facts = stream.end.facts
        if facts is None:
            raise DamagedThreadedError
        self._end_pts = stream.end.end_pts
        clock = self.clock()
        if self._sound is not None:
            yield from self._push_sound(self._sound.rest(clock.seconds_of(len(clock))))
            self._check_open()  # a closed pass has no sound, which is no property of the video
            if self._sound.has_broken_off:
                for name, analyzer in self._analyzers.items():
                    yield from self._spread(name, analyzer.break_sound_off())
        for entry in self.entries:
            yield from self._spread(entry.name, self._analyzers[entry.name].finish(clock))
        signals = {name: signal for name, one in self._analyzers.items() if (signal := one.signal()) is not None}
        for analyzer in self._analyzers.values():
            signals |= analyzer.further_signals()
        findings = {name: tuple(items) for name, items in self._findings.items()}
        missing = self._sound.missing if self._sound is not None else ""
        strip_frames = self._strip.frames if self._strip is not None else ()
        self._result = PassResult(facts, clock, findings, signals, merge(self._damage), strip_frames, missing)


def run_pass(video_pass: VideoPass) -> PassResult:
    """The result of a pass; with several threads and damage, of a second one with one thread.

    Raises:
        VideoError: The video cannot be used.
        CacheError: A picture cannot be written.
    """
    try:
        for _ in video_pass:
            pass
    except DamagedThreadedError:
        video_pass.pictures.clear()
        again = replace(video_pass, num_threads=1)
        for _ in again:
            pass
        return again.result()
    return video_pass.result()
