"""Folders of numbered pictures in the commands, as videos like any other."""

import json
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from reelwise.analysis.document import read_analysis
from reelwise.core.errors import UsageError
from reelwise.core.progress import Silent
from reelwise.jobs.api import analyze, evaluate, info, load_model, predict
from reelwise.jobs.find import find_job
from reelwise.jobs.info import info_job
from reelwise.jobs.runs.inputs import expand_inputs
from reelwise.jobs.runs.options import FindOptions, InfoOptions


def moving_square(label: str, seed: int) -> np.ndarray:
    """A bright square that moves to the left or to the right, of shape (20, 48, 64, 3)."""
    generator = np.random.default_rng(seed)
    frames = np.repeat(generator.integers(0, 120, (1, 48, 64, 3), np.uint8), 20, axis=0)
    top = int(generator.integers(5, 30))
    for index in range(20):
        left = 2 * index if label == "right" else 44 - 2 * index
        frames[index, top : top + 10, left : left + 10] = 255
    return frames


def write_pictures(folder: Path, frames: np.ndarray) -> None:
    folder.mkdir(parents=True)
    for number, frame in enumerate(frames, 1):
        (folder / f"img_{number:05d}.png").write_bytes(cv2.imencode(".png", frame[..., ::-1])[1].tobytes())


def write_lossless(path: Path, frames: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w", format="avi") as container:
        stream = container.add_stream("png", rate=25)
        stream.width, stream.height, stream.pix_fmt = frames.shape[2], frames.shape[1], "rgb24"
        for frame in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, "rgb24")))
        container.mux(stream.encode(None))


@pytest.fixture(scope="module")
def sets(tmp_path_factory) -> tuple[Path, Path]:
    """The same videos as folders of pictures and as files, under the same names."""
    root = tmp_path_factory.mktemp("sets")
    for label in ("left", "right"):
        for number in range(6):
            frames = moving_square(label, number)
            write_pictures(root / "pictures" / label / f"clip{number}", frames)
            write_lossless(root / "files" / label / f"clip{number}", frames)
    return root / "pictures", root / "files"


def test_a_model_learns_the_same_from_pictures_and_from_lossless_videos(sets, tiny_train):
    pictures, files = (tiny_train(data, out=data.name, seed=1) for data in sets)
    assert pictures.metrics == files.metrics
    assert (pictures.path / "predictions.csv").read_bytes() == (files.path / "predictions.csv").read_bytes()
    run_file = json.loads((pictures.path / "run.json").read_text(encoding="utf-8"))
    assert any("12 folders of numbered pictures" in note for note in run_file["notes"])


def test_info_says_what_a_folder_of_pictures_is(sets):
    info = info_job(InfoOptions(sets[0] / "left/clip0"))
    assert (info["kind"], info["status"]) == ("video", "ok")
    assert (info["video"]["num_frames"], info["video"]["frame_rate"], info["video"]["codec"]) == (20, "25", "png")
    assert info["warnings"] == [
        'frame rate: 25 frames per second is assumed; --frame-rate gives another, or {"frame_rate": 30} in clip0.json'
        " beside the folder."
    ]


def test_the_pictures_of_a_folder_are_found_as_the_file_is(sets, tmp_path):
    pictures, files = sets
    clip = pictures / "left/clip0"
    matches = find_job(FindOptions(clip, (str(pictures / "left"), str(files / "left")), cache_dir=tmp_path), Silent())
    assert matches.matches[0].file == str(files / "left/clip0")
    assert str(clip) not in {match.file for match in matches.matches}  # a video always holds itself


def test_an_analysis_of_pictures(sets, tmp_path):
    folder = sets[0] / "right/clip1"
    analyze(folder, do="shots,motion", out=tmp_path / "out")
    media = read_analysis(tmp_path / "out/clip1").media
    assert (media.num_frames, media.size_bytes) == (20, sum(path.stat().st_size for path in folder.iterdir()))


def test_inputs_are_the_folders(sets):
    folder = sets[0] / "right"
    inside = [folder / f"clip{number}" for number in range(6)]
    assert expand_inputs((str(folder),)) == inside
    assert expand_inputs((str(inside[2]),)) == [inside[2]]
    assert expand_inputs((str(folder / "clip[01]"),)) == inside[:2]


