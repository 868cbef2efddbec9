import importlib
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import crafted
import numpy as np
import psutil
import pytest

from reelwise.core.clip import DecodeSettings
from reelwise.core.errors import CacheError, VideoError
from reelwise.core.intervals import TimeRange
from reelwise.core.video import VideoFacts
from reelwise.media.decoding.results import DecodeResult
from reelwise.media.limits import ReadLimits, WorkerLimits
from reelwise.media.read_frames import read_frames
from reelwise.media.requests.decode import DecodeTask
from reelwise.media.requests.kind import load_table
from reelwise.media.requests.read import ReadTask
from reelwise.media.requests.scan import ScanTask
from reelwise.media.workers.pool import MEDIA_TABLE, TaskProgress, WorkerPool
from reelwise.media.workers.wire import pack_task
from reelwise.media.workers.worker_process import WorkerDiedError, WorkerProcess
from reelwise.media.writers.repeat import repeat_packets

SETTINGS = DecodeSettings(size=64, max_frame_rate=None)


@pytest.fixture(scope="module")
def video(tmp_path_factory) -> Path:
    return crafted.make_video(tmp_path_factory.mktemp("pool") / "a.mp4", 40)


@pytest.fixture(scope="module")
def endless(tmp_path_factory) -> Path:
    """Long enough that nobody waits for its end."""
    folder = tmp_path_factory.mktemp("endless")
    short = crafted.make_video(folder / "short.mp4", 50, size_hw=(480, 640))
    return repeat_packets(short, folder / "long.mp4", 1000)


def only(pool: WorkerPool, task):
    ((_, answer),) = pool.run([task])
    return answer


def when_busy(pool: WorkerPool, act) -> threading.Thread:
    """Run ``act(pid)`` on the worker once it has begun to decode."""
    seen = threading.Event()
    pool._on_progress = lambda progress: seen.set()

    def wait() -> None:
        seen.wait(30)
        act(pool.worker_pids()[0])

    thread = threading.Thread(target=wait)
    thread.start()
    return thread


def test_many_files_with_bad_ones_between(pool, video, tmp_path):
    (tmp_path / "bad.mp4").write_text("no video")
    tasks = [ScanTask(video), ScanTask(tmp_path / "bad.mp4"), ScanTask(tmp_path / "missing.mp4")] * 7
    answers = list(pool.run(iter(tasks)))
    assert len(answers) == 21
    assert sum(isinstance(answer, VideoFacts) for _, answer in answers) == 7
    for task, answer in answers:
        assert isinstance(answer, VideoFacts) == (task.path == video)


def test_frames_are_written_by_the_worker(pool, video, tmp_path):
    task = DecodeTask(video, SETTINGS, (None, TimeRange(Fraction(1))), (tmp_path / "a", tmp_path / "b"))
    answer = only(pool, task)
    assert isinstance(answer, DecodeResult)
    assert [segment.num_frames for segment in answer.segments] == [40, 15]
    assert (tmp_path / "b").stat().st_size == 15 * 64 * 64 * 3


def test_tasks_are_taken_as_they_are_needed(video):
    taken = []

    def tasks():
        for index in range(50):
            taken.append(index)
            yield ScanTask(video)

    with WorkerPool(2) as pool:
        answers = pool.run(tasks())
        next(answers)
        assert len(taken) <= 6


def test_the_workers_are_held(pool, video):
    only(pool, ScanTask(video))
    if sys.platform == "linux":
        assert set(pool.restrictions()) >= {"dies with parent", "memory limit", "no network"}


@pytest.mark.parametrize("kind", [signal.SIGSEGV, signal.SIGKILL, signal.SIGABRT])
def test_a_worker_that_dies_is_replaced_and_the_file_tried_again(endless, video, kind):
    with WorkerPool(1) as pool:
        killed = []

        def kill(pid: int) -> None:
            killed.append(pid)
            os.kill(pid, kind)
            deadline = time.monotonic() + 30
            while pool.worker_pids() in ([pid], []) and time.monotonic() < deadline:
                time.sleep(0.01)
            time.sleep(0.5)
            os.kill(pool.worker_pids()[0], kind)

        thread = when_busy(pool, kill)
        answer = only(pool, ScanTask(endless))
        thread.join()
        assert isinstance(answer, VideoError)
        assert kind.name in str(answer)
        assert ("out of memory" in str(answer)) == ("--threads 1" in str(answer)) == (kind is signal.SIGKILL)
        assert isinstance(only(pool, ScanTask(video)), VideoFacts)
        assert pool.worker_pids() != killed


def test_a_worker_that_dies_once_costs_nothing(video, tmp_path):
    longer = repeat_packets(video, tmp_path / "long.mp4", 500)
    with WorkerPool(1) as pool:
        thread = when_busy(pool, lambda pid: os.kill(pid, signal.SIGKILL))
        answer = only(pool, ScanTask(longer))
        thread.join()
        assert isinstance(answer, VideoFacts)
        assert answer.num_frames == 20_000


