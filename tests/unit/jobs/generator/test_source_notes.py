"""Remarks on given files: each once, and many of them in one line."""

from dataclasses import replace
from pathlib import Path

from samples import source_clip

from reelwise.jobs.generator.source_notes import notes_in_short


def noted(name: str, *remarks: str):
    return replace(source_clip(name), notes=tuple(f"{Path(name).name}: {remark}" for remark in remarks))


def test_one_file_has_its_remark_once() -> None:
    clip = noted("x/a.mp4", "64x64 is resized.")
    assert notes_in_short([clip, clip]) == ["a.mp4: 64x64 is resized."]
    assert notes_in_short([noted("b.mp4")]) == []


def test_a_remark_on_many_files_is_one_line() -> None:
    clips = [noted(f"{number}.mp4", "64x64 is resized.") for number in range(40)]
    assert notes_in_short([*clips, noted("slow.mp4", "it is slow.")]) == [
        "40 files: 64x64 is resized.",
        "slow.mp4: it is slow.",
    ]


def test_many_remarks_are_one_line() -> None:
    (line,) = notes_in_short([noted(f"{side}.mp4", f"{side}x{side} is resized.") for side in range(4)])
    assert line.startswith("4 files of another size or rate")
    assert "0.mp4: 0x0 is resized." in line
