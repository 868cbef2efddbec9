"""Results of several requests per file come together, and the files that workers wrote go."""

from pathlib import Path

import crafted
import pytest

from reelwise.core.clip import DecodeSettings
from reelwise.core.errors import CacheError, VideoError
from reelwise.core.video import VideoFacts
from reelwise.media.decode_many import decode_many, perform_one
from reelwise.media.decoding.results import DecodeResult
from reelwise.media.requests.decode import DecodeTask
from reelwise.media.requests.scan import ScanTask
from reelwise.media.writers.repeat import repeat_packets

SETTINGS = DecodeSettings(size=16, max_frame_rate=None)


@pytest.fixture(scope="module")
def videos(tmp_path_factory) -> list[Path]:
    folder = tmp_path_factory.mktemp("many")
    paths = [crafted.make_video(folder / f"{number}.mp4", 5 + number) for number in range(3)]
    (folder / "bad.mp4").write_text("no video")
    return [*paths, folder / "bad.mp4"]


def both(path: Path, stem: Path):
    return [ScanTask(path), DecodeTask(path, SETTINGS, outputs=(stem.with_suffix(".frames"),))]


def test_results_come_together_and_outputs_go(pool, videos, tmp_path):
    sizes = {}
    for decoded in decode_many(videos, both, pool, folder=tmp_path):
        assert set(decoded.results) == {ScanTask, DecodeTask}
        output = decoded.stem.with_suffix(".frames")
        if decoded.item.stem == "bad":
            assert all(isinstance(result, VideoError) for result in decoded.results.values())
            continue
        assert isinstance(decoded.results[ScanTask], VideoFacts)
        assert isinstance(decoded.results[DecodeTask], DecodeResult)
        sizes[decoded.item.stem] = output.stat().st_size
        decoded.stem.with_suffix(".made").write_text("made of it")
    assert sizes == {str(number): (5 + number) * 16 * 16 * 3 for number in range(3)}
    assert list(tmp_path.iterdir()) == []


def test_single_results_are_seen_at_once_and_may_end_the_run(pool, videos):
    def refuse(decoded, task, result):
        raise result

    def wants(path, _):
        return [ScanTask(path)]

    with pytest.raises(VideoError, match="bad"):
        list(decode_many([videos[-1]], wants, pool, on_result=refuse))
    assert [decoded.item for decoded in decode_many([videos[0]] * 2, wants, pool)] == [videos[0]] * 2


def test_two_tasks_of_one_type_are_a_mistake(pool, videos):
    with pytest.raises(ValueError, match="each of another type"):
        list(decode_many(videos, lambda path, _: [ScanTask(path), ScanTask(path, 1.0)], pool))


def test_an_item_without_a_task_is_a_mistake(pool, videos):
    with pytest.raises(ValueError, match="an item needs tasks"):
        list(decode_many(videos, lambda path, stem: [], pool))


def test_without_a_folder_nothing_can_be_written(pool, videos):
    with pytest.raises(CacheError):
        list(decode_many(videos[:1], both, pool))


def test_one_task_in_a_worker_of_its_own(videos):
    assert perform_one(ScanTask(videos[1])).num_frames == 6
    with pytest.raises(VideoError, match="bad"):
        perform_one(ScanTask(videos[-1]))


def test_who_waits_for_one_result_may_end_the_work(tmp_path):
    long = tmp_path / "long.mp4"
    short = crafted.make_video(tmp_path / "short.mp4", 500)
    repeat_packets(short, long, 400)  # a fast machine needs longer for it, too, than until the first report

    def refuse(num_frames: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        perform_one(ScanTask(long), on_wait=refuse)
