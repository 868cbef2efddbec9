"""The parts of an analysis: decoding into all pictures with nobody who looks, and the time of each analyzer.

``python benchmarks/analyze_parts.py VIDEO`` decodes alone, in a process of its own; with ``--analyzers`` it prints the
seconds of each analyzer as JSON.
"""

import json
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from reelwise.analysis.analyzer import Analyzer, AnalyzerEntry, Finding, FrameView, Setup, Signal, pictures_of
from reelwise.analysis.catalogue import CATALOGUE
from reelwise.analysis.engine import VideoPass, run_pass
from reelwise.analysis.pictures import PictureStore
from reelwise.analysis.times import FrameClock
from reelwise.core.sound import Sound
from reelwise.media.requests.stream import StreamTask
from reelwise.media.stream import VideoStream

NUM_THREADS = 4
"""Of the decoder, as in an analysis of one video."""


def decode_alone(video: Path) -> int:
    """The number of frames; each is decoded into all pictures that an analysis needs, and let go."""
    with VideoStream(StreamTask(video, pictures_of(CATALOGUE), NUM_THREADS)) as stream:
        return sum(1 for _ in stream)


def seconds_by_analyzer(video: Path) -> tuple[dict[str, float], int]:
    """Seconds that each analyzer takes in a pass of all, and the number of frames.

    What several share of a frame is made for the first that asks for it, and counts as its own. All work is done in one
    process here: what an analyzer has done elsewhere would not be seen.
    """
    seconds: dict[str, float] = defaultdict(float)
    with tempfile.TemporaryDirectory() as name:
        entries = [_timed(entry, seconds) for entry in CATALOGUE]
        pictures = PictureStore(Path(name) / "pictures")
        video_pass = VideoPass(video, entries, Setup((1, 1)), pictures, NUM_THREADS)
        result = run_pass(video_pass)
    return dict(seconds), len(result.clock)


def _timed(entry: AnalyzerEntry, seconds: dict[str, float]) -> AnalyzerEntry:
    start: Callable[[Setup], Analyzer] = entry.start
    return replace(entry, start=lambda setup: _Timed(start(replace(setup, is_alone=False)), entry.name, seconds))


class _Timed(Analyzer):
    """Adds up what another analyzer takes."""

    def __init__(self, analyzer: Analyzer, name: str, seconds: dict[str, float]) -> None:
        self._analyzer, self._name, self._seconds = analyzer, name, seconds

    def push(self, frame: FrameView) -> Iterator[Finding]:
        return self._time(lambda: self._analyzer.push(frame))

    def notice(self, finding: Finding) -> Iterator[Finding]:
        return self._time(lambda: self._analyzer.notice(finding))

    def push_sound(self, sound: Sound, clock: Callable[[], FrameClock]) -> Iterator[Finding]:
        return self._time(lambda: self._analyzer.push_sound(sound, clock))

    def push_pause(self, until: Fraction, clock: Callable[[], FrameClock]) -> Iterator[Finding]:
        return self._time(lambda: self._analyzer.push_pause(until, clock))

    def finish(self, clock: FrameClock) -> Iterator[Finding]:
        return self._time(lambda: self._analyzer.finish(clock))

    def signal(self) -> Signal | None:
        return self._analyzer.signal()

    def _time(self, work: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
        began = time.perf_counter()
        findings = list(work())
        self._seconds[self._name] += time.perf_counter() - began
        return iter(findings)


def main() -> None:
    video = Path(sys.argv[1])
    if "--analyzers" in sys.argv:
        seconds, num_frames = seconds_by_analyzer(video)
        print(json.dumps({"seconds": seconds, "num_frames": num_frames}))
    else:
        print(decode_alone(video))


if __name__ == "__main__":
    main()
