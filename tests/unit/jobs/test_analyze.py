"""`reelwise analyze` from the file to the folder, with made-up videos."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import closing
from fractions import Fraction
from inspect import unwrap
from pathlib import Path
from urllib.parse import unquote

import av
import numpy as np
import pytest
from crafted import make_video
from plain_film import LENGTHS, make_film
from safetensors.numpy import load_file, save_file

from reelwise.analysis.document import read_analysis
from reelwise.analysis.shots.weights import SHIPPED_WEIGHTS
from reelwise.cli.analyze import remarks_on
from reelwise.cli.main import run
from reelwise.core.errors import CacheError, Interruption, UsageError
from reelwise.core.progress import Silent
from reelwise.jobs.analyses.plan import folder_names
from reelwise.jobs.analyze import AnalyzeRun, analyze_job
from reelwise.jobs.runs.options import AnalyzeOptions


@pytest.fixture(scope="module")
def film(tmp_path_factory) -> Path:
    return make_film(tmp_path_factory.mktemp("films") / "film.mp4")


@pytest.fixture(scope="module")
def finished(film, tmp_path_factory) -> AnalyzeRun:
    """Everything about the film; tests leave it as it is."""
    return analyze(film, out=tmp_path_factory.mktemp("finished") / "out")


def analyze(*inputs: Path, out: Path, **options):
    return analyze_job(AnalyzeOptions(tuple(map(str, inputs)), out=out, **options), Silent())


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_shots_with_exact_times_and_pictures(finished):
    assert finished.index["videos"][0]["found"]["shots"] == 4
    analysis = read_analysis(finished.path / "film")
    starts = np.cumsum([0, *LENGTHS])
    assert [item.start.frame for item in analysis.items("shots")] == starts[:-1].tolist()
    assert [item.end.frame for item in analysis.items("shots")] == starts[1:].tolist()
    for item in analysis.items("shots"):
        assert item.start.seconds == item.start.frame / 25
        assert item.picture
        content = (finished.path / "film" / item.picture).read_bytes()
        assert f"frame {int(item.picture.split('_')[1])}, pts ".encode() in content[:200]


def test_the_page_leads_to_the_video(film, finished):
    page = (finished.path / "film/timeline.html").read_text(encoding="utf-8")
    link = re.search(r'<video id="video" src="([^"]+)"', page)[1]
    assert (finished.path / "film" / unquote(link)).resolve() == film.resolve()
    assert str(film) not in page


RATES = (Fraction(24000, 1001), 24, 25, Fraction(30000, 1001), 50, Fraction(60000, 1001), 15)
# Each clock at each rate; TS has the clock of MP4 made coarser, and AVI the rate as its clock.
CLOCKS = [(rate, suffix) for suffix in ("mp4", "mkv") for rate in RATES]
CLOCKS += [(rate, suffix) for suffix in ("ts", "avi") for rate in (Fraction(24000, 1001), 25, 15)]


@pytest.mark.parametrize(("rate", "suffix"), CLOCKS)
def test_no_frame_of_error_at_any_rate(rate, suffix, tmp_path):
    film = make_film(tmp_path / f"film.{suffix}", rate)
    analyze(film, out=tmp_path / "out", do="shots")
    analysis = read_analysis(tmp_path / "out/film")
    with av.open(str(film)) as container:
        frames = [frame.pts for frame in container.decode(video=0)]
        time_base = container.streams.video[0].time_base
    for item in analysis.items("shots"):
        start = item.start
        assert (start.frame == 0) or start.frame in np.cumsum(LENGTHS)
        if suffix != "avi":  # FFmpeg makes up the times of AVI
            assert start.pts == frames[start.frame]
            assert start.seconds == float((frames[start.frame] - frames[0]) * time_base)
    expected = None if rate == 15 else str(Fraction(rate))
    assert analysis.media.timecode_rate == expected


def test_one_frame_has_a_timecode_and_the_curve_of_an_analyzer_its_own_way(tmp_path):
    analysis = analyze(make_film(tmp_path / "one.mp4", lengths=(1, 0, 0, 0)), out=tmp_path / "out").analyses[0]
    assert (analysis.media.num_frames, analysis.media.timecode_rate) == (1, "25")
    assert analysis.items("shots")[0].start.timecode == "00:00:00:00"
    assert (tmp_path / "out/one/exports/shots.edl").is_file()
    track, signal = analysis.track("motion"), analysis.signal("motion")
    assert track is not None
    assert track.kind == "segments"
    assert signal is not None
    assert signal.ref == "signals.npz#motion"
    assert analysis.signal("shots") is None


def test_two_runs_are_equal(film, finished, tmp_path):
    again = analyze(film, out=tmp_path / "out")  # as deep a folder as that of the other: the page leads to the video
    assert files_of(again.path / "film") == files_of(finished.path / "film")


def test_a_video_that_cannot_be_used_fails_by_itself(film, tmp_path):
    (tmp_path / "bad.mp4").write_text("no video", encoding="utf-8")
    made = analyze(tmp_path / "bad.mp4", film, tmp_path / "gone.mp4", out=tmp_path / "out", do="shots")
    assert [video["status"] for video in made.index["videos"]] == ["failed", "ok", "failed"]
    assert made.has_failures
    assert all(video["error"] for video in made.index["videos"] if video["status"] == "failed")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["film", "index.json"]


def test_resume_decodes_no_finished_video_again(film, tmp_path, monkeypatch):
    (tmp_path / "later.mp4").write_text("no video yet", encoding="utf-8")
    analyze(film, tmp_path / "later.mp4", out=tmp_path / "out", do="shots")
    make_film(tmp_path / "later.mp4")
    seen = []
    real = unwrap(analyze_job).__globals__["analyze_side_by_side"]

    def noted(paths, *arguments, **options):
        seen.extend(paths)
        return real(paths, *arguments, **options)

    monkeypatch.setitem(unwrap(analyze_job).__globals__, "analyze_side_by_side", noted)
    made = analyze(film, tmp_path / "later.mp4", out=tmp_path / "out", do="shots", resume=True)
    assert seen == [tmp_path / "later.mp4"]
    assert [video["status"] for video in made.index["videos"]] == ["ok", "ok"]


def test_a_folder_in_use_is_refused(film, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out/mine.txt").write_text("keep", encoding="utf-8")
    for resume in (False, True):
        with pytest.raises(UsageError, match=r"not empty|no analysis"):
            analyze(film, out=tmp_path / "out", resume=resume)
    assert (tmp_path / "out/mine.txt").read_text(encoding="utf-8") == "keep"


def test_resume_with_other_options_is_refused(film, finished):
    with pytest.raises(UsageError, match="other options"):
        analyze(film, out=finished.path, resume=True, min_shot=3)


def test_killed_in_the_middle_and_resumed_it_is_the_same(film, tmp_path):
    films = [make_film(tmp_path / f"film{number}.mp4") for number in range(3)]
    analyze(*films, out=tmp_path / "whole")
    arguments = [sys.executable, "-m", "reelwise", "analyze", *map(str, films), "--out", str(tmp_path / "cut")]
    with subprocess.Popen(arguments, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as process:
        while not list((tmp_path / "cut").glob("film*")) and process.poll() is None:
            time.sleep(0.005)
        os.kill(process.pid, signal.SIGKILL)
    analyze(*films, out=tmp_path / "cut", resume=True)
    for path in films:
        assert files_of(tmp_path / "whole" / path.stem) == files_of(tmp_path / "cut" / path.stem)
    assert not list((tmp_path / "cut").glob(".*.partial"))


def test_hostile_names_become_harmless_folders():
    names = folder_names([Path("a/<script>.mp4"), Path("a/x\ny.mp4"), Path("b/A.mp4"), Path("b/a.mp4"), Path("...mp4")])
    assert list(names.values()) == ["_script_", "x_y", "A", "a-2", "video"]


@pytest.mark.parametrize(
    ("flags", "reason"),
    [
        (["--do", "shoots"], "no analyzer is called 'shoots'"),
        (["--do", ""], "no analyzer is called"),
        (["--sensitivity", "2"], "--sensitivity is 2"),
        (["--min-shot", "-1"], "--min-shot is -1"),
    ],
)
def test_wrong_options_are_named(flags, reason, film, tmp_path, capsys):
    assert run(["analyze", str(film), "--out", str(tmp_path / "out"), *flags]) == 2
    assert reason in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_exports_are_made_again_without_the_video(tmp_path):
    film = make_film(tmp_path / "film.mp4")
    analyze(film, out=tmp_path / "out")
    before = files_of(tmp_path / "out/film")
    exports = {name for name in before if name.startswith("exports/")}
    assert {"exports/shots.edl", "exports/items.csv"} <= exports
    film.unlink()
    for name in exports:
        (tmp_path / "out/film" / name).unlink()
    analyze_job(AnalyzeOptions(from_analysis=tmp_path / "out"), Silent())
    assert files_of(tmp_path / "out/film") == before
    (tmp_path / "out/film/exports/shots.edl").unlink()
    assert run(["analyze", "--from", str(tmp_path / "out/film")]) == 0
    assert files_of(tmp_path / "out/film") == before


@pytest.mark.parametrize(
    ("flags", "reason"),
    [
        ([], "a video is missing"),
        (["film.mp4"], "--out is missing"),
        (["--from", "nowhere"], "holds no analysis"),
        (["film.mp4", "--from", "nowhere"], "--from takes neither videos nor --out"),
    ],
)
def test_what_is_missing_is_named(flags, reason, capsys):
    assert run(["analyze", *flags]) == 2
    assert reason in capsys.readouterr().err


def test_an_index_that_leads_elsewhere_is_refused(finished, tmp_path):
    shutil.copytree(finished.path, tmp_path / "out")
    index = tmp_path / "out/index.json"
    index.write_text(index.read_text(encoding="utf-8").replace('"folder": "film"', '"folder": "../film"'), "utf-8")
    with pytest.raises(UsageError, match="not beside it"):
        analyze_job(AnalyzeOptions(from_analysis=tmp_path / "out"), Silent())


def test_formats_that_cannot_hold_the_times_say_why(tmp_path):
    made = analyze(make_film(tmp_path / "film.mp4", 15), out=tmp_path / "out", do="shots")
    assert "edl" in made.index["videos"][0]["refused_exports"]
    assert made.analyses[0].media.timecode_rate is None


def test_a_single_take_has_a_thumbnail_every_two_seconds(tmp_path):
    video = make_video(tmp_path / "take.mp4", 45, rate=Fraction(5), time_base=Fraction(1, 5), size_hw=(48, 64))
    analyze(video, out=tmp_path / "out", do="shots")
    folder = tmp_path / "out/take"
    strip = read_analysis(folder).strip
    assert [each.moment.frame for each in strip] == [0, 10, 20, 30, 40]
    assert all((folder / each.picture).is_file() for each in strip)
    thumbnails = (folder / "exports/thumbnails.vtt").read_text(encoding="utf-8")
    assert thumbnails.count(" --> ") == 5
    video.unlink()
    before = files_of(folder)
    analyze_job(AnalyzeOptions((), from_analysis=folder), Silent())
    assert files_of(folder) == before


def test_split_and_overlay_stand_beside_the_analysis(film, tmp_path):
    analyze(film, out=tmp_path / "out", do="shots", split=True, overlay=True)
    clips = sorted((tmp_path / "out/film/clips").iterdir())
    assert len(clips) == len(LENGTHS)
    for clip, length in zip(clips, LENGTHS, strict=True):
        with av.open(str(clip)) as container:
            assert sum(1 for _ in container.decode(video=0)) == length
    with av.open(str(tmp_path / "out/film/overlay.mp4")) as container:
        assert sum(1 for _ in container.decode(video=0)) == sum(LENGTHS)


def test_ctrl_c_keeps_what_is_finished_and_says_how_to_go_on(film, tmp_path, monkeypatch):
    later = make_film(tmp_path / "later.mp4")
    real = unwrap(analyze_job).__globals__["analyze_side_by_side"]

    def interrupted(*arguments, **options):
        with closing(real(*arguments, **options)) as outcomes:
            yield next(outcomes)
            raise KeyboardInterrupt

    monkeypatch.setitem(unwrap(analyze_job).__globals__, "analyze_side_by_side", interrupted)
    with pytest.raises(Interruption, match="interrupted") as error:
        analyze(film, later, out=tmp_path / "out", do="shots")
    assert "--resume" in error.value.hint
    monkeypatch.undo()
    made = analyze(film, later, out=tmp_path / "out", do="shots", resume=True)
    assert [video["status"] for video in made.index["videos"]] == ["ok", "ok"]


@pytest.fixture(scope="module")
def damaged_film(tmp_path_factory) -> Path:
    """700 frames, so that the first pictures have gone when the damage at two thirds is met."""
    path = make_film(tmp_path_factory.mktemp("damaged") / "long.mp4", lengths=(150, 160, 170, 220))
    content = bytearray(path.read_bytes())
    middle = len(content) * 2 // 3
    content[middle : middle + 400] = b"\x00" * 400
    path.write_bytes(bytes(content))
    return path


@pytest.fixture(scope="module")
def damaged_shots(damaged_film, film, tmp_path_factory) -> AnalyzeRun:
    """Shots of the damaged film, and of a whole one."""
    return analyze(damaged_film, film, out=tmp_path_factory.mktemp("shots") / "out", do="shots")


def test_damage_changes_nothing_where_a_file_is_decoded_by_two_threads(damaged_film, tmp_path):
    alone = analyze(damaged_film, out=tmp_path / "two", threads=2, do="shots,keyframes")
    one = analyze(damaged_film, out=tmp_path / "one", threads=1, do="shots,keyframes")
    assert not alone.has_failures, alone.index["videos"]
    assert any("damaged" in warning for warning in one.analyses[0].media.warnings)
    assert files_of(tmp_path / "two/long") == files_of(tmp_path / "one/long")


def test_who_looks_at_the_screen_alone_sees_what_is_odd(film, damaged_film, damaged_shots, tmp_path, capsys):
    """A video of which a part is missing is no failure, but nobody may take it for whole."""
    made = damaged_shots
    assert [bool(video["warnings"]) for video in made.index["videos"]] == [True, False]
    assert made.index["videos"][0]["warnings"] == list(made.analyses[0].media.warnings)
    again = analyze(damaged_film, film, out=made.path, do="shots", resume=True)
    assert again.index == made.index
    odd = make_film(tmp_path / "odd.mp4", rate=Fraction(981, 50))
    run(["analyze", str(damaged_film), str(odd), "--do", "shots", "--out", str(tmp_path / "seen"), "--quiet"])
    text = " ".join(capsys.readouterr().out.split())
    assert "long.mp4: damaged: packets that did not decode: " in text
    assert "edl, fcpxml: 981/50 frames per second have no timecode." in text


def test_what_is_odd_about_many_videos_is_said_once(tmp_path, capsys):
    videos = [make_film(tmp_path / f"{name}.mp4", rate=Fraction(981, 50)) for name in "abcde"]
    run(["analyze", *map(str, videos), "--do", "similarity", "--out", str(tmp_path / "out"), "--quiet"])
    text = " ".join(capsys.readouterr().out.split())
    assert text.count("981/50 frames") == 1
    assert f"{videos[2]} and 2 more: edl, fcpxml: 981/50" in text


def test_what_differs_in_its_numbers_alone_is_said_once():
    warnings = [f"header disagrees: it declares {number} frames, 98 decoded." for number in (100, 120, 140, 140)]
    videos = [
        {"file": f"{place}.avi", "warnings": [text], "refused_exports": {}} for place, text in enumerate(warnings)
    ]
    ((kind, text),) = remarks_on(videos)
    assert kind == "warning"
    assert text.startswith("0.avi, 1.avi, 2.avi and 1 more: header disagrees: it declares 100 frames, 98 decoded.")
    assert text.endswith("These are the numbers of the first; index.json has all.")
    twice = {"file": "a.avi", "warnings": ["gaps: 2 s are missing.", "gaps: 3 s are missing."], "refused_exports": {}}
    assert remarks_on([twice])[0][1].startswith("a.avi: gaps: 2 s are missing. These are the numbers of the first;")
    assert remarks_on(videos[2:])[0][1] == "2.avi, 3.avi: header disagrees: it declares 140 frames, 98 decoded."


def test_a_damaged_video_may_come_through_a_pipe(damaged_film, damaged_shots, tmp_path):
    command = [sys.executable, "-m", "reelwise", "analyze", "-", "--out", str(tmp_path / "piped"), "--do", "shots"]
    with damaged_film.open("rb") as stream:
        subprocess.run(command, stdin=stream, capture_output=True, text=True, check=True)
    assert read_analysis(tmp_path / "piped/stdin").tracks == read_analysis(damaged_shots.path / "long").tracks


def test_a_video_that_changed_is_not_taken_for_finished(tmp_path):
    path = make_film(tmp_path / "film.mp4")
    analyze(path, out=tmp_path / "out", do="shots")
    make_film(path, lengths=(10, 10, 10, 10))
    with pytest.raises(UsageError, match="has changed since it was analyzed"):
        analyze(path, out=tmp_path / "out", do="shots", resume=True)


def test_a_detector_of_the_same_name_is_another_one(film, tmp_path):
    for name, folder in (("one", tmp_path / "a"), ("other", tmp_path / "b")):
        folder.mkdir()
        arrays = dict(load_file(SHIPPED_WEIGHTS))
        arrays["heads.bias"] = arrays["heads.bias"] + (name == "other")
        save_file(arrays, folder / "shots.safetensors")
    analyze(film, out=tmp_path / "out", do="shots", model=(tmp_path / "a/shots.safetensors",))
    with pytest.raises(UsageError, match="other options"):
        analyze(film, out=tmp_path / "out", do="shots", model=(tmp_path / "b/shots.safetensors",), resume=True)


def test_a_dot_is_the_folder_of_a_video(film, tmp_path, monkeypatch):
    analyze(film, out=tmp_path / "out", do="shots")
    monkeypatch.chdir(tmp_path / "out/film")
    assert run(["analyze", "--from", "."]) == 0


def test_page_and_exports_are_the_same_from_any_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    make_film(tmp_path / "film.mp4")
    analyze(Path("film.mp4"), out=Path("out"), do="shots")
    before = files_of(tmp_path / "out/film")
    assert b'src="../../film.mp4"' in before["timeline.html"]
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    analyze_job(AnalyzeOptions(from_analysis=tmp_path / "out"), Silent())
    assert files_of(tmp_path / "out/film") == before
    monkeypatch.chdir(tmp_path)
    assert analyze(Path("film.mp4"), out=Path("out"), do="shots", resume=True).index["videos"][0]["file"] == "film.mp4"


def test_the_page_can_be_written_to_another_place(film, tmp_path):
    made = analyze(film, out=tmp_path / "out", do="shots")
    (page,) = made.pages
    (tmp_path / "elsewhere").mkdir()
    copy = made.to_html(str(tmp_path / "elsewhere/film.html"))
    link = re.compile(rb'src="([^"]+film\.mp4)"')
    (address,) = link.findall(copy.read_bytes())
    assert (copy.parent / address.decode()).samefile(film)
    assert link.sub(b"", copy.read_bytes()) == link.sub(b"", page.read_bytes())
    for path, reason in ((copy, "is there already"), (tmp_path / "film.txt", "is no name of a web page")):
        with pytest.raises(UsageError, match=reason):
            made.to_html(path)
    with pytest.raises(CacheError, match="cannot be written") as error:
        made.to_html(film / "page.html")
    assert "a part of this path is no folder" in error.value.hint
    two = analyze(film, make_film(tmp_path / "other.mp4"), out=tmp_path / "two", do="shots")
    with pytest.raises(UsageError, match="one video, 2 can be used"):
        two.to_html(tmp_path / "two.html")