def test_a_worker_that_hangs_is_killed(endless, video):
    with WorkerPool(1, limits=WorkerLimits(stall_seconds=1.5)) as pool:
        thread = when_busy(pool, lambda pid: os.kill(pid, signal.SIGSTOP))
        answer = only(pool, ScanTask(endless))
        thread.join()
        assert isinstance(answer, VideoError)
        assert "nothing more was decoded for 1.5 s" in str(answer)
        assert isinstance(only(pool, ScanTask(video)), VideoFacts)


def test_a_file_that_takes_too_long_is_given_up(endless):
    with WorkerPool(1, limits=WorkerLimits(task_seconds=2)) as pool:
        answer = only(pool, ScanTask(endless))
    assert isinstance(answer, VideoError)
    assert "2 s" in str(answer) or "SIGXCPU" in str(answer)


def test_memory_is_limited(tmp_path):
    path = crafted.make_video(tmp_path / "a.avi", 1, codec="mjpeg", size_hw=(2160, 3840), pix_fmt="yuvj420p")
    with WorkerPool(1, limits=WorkerLimits(memory_bytes=230 << 20)) as pool:
        answer = only(pool, ReadTask(path, "pyav", 0, 1, tmp_path / "out"))
    assert isinstance(answer, VideoError)
    assert "memory" in str(answer) or "no frame could be decoded" in str(answer)


def test_a_file_of_frames_over_the_limit_is_not_written(video, tmp_path):
    with (
        WorkerPool(1, limits=WorkerLimits(output_bytes=100_000)) as pool,
        pytest.raises(CacheError, match="cannot be written"),
    ):
        only(pool, DecodeTask(video, SETTINGS, (None,), (tmp_path / "x",)))
    assert (tmp_path / "x").stat().st_size <= 100_000


def test_read_limits_reach_the_worker(video):
    with WorkerPool(1, read_limits=ReadLimits(max_pixels=100)) as pool:
        assert isinstance(only(pool, ScanTask(video)), VideoError)


def test_a_worker_is_replaced_after_its_share_of_files(video):
    with WorkerPool(1, limits=WorkerLimits(tasks_per_worker=2)) as pool:
        pids = []
        for _ in range(5):
            assert isinstance(only(pool, ScanTask(video)), VideoFacts)
            pids.append(pool.worker_pids()[0])
    assert len(set(pids)) == 3


def test_progress_tells_how_far_a_file_is(endless):
    seen: list[TaskProgress] = []
    with WorkerPool(1, limits=WorkerLimits(task_seconds=3), on_progress=seen.append) as pool:
        only(pool, ScanTask(endless))
    assert len(seen) > 3
    assert [p.num_frames for p in seen] == sorted(p.num_frames for p in seen)
    assert seen[-1].num_bytes > 0


def test_no_worker_outlives_the_pool(video):
    with WorkerPool(2) as pool:
        list(pool.run([ScanTask(video)] * 4))
        pids = pool.worker_pids()
        assert len(pids) == 2
    assert not any(psutil.pid_exists(pid) for pid in pids)


def test_leaving_in_the_middle_ends_the_workers(endless, video):
    with WorkerPool(2) as pool:
        answers = pool.run([ScanTask(video), ScanTask(endless), ScanTask(endless)])
        next(answers)
        pids = pool.worker_pids()
    assert not any(psutil.pid_exists(pid) for pid in pids)


def test_a_run_left_in_the_middle_does_not_answer_to_the_next(endless, video):
    with WorkerPool(2) as pool:
        for _ in pool.run([ScanTask(video), ScanTask(endless), ScanTask(endless)]):
            break
        assert pool.worker_pids() == []
        assert [task.path for task, _ in pool.run([ScanTask(video)] * 3)] == [video] * 3


PARENT = """
import signal, sys
from pathlib import Path

# A test run that a shell put in the background ignores Ctrl-C, and its children would with it.
signal.signal(signal.SIGINT, signal.default_int_handler)
from reelwise.media.workers.pool import WorkerPool
from reelwise.media.requests.scan import ScanTask

def show(progress):
    print(*pool.worker_pids(), flush=True)

with WorkerPool(2, on_progress=show) as pool:
    list(pool.run([ScanTask(Path(sys.argv[1]))] * 2))
"""


