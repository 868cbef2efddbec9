"""What ``info`` says of videos, and of things that are no video, model or run."""

import json
from pathlib import Path

import crafted
import pytest

from reelwise.analysis.shots.weights import SHIPPED_WEIGHTS
from reelwise.cache.folder import cache_root
from reelwise.core.errors import CacheError, UsageError
from reelwise.jobs.api import analyze
from reelwise.jobs.info import info_job, look_job
from reelwise.jobs.previews import video_overview
from reelwise.jobs.runs.options import InfoOptions
from reelwise.media.synthetic import Style, write_audio_visual_set


@pytest.fixture(scope="module")
def sounding(tmp_path_factory) -> Path:
    """A clip of 12 frames with sound."""
    root = tmp_path_factory.mktemp("sounding")
    write_audio_visual_set(root, 1, 0, "sound", style=Style(size=48, num_frames=12))
    return next(root.rglob("*.mp4"))


@pytest.fixture(scope="module")
def mute(tmp_path_factory) -> Path:
    """The same without."""
    root = tmp_path_factory.mktemp("mute")
    write_audio_visual_set(root, 1, 0, "sound", style=Style(size=48, num_frames=12), without_sound=1.0)
    return next(root.rglob("*.mp4"))


def test_a_folder_without_a_run(tmp_path):
    found = info_job(InfoOptions(tmp_path))
    assert (found["kind"], found["status"]) == ("run", "refused")
    assert "not a run of Reelwise" in found["reason"]


def test_a_reason_does_not_repeat_the_name(tmp_path):
    (tmp_path / "notes.txt").write_text("hello")
    found = info_job(InfoOptions(tmp_path / "notes.txt"))
    assert found["status"] == "refused"
    assert "notes.txt" not in found["reason"]


def test_a_failed_run_says_why(tmp_path):
    (tmp_path / "run.json").write_text(json.dumps({"status": "failed", "error": "only one class"}))
    found = info_job(InfoOptions(tmp_path))
    assert found["run"]["error"] == "only one class"
    assert found["warnings"]


def test_the_sound_of_a_video_is_measured(sounding):
    sound = info_job(InfoOptions(sounding))["video"]["sound"]
    assert (sound["codec"], sound["num_channels"]) == ("aac", 1)
    assert -60 < sound["loudness_lufs"] < 0
    assert sound["silent_share"] == 0
    assert sound["missing_share"] < 0.15
    assert not list(cache_root(None).glob("scratch-*"))


def test_a_video_without_sound(mute):
    found, look = look_job(InfoOptions(mute), with_pictures=True)
    assert found["video"]["sound"] is None
    assert found["warnings"] == []
    assert look.sound is None
    assert len(look.thumbnails) == 12
    assert [thumbnail.seconds for thumbnail in look.thumbnails] == sorted(
        thumbnail.seconds for thumbnail in look.thumbnails
    )


def test_a_page_is_written_once(sounding, tmp_path):
    page = tmp_path / "new" / "page.html"
    assert info_job(InfoOptions(sounding, out=page))["status"] == "ok"
    text = page.read_text()
    assert text.count("<li><img ") == 12
    assert "LUFS" in text
    with pytest.raises(UsageError, match="nothing is ever overwritten"):
        info_job(InfoOptions(sounding, out=page))
    assert page.read_text() == text


def test_a_page_about_something_else_is_refused(sounding, tmp_path):
    with pytest.raises(UsageError, match="web page"):
        info_job(InfoOptions(sounding, out=tmp_path / "page.pdf"))
    with pytest.raises(UsageError, match="is no video"):
        info_job(InfoOptions(tmp_path, out=tmp_path / "page.html"))


def test_of_a_refused_file_there_is_no_page(tmp_path):
    (tmp_path / "a.mp4").write_text("hello")
    assert info_job(InfoOptions(tmp_path / "a.mp4", out=tmp_path / "page.html"))["status"] == "refused"
    assert not (tmp_path / "page.html").exists()


