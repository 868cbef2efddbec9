"""All frames of a video, handed over while they are decoded."""

import io
import os
import signal
import threading
import time
from fractions import Fraction
from pathlib import Path

import av
import crafted
import numpy as np
import pytest
from growing_video import write_the_rest_later

from reelwise.core.errors import VideoError
from reelwise.media.limits import WorkerLimits
from reelwise.media.readers.growing_file import Growth
from reelwise.media.readers.pyav_reader import PyAVReader
from reelwise.media.readers.reader import PictureKind
from reelwise.media.requests.stream import PictureSpec, StreamTask
from reelwise.media.stream import DamagedThreadedError, VideoStream
from reelwise.media.workers.wire import MAX_RAW_BYTES, NonsenseError, read_message, read_raw, write_raw
from reelwise.media.writers.repeat import repeat_packets

SPECS = (
    PictureSpec(size_hw=(27, 48)),
    PictureSpec(max_side=40),
    PictureSpec(max_side=64, kind=PictureKind.GREY),
    PictureSpec(size_hw=(27, 27), fit="crop"),
)


@pytest.fixture(scope="module")
def video(tmp_path_factory) -> Path:
    return crafted.make_video(tmp_path_factory.mktemp("stream") / "a.mp4", 40)


@pytest.fixture(scope="module")
def long_video(video, tmp_path_factory) -> Path:
    """More pixels than wait between worker and reader."""
    return repeat_packets(video, tmp_path_factory.mktemp("long") / "long.mp4", 100)


def read(path: Path, num_threads: int = 1) -> list:
    with VideoStream(StreamTask(path, SPECS, num_threads)) as stream:
        return list(stream)


def test_the_frames_are_those_of_the_reader(video):
    with VideoStream(StreamTask(video, SPECS)) as stream, PyAVReader(video) as reader:
        for frame, expected in zip(stream, reader, strict=True):
            assert (frame.index, frame.pts) == (expected.index, expected.pts)
            height, width = reader.upright_hw
            sizes = [(27, 48), SPECS[1].size_of((height, width)), SPECS[2].size_of((height, width)), (27, 27)]
            for picture, spec, size_hw in zip(frame.pictures, SPECS, sizes, strict=True):
                np.testing.assert_array_equal(picture, expected.picture(size_hw, spec.kind, spec.fit))
        assert stream.end.facts == reader.facts()
        assert stream.end.end_pts == reader.end_pts


def test_two_threads_give_the_same(video):
    for frame, other in zip(read(video), read(video, 2), strict=True):
        assert (frame.index, frame.pts, frame.is_damaged) == (other.index, other.pts, other.is_damaged)
        assert all(np.array_equal(a, b) for a, b in zip(frame.pictures, other.pictures, strict=True))


def test_two_threads_give_up_where_there_is_damage(video, tmp_path):
    content = bytearray(video.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 400] = b"\x00" * 400
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(bytes(content))
    with pytest.raises(DamagedThreadedError):
        read(broken, 2)
    assert len(read(broken)) > 10


def test_a_reader_that_sleeps_longer_than_the_limit_kills_no_worker(long_video):
    with VideoStream(StreamTask(long_video, SPECS), limits=WorkerLimits(stall_seconds=0.5)) as stream:
        frames = iter(stream)
        next(frames)
        time.sleep(1.5)
        assert 1 + sum(1 for _ in frames) == 4000


def test_a_worker_that_stops_is_killed(long_video):
    with VideoStream(StreamTask(long_video, SPECS), limits=WorkerLimits(stall_seconds=0.5)) as stream:
        frames = iter(stream)
        next(frames)
        assert stream.worker_pid
        os.kill(stream.worker_pid, signal.SIGSTOP)
        with pytest.raises(VideoError, match=r"nothing more was decoded for 0\.5 s"):
            list(frames)


def test_a_worker_that_dies_is_named(long_video):
    with VideoStream(StreamTask(long_video, SPECS)) as stream:
        frames = iter(stream)
        next(frames)
        assert stream.worker_pid
        os.kill(stream.worker_pid, signal.SIGSEGV)
        with pytest.raises(VideoError, match="SIGSEGV"):
            list(frames)