@pytest.mark.parametrize("kind", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_no_orphans_when_the_parent_ends(endless, kind):
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(endless)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert parent.stdout is not None
    children = [int(word) for word in parent.stdout.readline().split()]
    assert children
    parent.send_signal(kind)
    parent.wait(timeout=20)
    parent.stdout.close()
    deadline = time.monotonic() + 10
    while any(_is_alive(pid) for pid in children) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(_is_alive(pid) for pid in children)


def _is_alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_hostile_current_folder_is_not_imported(video, tmp_path, monkeypatch):
    for name in ("av", "numpy", "json", "reelwise"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    monkeypatch.chdir(tmp_path)
    with WorkerPool(1) as pool:
        assert isinstance(only(pool, ScanTask(video)), VideoFacts)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("reader", ["opencv", "pyav"])
def test_frames_as_an_array(video, reader):
    frames = read_frames(video, 10, 5, reader=reader)
    assert frames.shape == (5, 48, 64, 3)
    assert frames.dtype == np.uint8
    assert type(frames) is np.ndarray
    with pytest.raises(VideoError, match="it has 40"):
        read_frames(video, 38, 5, reader=reader)


def test_an_array_that_does_not_fit_is_refused_before_it_is_read(video, monkeypatch):
    monkeypatch.setattr(psutil, "virtual_memory", lambda: type("Memory", (), {"available": 1000}))
    with pytest.raises(VideoError, match="GiB of memory"):
        read_frames(video)


TABLE = """
import os, time
from dataclasses import dataclass
from pathlib import Path
from reelwise.media.requests.kind import RequestKind

@dataclass(frozen=True)
class CountTask:
    path: Path
    num_parts: int

@dataclass(frozen=True)
class WaitTask:
    path: Path

class Wait(RequestKind):
    name = "wait"
    task_type = WaitTask
    is_stream = True

    def pack(self, task):
        return {"path": str(task.path)}

    def unpack(self, message):
        return WaitTask(Path(message["path"]))

    def perform(self, task, workplace):
        for _ in range(30):
            workplace.waiting()
            time.sleep(0.05)

    def pack_result(self, result):
        return {}

    def unpack_result(self, message, parts):
        return None

class Count(RequestKind):
    name = "count"
    task_type = CountTask
    max_part_bytes = 10_000

    def pack(self, task):
        return {"path": str(task.path), "num_parts": task.num_parts}

    def unpack(self, message):
        return CountTask(Path(message["path"]), message["num_parts"])

    def perform(self, task, workplace):
        for number in range(task.num_parts):
            workplace.send_part({"bytes": task.path.read_bytes().decode()})
        try:
            task.path.with_suffix(".new").write_text("x" * 10)
        except OSError:
            return "may not write"
        return "wrote"

    def pack_result(self, result):
        return {"written": result}

    def unpack_result(self, message, parts):
        return str(message["written"]), [str(part["bytes"]) for part in parts]

KINDS = (Count(), Wait())
"""


@pytest.fixture
def counting(tmp_path, monkeypatch):
    """A table of requests that a package above media could bring."""
    (tmp_path / "counting_table.py").write_text(TABLE)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    yield importlib.import_module("counting_table")
    sys.modules.pop("counting_table")


def test_a_package_above_brings_a_table_of_its_own(counting, tmp_path):
    (tmp_path / "a").write_text("seven")
    with WorkerPool(1, table=counting.__name__) as pool:
        written, parts = only(pool, counting.CountTask(tmp_path / "a", 3))
        assert parts == ["seven"] * 3
        if sys.platform == "linux":
            assert written == "may not write"
        with pytest.raises(TypeError, match="no kind of request for ScanTask"):
            only(pool, ScanTask(tmp_path / "a"))


def test_a_result_that_is_too_long_ends_the_worker(counting, tmp_path):
    (tmp_path / "a").write_text("x" * 1000)
    with WorkerPool(1, table=counting.__name__) as pool:
        answer = only(pool, counting.CountTask(tmp_path / "a", 50))
        assert isinstance(answer, VideoError)
        assert "its result is too long" in str(answer)
        assert only(pool, counting.CountTask(tmp_path / "a", 1))[1] == ["x" * 1000]


def test_a_worker_with_a_whole_file_may_not_wait_for_more(counting, tmp_path):
    worker = WorkerProcess(WorkerLimits(stall_seconds=0.7), ReadLimits(), counting.__name__)
    try:
        message = pack_task(load_table(counting.__name__), counting.WaitTask(tmp_path / "a"))
        with pytest.raises(WorkerDiedError, match=r"nothing more was decoded for 0\.7 s"):
            list(worker.stream(message))
    finally:
        worker.kill()


def test_a_worker_that_takes_no_task_is_named_so():
    limits = WorkerLimits(start_seconds=60)
    worker = WorkerProcess(limits, ReadLimits(), MEDIA_TABLE)
    try:
        worker.greet()
        worker.num_tasks = 1  # greeted
        os.kill(worker.pid, signal.SIGSTOP)
        worker.limits = replace(limits, start_seconds=0.2)
        longer_than_a_pipe = {"kind": "scan", "path": "x" * 1_000_000}
        with pytest.raises(WorkerDiedError, match=r"it took no task for 0\.2 s") as error:
            worker.request(longer_than_a_pipe, lambda frames, size: None)
        assert error.value.retry
    finally:
        worker.kill()
