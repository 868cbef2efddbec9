"""The sound of a video, handed over in pieces while it is decoded."""

import os
import signal
import struct
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from growing_video import write_the_rest_later
from sound_files import Track, make_sounding, tone

from reelwise.core.errors import VideoError
from reelwise.core.sound import Sound
from reelwise.media.limits import WorkerLimits
from reelwise.media.readers.growing_file import Growth
from reelwise.media.requests.sound_stream import SoundStreamTask
from reelwise.media.sound.decode import decode_sound
from reelwise.media.sound.sinks import PieceSink
from reelwise.media.sound.track import SoundSettings
from reelwise.media.sound_stream import NoSound, SoundStream

OWN = SoundSettings(sample_rate=None, mono=False)


def items_of(path: Path) -> list[Sound | NoSound]:
    with SoundStream(SoundStreamTask(path, OWN)) as stream:
        return list(stream)


def sounds_of(path: Path) -> list[Sound]:
    return [item for item in items_of(path) if isinstance(item, Sound)]


@pytest.fixture(scope="module")
def holed(tmp_path_factory) -> Path:
    """Stereo from 0.3 s on, with a hole of 20 s in which only pictures come."""
    track = Track([(0.3, tone(1.1, channels=2)), (21.4, tone(1.1, channels=2))], layout="stereo")
    return make_sounding(tmp_path_factory.mktemp("sound") / "holed.mkv", [track], num_frames=600)


def test_the_pieces_are_the_whole_sound(holed):
    whole, track = decode_sound(holed, OWN)
    with SoundStream(SoundStreamTask(holed, OWN)) as stream:
        pieces = [item for item in stream if isinstance(item, Sound)]
        assert (stream.end.present, stream.end.channels) == (track.present, ("FL", "FR"))
    for (start, end), first in zip(whole.intervals, (0, 5), strict=True):
        samples = np.concatenate([piece.samples for piece in pieces[first : first + 5]])
        assert np.array_equal(samples, whole.samples[start:end])
        assert pieces[first].start == whole.time_of(start)
    assert [len(piece) for piece in pieces] == [12_000] * 4 + [4800] + [12_000] * 4 + [4800]
    assert [after.start == before.end for before, after in pairwise(pieces)] == [True] * 4 + [False] + [True] * 4


def test_a_track_that_pauses_says_how_far_it_is(holed):
    """Ten seconds behind the pictures, each second, so that nobody waits for sound that does not come."""
    items = items_of(holed)
    pauses = items[5:-5]
    assert all(isinstance(item, Sound) for item in items[:5] + items[-5:]), "what came before is handed over before"
    assert len(pauses) >= 8
    assert all(isinstance(pause, NoSound) for pause in pauses)
    untils = [pause.until for pause in pauses]
    assert all(Fraction(1) <= after - before < Fraction(3, 2) for before, after in pairwise(untils))
    assert items[4].end < untils[0] <= 3
    assert untils[-1] <= items[-5].start


@pytest.mark.parametrize("codec", ["pcm_s16le", "aac"])
def test_sound_may_begin_late(codec, tmp_path):
    path = make_sounding(tmp_path / "late.mkv", [Track([(14.0, tone(1.1))], codec=codec)], num_frames=400)
    whole, _ = decode_sound(path, OWN)
    items = items_of(path)
    pieces = [item for item in items if isinstance(item, Sound)]
    assert isinstance(items[0], NoSound)
    assert np.array_equal(np.concatenate([piece.samples for piece in pieces]), whole.samples)
    assert pieces[0].start == whole.start


def test_where_the_first_track_has_nothing_the_second_counts_from_its_start(tmp_path):
    tracks = [Track([(0, tone(20))], codec="aac"), Track([(0, tone(20, hz=880))], codec="aac")]
    path = make_sounding(tmp_path / "two.mkv", tracks, num_frames=500, damage=range(938))
    whole, track = decode_sound(path, OWN)
    pieces = sounds_of(path)
    assert pieces[0].start == whole.start
    assert sum(map(len, pieces)) == track.num_samples > 19 * 48_000


def test_where_the_clock_of_a_file_starts_again_pauses_go_on(tmp_path):
    """The second part of a recording begins at 0 again: its pictures follow those of the first one."""
    parts = [
        make_sounding(tmp_path / "a.ts", [Track([(0, tone(30))], codec="mp2")], num_frames=750),
        make_sounding(tmp_path / "b.ts", [Track([(0, tone(2))], codec="mp2")], num_frames=1000),
    ]
    both = tmp_path / "both.ts"
    both.write_bytes(b"".join(part.read_bytes() for part in parts))
    pauses = [item.until for item in items_of(both) if isinstance(item, NoSound)]
    assert 31 < pauses[0] < 35
    assert 58 < pauses[-1] <= 60


