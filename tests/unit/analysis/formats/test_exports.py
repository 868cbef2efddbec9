"""The contract of all export formats: hostile names, nothing to say, any rate; whole files or a reason."""

import json
from collections.abc import Callable
from dataclasses import replace
from fnmatch import fnmatchcase
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import crafted_tracks
import pytest

from reelwise.analysis.formats.catalogue import FORMATS
from reelwise.analysis.formats.exports import write_exports
from reelwise.analysis.formats.format import ExportFormat, Files, FormatError
from reelwise.analysis.results import Analysis
from reelwise.core.errors import DataError

MADE_OF_SHOTS = {
    "pyscenedetect",
    "otio",
    "edl",
    "fcpxml",
    "webvtt_chapters",
    "ffmetadata",
    "matroska_chapters",
    "storyboard",
}
MADE_OF_PICTURES = {"webvtt_thumbnails"}
COUNT_FRAMES = {"edl", "fcpxml"}
"""The formats that refuse a rate without timecode."""


def without_items() -> Analysis:
    analysis = crafted_tracks.craft_rate(Fraction(25)).analysis
    return replace(analysis, tracks=tuple(replace(track, items=()) for track in analysis.tracks))


ANALYSES: dict[str, Callable[[], Analysis]] = {
    "constant rate": lambda: crafted_tracks.craft_rate(Fraction(25)).analysis,
    "variable rate": lambda: crafted_tracks.craft_uneven().analysis,
    "hostile names": lambda: crafted_tracks.hostile().analysis,
    "no items": without_items,
    "one frame": lambda: crafted_tracks.craft([0, 40], Fraction(1, 1000), (0, 1)).analysis,
    "no tracks": lambda: replace(without_items(), tracks=()),
}


