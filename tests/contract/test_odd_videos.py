"""Whatever a video is like, `reelwise analyze` gives a valid result in every format, or a reason."""

import csv
import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import crafted
import pytest

from reelwise.core.progress import Silent
from reelwise.jobs.analyze import analyze_job
from reelwise.jobs.runs.options import AnalyzeOptions


def of_one_frame(folder: Path) -> Path:
    return crafted.make_video(folder / "one.mp4", 1)


def of_one_frame_per_second(folder: Path) -> Path:
    return crafted.make_video(folder / "slow.mp4", 8, rate=1)


def of_240_frames_per_second(folder: Path) -> Path:
    return crafted.make_video(folder / "fast.mp4", 120, rate=240)


def with_another_size_in_the_middle(folder: Path) -> Path:
    """MPEG-TS may be joined by its bytes; the second half is wider."""
    halves = [
        crafted.make_video(folder / f"{name}.ts", 30, size_hw=size_hw, pts=lambda index, start=start: start + index)
        for name, size_hw, start in (("first", (48, 64), 0), ("second", (64, 128), 30))
    ]
    path = folder / "joined.ts"
    path.write_bytes(b"".join(half.read_bytes() for half in halves))
    return path


def with_silent_sound(folder: Path) -> Path:
    return crafted.make_video(folder / "silent.mp4", 50, sound=True, sound_level=0.0)


def turned_by_90_degrees(folder: Path) -> Path:
    return crafted.with_rotation(crafted.make_video(folder / "turned.mp4", 30), 90)


def with_a_hostile_name(folder: Path) -> Path:
    (folder / "a \"quoted\"\nfolder & 'more'").mkdir()
    name = "<script>alert(1)<∕script> ]]> --> 100 %\nnext line,;=#.mp4"
    return crafted.make_video(folder / "a \"quoted\"\nfolder & 'more'" / name, 30, sound=True)


NUM_FRAMES = {
    of_one_frame: 1,
    of_one_frame_per_second: 8,
    of_240_frames_per_second: 120,
    with_another_size_in_the_middle: 60,
    with_silent_sound: 50,
    turned_by_90_degrees: 30,
    with_a_hostile_name: 30,
}


class Scripts(HTMLParser):
    """Counts the scripts of a page that are code."""

    def __init__(self) -> None:
        super().__init__()
        self.num_scripts = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.num_scripts += tag == "script" and dict(attrs).get("type") != "application/json"


@pytest.mark.parametrize("make", NUM_FRAMES, ids=lambda make: make.__name__)
def test_analysis_and_every_format_are_valid(make: Callable[[Path], Path], tmp_path, schema_breaches):
    video = make(tmp_path)
    index = analyze_job(AnalyzeOptions((str(video),), out=tmp_path / "out"), Silent()).index
    assert schema_breaches(index) == []
    (entry,) = index["videos"]
    assert entry["status"] == "ok"
    out = tmp_path / "out" / entry["folder"]
    assert out.resolve().parent == (tmp_path / "out").resolve()
    document = json.loads((out / "analysis.json").read_text(encoding="utf-8"))
    assert schema_breaches(document) == []
    assert document["media"]["num_frames"] == NUM_FRAMES[make]
    shots = next(track for track in document["tracks"] if track["id"] == "shots")
    assert [(item["start"]["frame"], item["end"]["frame"]) for item in shots["items"]][-1][1] == NUM_FRAMES[make]
    written = read_each_format(out)
    assert {".html", ".json", ".csv", ".otio", ".vtt", ".srt", ".xml", ".md"} <= written


def read_each_format(folder: Path) -> set[str]:
    """Reads what has a reader in Python; an error is an invalid file."""
    suffixes = set()
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        suffixes.add(path.suffix)
        if path.suffix in {".json", ".otio"}:
            json.loads(path.read_text(encoding="utf-8"))
        elif path.suffix in {".xml", ".fcpxml"}:
            ElementTree.parse(path)
        elif path.suffix == ".csv":
            with path.open(newline="", encoding="utf-8") as lines:
                assert len({len(row) for row in csv.reader(lines) if "Timecode List" not in row[0]}) == 1, path.name
        elif path.suffix == ".html":
            text = path.read_text(encoding="utf-8")
            page = Scripts()
            page.feed(text)
            page.close()
            assert page.num_scripts == 1
            assert "<script>alert" not in text
    return suffixes
