import json
import os
import subprocess
import sys
from fractions import Fraction

import av
import numpy as np
import pytest
from samples import SIZE, decode, head, moving_bar, plan_of

from reelwise.core.errors import CacheError, DataError, UsageError
from reelwise.core.files import file_sha256
from reelwise.jobs.generator.sample_folder import open_folder, read_manifest


def write_all(path, plan, *, resume=False, with_arrays=False, **changes):
    folder = open_folder(path, head(**changes), plan, resume=resume)
    for sample in plan.samples:
        folder.add(sample, moving_bar(sample.num_frames, 4 + sample.number))
    folder.finish(with_arrays=with_arrays)
    return folder


@pytest.mark.parametrize(("num_frames", "rate"), [(6, Fraction(25, 2)), (1, Fraction(10)), (24, Fraction(30000, 1001))])
def test_a_sample_has_exactly_its_frames_at_exactly_its_rate(tmp_path, num_frames, rate):
    plan = plan_of(1, num_frames, rate, num_following=0)
    write_all(tmp_path / "out", plan)
    frames, seconds, duration = decode(tmp_path / "out/sample_000.mp4")
    assert len(frames) == num_frames
    assert np.allclose([float(second * rate) for second in seconds], range(num_frames), atol=0.01)
    assert float(duration * rate) == pytest.approx(num_frames, abs=0.01)
    assert np.abs(frames.astype(int) - moving_bar(num_frames, 4)).mean() < 6


def test_no_frame_stands_still(tmp_path):
    write_all(tmp_path / "out", plan_of(1, 8, num_following=8))
    for name in ("sample_000.mp4", "compare_000.mp4", "grid.mp4"):
        frames, _, _ = decode(tmp_path / "out" / name)
        changes = np.abs(np.diff(frames[:, :120].astype(int), axis=0)).mean(axis=(1, 2, 3))
        assert changes.min() > 1, name


def test_h264_that_browsers_play_from_the_start(tmp_path):
    write_all(tmp_path / "out", plan_of(1))
    content = (tmp_path / "out/sample_000.mp4").read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")
    with av.open(str(tmp_path / "out/sample_000.mp4")) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.pix_fmt) == ("h264", "yuv420p")


def test_the_truth_stands_at_the_left_and_both_begin_with_the_given_frames(tmp_path):
    write_all(tmp_path / "out", plan_of(1))
    frames, _, _ = decode(tmp_path / "out/compare_000.mp4")
    assert len(frames) == 10  # four given, six made
    truth, sample = frames[:, :128, :128], frames[:, :128, -128:]
    assert np.abs(truth[:4].astype(int) - sample[:4]).mean() < 3
    enlarged = moving_bar(10).repeat(4, axis=1).repeat(4, axis=2)
    assert np.abs(truth.astype(int) - enlarged).mean() < 6


def test_a_video_that_ends_too_early_has_no_truth(tmp_path):
    write_all(tmp_path / "out", plan_of(1, 6, num_following=5))
    assert not (tmp_path / "out/compare_000.mp4").exists()
    assert read_manifest(tmp_path / "out")["samples"][0]["truth"] is None


def test_the_manifest_says_what_each_sample_is(tmp_path):
    write_all(tmp_path / "out", plan_of(2))
    manifest = read_manifest(tmp_path / "out")
    assert (manifest["status"], manifest["grid"], manifest["gif"], manifest["arrays"]) == (
        "finished", "grid.mp4", "grid.gif", None,
    )  # fmt: skip
    second = manifest["samples"][1]
    assert second["file"] == "sample_001.mp4"
    assert second["sha256"] == file_sha256(tmp_path / "out/sample_001.mp4")
    assert (second["num_frames"], second["frame_rate"], second["size"]) == (6, "25/2", SIZE)
    assert second["source"]["file"] == "1.mp4"
    assert [place["frame"] for place in second["source"]["context"]] == [0, 2, 4, 6]
    assert second["source"]["notes"] == ["1.mp4: 96x64 is resized to 32x32."]
    assert [place["frame"] for place in second["truth"]["frames"]] == [8, 10, 12, 14, 16, 18]


def test_psnr_stands_beside_that_of_repeating_the_last_frame(tmp_path):
    write_all(tmp_path / "out", plan_of(2))
    exact, shifted = (sample["truth"] for sample in read_manifest(tmp_path / "out")["samples"])
    assert exact["psnr"] == 100.0  # the made-up sample is the truth
    assert shifted["psnr"] < 30
    assert exact["psnr_copy_last"] == shifted["psnr_copy_last"] < 30


def test_files_of_all_samples_and_nothing_else(tmp_path):
    write_all(tmp_path / "out", plan_of(2))
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "compare_000.mp4", "compare_001.mp4", "grid.gif", "grid.mp4", "manifest.json", "sample_000.mp4",
        "sample_001.mp4",
    ]  # fmt: skip


def test_arrays_hold_the_exact_pixels(tmp_path):
    write_all(tmp_path / "out", plan_of(2), with_arrays=True)
    with np.load(tmp_path / "out/samples.npz", allow_pickle=False) as arrays:
        assert sorted(arrays) == sorted(f"{kind}_00{n}" for kind in ("sample", "context", "truth") for n in (0, 1))
        assert np.array_equal(arrays["sample_001"], moving_bar(6, 5))
        assert np.array_equal(np.concatenate([arrays["context_000"], arrays["truth_000"]]), moving_bar(10))


def test_same_samples_same_bytes(tmp_path):
    for name in ("a", "b"):
        write_all(tmp_path / name, plan_of(3), with_arrays=True)
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes(), path.name