REFUSALS = {
    "variable rate": COUNT_FRAMES,
    "one frame": COUNT_FRAMES,
    "no items": MADE_OF_PICTURES,
    "no tracks": MADE_OF_SHOTS | MADE_OF_PICTURES,
}
"""Formats that refuse an analysis; all others give their files."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("analysis")
    crafted_tracks.write_pictures(path)
    return path


@pytest.mark.parametrize("each", FORMATS, ids=lambda each: each.name)
@pytest.mark.parametrize("name", ANALYSES)
def test_a_format_gives_valid_files_or_refuses_with_a_reason(each: ExportFormat, name: str, folder: Path) -> None:
    files = files_or_reason(each, ANALYSES[name](), folder)
    if isinstance(files, FormatError):
        assert files.message.endswith(".")
        assert files.hint.endswith(".")
    assert isinstance(files, FormatError) == (each.name in REFUSALS.get(name, ())), files
    if isinstance(files, FormatError):
        return
    for file, content in files.items():
        assert any(fnmatchcase(file, pattern) for pattern in each.files)
        assert Path(file).name == file
        check_content(file, content)
    names = [file.lower() for file in files]
    assert len(set(names)) == len(names)


def files_or_reason(each: ExportFormat, analysis: Analysis, folder: Path) -> Files | FormatError:
    try:
        return each.write(analysis, folder)
    except FormatError as error:
        return error


def check_content(file: str, content: str | bytes) -> None:
    if isinstance(content, bytes):
        assert content.startswith(b"\xff\xd8\xff")
        return
    content.encode("utf-8")
    assert not set(content) & {chr(code) for code in (*range(9), 11, 12, *range(14, 32), 127, 0xFEFF, 0x202E)}
    if file.endswith((".json", ".otio")):
        json.loads(content)
    if file.endswith((".xml", ".fcpxml")):
        ElementTree.fromstring(content)
    if not file.endswith((".json", ".otio", ".csv", ".md")):
        assert "<script>" not in content


@pytest.mark.parametrize("each", FORMATS, ids=lambda each: each.name)
def test_a_variable_rate_is_refused_where_frames_are_counted(each: ExportFormat, folder: Path) -> None:
    analysis = ANALYSES["variable rate"]()
    if each.name in COUNT_FRAMES:
        with pytest.raises(FormatError, match="variable"):
            each.write(analysis, folder)
        odd = replace(analysis.media, variable_frame_rate=False, frame_rate="15")
        with pytest.raises(FormatError, match="15 frames per second have no timecode"):
            each.write(replace(analysis, media=odd), folder)
    else:
        assert each.write(analysis, folder)


def test_no_two_formats_write_the_same_file(folder: Path) -> None:
    names = [name.lower() for each in FORMATS for name in each.write(ANALYSES["hostile names"](), folder)]
    assert len(set(names)) == len(names)
    assert len({each.name for each in FORMATS}) == len(FORMATS)


def test_all_formats_are_written_and_the_same_again(tmp_path: Path) -> None:
    crafted_tracks.write_pictures(tmp_path)
    analysis = ANALYSES["constant rate"]()
    results = write_exports(analysis, tmp_path)
    assert list(results) == [each.name for each in FORMATS]
    paths = [path for files in results.values() if not isinstance(files, FormatError) for path in files]
    assert sorted(paths) == sorted((tmp_path / "exports").iterdir())
    before = {path: path.read_bytes() for path in paths}
    assert write_exports(analysis, tmp_path) == results
    assert {path: path.read_bytes() for path in paths} == before


def test_what_a_format_cannot_hold_stops_no_other(tmp_path: Path) -> None:
    crafted_tracks.write_pictures(tmp_path)
    results = write_exports(ANALYSES["variable rate"](), tmp_path)
    refused_names = {name for name, files in results.items() if isinstance(files, FormatError)}
    assert refused_names == COUNT_FRAMES
    assert (tmp_path / "exports" / "items.csv").is_file()


@pytest.mark.parametrize("time_base", ["0", "1/0", "-1/25", "x"])
def test_an_analysis_without_time_base_is_refused(time_base: str, tmp_path: Path) -> None:
    analysis = ANALYSES["constant rate"]()
    with pytest.raises(DataError, match="time base"):
        write_exports(replace(analysis, media=replace(analysis.media, time_base=time_base)), tmp_path)


@pytest.mark.parametrize("name", sorted(COUNT_FRAMES))
def test_timecodes_decide_not_the_word_of_the_container(name: str, tmp_path: Path) -> None:
    (each,) = (each for each in FORMATS if each.name == name)
    analysis = ANALYSES["constant rate"]()
    media = replace(analysis.media, variable_frame_rate=True, frame_rate="14999/600")
    assert each.write(replace(analysis, media=media), tmp_path) == each.write(analysis, tmp_path)


@pytest.mark.parametrize(("track_id", "is_shown"), [("sound", False), ("actions", True)])
def test_what_was_measured_of_the_whole_video_is_said_of_no_moment(track_id: str, is_shown: bool, folder: Path) -> None:
    analysis = crafted_tracks.with_programme(crafted_tracks.craft_rate(Fraction(25), labels=())).analysis
    shots, sound = analysis.tracks[0], analysis.tracks[-1]
    analysis = replace(analysis, tracks=(shots, replace(sound, id=track_id)))
    texts = {each.name: str(each.write(analysis, folder)) for each in FORMATS if each.name != "webvtt_thumbnails"}
    of_moments = {name for name, text in texts.items() if "silence" in text}
    said = {name for name in of_moments if "programme" in texts[name]}
    assert of_moments >= {"srt", "webvtt", "otio", "fcpxml", "csv", "fiftyone", "label_studio", "activitynet"}
    assert said & {"srt", "webvtt", "otio", "fcpxml"} == ({"srt", "webvtt", "otio", "fcpxml"} if is_shown else set())
    assert said >= {"csv", "fiftyone", "label_studio", "activitynet"}


def test_files_that_are_not_made_any_more_go(tmp_path: Path) -> None:
    analysis = crafted_tracks.craft_rate(Fraction(25)).analysis
    write_exports(analysis, tmp_path)
    (tmp_path / "exports" / "notes.txt").write_text("mine", encoding="utf-8")
    before = {path.name for path in (tmp_path / "exports").iterdir()}
    write_exports(replace(analysis, tracks=analysis.tracks[:1]), tmp_path)
    after = {path.name for path in (tmp_path / "exports").iterdir()}
    assert "cues-quality.srt" in before - after
    assert "notes.txt" in after
