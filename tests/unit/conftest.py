"""A pool that decodes nothing: a file's bytes say how many frames it has, so that the cache is tested alone."""

import zlib
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from reelwise.core.errors import VideoError
from reelwise.core.frames import FrameTimes
from reelwise.core.intervals import Interval
from reelwise.core.records import Record
from reelwise.core.video import SoundFacts, VideoFacts, VideoWarning, WarningKind
from reelwise.media.decoding.results import DecodedSegment, DecodeResult
from reelwise.media.requests.decode import DecodeTask
from reelwise.media.requests.sound import SoundTask
from reelwise.media.sound.track import SoundTrack

ODD = VideoWarning(WarningKind.DAMAGED, "damaged: odd.")


class InlinePool:
    """Counts its tasks; a file whose bytes start with ``bad`` fails, others hold ``len % 7 + 3`` frames.

    The sound is half a second of noise from 0.25 s on, without its middle tenth; ``mute`` has none, that of ``still``
    is silent, and ``noisy`` makes the worker fail.
    """

    tasks: list[DecodeTask | SoundTask]

    def __init__(self) -> None:
        self.tasks = []
        self.before_each: Callable[[DecodeTask | SoundTask], None] | None = None

    def __call__(self, num_workers: int | None) -> "InlinePool":
        return self

    def __enter__(self) -> "InlinePool":
        return self

    def __exit__(self, *error: object) -> None:
        return None

    def run(self, tasks: Iterator[DecodeTask | SoundTask]) -> Iterator[tuple[DecodeTask | SoundTask, object]]:
        for task in tasks:
            self.tasks.append(task)
            if self.before_each:
                self.before_each(task)
            data = task.path.read_bytes()
            if data.startswith(b"bad"):
                name = task.path.name if data.startswith(b"bad name") else task.path
                yield task, VideoError(f"{name}: no moov atom.", hint="Copy it again.")
            elif isinstance(task, SoundTask):
                yield task, self._decode_sound(task, data)
            else:
                yield task, self._decode(task, data)

    def _decode_sound(self, task: SoundTask, data: bytes) -> SoundTrack | VideoError:
        rate = task.settings.sample_rate or 16_000
        if data.startswith(b"noisy"):
            return VideoError(f"{task.path.name}: the decoder crashed.", hint="Leave it out.")
        if data.startswith(b"mute"):
            task.output.write_bytes(b"")
            return SoundTrack(0, rate, missing="no sound track.")
        loud = 5e-5 if data.startswith(b"still") else 0.1
        num = rate // 2
        samples = np.random.default_rng(zlib.crc32(data)).uniform(-loud, loud, num).astype(np.float32)
        samples[2 * num // 5 : 3 * num // 5] = 0
        task.output.write_bytes(samples.tobytes())
        present = (Interval(0, 2 * num // 5), Interval(3 * num // 5, num))
        return SoundTrack(num, rate, start=Fraction(1, 4), present=present, codec="aac", crc32=zlib.crc32(samples))

    def _decode(self, task: DecodeTask, data: bytes) -> DecodeResult:
        num_frames = task.settings.num_stills or len(data) % 7 + 3
        segments = []
        for output, segment in zip(task.outputs, task.segments, strict=True):
            start = 0 if segment is None else int(segment.start or 0)
            rng = np.random.default_rng([zlib.crc32(data), start])
            frames = rng.integers(0, 256, (num_frames, task.settings.size, task.settings.size, 3), np.uint8)
            output.write_bytes(frames.tobytes())
            times = FrameTimes(np.arange(num_frames, dtype=np.int64), num_frames, Fraction(1, 10))
            segments.append(DecodedSegment(num_frames, times, zlib.crc32(frames)))
        sound = SoundFacts("aac", 44100, 2) if len(data) % 2 else None
        facts = VideoFacts(
            num_frames, 64, 48, num_frames / 10, Fraction(10), False, 0, "h264", "mov", sound, {"title": "x"}, (ODD,)
        )
        return DecodeResult(facts, tuple(segments))


@pytest.fixture
def pool() -> InlinePool:
    return InlinePool()


@pytest.fixture
def make_file(tmp_path: Path) -> Callable[[str, bytes], Record]:
    """A file with these bytes, as a record labelled by its folder."""

    def make(name: str, data: bytes) -> Record:
        path = tmp_path / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return Record(name, path, name.split("/")[0])

    return make


@pytest.fixture(scope="session")
def two_classes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four real clips of two classes."""
    from reelwise.media.writers.writer import write_video

    folder = tmp_path_factory.mktemp("two") / "classes"
    generator = np.random.default_rng(0)
    for label, step in (("left", -2), ("right", 2)):
        for number in range(2):
            picture = generator.integers(0, 255, (48, 48, 3), dtype=np.uint8)
            frames = [np.roll(picture, step * place, axis=1) for place in range(12)]
            write_video(folder / label / f"{number}.mp4", frames, Fraction(10))
    return folder