def test_where_no_file_may_be_written_the_facts_are_told_all_the_same(sounding, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("REELWISE_CACHE", str(tmp_path / "file"))
    found = info_job(InfoOptions(sounding))
    assert (found["status"], found["video"]["num_frames"]) == ("ok", 12)
    assert "loudness_lufs" not in found["video"]["sound"]
    assert "was not read" in found["warnings"][0]


def test_a_worker_that_says_something_else_costs_pictures_and_sound_only(sounding, monkeypatch):
    def no_picture(*arguments):
        return (), "there are no pictures (of any kind)"

    monkeypatch.setattr(video_overview, "_thumbnails", no_picture)
    found, look = look_job(InfoOptions(sounding), with_pictures=True)
    assert look.thumbnails == ()
    assert found["warnings"] == ["there are no pictures (of any kind)"]


def test_a_shot_detector_and_the_run_that_made_it(tmp_path):
    (tmp_path / "run").mkdir()
    file = tmp_path / "run" / "shots.safetensors"
    file.write_bytes(SHIPPED_WEIGHTS.read_bytes())
    (tmp_path / "run" / "metrics.json").write_text("{}")
    for path in (file, tmp_path / "run"):
        document = info_job(InfoOptions(path))
        assert (document["kind"], document["status"]) == ("detector", "ok")
        facts = document["detector"]
        assert (facts["file"], facts["size"]) == ("shots.safetensors", SHIPPED_WEIGHTS.stat().st_size)
        assert 90_000 < facts["parameters"] < 100_000
        assert 0 < facts["thresholds"]["cut"] < 1
        assert facts["training"]["seed"] == 3
    with pytest.raises(UsageError, match="is no video"):
        info_job(InfoOptions(file, out=tmp_path / "page.html"))


def test_a_file_that_is_no_shot_detector(tmp_path):
    (tmp_path / "a.safetensors").write_text("hello")
    document = info_job(InfoOptions(tmp_path / "a.safetensors"))
    assert (document["kind"], document["status"], document["detector"]) == ("detector", "refused", None)
    assert document["reason"].startswith("cannot be read as a shot detector")


def test_a_page_that_cannot_be_written_has_a_hint_about_the_place(mute):
    with pytest.raises(CacheError, match="cannot be written: File exists") as error:
        look_job(InfoOptions(mute, out=mute / "page.html"))
    assert error.value.hint == "Choose another place: a part of this path is no folder."


@pytest.mark.parametrize(("degrees", "is_mirrored"), [(0, True), (90, True), (270, False), (0, False)])
def test_an_analysis_says_rotation_and_mirror_as_info_does(tmp_path, degrees, is_mirrored):
    path = crafted.with_rotation(crafted.make_video(tmp_path / "front.mp4"), degrees, mirrored=is_mirrored)
    video = info_job(InfoOptions(path))["video"]
    analyze(path, do="motion", out=tmp_path / "out")
    media = json.loads((tmp_path / "out/front/analysis.json").read_text(encoding="utf-8"))["media"]
    fields = ("rotation", "mirrored", "width", "height", "codec", "container", "num_frames")
    assert {name: media[name] for name in fields} == {name: video[name] for name in fields}
    assert (video["rotation"], video["mirrored"]) == (degrees, is_mirrored)


def test_a_mirrored_video_is_called_so(tmp_path):
    path = crafted.with_rotation(crafted.make_video(tmp_path / "front.mp4"), 90, mirrored=True)
    video = info_job(InfoOptions(path, out=tmp_path / "page.html"))["video"]
    assert (video["rotation"], video["mirrored"]) == (90, True)
    assert "mirrored" in (tmp_path / "page.html").read_text()


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("weights.h5", b"\x89HDF\r\n\x1a\n" + bytes(600), "is an HDF5 file (.h5), not a video file."),
        ("labels.parquet", b"PAR1\x15\x04" + bytes(600), "is a Parquet table, not a video file."),
        ("song.mp3", b"ID3\x04" + bytes(600), "is an MP3 sound file, not a video file."),
        ("model.pt", b"\x80\x02\x8a\n" + bytes(600), "is a Python pickle, not a video file."),
        ("clips.tar.gz", b"\x1f\x8b\x08" + bytes(600), "is a gzip archive, not a video file."),
    ],
)
def test_a_file_of_another_kind_is_named(tmp_path, name, content, reason):
    (tmp_path / name).write_bytes(content)
    assert info_job(InfoOptions(tmp_path / name))["reason"] == reason
