"""`reelwise evaluate --shots`: from the list of boundaries to the scores."""

import itertools
import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import reelwise as rw
from reelwise.analysis.shots.weights import WEIGHTS_NAME, shipped_weights
from reelwise.cli.main import run
from reelwise.core.errors import DataError, ModelFileError, UsageError
from reelwise.core.progress import Silent
from reelwise.jobs.detector.train_detector import save_weights
from reelwise.jobs.evaluate_shots import evaluate_shots_job
from reelwise.jobs.runs.options import EvaluateOptions
from reelwise.media.writers.writer import write_video

LENGTHS = (30, 21, 40, 34)
COLOURS = np.array([(200, 40, 40), (30, 160, 60), (40, 60, 190), (220, 210, 60)], np.uint8)


def scene(length: int, colour: np.ndarray) -> list[np.ndarray]:
    """A plain scene in which something moves."""
    pictures = []
    for step in range(length):
        picture = np.empty((64, 96, 3), np.uint8)
        picture[:] = colour
        picture[20:40, step : step + 20] = 255 - colour
        pictures.append(picture)
    return pictures


@pytest.fixture(scope="module")
def films(tmp_path_factory) -> Path:
    """A folder with film.mp4, four scenes with hard cuts, and still.mp4 without any."""
    folder = tmp_path_factory.mktemp("films")
    scenes = [scene(length, colour) for length, colour in zip(LENGTHS, COLOURS, strict=True)]
    write_video(folder / "film.mp4", itertools.chain.from_iterable(scenes), Fraction(25))
    write_video(folder / "still.mp4", scenes[0], Fraction(25))
    return folder


@pytest.fixture(scope="module")
def cuts(films, tmp_path_factory) -> list[int]:
    """Where `analyze` sees cuts: the scores are tested here, not the detector."""
    (analysis,) = rw.analyze(films / "film.mp4", out=tmp_path_factory.mktemp("analyses") / "out", do="shots").analyses
    frames = [item.start.frame for item in analysis.items("shots") if item.transition_in is not None]
    assert {item.transition_in.type for item in analysis.items("shots")[1:]} == {"cut"}
    assert len(frames) >= 3
    return frames


def write_list(folder: Path, cuts: list[int], more_rows: str = "") -> Path:
    path = folder / "truth.csv"
    rows = "".join(f"film.mp4,{frame}\n" for frame in cuts)
    path.write_text(f"file,cut_frame\n{rows}{more_rows}", encoding="utf-8")
    return path


def test_the_truth_is_perfect_and_the_folder_stays_as_it_was(films, cuts, tmp_path):
    document = rw.evaluate_shots(write_list(tmp_path, cuts, "still.mp4,\n"), films)
    num = len(cuts)
    assert document["detector"] is None
    assert document["boundaries"]["0"] == {
        "precision": 1.0, "recall": 1.0, "f1": 1.0, "num_matches": num, "num_predictions": num, "num_truths": num,
    }  # fmt: skip
    assert document["num_videos"] == 2
    assert [video["status"] for video in document["videos"]] == ["ok", "ok"]
    assert sorted(path.name for path in films.iterdir()) == ["film.mp4", "still.mp4"]


def test_cuts_that_are_off_or_missing_cost(films, cuts, tmp_path):
    document = rw.evaluate_shots(write_list(tmp_path, [cuts[0] + 1, *cuts[1:-1]]), films)
    assert [document["cuts"][key]["num_matches"] for key in "012"] == [len(cuts) - 2, len(cuts) - 1, len(cuts) - 1]
    assert document["videos"][0]["boundaries"]["precision"] == (len(cuts) - 1) / len(cuts)
    assert document["videos"][0]["boundaries"]["recall"] == 1


