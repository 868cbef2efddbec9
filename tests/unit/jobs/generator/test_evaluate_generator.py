"""A model that makes clips is judged beside other real videos, by the measures in its file."""

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tiny_classes import RATE, square_video

from reelwise.core.errors import DataError, ModelFileError, UsageError
from reelwise.jobs.api import evaluate
from reelwise.jobs.runs.folder import Run
from reelwise.media.writers.writer import write_video
from reelwise.models.file import load_model_file, save_model

OF_THE_CLIPS = (
    "class_accuracy", "class_accuracy_ci95", "per_class", "judge_accuracy", "judge_num_clips", "baselines", "distances",
    "diversity", "motion", "num_training_videos", "num_real_videos",
)  # fmt: skip


@pytest.fixture(scope="module")
def other_videos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four new videos of each class, and one of a class that the model does not know."""
    folder = tmp_path_factory.mktemp("other")
    for label, seeds in {"large": range(50, 54), "small": range(60, 64), "tiny": range(1)}.items():
        (folder / label).mkdir()
        kind = "large" if label == "large" else "small"
        for seed in seeds:
            frames = np.maximum(square_video(kind, seed), 50)  # the dark ground of the training videos is 30
            write_video(folder / label / f"{seed}.mp4", frames, RATE)
    return folder


@pytest.mark.backend
def test_the_videos_of_the_training_give_its_numbers_again(
    trained: Run, class_folders: Path, cache: Path, tmp_path: Path
) -> None:
    metrics = evaluate(trained.path, class_folders, cache_dir=cache, out=tmp_path / "out")
    # The four validation videos count as learned from, so that the same four test videos are held out.
    assert {name: metrics[name] for name in OF_THE_CLIPS} == {name: trained.metrics[name] for name in OF_THE_CLIPS}
    assert metrics["learned_from"] == 0
    assert "has learned from 16 of 20 videos: its clips" in (tmp_path / "out" / "report.html").read_text()
    assert metrics["memorisation"]["num_training"] > trained.metrics["memorisation"]["num_training"]


def test_other_videos_are_judged_and_the_folder_is_whole(
    trained: Run, other_videos: Path, cache: Path, tmp_path: Path, listener: Any
) -> None:
    metrics = evaluate(trained.path, other_videos, cache_dir=cache, out=tmp_path / "out", progress=listener)
    assert metrics["class_accuracy"] == trained.metrics.class_accuracy  # the same clips and the same judge
    assert metrics["num_real_videos"] == 8
    assert metrics["learned_from"] == 0
    assert "memorisation" not in metrics
    assert "whether clips repeat training clips was not measured" in metrics["verdict"]
    assert any("1 video is of no class that the model knows" in text for text in listener.warned)
    out = tmp_path / "out"
    assert json.loads((out / "metrics.json").read_text()) == metrics
    with (out / "skipped.csv").open(newline="") as stream:
        assert [row["file"] for row in csv.DictReader(stream)] == ["tiny/0.mp4"]
    assert (out / "predictions.csv").read_bytes() == (trained.path / "predictions.csv").read_bytes()
    assert (out / "samples" / "sheet.png").read_bytes() == (trained.path / "samples" / "sheet.png").read_bytes()
    page = (out / "report.html").read_text()
    assert "of 100 generated clips show the class that was wanted" in page
    assert page.count("data:image/webp") >= 20


def test_real_videos_that_were_all_learned_from_are_called_so(
    trained: Run, class_folders: Path, cache: Path, tmp_path: Path, listener: Any
) -> None:
    with (trained.path / "splits.csv").open(newline="") as stream:
        names = [row["file"] for row in csv.DictReader(stream) if row["split"] == "train"]
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(class_folders / name, tmp_path / name)
    metrics = evaluate(trained.path, tmp_path, cache_dir=cache, progress=listener)
    assert metrics["learned_from"] == metrics["num_real_videos"] == len(names) == 12
    assert "the model was trained on 12 of the 12 real videos beside its clips" in metrics["verdict"]
    assert "says nothing about new ones" not in metrics["verdict"]
    warnings = [text for text in listener.warned if "trained on 12" in text]
    assert [text.endswith("and comes nearer to those than to new ones.") for text in warnings] == [True]


def test_videos_without_one_of_its_classes_are_refused(
    trained: Run, other_videos: Path, cache: Path, tmp_path: Path
) -> None:
    for label in ("huge", "tiny"):
        shutil.copytree(other_videos / "tiny", tmp_path / label)
    with pytest.raises(DataError, match="none of its classes \\(huge, tiny\\) is one of the model's") as caught:
        evaluate(trained.path, tmp_path, cache_dir=cache)
    assert "large, small" in caught.value.hint


def test_options_without_sense_are_refused(trained: Run, other_videos: Path) -> None:
    with pytest.raises(UsageError, match="--views makes no sense for models that make clips"):
        evaluate(trained.path, other_videos, views=2)


def with_arrays(run: Run, path: Path, change: Callable[[dict[str, np.ndarray]], None]) -> Path:
    """The model file of a run, with other arrays beside its weights."""
    model = load_model_file(run.path / "model.keras")
    arrays = dict(model.arrays)
    change(arrays)
    save_model(path, model.network, model.contract, model.metrics, arrays, model.training)
    return path


def drop_measures(arrays: dict[str, np.ndarray]) -> None:
    for name in [name for name in arrays if name.startswith(("measures", "judge"))]:
        del arrays[name]


def test_a_model_whose_training_was_broken_off_has_nothing_to_be_measured_by(
    trained: Run, other_videos: Path, tmp_path: Path
) -> None:
    path = with_arrays(trained, tmp_path / "model.keras", drop_measures)
    with pytest.raises(ModelFileError, match="its training was not finished") as caught:
        evaluate(path, other_videos)
    assert "--resume" in caught.value.hint


def described(text: str) -> np.ndarray:
    return np.frombuffer(text.encode(), np.uint8)


def network_json(**changes: Any) -> str:
    encoder = {"architecture": "cnn", "preset": "small", "arguments": {}, **changes}
    return json.dumps({"encoders": [encoder], "fusion": "", "head_names": []})


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("judge.network", None, "describes no network"),
        ("judge.network", described("{"), "is not JSON"),
        ("judge.network", described("[" * 100), "nested deeper"),
        ("judge.network", described(network_json(architecture="lstm")), "its judge is lstm"),
        ("judge.network", described(network_json(preset="huge")), "cnn has no preset 'huge'"),
        (
            "judge.network",
            described(network_json(arguments={"width": 10**6})),
            "width is 1000000, expected an int from 4 to 128",
        ),
        ("judge.weights/logits/kernel", np.zeros((3, 2), np.float32), "do not fit its network"),
        ("judge.weights/logits/kernel", None, "do not fit its network"),
        ("measures.self.pictures.centre", np.zeros(3), r"float64 \(3,\), expected float64 \(128\)"),
        ("measures.random.changes.directions", np.zeros((128, 17)), r"expected float64 \(128, 1 to 16\)"),
        ("measures.self.copies", np.zeros((0, 4)), r"expected float64 \(1 to 1024, "),
        ("measures.self.pictures.centre", np.full(128, 1e300), "values over 1e"),
        ("measures.random.means", None, "missing"),
        ("measures.seen_in_means", np.array([0, 1, 0]), "not 2 classes"),
        ("measures.seen_in_means", np.array([0, 7]), "a class that the model does not have"),
    ],
)
def test_damaged_measures_are_refused(
    trained: Run, other_videos: Path, tmp_path: Path, name: str, value: np.ndarray | None, message: str
) -> None:
    def change(arrays: dict[str, np.ndarray]) -> None:
        assert name in arrays
        del arrays[name]
        if value is not None:
            arrays[name] = value

    path = with_arrays(trained, tmp_path / "model.keras", change)
    with pytest.raises(ModelFileError, match=message) as caught:
        evaluate(path, other_videos)
    assert str(path) in str(caught.value)
    assert caught.value.hint


def test_a_judge_that_gives_no_numbers_is_refused(
    trained: Run, other_videos: Path, cache: Path, tmp_path: Path
) -> None:
    def change(arrays: dict[str, np.ndarray]) -> None:
        arrays["judge.weights/features/kernel"] = np.full_like(arrays["judge.weights/features/kernel"], 3e38)

    path = with_arrays(trained, tmp_path / "model.keras", change)
    with pytest.raises(ModelFileError, match=r"the features \[self\] are no numbers"):
        evaluate(path, other_videos, cache_dir=cache)


def test_videos_that_are_shorter_than_a_clip_are_refused(trained: Run, cache: Path, tmp_path: Path) -> None:
    for label in ("large", "small"):
        (tmp_path / label).mkdir()
        write_video(tmp_path / label / "short.mp4", square_video(label, 0)[:2], RATE)
    with pytest.raises(DataError, match="frames") as caught:
        evaluate(trained.path, tmp_path, cache_dir=cache)
    assert caught.value.hint == "Give longer videos that the model has not learned from."
