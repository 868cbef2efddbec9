"""`reelwise find` from files to matches, with made-up films."""

import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from made_up_films import film, write_film

from reelwise.analysis.similarity import print_store
from reelwise.cli.find import print_matches
from reelwise.cli.main import run
from reelwise.core.errors import CacheError, UsageError, VideoError
from reelwise.core.progress import Silent
from reelwise.jobs.find import find_job
from reelwise.jobs.runs.options import FindOptions

FILM = film((1, 0, 4), (2, 0, 4), (3, 0, 4))


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A film, another one, and a file that is none; beside them clips."""
    root = tmp_path_factory.mktemp("find")
    (root / "films").mkdir()
    write_film(root / "films/film.mp4", FILM)
    write_film(root / "films/other.mp4", film((4, 0, 5)))
    (root / "films/bad.mp4").write_text("no video", encoding="utf-8")
    write_film(root / "clip.mp4", FILM[50:170, :, ::-1])
    write_film(root / "unlike.mp4", film((9, 0, 3)))
    return root


@pytest.fixture(scope="module")
def cache(tmp_path_factory) -> Path:
    """Prints of these films, for tests of what is found."""
    return tmp_path_factory.mktemp("cache")


def find(clip: Path, *inputs: Path, **options):
    return find_job(FindOptions(clip, tuple(map(str, inputs)), **options), Silent())


@pytest.fixture
def decoded(monkeypatch) -> list[str]:
    """Names of the videos that are decoded from here on."""
    names: list[str] = []
    real = print_store.make_print
    monkeypatch.setattr(print_store, "make_print", lambda path, *rest: names.append(path.name) or real(path, *rest))
    return names


def test_a_mirrored_clip_is_found_to_the_frame(folder, cache):
    matches = find(folder / "clip.mp4", folder / "films", cache_dir=cache)
    (match,) = matches.matches
    assert match.file == str(folder / "films/film.mp4")
    assert match.is_mirrored
    assert abs(match.video.start.frame - 50) <= 1
    assert abs(match.video.end.frame - 170) <= 1
    assert match.video.start.seconds == pytest.approx(match.video.start.frame / 25)
    assert (match.clip.start.frame, match.clip.end.frame) == (0, 120)
    assert matches.num_videos == 2


def test_videos_that_are_not_shown_count(folder, cache, tmp_path, capsys):
    shutil.copytree(folder / "films", tmp_path / "films")
    shutil.copy(tmp_path / "films/film.mp4", tmp_path / "films/same.mp4")
    matches = find(folder / "clip.mp4", tmp_path / "films", cache_dir=cache, top=1)
    assert (len(matches.matches), matches.num_matches, matches.num_videos_with_clip) == (1, 2, 2)
    print_matches(matches)
    assert "1 of 2 passages; --top 2 shows all." in capsys.readouterr().out


def test_a_bad_file_in_a_folder_costs_itself(folder, cache):
    matches = find(folder / "clip.mp4", folder / "films", cache_dir=cache)
    (failure,) = matches.failures
    assert (Path(failure.file).name, failure.is_named) == ("bad.mp4", False)
    assert failure.error
    assert not matches.has_failures
    assert find(folder / "clip.mp4", folder / "films/bad.mp4", cache_dir=cache).has_failures


def test_the_second_search_decodes_nothing(folder, tmp_path, decoded):
    first = find(folder / "clip.mp4", folder / "films", cache_dir=tmp_path)
    assert sorted(decoded) == ["bad.mp4", "clip.mp4", "film.mp4", "other.mp4"]
    decoded.clear()
    assert find(folder / "clip.mp4", folder / "films", cache_dir=tmp_path) == first
    assert decoded == ["bad.mp4"]


def test_a_damaged_entry_is_made_again(folder, tmp_path, decoded):
    first = find(folder / "clip.mp4", folder / "films", cache_dir=tmp_path)
    for path in tmp_path.glob("entries/*/*.prints"):
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 255
        path.write_bytes(content)
    decoded.clear()
    assert find(folder / "clip.mp4", folder / "films", cache_dir=tmp_path) == first
    assert sorted(decoded) == ["bad.mp4", "clip.mp4", "film.mp4", "other.mp4"]


def test_a_video_is_not_searched_for_itself(folder, cache):
    matches = find(folder / "films/film.mp4", folder / "films/film.mp4", folder / "unlike.mp4", cache_dir=cache)
    assert (matches.num_videos, matches.matches, matches.has_failures) == (1, (), False)


def test_exit_codes(folder, cache, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "400")  # or long paths are folded
    options = ["--quiet", "--cache-dir", str(cache)]
    assert run(["find", str(folder / "unlike.mp4"), str(folder / "films"), *options]) == 0
    out = capsys.readouterr().out
    assert "No passage" in out
    assert "bad.mp4" in out
    assert run(["find", str(folder / "clip.mp4"), str(folder / "films"), *options]) == 0
    out = capsys.readouterr().out
    assert "mirrored" in out
    assert "film.mp4" in out
    assert run(["find", str(folder / "films/bad.mp4"), str(folder / "films"), *options]) == 1
    assert run(["find", str(folder / "gone.mp4"), str(folder / "films"), *options]) == 2
    assert run(["find", str(folder / "clip.mp4"), *options]) == 2


def test_errors_say_what_is_wrong(folder, cache, tmp_path):
    with pytest.raises(VideoError, match=r"bad\.mp4"):
        find(folder / "films/bad.mp4", folder / "films", cache_dir=cache)
    with pytest.raises(UsageError, match="no such file"):
        find(folder / "gone.mp4", folder / "films", cache_dir=cache)
    with pytest.raises(UsageError, match="films: is a folder, expected a file"):
        find(folder / "films", cache_dir=cache)
    with pytest.raises(UsageError, match="ends in"):
        find(folder / "clip.mp4", folder / "films", out=tmp_path / "page.txt")
    with pytest.raises(UsageError, match="overwritten"):
        find(folder / "clip.mp4", folder / "films", out=_touch(tmp_path / "page.html"))


def test_a_page_that_cannot_be_written_has_a_hint_about_the_place(folder, cache):
    place = folder / "clip.mp4/page.html"
    with pytest.raises(CacheError, match="cannot be written") as error:
        find(folder / "clip.mp4", folder / "films", cache_dir=cache, out=place)
    assert error.value.hint == "Choose another place: a part of this path is no folder."


def test_the_page_shows_both_pictures(folder, cache, tmp_path):
    find(folder / "clip.mp4", folder / "films", cache_dir=cache, out=tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert len(re.findall(r'<img src="data:image/jpeg', page)) == 2
    assert "Frame 59 of" in page
    assert "bad.mp4" in page


def _touch(path: Path) -> Path:
    path.touch()
    return path


def test_prints_of_analyze_and_find_are_the_same(folder, tmp_path):
    from reelwise.analysis.similarity.descriptors import PLAIN
    from reelwise.analysis.similarity.making import make_print
    from reelwise.jobs.analyze import analyze_job
    from reelwise.jobs.runs.options import AnalyzeOptions

    path = folder / "films/other.mp4"
    analyze_job(AnalyzeOptions((str(path),), out=tmp_path / "out", do="similarity"), Silent())
    with np.load(tmp_path / "out/other/signals.npz") as arrays:
        values = arrays["similarity"]
    made = make_print(path, (PLAIN,))
    np.testing.assert_array_equal(values[:, :-1], made.descriptors[0].astype(np.float32))
    np.testing.assert_array_equal(values[:, -1], made.contrast.astype(np.float32))


def test_where_nothing_could_be_searched_it_says_so(folder, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "400")  # or long paths are folded
    (tmp_path / "films").mkdir()
    clip, page = shutil.copy(folder / "clip.mp4", tmp_path / "films"), tmp_path / "page.html"
    matches = find(Path(clip), tmp_path / "films", cache_dir=tmp_path / "cache", out=page)
    assert matches.has_failures
    print_matches(matches)
    assert f"Nothing could be searched for {clip}: there is no other video there." in capsys.readouterr().out
    assert "clip.mp4: nothing could be searched<" in page.read_text(encoding="utf-8")
    shutil.copy(folder / "films/bad.mp4", tmp_path / "films")
    print_matches(find(Path(clip), tmp_path / "films", cache_dir=tmp_path / "cache", out=tmp_path / "other.html"))
    printed = capsys.readouterr().out
    assert f"Nothing could be searched for {clip}: no video there could be read." in printed
    assert "0 videos" not in printed
    assert "No video could be read" in (tmp_path / "other.html").read_text(encoding="utf-8")


def test_a_cache_that_cannot_be_written_has_a_hint_about_its_place(folder, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(CacheError, match="cannot be written: Not a directory") as error:
        find(folder / "clip.mp4", folder / "films", cache_dir=tmp_path / "file/cache")
    assert error.value.hint.startswith("Choose another place: a part of this path is no folder. --cache-dir ")