def test_the_command_prints_a_table_or_the_document(films, cuts, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")  # another test may have left a narrow terminal
    path = write_list(tmp_path, cuts, "gone.mp4,4\n")
    arguments = ["evaluate", "--shots", str(path), "--data", str(films), "--quiet"]
    assert run(arguments) == 1  # a video failed
    text = capsys.readouterr().out
    assert "all boundaries, 1 frame off" in text
    assert "gone.mp4" in text
    assert run([*arguments, "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "reelwise/shot-metrics/1"
    assert document["videos"][1]["boundaries"] is None
    assert document["num_videos"] == 1


def test_videos_lie_beside_the_list(films, cuts):
    path = write_list(films, cuts)
    try:
        assert rw.evaluate_shots(path)["boundaries"]["0"]["f1"] == 1
    finally:
        path.unlink()


def test_out_keeps_the_analyses_and_the_document(films, cuts, tmp_path):
    document = rw.evaluate_shots(write_list(tmp_path, cuts), films, out=tmp_path / "out")
    assert json.loads((tmp_path / "out/shot-metrics.json").read_text()) == document
    assert (tmp_path / "out/film/analysis.json").is_file()


def test_a_frame_that_the_video_does_not_have_costs_that_video_alone(films, cuts, tmp_path):
    document = rw.evaluate_shots(write_list(tmp_path, cuts, "still.mp4,31\n"), films, out=tmp_path / "out")
    good, bad = document["videos"]
    assert (good["status"], document["num_videos"], document["boundaries"]["0"]["f1"]) == ("ok", 1, 1)
    assert (bad["status"], bad["boundaries"]) == ("failed", None)
    assert "the list has a boundary at frame 31, the video has 30 frames" in bad["error"]
    assert json.loads((tmp_path / "out/shot-metrics.json").read_text()) == document


def test_a_list_whose_frames_are_all_wrong_is_refused(films, tmp_path):
    with pytest.raises(DataError, match="boundary at frame 126, the video has 125 frames"):
        rw.evaluate_shots(write_list(tmp_path, [126]), films)


class Recorder(Silent):
    """Keeps warnings, and how many videos were done at each."""

    def __init__(self) -> None:
        self.done, self.warnings = 0.0, []

    def update(self, done, total, unit, note=""):
        self.done = done

    def warn(self, text):
        self.warnings.append((self.done, text))


def test_a_wrong_frame_is_named_as_soon_as_its_video_is_decoded(films, cuts, tmp_path):
    path = tmp_path / "truth.csv"
    path.write_text("file,cut_frame\nstill.mp4,31\nfilm.mp4,30\n", encoding="utf-8")
    progress = Recorder()
    rw.evaluate_shots(path, films, threads=1, progress=progress)
    ((done, warning),) = progress.warnings
    assert warning.startswith("still.mp4: the list has a boundary at frame 31")
    assert done < 2


def test_one_video_under_two_names_counts_for_both(films, cuts, tmp_path):
    document = rw.evaluate_shots(write_list(tmp_path, cuts, "./film.mp4,30\n"), films)
    assert [video["file"] for video in document["videos"]] == ["film.mp4", "./film.mp4"]
    assert document["num_videos"] == 2


def test_a_trained_detector_is_judged(films, cuts, tmp_path):
    run_folder = tmp_path / "run"
    run_folder.mkdir()
    shipped = shipped_weights()
    blind = replace(shipped, calibration=replace(shipped.calibration, thresholds=(1.1, 1.1)))
    save_weights(run_folder / WEIGHTS_NAME, blind, {})
    for model in (run_folder, run_folder / WEIGHTS_NAME):
        document = rw.evaluate_shots(write_list(tmp_path, cuts), films, model=model)
        assert document["boundaries"]["0"]["num_predictions"] == 0
        assert document["detector"].startswith("shots.safetensors, sha256 ")


def test_a_damaged_detector_is_refused_before_any_work(films, cuts, tmp_path):
    (tmp_path / "own.safetensors").write_bytes(b"no detector")
    with pytest.raises(ModelFileError, match="cannot be read as a shot detector"):
        rw.evaluate_shots(write_list(tmp_path, cuts), films, model=tmp_path / "own.safetensors", out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_where_nothing_is_true_or_predicted_there_is_no_ratio(films, tmp_path, capsys):
    path = tmp_path / "truth.csv"
    path.write_text("file,cut_frame\nstill.mp4,\n", encoding="utf-8")
    nothing = {
        "precision": None, "recall": None, "f1": None, "num_matches": 0, "num_predictions": 0, "num_truths": 0,
    }  # fmt: skip
    document = rw.evaluate_shots(path, films)
    assert document["gradual"] == document["cuts"]["1"] == document["videos"][0]["boundaries"] == nothing
    assert run(["evaluate", "--shots", str(path), "--data", str(films), "--quiet"]) == 0
    assert "–" in capsys.readouterr().out


def test_a_list_without_a_usable_video_is_refused(films, tmp_path):
    with pytest.raises(DataError, match="none of its videos can be judged: there is no such file"):
        rw.evaluate_shots(write_list(tmp_path, [], "gone.mp4,4\n"), films)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"views": 3}, "--views"),
        ({"group": "g"}, "--group"),
        ({"label_from": "{label}"}, "--label-from"),
        ({"ablate": "mask"}, "--ablate"),
        ({"fvd_features": "i3d:x.pt"}, "--fvd-features"),
        ({"seed": 7}, "--seed"),
        ({"backend": "jax"}, "--backend"),
        ({"cache_gb": 3.0}, "--cache-gb"),
    ],
)
def test_options_that_judge_labels_are_refused(options, complaint, tmp_path):
    shots = write_list(tmp_path, [30])
    with pytest.raises(UsageError, match=f"{complaint} makes no sense for --shots"):
        evaluate_shots_job(EvaluateOptions(shots=shots, **options), Silent())


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["model.keras", "--shots", "truth.csv"], "model.keras: is no shot detector, which --shots judges"),
        ([], "MODEL is missing"),
        (["model.keras"], "DATA is missing"),
    ],
)
def test_wrong_usage_exits_with_2(arguments, complaint, capsys):
    assert run(["evaluate", *arguments]) == 2
    assert complaint in capsys.readouterr().err


def test_evaluate_of_a_model_refuses_the_list(tmp_path):
    with pytest.raises(UsageError, match="judges boundaries, not a model"):
        rw.evaluate(tmp_path / "model.keras", tmp_path, shots=tmp_path / "truth.csv")