WRITTEN_IN_USED_MEMORY = """
import hashlib, sys
from pathlib import Path
import numpy as np
from samples import head, plan_of
from reelwise.jobs.generator.sample_folder import open_folder

picture = np.random.default_rng(0).integers(0, 256, (32, 96, 3), np.uint8)
frames = np.stack([picture[:, 4 * step : 4 * step + 32] for step in range(11)])
plan = plan_of(3, 11)
folder = open_folder(Path(sys.argv[1]), head(), plan, resume=False)
for sample in plan.samples:
    folder.add(sample, frames)
folder.finish(with_arrays=False)
print([hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(Path(sys.argv[1]).glob("*.mp4"))])
"""


def test_the_bytes_do_not_depend_on_what_lay_in_memory(tmp_path):
    """Memory that a process gets is full of one byte or another: with its tree of blocks x264 reads it."""
    hashes = set()
    for number, fill in enumerate(("0", "1", "85", "254")):
        command = [sys.executable, "-c", WRITTEN_IN_USED_MEMORY, str(tmp_path / str(number))]
        environment = os.environ | {"MALLOC_PERTURB_": fill, "PYTHONPATH": os.pathsep.join(sys.path)}
        hashes.add(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)
    assert len(hashes) == 1


@pytest.mark.parametrize("num_done", [0, 1, 2, 3])
def test_going_on_gives_the_same_files(tmp_path, num_done):
    plan = plan_of(3)
    write_all(tmp_path / "whole", plan)
    folder = open_folder(tmp_path / "cut", head(), plan, resume=False)
    for sample in plan.samples[:num_done]:
        folder.add(sample, moving_bar(sample.num_frames, 4 + sample.number))
    again = open_folder(tmp_path / "cut", head(), plan, resume=True)
    assert [again.pixels(sample) is not None for sample in plan.samples] == [n < num_done for n in range(3)]
    for sample in plan.samples:
        pixels = again.pixels(sample)
        again.add(sample, moving_bar(sample.num_frames, 4 + sample.number) if pixels is None else pixels)
    again.finish(with_arrays=False)
    for path in (tmp_path / "whole").iterdir():
        assert path.read_bytes() == (tmp_path / "cut" / path.name).read_bytes(), path.name


def test_pixels_of_another_video_or_a_damaged_file_are_made_anew(tmp_path):
    plan = plan_of(1)
    folder = open_folder(tmp_path / "out", head(), plan, resume=False)
    folder.add(plan.samples[0], moving_bar(6))
    (kept,) = (tmp_path / "out/.pixels").iterdir()
    assert folder.pixels(plan.samples[0]) is not None
    assert folder.pixels(plan_of(1, num_frames=7).samples[0]) is None
    kept.write_bytes(kept.read_bytes()[:-100])
    assert folder.pixels(plan.samples[0]) is None
    kept.rename(kept.with_name("000-0000000000000000.npy"))
    assert folder.pixels(plan.samples[0]) is None


def test_a_finished_folder_needs_nothing_more(tmp_path):
    plan = plan_of(2)
    write_all(tmp_path / "out", plan)
    assert open_folder(tmp_path / "out", head(), plan, resume=True).is_finished
    (tmp_path / "out/sample_001.mp4").write_bytes(b"")
    assert not open_folder(tmp_path / "out", head(), plan, resume=True).is_finished


def test_a_folder_in_use_is_refused(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(UsageError, match=r"is not empty.*Choose another --out\.$"):
        open_folder(tmp_path, head(), plan_of(1), resume=False)
    write_all(tmp_path / "out", plan_of(1))
    with pytest.raises(UsageError, match="adding --resume"):
        open_folder(tmp_path / "out", head(), plan_of(1), resume=False)


def test_another_command_or_model_does_not_go_on(tmp_path):
    open_folder(tmp_path / "out", head(), plan_of(1), resume=False)
    other = head()["configuration"] | {"from_inputs": ["b.mp4"]}
    with pytest.raises(UsageError, match=r"--from was \['a.mp4'\], is \['b.mp4'\]"):
        open_folder(tmp_path / "out", head(configuration=other), plan_of(1), resume=True)
    with pytest.raises(UsageError, match="another model file"):
        open_folder(tmp_path / "out", head(model=head()["model"] | {"sha256": "0" * 64}), plan_of(1), resume=True)
    resumed = head()["configuration"] | {"resume": True}
    open_folder(tmp_path / "out", head(configuration=resumed), plan_of(1), resume=True)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema": "reelwise/run/1"}', "\udcff"])
def test_a_manifest_that_cannot_be_read_is_named(tmp_path, text):
    (tmp_path / "manifest.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(DataError, match=r"manifest\.json"):
        read_manifest(tmp_path)


def test_nothing_to_go_on_from(tmp_path):
    with pytest.raises(UsageError, match="nothing to resume"):
        open_folder(tmp_path, head(), plan_of(1), resume=True)


def test_a_full_disk_leaves_the_samples_before_whole(tmp_path, monkeypatch):
    plan = plan_of(2)
    folder = open_folder(tmp_path / "out", head(), plan, resume=False)
    folder.add(plan.samples[0], moving_bar(6, 4))

    def full(*arguments: object, **options: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch, pytest.raises(CacheError, match=r"No space left.*Free some space"):
        patch.setattr(np, "save", full)
        folder.add(plan.samples[1], moving_bar(6, 5))
    assert len(json.loads((tmp_path / "out/manifest.json").read_text())["samples"]) == 1
    assert len(decode(tmp_path / "out/sample_000.mp4")[0]) == 6
    assert not list((tmp_path / "out").glob("*001*"))
