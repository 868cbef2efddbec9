"""Where the lines of tables and sentences break."""

import io
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest
from rich.console import Console

from reelwise.cli.analyze import print_run
from reelwise.cli.find import print_matches
from reelwise.cli.output import paragraph, table


def printed(renderable: object, width: int) -> list[str]:
    """Lines without the spaces around them."""
    console = Console(file=io.StringIO(), width=width, highlight=False)
    console.print(renderable)
    assert isinstance(console.file, io.StringIO)
    return [line.strip() for line in console.file.getvalue().splitlines() if line.strip()]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("/data/films of 1925/part one.mp4", ["/data/films of", "1925/part", "one.mp4"]),
        ("in /films/archive/1925/gold.mp4: gaps", ["in /films/", "archive/1925/", "gold.mp4: gaps"]),
        ("/a/very_long_name_of_a_file.mp4/b", ["/a/", "very_long_name_o", "f_a_file.mp4/b"]),
        ("s3://bucket/of/many/films", ["s3://bucket/of/", "many/films"]),
        ("/映画/映画の映画/映画.mp4", ["/映画/", "映画の映画/", "映画.mp4"]),
        ("either/or is short", ["either/or is", "short"]),
        ("a_very_long_name_of_a_file.mp4", ["a_very_long_name", "_of_a_file.mp4"]),
        ("short", ["short"]),
    ],
)
def test_a_path_breaks_behind_a_slash_where_it_can(text: str, lines: Sequence[str]) -> None:
    assert printed(paragraph(text), 16) == lines
    assert printed(table("", ("",), [(text,)]), 18) == lines  # a space at either side


def test_a_table_breaks_the_paths_of_a_column_that_is_too_narrow() -> None:
    path = "/home/someone/videos/of a trip/2024/day_one.mp4"
    lines = printed(table("", ("video", "found"), [(path, "shots 12, sound 3")]), 40)
    cells = [line.split("  ")[0] for line in lines[2:]]
    assert "".join(cells).replace(" ", "") == path.replace(" ", "")
    assert all(cell.endswith(("/", "of", "a", ".mp4")) for cell in cells)


def test_find_and_analyze_break_no_name_in_a_path(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    path = "/home/someone/videos/of_a_trip/2024/day_one.mp4"
    clip = SimpleNamespace(file=path)
    for num_videos in (0, 1):
        print_matches(SimpleNamespace(matches=(), num_videos=num_videos, clip=clip, failures=()))
        assert "day_one.mp4" in capsys.readouterr().out
    video = {"file": path, "folder": "day", "found": {"shots": 2}, "error": "no copy.", "warnings": ["a gap."]}
    print_run(SimpleNamespace(videos=[video | {"refused_exports": {}}], path=Path("out")))
    assert capsys.readouterr().out.count("day_one.mp4") == 3  # in the table, and beside the failure and the warning