def test_a_growing_file_gives_the_same_pieces(holed, tmp_path):
    growing, mark = tmp_path / "growing.mkv", tmp_path / "open"
    growing.write_bytes(holed.read_bytes())
    write_the_rest_later(growing, mark, seconds=1.5)
    # A worker that says nothing for a second is ended; this one says that it waits.
    task = SoundStreamTask(growing, OWN, Growth(open_mark=mark))
    with SoundStream(task, limits=WorkerLimits(stall_seconds=1)) as stream:
        items = list(stream)
    expected = items_of(holed)
    assert list(map(plain, items)) == list(map(plain, expected))


def plain(item: Sound | NoSound) -> tuple:
    return (item.until,) if isinstance(item, NoSound) else (item.start, item.samples.tobytes())


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
        reply(),
        reply(*[0.0] * 2001),
        reply(0.0, rate=10**9),
        reply(0.0, rate=16_000),
        reply(0.0, 0.0, channels=("FL", "FR")),
        reply(0.0, channels=()),
        reply(*[0.0] * 33, channels=("FC",) * 33),
        reply(0.0, start="1/8000"),
        reply(0.0, start="nan"),
        reply(0.0, start=str(10**12)),
        {"no_sound_before": "1/8000"},
        {"no_sound_before": "2/8000"},
        {"no_sound_before": str(10**12)},
    ],
)
def test_what_no_track_can_be_is_refused(wrong):
    stream = SoundStream(SoundStreamTask(Path("a.mp4"), OWN))
    (first,) = stream._items(reply(0.1, -0.1))
    assert first.end == Fraction(2, 8000)
    with pytest.raises((ValueError, ArithmeticError)):
        stream._items(wrong)
    assert len(list(stream._items(reply(0.0, start="2/8000")))) == 1


def test_pauses_rise_and_sound_comes_behind_them():
    stream = SoundStream(SoundStreamTask(Path("a.mp4"), OWN))
    stream._items({"no_sound_before": "4"})
    with pytest.raises(ValueError, match="behind that of 4"):
        stream._items({"no_sound_before": "4"})
    stream._items(reply(0.1, start="1"))  # of the second track: the first one had nothing
    stream._items({"no_sound_before": "6"})
    with pytest.raises(ValueError, match="behind that of 6"):
        stream._items(reply(0.1, start="5"))


@pytest.mark.parametrize("block", [1, 700, 5000])
def test_pieces_do_not_hang_on_the_blocks_of_the_decoder(block):
    sent = []
    sink = PieceSink(lambda samples, start, rate, channels: sent.append((start, samples[:, 0].tolist())), pytest.fail)
    samples = np.arange(7000, dtype=np.float32)[:, None]
    sink.begin(Fraction(1, 3), 8000, ("FC",))
    for place in range(0, 7000, block):
        sink.write(samples[place : place + block])
    sink.skip(1000)
    sink.write(samples[:10])
    sink.flush()
    assert [len(values) for _, values in sent] == [2000, 2000, 2000, 1000, 10]
    assert [start - Fraction(1, 3) for start, _ in sent] == [0, Fraction(1, 4), Fraction(1, 2), Fraction(3, 4), 1]
    assert [value for _, values in sent[:4] for value in values] == samples[:, 0].tolist()


def test_pieces_of_many_channels_are_shorter():
    sizes = []
    sink = PieceSink(lambda samples, start, rate, channels: sizes.append(samples.nbytes), pytest.fail)
    sink.begin(Fraction(0), 768_000, ("FC",) * 32)
    sink.write(np.zeros((100_000, 32), np.float32))
    assert max(sizes) <= 1 << 20


def test_sound_that_comes_after_a_pause_for_a_time_before_it_is_left_out():
    sent, pauses = [], []
    sink = PieceSink(lambda samples, start, rate, channels: sent.append((start, len(samples))), pauses.append)
    sink.pause(Fraction(3))
    sink.begin(Fraction(0), 8000, ("FC",))  # the second track, from its start
    sink.write(np.zeros((1000, 1), np.float32))
    sink.pause(Fraction(1, 16))  # there was sound already
    sink.pause(Fraction(1))
    sink.pause(Fraction(1))
    sink.write(np.zeros((9000, 1), np.float32))
    sink.flush()
    assert pauses == [3, 1]
    assert sent == [(0, 1000), (1, 2000)]