@pytest.mark.parametrize("rate", ["30000/1001", 12.5])
def test_the_rate_of_pictures_is_given(sets, tmp_path, rate):
    folder = sets[0] / "left/clip0"
    document = info(folder, frame_rate=rate)
    assert (Fraction(document["video"]["frame_rate"]), document["warnings"]) == (Fraction(rate), [])
    analyze(folder, do="motion", out=tmp_path / "out", frame_rate=rate)
    media = read_analysis(tmp_path / "out/clip0").media
    assert Fraction(media.frame_rate) == Fraction(rate)
    matches = find_job(
        FindOptions(folder, (str(sets[0] / "left"),), frame_rate=str(rate), cache_dir=tmp_path), Silent()
    )
    assert matches.clip.seconds == pytest.approx(20 / float(Fraction(rate)))
    assert info(folder)["video"]["frame_rate"] == "25"


@pytest.mark.parametrize("rate", ["fast", "0", "-3", "1e9", "25/0"])
def test_a_rate_that_is_none_is_refused(sets, rate):
    with pytest.raises(UsageError, match="expected frames per second"):
        info(sets[0] / "left/clip0", frame_rate=rate)


def test_the_rate_of_a_video_file_is_refused(sets, tmp_path):
    file = sets[1] / "left/clip0"
    for call in (lambda: info(file, frame_rate=30), lambda: analyze(file, out=tmp_path / "a", frame_rate=30)):
        with pytest.raises(UsageError, match=r"is no folder of numbered pictures, .* says its own rate"):
            call()


def test_a_run_keeps_the_rate_and_its_model_reads_as_in_training(sets, tiny_train):
    """At 60 frames a second every second picture is left out, so that another rate gives other numbers."""
    pictures = sets[0]
    run = tiny_train(pictures, out="fast", seed=1, frame_rate="60")
    run_file = json.loads((run.path / "run.json").read_text(encoding="utf-8"))
    assert run_file["configuration"]["frame_rate"] == "60"
    assert "--frame-rate 60" in run_file["command"]
    video = pictures / "left/clip0"
    rates = (None, "60", "25")
    as_trained, as_given, other = (next(iter(predict(run.path, video, frame_rate=rate))).probs for rate in rates)
    assert np.array_equal(as_trained, as_given)
    assert not np.array_equal(as_trained, other)
    assert np.array_equal(load_model(run.path).predict(video).probs, as_trained)
    assert evaluate(run.path, pictures)["log_loss"] == evaluate(run.path, pictures, frame_rate="60")["log_loss"]
    assert evaluate(run.path, pictures)["log_loss"] != evaluate(run.path, pictures, frame_rate="25")["log_loss"]


def test_analyze_reads_pictures_as_the_training_of_its_model_did(sets, tiny_train, tmp_path):
    run = tiny_train(sets[0], out="fast", seed=1, frame_rate="60", epochs=1)
    for name, rate in (("trained", None), ("given", "60"), ("other", "25")):
        analyze(sets[0] / "left/clip0", do="actions", model=run.path, window="1s", out=tmp_path / name, frame_rate=rate)
    trained, given, other = (
        read_analysis(tmp_path / name / "clip0").media.frame_rate for name in ("trained", "given", "other")
    )
    assert Fraction(trained) == Fraction(given) == 60
    assert Fraction(other) == 25


def test_models_of_different_rates_are_refused_for_pictures(sets, tiny_train, tmp_path):
    runs = [tiny_train(sets[0], out=rate, frame_rate=rate, epochs=1) for rate in ("50", "60")]
    options = {"do": "actions", "model": [run.path for run in runs], "window": "1s"}
    with pytest.raises(UsageError, match=r"at 50 and 60 frames per second.*Say the one that holds with --frame-rate"):
        analyze(sets[0] / "left/clip0", out=tmp_path / "a", **options)
    analyze(sets[0] / "left/clip0", out=tmp_path / "b", frame_rate=50, **options)
