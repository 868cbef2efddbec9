"""Chapters, read back by FFmpeg and muxed into MP4 and Matroska."""

from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import av
import crafted_tracks
import numpy as np
import pytest
from crafted_tracks import Crafted

from reelwise.analysis.formats.chapters import FFMETADATA, MATROSKA
from reelwise.media.writers.writer import write_video

Chapters = list[tuple[Fraction, Fraction, str]]


def cases(transition_length: int = 3) -> list[Crafted]:
    start, length = Fraction(2048, 44_100), transition_length
    even = [
        crafted_tracks.craft_rate(rate, start_seconds=start, transition_length=length) for rate in crafted_tracks.RATES
    ]
    return [*even, crafted_tracks.craft_uneven(start_seconds=start)]


def write_text(folder: Path, files: dict[str, str | bytes]) -> Path:
    ((name, text),) = files.items()
    assert isinstance(text, str)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def read_chapters(path: Path, **kwargs: str) -> Chapters:
    with av.open(str(path), **kwargs) as container:
        return [
            (each["start"] * each["time_base"], each["end"] * each["time_base"], each["metadata"].get("title", ""))
            for each in container.chapters()
        ]


def read_xml(path: Path) -> Chapters:
    def seconds(text: str | None) -> Fraction:
        hours, minutes, rest = (text or "").split(":")
        return int(hours) * 3600 + int(minutes) * 60 + Fraction(rest)

    return [
        (
            seconds(atom.findtext("ChapterTimeStart")),
            seconds(atom.findtext("ChapterTimeEnd")),
            atom.findtext("ChapterDisplay/ChapterString") or "",
        )
        for atom in ElementTree.parse(path).getroot().findall("EditionEntry/ChapterAtom")
    ]


def check(chapters: Chapters, crafted: Crafted) -> None:
    for number, (shot, chapter) in enumerate(zip(crafted.analysis.items("shots"), chapters, strict=True), 1):
        assert chapter[2] == f"Shot {number}"
        for time, moment in zip(chapter[:2], (shot.start, shot.end), strict=True):
            assert crafted.frame_shown(time, player=True) == crafted.nearest_frame(time, player=True) == moment.frame


@pytest.mark.parametrize("crafted", cases(), ids=lambda crafted: f"{crafted.clock.rate}")
def test_every_time_comes_back_to_its_frame(crafted: Crafted, tmp_path: Path) -> None:
    path = write_text(tmp_path, FFMETADATA.write(crafted.analysis, tmp_path))
    check(read_chapters(path, format="ffmetadata"), crafted)
    check(read_xml(write_text(tmp_path, MATROSKA.write(crafted.analysis, tmp_path))), crafted)


@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
@pytest.mark.parametrize("index", [0, 3, 8])
def test_they_survive_muxing(index: int, suffix: str, tmp_path: Path) -> None:
    crafted = cases(transition_length=0)[index]  # a chapter of MP4 ends where the next one starts
    metadata = write_text(tmp_path, FFMETADATA.write(crafted.analysis, tmp_path))
    video, target = tmp_path / "video.mp4", tmp_path / f"out.{suffix}"
    write_video(video, np.zeros((2, 16, 16, 3), np.uint8), Fraction(1, 700))
    with (
        av.open(str(metadata), format="ffmetadata") as chapters,
        av.open(str(video)) as source,
        av.open(str(target), "w") as sink,
    ):
        stream = sink.add_stream_from_template(source.streams.video[0])
        sink.set_chapters(chapters.chapters())
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                sink.mux(packet)
    check(read_chapters(target), crafted)


def test_no_shots_give_no_chapters(tmp_path: Path) -> None:
    crafted = crafted_tracks.craft([0, 40], Fraction(1, 1000))
    assert read_chapters(write_text(tmp_path, FFMETADATA.write(crafted.analysis, tmp_path)), format="ffmetadata") == []
    assert read_xml(write_text(tmp_path, MATROSKA.write(crafted.analysis, tmp_path))) == []