def test_a_file_that_stops_growing_in_the_middle_of_a_packet_is_waited_for_once(tmp_path):
    whole = crafted.make_video(tmp_path / "a.mkv", 40).read_bytes()
    growing = tmp_path / "growing.mkv"
    growing.write_bytes(whole[: len(whole) * 9 // 10])
    with VideoStream(StreamTask(growing, SPECS, growth=Growth(idle_seconds=0.5))) as stream:
        frames = [frame.index for frame in stream]
    assert 20 < len(frames) < 40


def test_frames_of_a_growing_file_do_not_wait_for_the_next_one(tmp_path):
    path = crafted.make_video(tmp_path / "a.mkv", 40)
    growth = Growth(open_mark=path)  # it never ends
    with VideoStream(StreamTask(path, SPECS, growth=growth)) as stream:
        frames = iter(stream)
        assert [next(frames).index for _ in range(30)] == list(range(30))


@pytest.mark.parametrize("name", ["a.mkv", "a.mp4", "a.ts"])
def test_a_pause_of_any_length_is_no_end_while_the_file_is_open(name, tmp_path):
    whole = crafted.make_video(tmp_path / name, 40)
    growing, mark = tmp_path / f"growing-{name}", tmp_path / "open"
    growing.write_bytes(whole.read_bytes())
    write_the_rest_later(growing, mark, seconds=1.5)
    # A worker that says nothing for a second is ended; this one says that it waits.
    task = StreamTask(growing, SPECS, growth=Growth(open_mark=mark))
    with VideoStream(task, limits=WorkerLimits(stall_seconds=1)) as stream:
        frames = list(stream)
    expected = read(whole)
    assert [frame.pts for frame in frames] == [frame.pts for frame in expected]
    for frame, other in zip(frames, expected, strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(frame.pictures, other.pictures, strict=True))
    assert not stream.end.facts.warnings


def test_a_file_that_has_all_that_its_index_names_at_the_end_is_not_truncated(tmp_path):
    whole = crafted.make_video(tmp_path / "whole.mp4", 40)
    path, mark = tmp_path / "a.mp4", tmp_path / "open"
    with av.open(str(whole)) as source, av.open(str(path), "w", options={"movflags": "faststart"}) as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    write_the_rest_later(path, mark, seconds=1)
    with VideoStream(StreamTask(path, SPECS, growth=Growth(open_mark=mark))) as stream:
        assert sum(1 for _ in stream) == 40
        assert stream.end.facts.warnings == ()


def test_closing_from_another_thread_ends_who_waits_for_a_growing_file(tmp_path):
    path = crafted.make_video(tmp_path / "a.mkv", 40)
    with VideoStream(StreamTask(path, SPECS, growth=Growth(idle_seconds=15))) as stream:
        threading.Timer(1, stream.close).start()
        with pytest.raises(VideoError):
            list(stream)


def test_leaving_in_the_middle_ends_the_worker(long_video):
    with VideoStream(StreamTask(long_video, SPECS)) as stream:
        frames = iter(stream)
        next(frames)
        pid = stream.worker_pid
        assert pid
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.parametrize("name", ["missing.mp4", "text.mp4"])
def test_a_refused_file_is_a_video_error(name, tmp_path):
    (tmp_path / "text.mp4").write_text("no video", encoding="utf-8")
    with pytest.raises(VideoError, match=name):
        read(tmp_path / name)


def test_the_first_frame_lies_late_where_sound_begins_first(tmp_path):
    late = crafted.make_video(tmp_path / "late.mkv", 10, pts=lambda index: 12 + index, sound=True)
    with VideoStream(StreamTask(late, SPECS)) as stream:
        next(iter(stream))
        assert abs(stream.header.start_seconds - Fraction(12, 25)) < Fraction(1, 20)


@pytest.mark.parametrize("message", [{"num_bytes": MAX_RAW_BYTES + 1}, {"num_bytes": -1}, {"num_bytes": "1"}, {}])
def test_a_length_that_cannot_be_is_refused_before_it_is_read(message):
    with pytest.raises(NonsenseError, match="bytes beside a message"):
        read_raw(io.BytesIO(b"x" * 100), message)


def test_raw_bytes_travel_beside_their_message():
    pipe = io.BytesIO()
    write_raw(pipe, {"pts": [1]}, [memoryview(b"pix"), memoryview(b"els")])
    pipe.seek(0)
    message = read_message(pipe)
    assert message == {"kind": "raw", "pts": [1], "num_bytes": 6}
    assert read_raw(pipe, message) == b"pixels"
    with pytest.raises(NonsenseError, match="cut off"):
        read_raw(pipe, {"num_bytes": 1})


def test_sizes_keep_the_shape():
    assert PictureSpec(max_side=320).size_of((1080, 1920)) == (180, 320)
    assert PictureSpec(max_side=320).size_of((1920, 1080)) == (320, 180)
    assert PictureSpec(max_side=320).size_of((1, 5000)) == (1, 320)
    assert PictureSpec(size_hw=(3, 4), kind=PictureKind.GREY).shape_of((9, 9)) == (3, 4)
    for wrong in ({}, {"size_hw": (1, 1), "max_side": 3}, {"max_side": 0}, {"size_hw": (1, 4000)}):
        with pytest.raises(ValueError, match="a picture"):
            PictureSpec(**wrong)
    with pytest.raises(ValueError, match="expected squash or crop"):
        PictureSpec(size_hw=(3, 4), fit="stretch")
