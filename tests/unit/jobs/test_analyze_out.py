"""The folder of `reelwise analyze`: one command at a time, what it keeps, and what is made of it later."""

import errno
import subprocess
import sys
import tempfile
import threading
from dataclasses import fields, replace
from pathlib import Path

import pytest
from plain_film import LENGTHS, make_film

import reelwise as rw
from reelwise.analysis.catalogue import CATALOGUE
from reelwise.cache.file_lock import FileLock
from reelwise.cache.folder import cache_root
from reelwise.cli.main import run
from reelwise.core.errors import CacheError, Interruption, UsageError, VideoError
from reelwise.core.files import write_json
from reelwise.core.progress import Silent
from reelwise.jobs.analyses import plan
from reelwise.jobs.analyses.copies import OVERLAY
from reelwise.jobs.analyses.index import read_index, unwritable
from reelwise.jobs.analyze import analyze_job
from reelwise.jobs.runs.folder_lock import LOCK
from reelwise.jobs.runs.options import AnalyzeOptions, PredictOptions
from reelwise.media.readers.pyav_reader import PyAVReader


@pytest.fixture(scope="module")
def film(tmp_path_factory) -> Path:
    return make_film(tmp_path_factory.mktemp("films") / "film.mp4")


def analyze(*inputs: Path | str, out: Path, progress=None, **options):
    options = {"do": "shots"} | options
    return analyze_job(AnalyzeOptions(tuple(map(str, inputs)), out=out, **options), progress or Silent())


OTHER_OPTIONS = {
    "frame_rate": "30",
    "do": "shots",
    "model": "model.keras",
    "window": "2s",
    "keyframes": 5,
    "min_shot": 9,
    "split": True,
    "overlay": True,
    "sensitivity": 0.2,
    "follow": True,
    "resume": True,
    "backend": "jax",
    "device": "cpu",
    "threads": 1,
    "cache_dir": "cache",
}


@pytest.fixture(scope="module")
def analyzed(film, tmp_path_factory) -> Path:
    return analyze(film, out=tmp_path_factory.mktemp("analyzed") / "out").path


@pytest.mark.parametrize("name", OTHER_OPTIONS)
def test_from_refuses_what_it_would_ignore(name, analyzed):
    flag = "--" + name.replace("_", "-")
    with pytest.raises(UsageError, match=f"{flag} makes no sense for --from") as error:
        rw.analyze(from_analysis=analyzed, **{name: OTHER_OPTIONS[name]})
    assert "new --out" in error.value.hint


def test_every_option_is_refused_with_from():
    names = {field.name for field in fields(AnalyzeOptions)}
    assert names - {"inputs", "out", "from_analysis"} == set(OTHER_OPTIONS)


def test_from_takes_the_analysis_json_itself(analyzed):
    assert run(["analyze", "--from", str(analyzed / "film/analysis.json"), "--quiet"]) == 0


@pytest.mark.parametrize("resume", [False, True])
def test_a_folder_that_another_command_writes_into_is_refused(film, tmp_path, resume):
    (tmp_path / "out/.film.partial/thumbs").mkdir(parents=True)
    lock = FileLock(tmp_path / "out" / LOCK)
    assert lock.try_acquire()
    with pytest.raises(UsageError, match="another command is writing into it"):
        analyze(film, out=tmp_path / "out", resume=resume)
    assert (tmp_path / "out/.film.partial/thumbs").is_dir()
    lock.release()


KILLED = """
import os, sys, pathlib
from reelwise.cache.file_lock import FileLock
assert FileLock(pathlib.Path(sys.argv[1])).try_acquire()
os.kill(os.getpid(), 9)
"""


