"""Clips out of noise: free, around given frames, longer than a clip; from random weights, which is enough here."""

import json
import signal
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from samples import decode, kill_behind_two_samples, moving_bar, write_clips_model

import reelwise as rw
from reelwise.cli.main import run
from reelwise.core.errors import Interruption, UsageError, VideoError
from reelwise.core.progress import Silent
from reelwise.jobs.generate import GeneratedSamples
from reelwise.media.writers.writer import Encoding, write_video

RATE = Fraction(25)
T = 8


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clips_model(tmp_path_factory.mktemp("clips_model") / "model.keras", T)


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two videos of 40 frames, one of 3, and two pictures."""
    folder = tmp_path_factory.mktemp("inputs")
    for name, first, count in (("a", 0, 40), ("b", 5, 40), ("short", 0, 3)):
        write_video(folder / f"{name}.mp4", moving_bar(count, first, 16), RATE, encoding=Encoding(crf=4))
    for name, value in (("dark", 30), ("light", 220)):
        cv2.imwrite(str(folder / f"{name}.png"), np.full((16, 24, 3), value, np.uint8))
    return folder


@pytest.fixture
def make(model: Path, tmp_path: Path) -> Callable[..., tuple[GeneratedSamples, Any]]:
    """Generates into a new folder, and gives the exact pixels too."""
    numbers = iter(range(100))

    def generate(*sources: Path, **options: Any) -> tuple[GeneratedSamples, Any]:
        result = rw.generate(model, *sources, out=tmp_path / str(next(numbers)), npz=True, **{"steps": 2, **options})
        return result, np.load(result.path / "samples.npz")

    return generate


@pytest.mark.backend
def test_a_video_is_gone_on_from_and_its_frames_come_first(make, inputs) -> None:
    result, arrays = make(inputs / "a.mp4", at=0.8)
    (sample,) = result.manifest["samples"]
    assert [place["frame"] for place in sample["source"]["context"]] == [14, 16, 18, 20]
    assert (sample["num_frames"], sample["num_made"], sample["noise_number"]) == (T, T // 2, 0)
    assert np.array_equal(arrays["sample_000"][:4], arrays["context_000"])
    assert arrays["truth_000"].shape == (4, 16, 16, 3)
    assert [place["frame"] for place in sample["truth"]["frames"]] == [22, 24, 26, 28]
    assert sample["truth"]["psnr_blend"] is None
    frames, _, duration = decode(result.path / "sample_000.mp4")
    assert len(frames) == T
    assert float(duration) == pytest.approx(T / 12.5, abs=0.002)
    assert len(decode(result.path / "compare_000.mp4")[0]) == T


def test_given_frames_change_the_others(make, inputs) -> None:
    free, given = make(num=1)[1], make(inputs / "a.mp4")[1]
    assert not np.array_equal(free["sample_000"][4:], given["sample_000"][4:])


def test_each_class_and_none_give_other_clips_and_guidance_counts(make, inputs) -> None:
    usual = {"num": 1, "guidance": 2.0}
    settings = [
        {"label": "large", **usual},
        {"label": "small", **usual},
        {"num": 1},
        {**usual, "label": "small", "guidance": 4.0},
    ]
    assert len({make(**options)[1]["sample_000"].tobytes() for options in settings}) == len(settings)
    around = [make(inputs / "a.mp4", label=label)[1]["sample_000"][4:].tobytes() for label in ("large", "small")]
    assert around[0] != around[1]


def test_a_video_at_its_end_has_no_truth(make, inputs) -> None:
    result, _ = make(inputs / "a.mp4")
    (sample,) = result.manifest["samples"]
    assert sample["truth"] is None
    assert sample["source"]["context"][-1]["frame"] == 39


def test_a_picture_becomes_a_video(make, inputs) -> None:
    result, arrays = make(inputs / "dark.png")
    (sample,) = result.manifest["samples"]
    assert (sample["num_frames"], sample["num_made"]) == (T, T - 1)
    assert (arrays["sample_000"][0] == 30).all()
    assert sample["source"]["notes"] == ["dark.png: 24x16 is cut to its middle square and resized to 16x16."]


def test_several_continuations_each_have_their_noise(make, inputs) -> None:
    result, arrays = make(inputs / "a.mp4", inputs / "dark.png", num=2)
    samples = result.manifest["samples"]
    assert [Path(sample["source"]["file"]).name for sample in samples] == ["a.mp4"] * 2 + ["dark.png"] * 2
    assert [sample["noise_number"] for sample in samples] == [0, 1, 0, 1]
    assert not np.array_equal(arrays["sample_000"], arrays["sample_001"])
    _, other_order = make(inputs / "dark.png", inputs / "a.mp4", num=3)
    for ours, theirs in (("000", "003"), ("001", "004"), ("002", "000"), ("003", "001")):
        assert np.array_equal(arrays[f"sample_{ours}"], other_order[f"sample_{theirs}"])


@pytest.mark.backend
@pytest.mark.parametrize("frames", [None, 11])
def test_the_first_of_many_are_the_same_as_few(make, frames) -> None:
    many, few = make(num=11, frames=frames)[1], make(num=3, frames=frames)[1]
    for number in range(3):
        assert np.array_equal(many[f"sample_00{number}"], few[f"sample_00{number}"])
    assert len({many[name].tobytes() for name in many.files}) == 11


def test_between_two_pictures_both_are_there(make, inputs) -> None:
    result, arrays = make(between=(str(inputs / "dark.png"), str(inputs / "light.png")), label="small")
    (sample,) = result.manifest["samples"]
    assert (sample["num_made"], sample["truth"]) == (T - 2, None)
    assert (arrays["sample_000"][0] == 30).all()
    assert (arrays["sample_000"][-1] == 220).all()
    assert not (arrays["sample_000"][-2] == 220).all()
    assert Path(sample["end"]["file"]).name == "light.png"


def test_between_two_videos_the_end_of_one_and_the_start_of_the_other(make, inputs) -> None:
    result, arrays = make(between=(str(inputs / "a.mp4"), str(inputs / "b.mp4")), num=2)
    sample = result.manifest["samples"][1]
    assert [place["frame"] for place in sample["source"]["context"]] == [37, 39]
    assert [place["frame"] for place in sample["end"]["context"]] == [0, 2]
    assert np.array_equal(arrays["sample_001"][:2], arrays["context_001"])
    assert np.array_equal(arrays["sample_001"][-2:], arrays["end_001"])
    expected = moving_bar(3, 5, 16)[[0, 2]].astype(int)
    assert np.abs(arrays["end_001"].astype(int) - expected).mean() < 4


def test_between_both_ends_of_one_video_the_truth_is_known(make, inputs) -> None:
    result, arrays = make(between=(str(inputs / "a.mp4"), str(inputs / "a.mp4")))
    (sample,) = result.manifest["samples"]
    assert [place["frame"] for place in sample["source"]["context"]] == [25, 27]
    assert [place["frame"] for place in sample["truth"]["frames"]] == [29, 31, 33, 35]
    assert [place["frame"] for place in sample["end"]["context"]] == [37, 39]
    truth = arrays["truth_000"].astype(float)
    first, last = arrays["context_000"][-1].astype(float), arrays["end_000"][0].astype(float)
    blend = np.stack([first + (last - first) * step / 5 for step in range(1, 5)])
    expected = -10 * np.log10(np.mean(((truth - np.rint(blend)) / 255) ** 2))
    assert sample["truth"]["psnr_blend"] == pytest.approx(expected, abs=1e-3)
    made = arrays["sample_000"][2:-2].astype(float)
    assert sample["truth"]["psnr"] == pytest.approx(-10 * np.log10(np.mean(((truth - made) / 255) ** 2)), abs=1e-3)
    assert len(decode(result.path / "compare_000.mp4")[0]) == T


def test_a_longer_video_begins_with_what_is_given_and_with_the_clip(make, inputs) -> None:
    clip, long = (make(inputs / "a.mp4", at=0.8, frames=frames) for frames in (None, 14))
    assert np.array_equal(long[1]["sample_000"][:T], clip[1]["sample_000"])
    assert long[0].manifest["samples"][0]["num_made"] == 10
    assert len(decode(long[0].path / "sample_000.mp4")[0]) == 14
    assert len(long[1]["truth_000"]) == 9  # the video ends
    assert long[0].manifest["samples"][0]["truth"] is None


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"at": 1.0}, "--at makes no sense without --from"),
        ({"sources": ["a.mp4"], "between": ("a.mp4", "b.mp4")}, "--from makes no sense with --between"),
        ({"between": ("a.mp4", "b.mp4"), "frames": 12}, "--frames is 12; with --between the model fills its clip of 8"),
        ({"sources": ["a.mp4"], "frames": 4}, "4 frames of them would be those of a given file"),
        ({"between": (".", "a.mp4")}, "is 3 videos"),
        ({"guidance": 2.0}, "--guidance makes no sense without --label"),
    ],
)
def test_options_that_do_not_go_together_are_refused_by_name(
    model, inputs, tmp_path, monkeypatch, options, message
) -> None:
    monkeypatch.chdir(inputs)
    sources = options.pop("sources", [])
    with pytest.raises(UsageError, match=message) as caught:
        rw.generate(model, *sources, out=tmp_path / "out", **options)
    assert caught.value.hint
    assert not (tmp_path / "out").exists()


def test_a_picture_needs_but_one_frame_more(make, inputs) -> None:
    assert make(inputs / "dark.png", frames=2)[1]["sample_000"].shape == (2, 16, 16, 3)


def test_too_few_frames_are_refused_with_how_many_are_needed(model, inputs, tmp_path) -> None:
    with pytest.raises(VideoError, match=r"short\.mp4: the model needs 4 frames at 12\.5 a second.*it has 2"):
        rw.generate(model, inputs / "short.mp4", out=tmp_path / "out")
    write_video(tmp_path / "one.mp4", moving_bar(1, 0, 16), RATE)
    for ends in (("a.mp4", "one.mp4"), ("one.mp4", "a.mp4")):
        paths = tuple(str((tmp_path if name == "one.mp4" else inputs) / name) for name in ends)
        with pytest.raises(VideoError, match=r"one\.mp4: the model needs 2 frames"):
            rw.generate(model, out=tmp_path / "out", between=paths)
    assert not (tmp_path / "out").exists()


def test_no_frame_stands_still(make) -> None:
    """Noise moves everywhere, so that a frame that is shown twice would be seen."""
    result, _ = make(num=1, frames=14)
    for name in ("sample_000.mp4", "grid.mp4"):
        frames, seconds, duration = decode(result.path / name)
        assert len(frames) == 14
        assert np.allclose([float(second * 25 / 2) for second in seconds], range(14), atol=0.01)
        assert float(duration * 25 / 2) == pytest.approx(14, abs=0.01)
        assert np.abs(np.diff(frames.astype(int), axis=0)).mean(axis=(1, 2, 3)).min() > 1


class Stopper(Silent):
    """Sends Ctrl-C to this process once so many samples are done."""

    def __init__(self, num_samples: int) -> None:
        self.num_samples = num_samples

    def update(self, done: float, total: float, unit: str, note: str = "") -> None:
        if unit == "samples" and done == self.num_samples:
            signal.raise_signal(signal.SIGINT)


def test_a_cancelled_call_leaves_whole_files_and_goes_on(make, model, tmp_path) -> None:
    whole, _ = make(num=10, frames=11)
    out, options = tmp_path / "cut", {"num": 10, "frames": 11, "steps": 2, "npz": True}
    with pytest.raises(Interruption, match="3 of 10 samples are there"):
        rw.generate(model, out=out, progress=Stopper(3), **options)
    files = sorted(path.name for path in out.glob("*.mp4"))
    assert files == ["sample_000.mp4", "sample_001.mp4", "sample_002.mp4"]
    assert all(len(decode(out / name)[0]) == 11 for name in files)
    rw.generate(model, out=out, resume=True, **options)
    ours, theirs = ({path.name: path.read_bytes() for path in each.iterdir()} for each in (out, whole.path))
    del ours["manifest.json"], theirs["manifest.json"]
    assert [name for name in theirs if ours[name] != theirs[name]] == []


def test_the_manifest_repeats_it(model, inputs, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    arguments = [str(model), "--from", str(inputs / "a.mp4"), "--num", "2", "--label", "large", "--guidance", "2"]
    assert run(["generate", *arguments, "--steps", "2", "--seed", "5", "--at", "1", "--out", "new"]) == 0
    manifest = json.loads(Path("new/manifest.json").read_text())
    assert manifest["sampling"] == {"steps": 2, "method": "ancestral", "guidance": 2.0, "shift": 4.0}
    assert [sample["seed"] for sample in manifest["samples"]] == [5, 5]
    assert run(manifest["command"].split()[1:]) == 0
    for number in range(2):
        name = f"sample_00{number}.mp4"
        assert Path("new", name).read_bytes() == Path("new-again", name).read_bytes()
    assert "a.mp4, 1.00 s" in capsys.readouterr().out


def test_the_command_between_two_files_repeats_it_too(model, inputs, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    ends = [str(inputs / name) for name in ("dark.png", "light.png")]
    assert run(["generate", str(model), "--between", *ends, "--steps", "2", "--out", "new"]) == 0
    command = json.loads(Path("new/manifest.json").read_text())["command"]
    assert run(command.split()[1:]) == 0
    assert Path("new/sample_000.mp4").read_bytes() == Path("new-again/sample_000.mp4").read_bytes()


def test_after_kill_9_the_same_command_gives_the_same_samples(make, model, inputs, tmp_path) -> None:
    options = {"num": 3, "frames": 11, "at": 0.8}
    whole, _ = make(inputs / "a.mp4", **options)
    out = tmp_path / "out"
    kill_behind_two_samples(model, inputs / "a.mp4", out, steps=2, npz=True, **options)
    assert sorted(path.name for path in out.glob("sample_*")) == ["sample_000.mp4", "sample_001.mp4"]
    rw.generate(model, inputs / "a.mp4", out=out, resume=True, steps=2, npz=True, **options)
    ours, theirs = ({path.name: path.read_bytes() for path in each.glob("*.*")} for each in (out, whole.path))
    documents = [json.loads(files.pop("manifest.json")) for files in (ours, theirs)]
    assert documents[0]["samples"] == documents[1]["samples"]
    assert [name for name in theirs if ours[name] != theirs[name]] == []
