"""`reelwise analyze` of a video that is still being written: `--follow`, and `-` for a pipe."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from plain_film import make_film

from reelwise.analysis.document import read_analysis
from reelwise.analysis.results import SegmentTrack
from reelwise.core.errors import CacheError, UsageError
from reelwise.core.progress import Silent
from reelwise.jobs.analyses import plan, stdin
from reelwise.jobs.analyses.stdin import spooled_stdin
from reelwise.jobs.analyze import analyze_job
from reelwise.jobs.runs.options import AnalyzeOptions


@pytest.fixture(scope="module")
def film(tmp_path_factory) -> Path:
    return make_film(tmp_path_factory.mktemp("films") / "film.mp4")


def analyze(*inputs: Path, out: Path, **options):
    return analyze_job(AnalyzeOptions(tuple(map(str, inputs)), out=out, **options), Silent())


def grow(source: Path, target: Path) -> threading.Thread:
    """Write a file in small pieces, as a recorder does."""
    content = source.read_bytes()

    def write() -> None:
        with target.open("wb", buffering=0) as stream:
            for start in range(0, len(content), 2000):
                stream.write(content[start : start + 2000])
                time.sleep(0.02)

    thread = threading.Thread(target=write)
    thread.start()
    return thread


@pytest.mark.parametrize("suffix", ["mkv", "ts"])
def test_a_growing_file_gives_the_items_of_the_whole_one(suffix, tmp_path, monkeypatch):
    monkeypatch.setattr(plan, "FOLLOW_SECONDS", 2.0)
    whole = make_film(tmp_path / f"film.{suffix}", lengths=(60, 42, 80, 68), has_sound=True)
    growing = tmp_path / f"growing.{suffix}"
    thread = grow(whole, growing)
    live, of_whole = [], []
    options = AnalyzeOptions((str(growing),), out=tmp_path / "live", follow=True)
    analyze_job(options, Silent(), live.append)
    thread.join()
    analyze_job(replace(options, inputs=(str(whole),), out=tmp_path / "whole", follow=False), Silent(), of_whole.append)
    tracks = read_analysis(tmp_path / f"live/{growing.stem}").tracks
    assert tracks == read_analysis(tmp_path / "whole/film").tracks
    for track in tracks:
        if isinstance(track, SegmentTrack):
            items = [replace(item, id="") for item in track.items]
            assert sorted([each.item for each in live if each.track == track.id], key=when) == sorted(items, key=when)
    assert [(each.track, each.item) for each in live] == [(each.track, each.item) for each in of_whole]
    before_the_end = [each.item.label for each in live if each.track == "sound"]
    assert before_the_end == ["silence", "programme"]


def when(item) -> tuple[int, int]:
    return item.start.frame, item.end.frame


def test_a_pipe_gives_the_items_of_the_file(film, tmp_path):
    command = [sys.executable, "-m", "reelwise", "analyze", "-", "--out", str(tmp_path / "piped")]
    with film.open("rb") as stream:
        done = subprocess.run(command, stdin=stream, capture_output=True, text=True, check=True)
    analyze(film, out=tmp_path / "whole")
    piped = read_analysis(tmp_path / "piped/stdin")
    assert piped.tracks == read_analysis(tmp_path / "whole/film").tracks
    assert (piped.media.file, piped.media.sha256) == ("-", hashlib.sha256(film.read_bytes()).hexdigest())
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["start"]["frame"] for line in lines if line["track"] == "shots"] == [0, 30, 51, 91]


def test_a_pipe_may_pause_for_longer_than_a_file(film, tmp_path, monkeypatch):
    monkeypatch.setattr(plan, "FOLLOW_SECONDS", 0.2)
    monkeypatch.setattr(stdin, "_WAIT_SECONDS", 0.1)
    content = film.read_bytes()
    reading, writing = os.pipe()

    def write() -> None:
        with open(writing, "wb", buffering=0) as target:  # noqa: PTH123  (a descriptor)
            target.write(content[: len(content) // 2])
            time.sleep(1.5)
            target.write(content[len(content) // 2 :])

    threading.Thread(target=write).start()
    with open(reading, encoding="utf-8") as source:  # noqa: PTH123
        monkeypatch.setattr(sys, "stdin", source)
        made = analyze(Path("-"), out=tmp_path / "piped")
    assert made.index["videos"][0]["warnings"] == []
    analyze(film, out=tmp_path / "whole")
    assert made.analyses[0].tracks == read_analysis(tmp_path / "whole/film").tracks


def test_ctrl_c_while_a_pipe_stands_still_leaves_whole_results(tmp_path):
    content = make_film(tmp_path / "film.mkv", lengths=(30, 20, 20, 400)).read_bytes()
    command = [sys.executable, "-m", "reelwise", "analyze", "-", "--out", str(tmp_path / "out")]
    command += ["--cache-dir", str(tmp_path / "cache")]
    # A shell that starts tests in the background has them ignore Ctrl-C, and so would the command.
    program = (
        f"import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.executable, {command})"
    )
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen([sys.executable, "-c", program], **pipes) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(content[: len(content) * 9 // 10])
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["track"]
        process.send_signal(signal.SIGINT)
        try:
            assert process.wait(60) == 128 + signal.SIGINT
        finally:
            process.kill()
    assert json.loads((tmp_path / "out/index.json").read_text(encoding="utf-8"))["videos"] == []
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["index.json"]
    assert not list((tmp_path / "cache").glob("scratch-*"))


def test_follow_takes_one_video(film, tmp_path):
    with pytest.raises(UsageError, match="--follow takes one video"):
        analyze(film, film.with_name("other.mp4"), out=tmp_path / "out", follow=True)
    with pytest.raises(UsageError, match="takes no other video"):
        analyze(Path("-"), film, out=tmp_path / "out")


def test_a_full_disk_under_stdin_is_said(tmp_path, monkeypatch):
    class FullDisk:
        def read1(self, size: int) -> bytes:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(sys, "stdin", type("Stdin", (), {"buffer": FullDisk(), "isatty": lambda self: False})())
    with spooled_stdin(tmp_path) as spool, pytest.raises(CacheError, match="No space left on device"):
        spool.check()
