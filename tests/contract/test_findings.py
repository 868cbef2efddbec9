"""The JSON lines of `reelwise analyze -`: each is as the JSON Schema in the package says, and stdout holds no more."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from plain_film import make_film


def analyze_stdin(content: bytes, folder: Path) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "reelwise", "analyze", "-", "--out", str(folder / "out"), "--quiet"]
    command += ["--cache-dir", str(folder / "cache")]
    return subprocess.run(command, input=content, capture_output=True, check=False)


@pytest.fixture(scope="module")
def film(tmp_path_factory) -> Path:
    return make_film(tmp_path_factory.mktemp("films") / "film.mkv", has_sound=True)


def test_every_printed_line_is_valid(film, tmp_path, schema_breaches):
    done = analyze_stdin(film.read_bytes(), tmp_path)
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [breach for line in lines for breach in schema_breaches(line)] == []
    assert {"shots", "keyframes", "sound"} <= {line["track"] for line in lines}
    assert any(line["transition_in"] for line in lines)
    assert any(line["values"] for line in lines)
    assert any(line["picture"] for line in lines)
    assert schema_breaches({name: value for name, value in lines[0].items() if name != "track"}) != []
    assert schema_breaches(lines[0] | {"id": "shots-0"}) != []


def test_lines_are_the_items_of_the_analysis(film, tmp_path):
    done = analyze_stdin(film.read_bytes(), tmp_path)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    tracks = json.loads((tmp_path / "out/stdin/analysis.json").read_text(encoding="utf-8"))["tracks"]
    for track in (track for track in tracks if track["kind"] == "segments"):
        items = [{name: value for name, value in item.items() if name != "id"} for item in track["items"]]
        head = {"schema": "reelwise/finding/1", "track": track["id"]}
        own_lines = [line for line in lines if line["track"] == track["id"]]
        assert sorted(own_lines, key=start_of) == [head | item for item in sorted(items, key=start_of)]


def start_of(item: dict) -> tuple[int, int]:
    return item["start"]["frame"], item["end"]["frame"]


def test_why_it_failed_stands_on_stderr(tmp_path):
    done = analyze_stdin(b"no video", tmp_path)
    assert (done.returncode, done.stdout) == (1, b"")
    (line,) = done.stderr.decode().splitlines()
    assert line.startswith("error: -: ")
