"""What a call from Python shows: warnings, one line, a log, and results that fit on a line."""

import io
import logging
import shutil
import sys
import warnings
from pathlib import Path

import pytest

import reelwise as rw
from reelwise.core.errors import ReelwiseWarning
from reelwise.jobs import python_progress
from reelwise.jobs.python_progress import PythonProgress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def watch(monkeypatch) -> Terminal:
    """A terminal in the place of stderr; called in a test, since pytest puts its own there between fixtures."""
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(python_progress, "_LINE_SECONDS", 0.0)
    return stream


def screen(text):
    """What is on the line of a terminal after this text."""
    line: list[str] = []
    place = 0
    for character in text:
        if character == "\r":
            place = 0
            continue
        line[place : place + 1] = [character]
        place += 1
    return "".join(line).rstrip()


def test_a_person_sees_one_line_and_at_the_end_none(monkeypatch):
    terminal = watch(monkeypatch)
    with PythonProgress() as progress:
        progress.stage("decode")
        assert screen(terminal.getvalue()) == "decode …"
        progress.update(3, 4, "videos", "a\x1b[2Jlong note")
        assert screen(terminal.getvalue()).startswith("decode: 3/4 videos, ")
        progress.stage("train")
        assert screen(terminal.getvalue()) == "train …"
    assert screen(terminal.getvalue()) == ""
    assert "\n" not in terminal.getvalue()
    assert "\x1b" not in terminal.getvalue()


def test_a_script_sees_no_line_and_its_log_gets_the_rest(monkeypatch, caplog):
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.delitem(sys.modules, "ipykernel", raising=False)
    with caplog.at_level(logging.INFO, "reelwise"), PythonProgress() as progress:
        progress.stage("decode")
        progress.update(4, 4, "videos")
        progress.log("3 groups.")
    assert stream.getvalue() == ""
    assert caplog.messages == ["decode …", "3 groups."]


@pytest.mark.parametrize("stream", [None, "closed"])
def test_a_closed_stderr_is_no_failure(stream, monkeypatch):
    terminal = None if stream is None else Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    progress = PythonProgress()
    if terminal is not None:
        terminal.close()
    progress.stage("decode")
    progress.close()


def with_a_broken_clip(clips: Path, folder: Path) -> Path:
    shutil.copytree(clips, folder / "clips")
    clip = folder / "clips" / "up" / "up_0002.mp4"
    clip.write_bytes(clip.read_bytes()[:400])
    return folder / "clips"


def test_a_skipped_file_is_a_warning_of_the_line_that_called(clips, tmp_path):
    data = with_a_broken_clip(clips, tmp_path)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", ReelwiseWarning)
        report = rw.check(data, cache_dir=tmp_path / "cache")
        run = rw.find(data / "up" / "up_0008.mp4", data / "down", cache_dir=tmp_path / "cache")
    assert report.num_usable == 17
    assert "17 of 18" in repr(report)
    assert len(repr(report)) < 200
    assert run.num_videos == 6
    assert {item.filename for item in caught} <= {__file__}


def test_training_warns_of_a_skipped_file(clips, tmp_path):
    data = with_a_broken_clip(clips, tmp_path)
    with pytest.warns(ReelwiseWarning, match=r"up_0002\.mp4 is skipped: ") as caught:
        run = rw.train(
            data, model="cnn", size=32, num_frames=8, epochs=1, batch_size=6, modalities="frames",
            out=tmp_path / "run", cache_dir=tmp_path / "cache", no_refit=True,
        )  # fmt: skip
    assert {item.filename for item in caught if "skipped" in str(item.message)} == {__file__}
    assert repr(run).startswith(f"Run(path={tmp_path / 'run'}, accuracy=")
    assert len(repr(run)) < len(str(tmp_path)) + 100
    assert "\n" not in repr(run)
    html = run._repr_html_()
    assert html.startswith("<table>")
    assert "motion energy" in html
    assert "report.html" in html
    assert repr(run.metrics).startswith("ClassificationMetrics(accuracy=")
    assert dict(run.metrics)["schema"] == "reelwise/metrics/1"


def test_a_silent_progress_shows_nothing_at_all(clips, tmp_path, monkeypatch):
    terminal = watch(monkeypatch)
    data = tmp_path / "clips"
    shutil.copytree(clips / "up", data / "up")
    shutil.copytree(clips / "down", data / "down")
    with warnings.catch_warnings():
        warnings.simplefilter("error", ReelwiseWarning)
        rw.check(data, cache_dir=tmp_path / "cache", progress=rw.Silent())
    assert terminal.getvalue() == ""
