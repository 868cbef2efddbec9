"""`reelwise analyze --model`: a window is predicted as `predict` would, to the last digit."""

import hashlib
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import reelwise as rw
from reelwise.analysis.folder import read_arrays
from reelwise.cli.main import run
from reelwise.core.errors import UsageError
from reelwise.core.intervals import TimeRange
from reelwise.jobs.analyses.actions import sound_of, window_of
from reelwise.media.decoding.decode import decode_video
from reelwise.media.synthetic import write_motion_set
from reelwise.media.synthetic.scene import Style

pytestmark = pytest.mark.backend


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> tuple[Path, Path]:
    """A model of three motions that looked at them for one epoch, and the clips."""
    folder = tmp_path_factory.mktemp("actions")
    write_motion_set(folder / "clips", 18, 0, style=Style(size=48, num_frames=30, num_groups=6), labels=("up", "down"))
    made = rw.train(
        folder / "clips",
        model="cnn",
        out=folder / "run",
        epochs=1,
        no_refit=True,
        cache_dir=folder / "cache",
        size=48,
    )
    return made.path / "model.keras", folder / "clips"


def test_every_window_is_predicted_as_predict_does(trained, tmp_path):
    file, clips = trained
    video = sorted((clips / "up").iterdir())[0]
    assert run(["analyze", str(video), "--out", str(tmp_path / "out"), "--model", str(file), "--window", "0.5s"]) == 0
    values = read_arrays(tmp_path / "out" / video.stem / "signals.npz")["actions"]
    model = rw.load_model(file)
    decode = model.contract.input.decode
    assert model.contract.modalities == ("frames", "sound")
    log_mel = sound_of(model.contract, video, tmp_path / "sound")
    hop = Fraction(1, 8)
    windows = [
        model.predict_frames(replace(decode_video(video, decode, segment=span), log_mel=log_mel))
        for span in (TimeRange(start * hop, start * hop + Fraction(1, 2)) for start in range(len(values) - 3))
    ]
    assert len(windows) == 5  # the video lasts a second
    # A hop has the mean of the windows that hold it; those in whose middle it lies weigh twice.
    for row, value in enumerate(values):
        holding = [(row - start, probs) for start, probs in enumerate(windows) if 0 <= row - start < 4]
        weights = [2 if place in (1, 2) else 1 for place, _ in holding]
        weighted = [weight * probs for weight, (_, probs) in zip(weights, holding, strict=True)]
        # From the last window to the first, as they are added up: another order rounds in another way.
        np.testing.assert_array_equal(value, (sum(reversed(weighted)) / sum(weights)).astype(np.float32))


def test_the_whole_of_a_short_video_is_predict_itself(trained, tmp_path):
    file, clips = trained
    video = sorted((clips / "down").iterdir())[0]
    analysis = rw.analyze(video, out=tmp_path / "out", model=(file,), window="60s").analyses[0]
    values = read_arrays(tmp_path / "out" / video.stem / "signals.npz")["actions"]
    (prediction,) = rw.predict(file, video)
    np.testing.assert_array_equal(values[0], prediction.probs.astype(np.float32))
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    assert analysis.tool.options["actions"] == f"model.keras, sha256 {digest}, window 60 s"


def test_a_model_of_image_features_sees_the_stills_of_every_window(trained, tmp_path):
    _, clips = trained
    options = {"model": "cnn", "modalities": "frames", "epochs": 1, "size": 48, "no_refit": True}
    made = rw.train(clips, out=tmp_path / "run", cache_dir=tmp_path / "cache", image_features="on", **options)
    video = sorted((clips / "up").iterdir())[0]
    rw.analyze(video, out=tmp_path / "out", model=(made.path,), window="60s")
    values = read_arrays(tmp_path / "out" / video.stem / "signals.npz")["actions"]
    (prediction,) = rw.predict(made.path, video)
    np.testing.assert_array_equal(values[0], prediction.probs.astype(np.float32))


