"""Folders of numbered pictures in the commands, as videos like any other."""

import json
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from reelwise.analysis.document import read_analysis
from reelwise.core.progress import Silent
from reelwise.jobs.api import analyze
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
        "frame rate: 25 frames per second is assumed; a JSON file beside the folder, with its name, may hold another:"
        ' {"frame_rate": 30}.'
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
