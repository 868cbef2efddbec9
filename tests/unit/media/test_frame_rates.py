"""The rates that a job gives folders of pictures: where they hold, and where not."""

from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction

import pytest
from frame_pictures import noise, save_frames

from reelwise.cache.content_hashes import ContentIndex
from reelwise.media.frame_folders import content_sha256, read_frame_folder
from reelwise.media.frame_rates import FrameRates, frame_rates_in_use, steps_with, use_frame_rates
from reelwise.media.requests.kind import load_table
from reelwise.media.requests.scan import ScanTask
from reelwise.media.requests.stream import StreamTask
from reelwise.media.stream import VideoStream
from reelwise.media.workers.handover import files_of, frame_rates_of
from reelwise.media.workers.pool import MEDIA_TABLE, WorkerPool
from reelwise.media.workers.wire import pack_task

TABLE = load_table(MEDIA_TABLE)
FAST = FrameRates(of_all=Fraction(60))


@pytest.fixture
def folder(tmp_path):
    return save_frames(tmp_path / "a", noise(6))


def test_a_pool_takes_the_rates_with_each_task(folder):
    def rate_of(task: ScanTask) -> Fraction:
        ((_, facts),) = pool.run([task])
        return facts.frame_rate

    with WorkerPool(1) as pool:
        assert rate_of(ScanTask(folder)) == 25
        with use_frame_rates(FAST):
            assert rate_of(ScanTask(folder)) == 60
        assert rate_of(ScanTask(folder)) == 25


def test_a_worker_that_opens_paths_is_told_the_rate(folder):
    task = ScanTask(folder)
    with use_frame_rates(FAST):
        message = pack_task(TABLE, task) | files_of(TABLE.kind_of(task), task).as_message()
    with use_frame_rates(frame_rates_of(message)):
        assert (read_frame_folder(folder).frame_rate, read_frame_folder(folder).rate_source) == (60, "--frame-rate")


def test_a_stream_has_the_rate_of_its_job(folder):
    with use_frame_rates(FAST), VideoStream(StreamTask(folder)) as stream:
        assert len(list(stream)) == 6
        assert stream.end.facts.frame_rate == 60


def test_the_rate_is_part_of_what_a_folder_is(folder, tmp_path):
    index = ContentIndex(tmp_path / "content.json")
    (usual,) = index.contents([folder]).values()
    with use_frame_rates(FAST):
        (fast,) = index.contents([folder]).values()
        assert fast == content_sha256(folder) == index.content(folder)
    assert fast != usual == index.content(folder)


def test_rates_hold_in_their_thread_alone(folder):
    with use_frame_rates(FAST), ThreadPoolExecutor(1) as threads:
        assert threads.submit(frame_rates_in_use).result() == FrameRates()
        assert read_frame_folder(folder).frame_rate == 60


def test_rates_of_a_generator_hold_in_its_steps_and_not_between_them():
    seen = []

    def job():
        try:
            yield frame_rates_in_use()
            yield frame_rates_in_use()
        finally:
            seen.append(frame_rates_in_use())

    steps = steps_with(FAST, job())
    for step in steps:
        assert (step, frame_rates_in_use()) == (FAST, FrameRates())
        break
    steps.close()
    assert (seen, frame_rates_in_use()) == ([FAST], FrameRates())
    assert list(steps_with(FAST, job())) == [FAST, FAST]