def test_the_lock_of_a_killed_command_does_not_count(film, tmp_path):
    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "out" / LOCK)], check=False)
    assert (tmp_path / "out" / LOCK).is_file()
    analyze(film, out=tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["film", "index.json"]


def test_a_process_that_a_killed_command_was_starting_does_not_count(film, tmp_path):
    """Between fork and exec it has the lock of its parent."""
    lock = FileLock(tmp_path / "out" / LOCK)
    assert lock.try_acquire()
    threading.Timer(0.1, lock.release).start()
    assert not analyze(film, out=tmp_path / "out").has_failures


@pytest.mark.parametrize("name", [".lock", LOCK])
def test_a_file_of_the_user_in_a_refused_folder_stays(name, film, tmp_path):
    (tmp_path / "out").mkdir()
    for own in (name, "notes.txt"):
        (tmp_path / "out" / own).write_text("pid 7", encoding="utf-8")
    with pytest.raises(UsageError, match="is not empty, and nothing is ever overwritten"):
        analyze(film, out=tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted([name, "notes.txt"])
    assert (tmp_path / "out" / name).read_text(encoding="utf-8") == "pid 7"


def test_resume_with_fewer_videos_keeps_the_others(film, tmp_path):
    other, third = make_film(tmp_path / "other.mp4"), make_film(tmp_path / "third.mp4")
    analyze(film, other, third, out=tmp_path / "out")
    for path in (tmp_path / "out/third").rglob("*"):
        path.unlink() if path.is_file() else None
    made = analyze(film, out=tmp_path / "out", resume=True)
    assert [video["folder"] for video in made.index["videos"]] == ["film", "other"]
    assert len(made.analyses) == len(made.pages) == 1  # the run is about the video that was named


class Interrupts(Silent):
    """Ctrl-C as soon as a copy is being written."""

    def update(self, done: float, total: float, unit: str, note: str = "") -> None:
        if note.startswith("writing "):
            raise KeyboardInterrupt


def test_ctrl_c_while_copies_are_written_keeps_the_analysis_and_nothing_half_written(tmp_path):
    long = make_film(tmp_path / "long.mp4", lengths=(150, 160, 170, 220))
    options = {"out": tmp_path / "out", "split": True, "overlay": True}
    with pytest.raises(Interruption):
        analyze(long, progress=Interrupts(), **options)
    assert not list((tmp_path / "out").rglob(".*"))
    document = tmp_path / "out/long/analysis.json"
    before = document.stat()
    made = analyze(long, resume=True, **options)
    assert document.stat().st_mtime_ns == before.st_mtime_ns
    assert [video["status"] for video in made.index["videos"]] == ["ok"]
    assert len(list((tmp_path / "out/long/clips").iterdir())) == 4
    with PyAVReader(tmp_path / "out/long/overlay.mp4") as reader:
        assert sum(1 for _ in reader) == 700
    assert not list((tmp_path / "out").rglob(".*"))


@pytest.fixture
def no_overlay(monkeypatch):
    """Every overlay fails."""

    def refuse(analysis, video, *rest):
        raise VideoError(f"{video}: went away.", hint="Try again.")

    with monkeypatch.context() as patch:
        patch.setattr(plan, "OVERLAY", replace(OVERLAY, write=refuse))
        yield patch


def test_an_analysis_whose_copy_failed_is_kept_in_the_index(film, tmp_path, no_overlay):
    out = tmp_path / "out"
    made = analyze(film, out=out, overlay=True)
    (video,) = made.index["videos"]
    assert (video["status"], video["folder"], video["found"]) == ("failed", "film", {"shots": len(LENGTHS)})
    assert video["error"].endswith(f"Try again. The analysis itself is in {out / 'film'}; --resume tries again.")
    assert made.has_failures
    assert len(made.analyses) == len(made.pages) == 1
    (out / "film/timeline.html").unlink()
    analyze_job(AnalyzeOptions(from_analysis=out / "film"), Silent())
    assert made.pages[0].is_file()
    other = make_film(tmp_path / "other.mp4")
    both = analyze(other, out=out, overlay=True, resume=True).index["videos"]
    assert [each["folder"] for each in both] == ["other", "film"]
    no_overlay.undo()
    again = analyze(film, other, out=out, overlay=True, resume=True).index["videos"]
    assert [(each["status"], each["found"]) for each in again] == [("ok", video["found"])] * 2
    assert (out / "film/overlay.mp4").is_file()


@pytest.mark.usefixtures("no_overlay")
def test_a_failed_copy_names_resume_only_where_it_is_taken(film, tmp_path, monkeypatch):
    with film.open("rb") as stream:
        monkeypatch.setattr(sys, "stdin", type("Stdin", (), {"buffer": stream, "isatty": lambda self: False})())
        (video,) = analyze("-", out=tmp_path / "piped", overlay=True).index["videos"]
    assert (video["file"], video["folder"]) == ("-", "stdin")
    assert video["error"].endswith(f"The analysis itself is in {tmp_path / 'piped/stdin'}.")
    with pytest.raises(VideoError, match="the overlay cannot be written") as error:
        list(rw.analyze_stream(film, out=tmp_path / "stream", do="shots", overlay=True))
    assert "--resume" not in error.value.hint
    assert len(read_index(tmp_path / "stream")["videos"]) == 1


@pytest.mark.parametrize("place", ["out/film", "out"])
def test_from_refuses_an_analysis_that_the_index_does_not_name(place, film, tmp_path):
    index = analyze(film, out=tmp_path / "out").index
    write_json(tmp_path / "out/index.json", index | {"videos": []})
    with pytest.raises(UsageError, match=r"index\.json: does not name") as error:
        analyze_job(AnalyzeOptions(from_analysis=tmp_path / place), Silent())
    assert "--resume" in error.value.hint
    analyze(film, out=tmp_path / "out", resume=True)
    analyze_job(AnalyzeOptions(from_analysis=tmp_path / place), Silent())


class Listener(Silent):
    def __init__(self) -> None:
        self.updates: list[tuple[float, str]] = []
        self.warnings: list[str] = []
        self.lines: list[str] = []

    def update(self, done: float, total: float, unit: str, note: str = "") -> None:
        self.updates.append((done, note))

    def warn(self, text: str) -> None:
        self.warnings.append(text)

    def log(self, text: str) -> None:
        self.lines.append(text)


def test_progress_says_what_is_written_and_the_share_grows(tmp_path):
    long = make_film(tmp_path / "long.mp4", lengths=(150, 160, 170, 220))
    listener = Listener()
    analyze(long, out=tmp_path / "out", split=True, overlay=True, progress=listener)
    shares = [done for done, _ in listener.updates]
    assert shares == sorted(shares)
    notes = [note for _, note in listener.updates]
    assert any(note.startswith("writing the shots: ") and note.endswith(" of 700 frames") for note in notes)
    assert any(note.startswith("writing the overlay: ") for note in notes)
    assert shares[-1] == 1
    assert all(done < 1 for done, note in listener.updates if note.startswith("writing "))


@pytest.mark.parametrize("place", ["file/out", "/dev/full/out", "/proc/out"])
def test_a_place_that_cannot_be_written_has_a_hint_about_the_place(place, film, tmp_path):
    (tmp_path / "file").write_text("a file", encoding="utf-8")
    with pytest.raises((CacheError, UsageError)) as error:
        analyze(film, out=tmp_path / place)
    assert "space" not in error.value.hint
    assert "Choose" in error.value.hint


def test_a_full_disk_has_a_hint_about_space_and_resume():
    full = OSError(errno.ENOSPC, "No space left on device")
    error = unwritable(Path("out"), full, can_resume=True)
    assert str(error).startswith("out: cannot be written: No space left on device. Free some space")
    assert "--resume" in error.hint
    assert unwritable(Path("out"), full, can_resume=False).hint == "Free some space."


def test_what_an_analysis_wrote_is_no_video_of_its_folder(film, tmp_path):
    (tmp_path / "in").mkdir()
    make_film(tmp_path / "in/film.mp4")
    options = {"out": tmp_path / "in/out", "split": True, "overlay": True}
    analyze(tmp_path / "in", **options)
    made = analyze(tmp_path / "in", resume=True, **options)
    assert [video["file"] for video in made.index["videos"]] == [str(tmp_path / "in/film.mp4")]
    clips = analyze(tmp_path / "in/out/film/clips", out=tmp_path / "clips")
    assert len(clips.index["videos"]) == len(LENGTHS)


def test_actions_alone_need_a_model(film, tmp_path, capsys):
    for do in ("actions", "shots,actions"):
        assert run(["analyze", str(film), "--out", str(tmp_path / "out"), "--do", do]) == 2
        assert "--do actions needs a trained classifier" in capsys.readouterr().err


def test_a_video_that_went_away_is_said_once(tmp_path):
    films = [make_film(tmp_path / f"{name}.mp4") for name in "ab"]
    analyze(*films, out=tmp_path / "out")
    for path in films:
        path.unlink()
    for options in (
        AnalyzeOptions(from_analysis=tmp_path / "out"),
        AnalyzeOptions(tuple(map(str, films)), out=tmp_path / "out", do="shots", resume=True),
    ):
        listener = Listener()
        analyze_job(options, listener)
        (warning,) = listener.warnings
        assert warning.startswith(f"{films[0]}, {films[1]}: not there any more.")
    assert listener.lines == ["2 of 2 videos are finished already."]


@pytest.mark.parametrize(
    "arguments",
    [
        ["analyze", "{film}", "--out", "s3://bucket/out"],
        ["analyze", "s3://bucket/film.mp4", "--out", "out"],
        ["find", "{film}", "https://host/films"],
        ["predict", "gs://bucket/model.keras", "{film}"],
        ["check", "hf://videos"],
        ["info", "s3://bucket/film.mp4"],
        ["cache", "--cache-dir", "s3://bucket/cache"],
    ],
)
def test_urls_are_refused_and_make_no_folder(arguments, film, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert run([argument.format(film=film) for argument in arguments]) == 2
    assert ": is a URL" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_url_is_named_as_it_was_given(monkeypatch):
    with pytest.raises(UsageError, match="s3://bucket/a: is a URL"):
        PredictOptions(Path("model.keras"), ("s3://bucket/a",))
    monkeypatch.setenv("REELWISE_CACHE", "s3://bucket/cache")
    with pytest.raises(UsageError, match="s3://bucket/cache: is a URL"):
        cache_root(None)


def test_a_missing_detector_is_named_once(film, tmp_path, capsys):
    weights = tmp_path / "shots.safetensors"
    (tmp_path / "truth.csv").write_text("file,cut_frame\n", encoding="utf-8")
    for command in (
        ["analyze", str(film), "--out", str(tmp_path / "out")],
        ["evaluate", "--shots", str(tmp_path / "truth.csv")],
    ):
        assert run([*command, "--model", str(weights)]) == 2
        assert capsys.readouterr().err.count(str(weights)) == 1


@pytest.mark.parametrize("columns", ["44", "100"])
def test_the_help_names_every_analyzer_and_no_empty_default(columns, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", columns)
    assert run(["analyze", "--help"]) == 0
    words = " ".join(capsys.readouterr().out.replace("│", " ").split())
    listed = words[words.index("What to look for") : words.index("[default: everything]")]
    assert [entry.name for entry in CATALOGUE if entry.name not in listed] == []
    assert "actions" in listed
    assert "()" not in words
    assert "..." not in words
    assert "every shot]" not in words


def test_only_what_was_named_decides_the_exit_code(film, tmp_path, capsys):
    (tmp_path / "bad.mp4").write_text("no video", encoding="utf-8")
    out = tmp_path / "out"
    both = analyze(film, tmp_path / "bad.mp4", out=out)
    assert both.has_failures
    capsys.readouterr()
    for named in (out / "film", out / "film/analysis.json", out):
        assert run(["analyze", "--from", str(named), "--quiet"]) == 0
        assert "failed" not in capsys.readouterr().out
    assert [video["status"] for video in read_index(out)["videos"]] == ["ok", "failed"]
    assert len(rw.analyze(from_analysis=out / "film").pages) == 1


def test_a_copy_that_failed_before_is_no_failure_of_what_is_asked_for(film, tmp_path, no_overlay, capsys):
    out = tmp_path / "out"
    assert analyze(film, out=out, overlay=True).has_failures
    no_overlay.undo()
    made = analyze(make_film(tmp_path / "other.mp4"), out=out, overlay=True, resume=True)
    assert not made.has_failures
    assert [video["status"] for video in made.index["videos"]] == ["ok", "failed"]
    capsys.readouterr()
    assert run(["analyze", "--from", str(out / "film"), "--quiet"]) == 0  # page and exports are made again
    printed = " ".join(capsys.readouterr().out.split())
    assert "film/timeline.html" in printed.replace(" ", "")
    assert "failed" in printed
    assert "the overlay cannot be written" in printed


def test_a_picture_on_a_full_disk_has_the_hint_of_the_command(film, tmp_path, monkeypatch):
    def write(path: Path, content: bytes) -> int:
        raise OSError(errno.ENOSPC, f"No space left on device for {len(content)} bytes")

    monkeypatch.setattr(Path, "write_bytes", write)
    with pytest.raises(CacheError, match=r"\.jpg: cannot be written: No space left") as error:
        analyze(film, out=tmp_path / "out")
    assert error.value.hint == "Free some space; the same command with --resume goes on."


@pytest.mark.parametrize("name", ["motion", "quality", "similarity"])
def test_rows_that_do_not_fit_on_the_disk_of_the_cache_have_a_hint_that_names_it(name, film, tmp_path, monkeypatch):
    def refuse(**places: Path) -> None:
        raise OSError(errno.ENOSPC, f"No space left on device of {places['dir'].parent.name}")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    with pytest.raises(CacheError, match=r"scratch-.* cannot be written: No space left on device of cache") as error:
        analyze(film, out=tmp_path / "out", do=name, cache_dir=tmp_path / "cache")
    assert error.value.hint == "Free some space. --cache-dir names another folder for the cache."
