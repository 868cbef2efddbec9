"""Every file is a stranger's: refused or read with its reason, reading nothing else, opening nothing, ending soon."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import crafted
import psutil
import pytest

from reelwise.core.clip import DecodeSettings
from reelwise.core.errors import VideoError
from reelwise.core.intervals import TimeRange
from reelwise.core.video import VideoFacts
from reelwise.media.decoding.results import DecodeResult
from reelwise.media.find import find_videos
from reelwise.media.requests.decode import DecodeTask
from reelwise.media.requests.scan import ScanTask
from reelwise.media.workers.pool import WorkerPool


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A local port that must see no connection."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        server.setblocking(False)
        yield server


def saw_connection(server: socket.socket) -> bool:
    try:
        server.accept()[0].close()
    except BlockingIOError:
        return False
    return True


def scan_all(pool: WorkerPool, paths) -> dict[str, VideoFacts | VideoError]:
    return {task.path.name: answer for task, answer in pool.run([ScanTask(path) for path in paths])}


def test_files_that_point_elsewhere_read_nothing_else(pool, tmp_path, listener):
    paths = crafted.texts_that_point_elsewhere(tmp_path, listener.getsockname()[1])
    for path in list(paths.values()):
        for suffix in (".mp4", ".ts", ".avi", ""):
            copy = path.with_name(f"{path.stem}_as{suffix}")
            copy.write_bytes(path.read_bytes())
            paths[copy.name] = copy
    before = psutil.Process().io_counters() if hasattr(psutil.Process, "io_counters") else None
    started = time.monotonic()
    answers = scan_all(pool, paths.values())
    assert before is None or time.monotonic() - started < 60
    assert len(answers) == len(paths)
    for name, answer in answers.items():
        assert isinstance(answer, VideoError), name
        assert answer.message.startswith(name), answer.message
        assert "failed unexpectedly" not in answer.message, answer.message
        assert answer.hint
    assert not saw_connection(listener)


@pytest.mark.parametrize("prefix", [b"\n\n  ", b"\xef\xbb\xbf", b"\x00", b"\x00\x00\x00\x18ftypmp42"])
def test_text_behind_a_harmless_beginning(pool, tmp_path, listener, prefix):
    paths = crafted.texts_that_point_elsewhere(tmp_path, listener.getsockname()[1])
    for path in paths.values():
        path.write_bytes(prefix + path.read_bytes())
    answers = scan_all(pool, paths.values())
    assert all(isinstance(answer, VideoError) for answer in answers.values())
    assert not saw_connection(listener)


def test_a_mov_with_an_outside_reference_reads_nothing_else(pool, tmp_path):
    crafted.make_video(tmp_path / "neighbour.mp4")
    path = crafted.with_outside_reference(crafted.make_video(tmp_path / "a.mov"), "neighbour.mp4")
    (answer,) = scan_all(pool, [path]).values()
    assert isinstance(answer, VideoError | VideoFacts)
    if isinstance(answer, VideoFacts):
        assert answer.num_frames <= 30


def test_bombs_cost_little(pool, tmp_path):
    bombs = {
        "edits.mp4": crafted.with_edits(crafted.make_video(tmp_path / "edits.mp4"), [(1200, 1024)] * 2000),
        "huge.avi": crafted.mjpeg_with_huge_pictures(tmp_path / "huge.avi"),
        "gif.mp4": crafted.gif_of_16000_pixels(tmp_path / "gif.mp4"),
        "claims.mp4": crafted.with_size_in_header(crafted.make_video(tmp_path / "claims.mp4"), 65535, 65535),
        "count.avi": crafted.avi_that_declares(tmp_path / "count.avi", 200_000_000),
        "many.mp4": crafted.make_video(
            tmp_path / "many.mp4", 20_000, size_hw=(16, 16), options={"preset": "ultrafast"}
        ),
    }
    answers = scan_all(pool, bombs.values())
    assert isinstance(answers["edits.mp4"], VideoFacts)
    assert answers["edits.mp4"].num_frames > 50_000
    assert isinstance(answers["huge.avi"], VideoError)
    assert isinstance(answers["gif.mp4"], VideoError)
    assert answers["count.avi"].num_frames == 30
    assert answers["many.mp4"].num_frames == 20_000
    for pid in pool.worker_pids():
        assert psutil.Process(pid).memory_info().rss < 400 << 20


def test_bombs_write_no_more_than_was_asked_for(pool, tmp_path):
    path = crafted.with_edits(crafted.make_video(tmp_path / "edits.mp4"), [(1200, 1024)] * 2000)
    settings = DecodeSettings(size=32, max_frames=200)
    ((_, answer),) = pool.run([DecodeTask(path, settings, (None,), (tmp_path / "out",))])
    assert isinstance(answer, DecodeResult)
    assert 0 < answer.segments[0].num_frames <= 200
    assert (tmp_path / "out").stat().st_size <= 200 * 32 * 32 * 3


def test_special_files_never_block(pool, tmp_path):
    (tmp_path / "link.mp4").symlink_to("/dev/zero")
    (tmp_path / "tty.mp4").symlink_to("/dev/tty")
    (tmp_path / "loop.mp4").symlink_to("loop.mp4")
    (tmp_path / "folder.mp4").mkdir()
    crafted.pipe(tmp_path / "pipe.mp4")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket.mp4"))
        answers = scan_all(pool, [p for p in tmp_path.iterdir() if not p.is_dir()] + [tmp_path / "folder.mp4"])
    assert len(answers) == 6
    assert all(isinstance(answer, VideoError) for answer in answers.values())


def seeds(folder: Path) -> list[Path]:
    folder.mkdir()
    made = [
        crafted.make_video(folder / "h264.mp4", 12, sound=True),
        crafted.make_video(folder / "frag.mp4", 12, container_options={"movflags": "frag_keyframe+empty_moov"}),
        crafted.make_video(folder / "h264.mkv", 12),
        crafted.make_video(folder / "vp8.webm", 12, codec="libvpx"),
        crafted.make_video(folder / "mpeg4.avi", 12, codec="mpeg4", options={"bf": "2"}),
        crafted.make_video(folder / "mjpeg.avi", 6, codec="mjpeg", pix_fmt="yuvj420p"),
        crafted.make_video(folder / "mpeg2.ts", 12, codec="mpeg2video"),
        crafted.make_video(folder / "mpeg1.mpg", 12, codec="mpeg1video"),
        crafted.make_video(folder / "flv.flv", 12, codec="flv"),
        crafted.make_video(folder / "raw.h264", 12, container="h264"),
        crafted.make_video(folder / "ffv1.mkv", 4, codec="ffv1"),
        crafted.make_video(folder / "wmv.asf", 12, codec="wmv2", container="asf"),
        crafted.make_video(folder / "raw.avi", 3, codec="rawvideo", pix_fmt="bgr24"),
        crafted.make_video(folder / "huffyuv.avi", 4, codec="huffyuv", pix_fmt="yuv422p"),
        crafted.make_video(folder / "utvideo.avi", 4, codec="utvideo"),
        crafted.make_video(folder / "png.mov", 4, codec="png", pix_fmt="rgb24"),
        crafted.make_video(folder / "tape.dv", 2, codec="dvvideo", size_hw=(576, 720)),
    ]
    turned = crafted.with_rotation(crafted.make_video(folder / "turned.mp4", 12), 90)
    return [*made, crafted.with_edits(turned, [(400, 1024)])]


def test_mutated_files_cost_nothing_but_themselves(pool, tmp_path):
    """Aims at our own glue: counts, times, shapes and messages, whatever the decoder makes of the bytes."""
    made = seeds(tmp_path / "seeds")
    folder = tmp_path / "mutated"
    folder.mkdir()
    paths = list(crafted.mutations(made, folder, 400))
    answers = scan_all(pool, paths)
    assert len(answers) == 400
    decoded = [answer for answer in answers.values() if isinstance(answer, VideoFacts)]
    assert len(decoded) > 100
    for answer in decoded:
        assert answer.num_frames > 0
        assert answer.duration_seconds > 0
        assert answer.frame_rate > 0
        assert 0 < answer.width * answer.height <= 8192 * 4320
    for name, answer in answers.items():
        assert not isinstance(answer, VideoError) or answer.message.startswith(name)
        assert "failed unexpectedly" not in str(answer), answer
        assert "crashed" not in str(answer), answer
    assert set(find_videos(folder)) <= set(paths)


def test_mutated_files_decode_within_their_limits(pool, tmp_path):
    made = seeds(tmp_path / "seeds")
    folder = tmp_path / "mutated"
    folder.mkdir()
    settings = DecodeSettings(size=32, max_frames=8)
    tasks = [
        DecodeTask(path, settings, (None, TimeRange()), (path.with_suffix(".a"), path.with_suffix(".b")))
        for path in crafted.mutations(made, folder, 130)
    ]
    for task, answer in pool.run(tasks):
        assert "failed unexpectedly" not in str(answer), answer
        if isinstance(answer, VideoError):
            continue
        for segment, output in zip(answer.segments, task.outputs, strict=True):
            if not isinstance(segment, VideoError):
                assert segment.num_frames <= 8
                assert output.stat().st_size == segment.num_frames * 32 * 32 * 3
