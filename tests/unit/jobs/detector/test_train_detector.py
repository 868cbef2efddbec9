"""Training a detector: examples by several processes, a few steps, calibration, and a file that loads."""

import json
import math
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors import safe_open

from reelwise.analysis.shots.decoding import Calibration, logit
from reelwise.analysis.shots.descriptors import THUMBNAIL_HW
from reelwise.analysis.shots.network import FrameProbabilities, weight_shapes
from reelwise.analysis.shots.weights import load_weights, shipped_weights
from reelwise.core.errors import CacheError
from reelwise.core.progress import Silent
from reelwise.jobs.detector import example_processes
from reelwise.jobs.detector.calibrate import JudgedVideo, calibrate, measure
from reelwise.jobs.detector.example_processes import ExampleProcesses
from reelwise.jobs.detector.examples import ExamplePlan, make_examples
from reelwise.jobs.detector.scenes import PictureScene, Scene, made_up_picture
from reelwise.media.workers.start_module import start_module
from reelwise.metrics.boundaries import Boundary


class Recorder(Silent):
    """Keeps the steps of each stage: done, total, unit."""

    def __init__(self) -> None:
        self.steps: dict[str, list[tuple[float, float, str]]] = {}

    def stage(self, title: str) -> None:
        self.steps[title] = []

    def update(self, done: float, total: float, unit: str, note: str = "") -> None:
        del note
        self.steps[list(self.steps)[-1]].append((done, total, unit))


def scenes() -> list[Scene]:
    return [PictureScene(made_up_picture(np.random.default_rng(seed))) for seed in range(3)]


def test_examples_do_not_depend_on_the_number_of_processes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    one = make_examples(tmp_path / "one", scenes(), ExamplePlan(3, seed=5), num_processes=1)
    two = make_examples(tmp_path / "two", scenes(), ExamplePlan(3, seed=5), num_processes=2)
    np.testing.assert_array_equal(one.whole, two.whole)
    np.testing.assert_array_equal(one.targets, two.targets)
    assert np.abs(one.cells).sum(axis=(1, 2, 3), dtype=np.float64).min() > 0


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """The processes that are started from here on."""
    processes: list[subprocess.Popen[bytes]] = []

    def start(*arguments: str) -> subprocess.Popen[bytes]:
        processes.append(start_module(*arguments))
        return processes[-1]

    monkeypatch.setattr(example_processes, "start_module", start)
    return processes