def test_a_loaded_model_gives_the_bytes_of_its_file(trained, tmp_path):
    file, clips = trained
    video = sorted((clips / "down").iterdir())[0]
    model = rw.load_model(file)
    for name, each in (("path", str(file)), ("folder", [file.parent]), ("loaded", model)):
        rw.analyze(video, out=tmp_path / name, model=each, do="shots")
    folders = [tmp_path / name / video.stem for name in ("path", "folder", "loaded")]
    contents = [{p.name: p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()} for folder in folders]
    assert b"model.keras, sha256 " in contents[0]["analysis.json"]
    assert contents[0] == contents[1] == contents[2]
    live_items = list(rw.analyze_stream(video, model=model, do="shots", window="0.5s"))
    assert {each.track for each in live_items} <= {"shots", "actions"}


def test_the_model_that_was_loaded_counts_and_not_what_its_file_is_by_now(trained, tmp_path):
    file, clips = trained
    copy = tmp_path / "model.keras"
    copy.write_bytes(file.read_bytes())
    model = rw.load_model(copy)
    copy.write_bytes(b"another model")
    analysis = rw.analyze(sorted((clips / "up").iterdir())[0], out=tmp_path / "out", model=model).analyses[0]
    assert hashlib.sha256(file.read_bytes()).hexdigest() in str(analysis.tool.options["actions"])


def test_what_is_no_model_is_refused(trained, tmp_path):
    with pytest.raises(UsageError, match="model is 7, which has no file"):
        rw.analyze(trained[1] / "up", out=tmp_path / "out", model=7)  # pyright: ignore[reportArgumentType]


def test_the_window_is_the_median_of_the_training_clips(trained):
    contract = rw.load_model(trained[0]).contract
    assert contract.input.typical_seconds is not None
    assert abs(float(window_of(trained[0], contract, None)) - contract.input.typical_seconds[1]) < 0.02


@pytest.mark.parametrize("window", ["0.01s", "0.249s"])
def test_a_window_that_holds_no_action_is_refused(window, trained):
    contract = rw.load_model(trained[0]).contract
    with pytest.raises(UsageError, match=rf"--window is '{window}', expected 0\.25 s or more"):
        window_of(trained[0], contract, window)
    assert window_of(trained[0], contract, "0.25s") == Fraction(1, 4)


def test_a_window_without_a_model_is_refused(trained, tmp_path):
    with pytest.raises(UsageError, match="--window is for classifiers"):
        rw.analyze(trained[1] / "up", out=tmp_path / "out", window="2s")


def test_actions_may_be_looked_for_alone(trained, tmp_path):
    file, clips = trained
    video = sorted((clips / "up").iterdir())[0]
    made = rw.analyze(video, out=tmp_path / "alone", model=(file,), window="0.5s", do="actions")
    assert made.index["tool"]["do"] == ["actions"]
    assert list(made.index["videos"][0]["found"]) == ["actions"]
    both = rw.analyze(video, out=tmp_path / "both", model=(file,), window="0.5s", do="shots")
    assert both.index["tool"]["do"] == ["shots", "actions"]
    assert both.analyses[0].items("actions") == made.analyses[0].items("actions")


def test_a_window_that_is_no_time_has_a_hint_with_one(trained, tmp_path):
    with pytest.raises(UsageError, match="--window is 'abc'") as error:
        rw.analyze(trained[1] / "up", out=tmp_path / "out", model=(trained[0],), window="abc")
    assert error.value.hint == "Use --window 2s."


def test_analysis_without_a_model_loads_no_keras(trained, tmp_path):
    import subprocess
    import sys

    code = "import sys, reelwise as rw; rw.analyze(sys.argv[1], out=sys.argv[2]); assert 'keras' not in sys.modules"
    video = sorted((trained[1] / "up").iterdir())[0]
    subprocess.run([sys.executable, "-c", code, str(video), str(tmp_path / "out")], check=True)


def test_a_model_that_hears_cannot_follow(trained, tmp_path):
    video = sorted((trained[1] / "up").iterdir())[0]
    with pytest.raises(UsageError, match="reads sound, which a video that is still being written lacks"):
        rw.analyze(video, out=tmp_path / "out", model=(trained[0],), follow=True)
