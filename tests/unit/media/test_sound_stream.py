"""The sound of a video, handed over in pieces while it is decoded."""

import os
import signal
import struct
import threading
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from sound_files import Track, make_sounding, tone

from reelwise.core.errors import VideoError
from reelwise.core.sound import Sound
from reelwise.media.limits import WorkerLimits
from reelwise.media.readers.growing_file import Growth
from reelwise.media.requests.sound_stream import SoundStreamTask
from reelwise.media.sound.decode import decode_sound
from reelwise.media.sound.sinks import PieceSink
from reelwise.media.sound.track import SoundSettings
from reelwise.media.sound_stream import SoundStream

OWN = SoundSettings(sample_rate=None, mono=False)


def pieces_of(path: Path, growth: Growth | None = None) -> list[Sound]:
    with SoundStream(SoundStreamTask(path, OWN, growth)) as stream:
        return list(stream)


@pytest.fixture(scope="module")
def holed(tmp_path_factory) -> Path:
    """Stereo from 0.3 s on, with a hole of 20 s in which only pictures come."""
    track = Track([(0.3, tone(1.1, channels=2)), (21.4, tone(1.1, channels=2))], layout="stereo")
    return make_sounding(tmp_path_factory.mktemp("sound") / "holed.mkv", [track], num_frames=600)


def test_the_pieces_are_the_whole_sound(holed):
    whole, track = decode_sound(holed, OWN)
    with SoundStream(SoundStreamTask(holed, OWN)) as stream:
        pieces = [piece for piece in stream if len(piece)]
        assert (stream.end.present, stream.end.channels) == (track.present, ("FL", "FR"))
    for (start, end), first in zip(whole.intervals, (0, 5), strict=True):
        samples = np.concatenate([piece.samples for piece in pieces[first : first + 5]])
        assert np.array_equal(samples, whole.samples[start:end])
        assert pieces[first].start == whole.time_of(start)
    assert [len(piece) for piece in pieces] == [12_000] * 4 + [4800] + [12_000] * 4 + [4800]
    assert [after.start == before.end for before, after in pairwise(pieces)] == [True] * 4 + [False] + [True] * 4


def test_a_track_that_pauses_says_how_far_it_is(holed):
    """Ten seconds behind the pictures, each second, so that nobody waits for sound that does not come."""
    marks = [piece.start for piece in pieces_of(holed) if not len(piece)]
    assert len(marks) >= 8
    assert all(Fraction(1) <= after - before < Fraction(3, 2) for before, after in pairwise(marks))
    assert all(Fraction(14, 10) < mark < Fraction(214, 10) for mark in marks)


def test_a_growing_file_gives_the_same_pieces(holed, tmp_path):
    content, growing, mark = holed.read_bytes(), tmp_path / "growing.mkv", tmp_path / "open"
    growing.write_bytes(content[: len(content) // 3])
    mark.touch()

    def write_the_rest() -> None:
        with growing.open("ab") as target:
            target.write(content[len(content) // 3 :])
        mark.unlink()

    threading.Timer(1.5, write_the_rest).start()
    # A worker that says nothing for a second is ended; this one says that it waits.
    task = SoundStreamTask(growing, OWN, Growth(open_mark=mark))
    with SoundStream(task, limits=WorkerLimits(stall_seconds=1)) as stream:
        pieces = list(stream)
    expected = pieces_of(holed)
    assert [(piece.start, len(piece)) for piece in pieces] == [(piece.start, len(piece)) for piece in expected]
    assert all(np.array_equal(one.samples, other.samples) for one, other in zip(pieces, expected, strict=True))


def test_a_file_without_sound_has_no_piece(tmp_path):
    path = make_sounding(tmp_path / "silent.mp4", [])
    with SoundStream(SoundStreamTask(path, OWN)) as stream:
        assert list(stream) == []
        assert stream.end.missing == "no sound track."


def test_a_worker_that_dies_is_named(tmp_path):
    path = make_sounding(tmp_path / "long.mkv", [Track([(0, tone(60))])])
    with SoundStream(SoundStreamTask(path, OWN)) as stream:
        pieces = iter(stream)
        next(pieces)
        assert stream.worker_pid
        os.kill(stream.worker_pid, signal.SIGSEGV)
        with pytest.raises(VideoError, match="SIGSEGV"):
            list(pieces)


def reply(*samples: float, start: str = "0", rate: int = 8000, channels: tuple[str, ...] = ("FC",)) -> dict:
    content = struct.pack(f"{len(samples)}f", *samples)
    return {"start": start, "sample_rate": rate, "channels": list(channels), "content": content}


@pytest.mark.parametrize(
    "wrong",
    [
        reply(float("nan")),
        reply(float("inf")),
        reply(0.0, rate=10**9),
        reply(0.0, channels=()),
        reply(*[0.0] * 33, channels=("FC",) * 33),
        reply(0.0, 0.0, 0.0, channels=("FL", "FR")),
        reply(0.0, start="1/8000"),
        reply(0.0, start="nan"),
    ],
)
def test_what_no_track_can_be_is_refused(wrong):
    stream = SoundStream(SoundStreamTask(Path("a.mp4"), OWN))
    (first,) = stream._items(reply(0.1, -0.1))
    assert first.end == Fraction(2, 8000)
    with pytest.raises((ValueError, ArithmeticError)):
        stream._items(wrong)


@pytest.mark.parametrize("block", [1, 700, 5000])
def test_pieces_do_not_hang_on_the_blocks_of_the_decoder(block):
    sent = []
    sink = PieceSink(lambda samples, start, rate, channels: sent.append((start, samples[:, 0].tolist())))
    samples = np.arange(7000, dtype=np.float32)[:, None]
    sink.begin(Fraction(1, 3), 8000, ("FC",))
    for place in range(0, 7000, block):
        sink.write(samples[place : place + block])
    assert sink.end == Fraction(1, 3) + Fraction(7000, 8000)
    sink.skip(1000)
    sink.write(samples[:10])
    sink.flush()
    assert [len(values) for _, values in sent] == [2000, 2000, 2000, 1000, 10]
    assert [start - Fraction(1, 3) for start, _ in sent] == [0, Fraction(1, 4), Fraction(1, 2), Fraction(3, 4), 1]
    assert [value for _, values in sent[:4] for value in values] == samples[:, 0].tolist()


def test_pieces_of_many_channels_are_shorter():
    sizes = []
    sink = PieceSink(lambda samples, start, rate, channels: sizes.append(samples.nbytes))
    sink.begin(Fraction(0), 768_000, ("FC",) * 32)
    sink.write(np.zeros((100_000, 32), np.float32))
    assert max(sizes) <= 1 << 20