def test_the_work_of_all_processes_ends_when_a_tick_raises(tmp_path: Path, started) -> None:
    def stop(num_done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_examples(tmp_path, scenes(), ExamplePlan(1000, seed=5), num_processes=2, on_tick=stop)
    assert len(started) == 2
    assert all(process.poll() is not None for process in started)


def test_a_process_that_is_killed_ends_the_work(tmp_path: Path, started) -> None:
    with pytest.raises(CacheError, match="was ended"):
        make_examples(
            tmp_path, scenes(), ExamplePlan(1000, seed=5), num_processes=2, on_tick=lambda num_done: started[1].kill()
        )
    assert all(process.poll() is not None for process in started)


def test_processes_end_where_the_next_one_does_not_start(started, monkeypatch: pytest.MonkeyPatch) -> None:
    start = example_processes.start_module

    def start_two(*arguments: str) -> subprocess.Popen[bytes]:
        if len(started) == 2:
            raise OSError("Resource temporarily unavailable")
        return start(*arguments)

    monkeypatch.setattr(example_processes, "start_module", start_two)
    with pytest.raises(OSError, match="unavailable"), ExampleProcesses(b"", 3):
        pass
    assert [process.poll() is not None for process in started] == [True, True]


SCRIPT = """
import pathlib, sys
import numpy as np
from reelwise.jobs.detector.examples import ExamplePlan, make_examples
from reelwise.jobs.detector.scenes import PictureScene, made_up_picture

scenes = [PictureScene(made_up_picture(np.random.default_rng(seed))) for seed in range(2)]
print(len(make_examples(pathlib.Path(sys.argv[1]), scenes, ExamplePlan(2, seed=5), 2)))
"""


def test_a_script_needs_no_main_guard(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(SCRIPT, encoding="utf-8")
    (tmp_path / "examples").mkdir()
    command = [sys.executable, "script.py", "examples"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=100, check=False)
    assert done.stdout == "2\n", done.stderr[-2000:]


def test_a_full_disk_is_seen_before_a_process_is_killed_by_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(10**9, 10**9, 70_000_000))
    with pytest.raises(CacheError, match=r"70\.0 MB free, [0-9.]+ MB are needed for training examples"):
        make_examples(tmp_path, scenes(), ExamplePlan(50, seed=5), num_processes=1)
    assert list(tmp_path.iterdir()) == []


def videos_with_false_alarms(num_videos: int) -> list[JudgedVideo]:
    """At a raw probability of 0.6 every fourth cut is one, at 0.95 every cut is."""
    videos = []
    for number in range(num_videos):
        cut = np.full(300, 0.001, np.float32)
        kinds = np.tile(np.array([0.996, 0.001, 0.001, 0.001, 0.001], np.float32), (300, 1))
        cut[[50, 100, 120, 150, 200]] = (0.6, 0.6, 0.6, 0.6, 0.95)
        kinds[230:250] = (0.1, 0.8, 0.04, 0.03, 0.03)
        truths = (Boundary(50, 50, "cut"), Boundary(200, 200, "cut"), Boundary(231, 250, "dissolve"))
        thumbnails = np.zeros((300, *THUMBNAIL_HW, 3), np.uint8)
        thumbnails[240:] = 60
        truths = truths[: 2 + number % 2] if number else truths
        videos.append(JudgedVideo(truths, FrameProbabilities(cut, kinds), thumbnails))
    return videos


def test_scores_are_how_often_they_are_right() -> None:
    videos = videos_with_false_alarms(20)
    calibration = calibrate(videos)
    assert calibration.cut_score(0.6) == pytest.approx(1 / 4, abs=0.05)
    assert calibration.cut_score(0.95) > 0.9
    assert calibration.thresholds[0] > calibration.cut_score(0.6)
    error = measure(videos, calibration).calibration_error
    assert error is not None
    assert error < 0.1


def test_a_detector_without_mistakes_keeps_its_scores() -> None:
    calibration = calibrate([])
    assert calibration.cut == (1.0, 0.0)
    assert math.isclose(logit(calibration.cut_score(0.7)), logit(0.7))


@pytest.mark.backend
def test_a_few_steps_give_weights_that_load(tmp_path: Path) -> None:
    from reelwise.jobs.detector.fit import FitPlan
    from reelwise.jobs.detector.train_detector import DetectorPlan, save_weights, train_detector

    progress = Recorder()
    plan = DetectorPlan(
        3,
        num_gradual=1,
        num_validation=2,
        fit=FitPlan(2, batch_size=2),
        refine=FitPlan(2, batch_size=2),
        num_processes=1,
    )
    (tmp_path / "scratch").mkdir()
    result = train_detector(scenes(), scenes(), plan, scratch=tmp_path / "scratch", progress=progress)
    assert {name: array.shape for name, array in result.weights.arrays.items()} == weight_shapes()
    assert {title: steps[-1] for title, steps in progress.steps.items()} == {
        "make examples": (4, 4, "sequences"),
        "train": (2, 2, "steps"),
        "train on gradual ones too": (4, 4, "steps"),
        "predict held-out edits": (2, 2, "edits"),
        "calibrate": (26, 26, "thresholds"),
    }
    path = tmp_path / "shots.safetensors"
    save_weights(path, result.weights, {"seed": 0})
    weights = load_weights(path)
    np.testing.assert_array_equal(weights.arrays["whole_0.kernel"], result.weights.arrays["whole_0.kernel"])
    assert weights.calibration.thresholds == pytest.approx(result.weights.calibration.thresholds)
    with safe_open(path, "numpy") as file:
        assert json.loads(file.metadata()["reelwise"]) == {"seed": 0}


def test_the_shipped_detector_says_what_it_was_made_of() -> None:
    from reelwise.analysis.shots.weights import SHIPPED_WEIGHTS

    assert SHIPPED_WEIGHTS.stat().st_size <= 400_000
    assert shipped_weights().calibration != Calibration()
    with safe_open(SHIPPED_WEIGHTS, "numpy") as file:
        facts = json.loads(file.metadata()["reelwise"])
    licences = {source["licence"] for source in facts["training"] + facts["held_out"]}
    assert licences <= {"CC0", "CC-BY", "CC-BY-4.0", "use these media files however you wish"}
    assert isinstance(facts["seed"], int)
