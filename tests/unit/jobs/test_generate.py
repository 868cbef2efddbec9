"""Samples of a model that predicts frames: its weights are random, which is enough for every rule here."""

import json
import signal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from samples import decode, kill_behind_two_samples, moving_bar

import reelwise as rw
from reelwise.cli.main import run
from reelwise.core.errors import Interruption, UsageError, VideoError
from reelwise.core.interrupt import StopToken
from reelwise.core.progress import Silent
from reelwise.jobs.generate import generate_job
from reelwise.jobs.generator.predicted_samples import exact_rate
from reelwise.jobs.runs.options import GenerateOptions
from reelwise.media.writers.writer import Encoding, write_video

NUM_VIDEOS = 3


@pytest.fixture(scope="module")
def videos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three videos of 60 frames at 25 a second."""
    folder = tmp_path_factory.mktemp("videos")
    for number in range(NUM_VIDEOS):
        frames = moving_bar(60, 7 * number, 64)
        write_video(folder / f"{number}.mp4", frames, Fraction(25), encoding=Encoding(crf=4, max_b_frames=0))
    return folder


class Raiser(Silent):
    """Sends a signal to this process once so many samples are done."""

    def __init__(self, num_samples: int, number: int = signal.SIGINT) -> None:
        self.num_samples, self.number = num_samples, number

    def update(self, done: float, total: float, unit: str, note: str = "") -> None:
        if unit == "samples" and done == self.num_samples:
            signal.raise_signal(self.number)


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


@pytest.fixture(scope="module")
def whole(frames_model, videos, tmp_path_factory) -> Path:
    """What an undisturbed call writes."""
    out = tmp_path_factory.mktemp("whole") / "out"
    rw.generate(frames_model, videos, out=out, at=1.2)
    return out


def test_a_sample_for_each_video_of_a_folder(frames_model, videos, whole):
    manifest = json.loads((whole / "manifest.json").read_text())
    assert [sample["file"] for sample in manifest["samples"]] == [f"sample_00{n}.mp4" for n in range(NUM_VIDEOS)]
    assert [Path(sample["source"]["file"]).name for sample in manifest["samples"]] == ["0.mp4", "1.mp4", "2.mp4"]
    assert [place["frame"] for place in manifest["samples"][0]["source"]["context"]] == list(range(16, 31, 2))
    for sample in manifest["samples"]:
        frames, _, duration = decode(whole / sample["file"])
        assert (len(frames), sample["num_frames"], sample["frame_rate"]) == (8, 8, "25/2")
        assert float(duration) == pytest.approx(8 / 12.5, abs=0.01)
        assert sample["truth"]["psnr_copy_last"] < 30


def test_the_frames_are_those_of_the_predictor(frames_model, videos, tmp_path):
    from reelwise.inference.frame_predictor import FramePredictor
    from reelwise.models.file import load_model_file

    rw.generate(frames_model, videos / "1.mp4", out=tmp_path / "out", at=1.2, frames=11, npz=True)
    with np.load(tmp_path / "out/samples.npz") as arrays:
        context, frames = arrays["context_000"], arrays["sample_000"]
    model = load_model_file(frames_model)
    assert np.array_equal(frames, FramePredictor(model.network, model.contract).predict(context[None], 11)[0])


def test_a_sample_does_not_depend_on_those_beside_it(frames_model, videos, whole, tmp_path):
    rw.generate(frames_model, videos / "2.mp4", videos / "0.mp4", out=tmp_path / "out", at=1.2)
    assert (tmp_path / "out/sample_000.mp4").read_bytes() == (whole / "sample_002.mp4").read_bytes()
    assert (tmp_path / "out/sample_001.mp4").read_bytes() == (whole / "sample_000.mp4").read_bytes()


def test_without_a_moment_there_is_no_truth(frames_model, videos, tmp_path):
    generated = rw.generate(frames_model, videos / "0.mp4", out=tmp_path / "out")
    (sample,) = generated.manifest["samples"]
    assert sample["truth"] is None
    assert sample["source"]["context"][-1]["frame"] == 59
    assert not list((tmp_path / "out").glob("compare*"))
    assert generated.files == (tmp_path / "out/sample_000.mp4",)


def test_frames_and_rate_as_asked(frames_model, videos, tmp_path):
    rw.generate(frames_model, videos / "0.mp4", out=tmp_path / "out", frames=20, fps=30)
    frames, _, duration = decode(tmp_path / "out/sample_000.mp4")
    assert len(frames) == 20
    assert float(duration) == pytest.approx(20 / 30, abs=0.002)


@pytest.mark.parametrize(("rate", "fraction"), [(12.5, "25/2"), (29.97002997, "30000/1001"), (10.0, "10")])
def test_rates_are_exact(rate, fraction):
    assert exact_rate(rate) == Fraction(fraction)


@pytest.mark.parametrize(
    "option",
    [("--label", "x"), ("--between", "a", "b"), ("--num", "2"), ("--seed", "1"), ("--steps", "5"), ("--guidance", "2"),
     ("--sampler", "heun")],
)  # fmt: skip
def test_options_without_sense_are_refused_by_name(frames_model, videos, tmp_path, capsys, option):
    out = tmp_path / "out"
    arguments = ["generate", str(frames_model), "--from", str(videos), "--out", str(out), *option]
    assert run(arguments) == 2
    assert f"error: {option[0]} makes no sense for a model that predicts frames." in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--out", "x"], "goes on from a video, and none is given"),
        (["--from", "a.mp4"], "--out is missing"),
        (["--out", "x", "--from", "a.mp4", "--frames", "0"], "--frames is 0, expected 1 to 2,000"),
        (["--out", "x", "--from", "a.mp4", "--fps", "0"], "--fps is 0"),
        (["--out", "x", "--from", "a.mp4", "--at", "-1"], "--at is -1"),
        (["--out", "x", "--from", "nothing/*.mp4"], "nothing matches"),
        (["--out", "x", "--from", "s3://bucket/a.mp4"], "is a URL"),
        (["--out", "x", "--from", "a.mp4", "--resume"], "nothing to resume"),
    ],
)
def test_wrong_usage_is_named(frames_model, tmp_path, monkeypatch, capsys, arguments, message):
    monkeypatch.chdir(tmp_path)
    assert run(["generate", str(frames_model), *arguments]) == 2
    assert message in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_classifier_makes_no_video(tested, videos, tmp_path):
    with pytest.raises(UsageError, match=r"model for classification; it makes no video.*reelwise predict"):
        rw.generate(tested.path, videos, out=tmp_path / "out")


def test_a_video_that_cannot_be_used_is_left_out(frames_model, videos, tmp_path, capsys):
    (tmp_path / "text.mp4").write_text("no video")
    write_video(tmp_path / "short.mp4", moving_bar(1), Fraction(25))
    names = [str(tmp_path / "text.mp4"), str(videos / "0.mp4"), str(tmp_path / "short.mp4")]
    options = [word for name in names for word in ("--from", name)]
    assert run(["generate", str(frames_model), *options, "--out", str(tmp_path / "out"), "--json"]) == 1
    manifest = json.loads(capsys.readouterr().out)
    assert manifest == json.loads((tmp_path / "out/manifest.json").read_text())
    assert [Path(failure["file"]).name for failure in manifest["failures"]] == ["text.mp4", "short.mp4"]
    assert "needs 8 frames at 12.5 a second to go on from, it has 1" in manifest["failures"][1]["error"]
    assert [sample["file"] for sample in manifest["samples"]] == ["sample_000.mp4"]


def test_where_none_can_be_used_nothing_is_written(frames_model, tmp_path):
    (tmp_path / "text.mp4").write_text("no video")
    with pytest.raises(VideoError, match=r"text\.mp4: is a text"):
        rw.generate(frames_model, tmp_path / "text.mp4", out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_what_is_done_to_fit_is_said_once(frames_model, videos, tmp_path, listener):
    options = GenerateOptions(frames_model, out=tmp_path / "out", from_inputs=(str(videos / "0.mp4"),))
    generate_job(options, listener)
    assert listener.said == ["0.mp4: 64x64 is resized to 32x32."]


@pytest.mark.parametrize(("num_samples", "number"), [(1, signal.SIGINT), (2, signal.SIGTERM)])
def test_every_file_of_a_cancelled_call_is_whole_and_it_can_go_on(
    frames_model, videos, whole, tmp_path, num_samples, number
):
    out = tmp_path / "out"
    words = f"{num_samples} of 3 samples are there"
    with pytest.raises(Interruption, match=words) as stopped:
        rw.generate(frames_model, videos, out=out, at=1.2, progress=Raiser(num_samples, number))
    assert stopped.value.exit_code == 128 + number
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["status"] == "interrupted"
    assert len(manifest["samples"]) == len(list(out.glob("sample_*"))) == num_samples
    for path in out.glob("*.mp4"):
        assert path.read_bytes() == (whole / path.name).read_bytes()
    assert not list(out.glob(".*.tmp"))
    with pytest.raises(UsageError, match="adding --resume"):
        rw.generate(frames_model, videos, out=out, at=1.2)
    rw.generate(frames_model, videos, out=out, at=1.2, resume=True)
    assert_same_samples(out, whole)


def assert_same_samples(out: Path, whole: Path) -> None:
    """All files, but for what a manifest says of its own folder."""
    ours, theirs = files_of(out), files_of(whole)
    documents = [json.loads(files.pop("manifest.json")) for files in (ours, theirs)]
    assert ours == theirs
    assert documents[0]["samples"] == documents[1]["samples"]
    assert documents[0]["status"] == documents[1]["status"] == "finished"
    assert not (out / ".pixels").exists()


def test_a_token_stops_it_too(frames_model, videos, tmp_path):
    stop = StopToken()

    class Stopper(Silent):
        def update(self, done: float, total: float, unit: str, note: str = "") -> None:
            if unit == "samples":
                stop.set()

    with pytest.raises(Interruption, match="1 of 3 samples"):
        rw.generate(frames_model, videos, out=tmp_path / "out", progress=Stopper(), stop=stop)


def test_after_kill_9_the_same_command_gives_the_same_samples(frames_model, videos, whole, tmp_path):
    out = tmp_path / "out"
    kill_behind_two_samples(frames_model, videos, out, at=1.2)
    assert json.loads((out / "manifest.json").read_text())["status"] == "running"
    assert len(list(out.glob("sample_*"))) == 2
    rw.generate(frames_model, videos, out=out, at=1.2, resume=True)
    assert_same_samples(out, whole)


def test_resume_needs_the_same_command(frames_model, videos, tmp_path):
    out = tmp_path / "out"
    with pytest.raises(Interruption):
        rw.generate(frames_model, videos, out=out, progress=Raiser(1))
    with pytest.raises(UsageError, match="--frames was not given, is 9"):
        rw.generate(frames_model, videos, out=out, frames=9, resume=True)


def test_a_finished_folder_is_left_as_it_is(frames_model, videos, tmp_path):
    out = tmp_path / "out"
    rw.generate(frames_model, videos / "0.mp4", out=out)
    before = {path: path.stat().st_mtime_ns for path in out.iterdir()}
    generated = rw.generate(frames_model, videos / "0.mp4", out=out, resume=True)
    assert {path: path.stat().st_mtime_ns for path in out.iterdir()} == before
    assert generated.manifest["status"] == "finished"


def test_the_command_of_the_manifest_makes_the_same_samples(frames_model, videos, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    arguments = ["generate", str(frames_model), "--from", str(videos / "0.mp4"), "--from", str(videos / "1.mp4")]
    assert run([*arguments, "--at", "1.2", "--npz", "--out", "new"]) == 0
    assert "sample_001.mp4" in capsys.readouterr().out
    command = json.loads(Path("new/manifest.json").read_text())["command"].split()
    assert command[0] == "reelwise"
    assert run(command[1:]) == 0
    first, second = files_of(tmp_path / "new"), files_of(tmp_path / "new-again")
    assert {name: content for name, content in first.items() if name != "manifest.json"} == {
        name: content for name, content in second.items() if name != "manifest.json"
    }
