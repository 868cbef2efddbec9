"""Segments that a list counts in frames."""

from fractions import Fraction

import numpy as np
import pytest

from reelwise.datasets.reading import read_dataset
from reelwise.media.writers.writer import write_video


@pytest.fixture
def root(tmp_path):
    frames = np.random.default_rng(0).integers(0, 255, (30, 32, 32, 3), np.uint8)
    for name, rate in (("a", Fraction(10)), ("b", Fraction(30000, 1001))):
        write_video(tmp_path / f"{name}.mp4", frames, rate)
    return tmp_path


def read(root, text):
    (root / "l.csv").write_text(text)
    return read_dataset(root / "l.csv", strict=False)


@pytest.mark.parametrize("header", ["start_frame,end_frame", "frame_start,frame_end", "Begin Frame,StopFrame"])
def test_frames_become_seconds(root, header):
    dataset = read(root, f"file,label,{header}\na.mp4,x,0,10\na.mp4,y,10,\nb.mp4,x,3,12.0\n")
    spans = [(record.label, record.start_seconds, record.end_seconds) for record in dataset.records]
    assert spans[0] == ("x", 0, 1)
    assert spans[1] == ("y", 1, None)
    rate = Fraction(30000, 1001)
    for frame, moment in zip((3, 12), spans[2][1:], strict=True):
        assert (frame - 1) / rate < moment <= frame / rate
        assert frame / rate - moment < Fraction(1, 10**4)  # so that the frame itself is inside
    assert any(note.startswith("segments are counted in frames, from 0") for note in dataset.notes)


def test_a_frame_behind_the_end_ends_the_segment(root):
    dataset = read(root, "file,label,start_frame,end_frame\na.mp4,x,20,500\nb.mp4,y,0,30\n")
    assert dataset.records[0].end_seconds is None
    assert not dataset.skipped


def test_rows_that_cannot_be_counted_are_named(root):
    (root / "broken.mp4").write_bytes(b"\x00\x00\x00\x18ftypmp42" + bytes(40))
    rows = ["a.mp4,x,ten,20", "a.mp4,x,20,10", "a.mp4,x,99,", "broken.mp4,x,1,2", "none.mp4,x,1,2", "b.mp4,y,0,5"]
    dataset = read(root, "file,label,start_frame,end_frame\n" + "\n".join(rows) + "\n")
    assert [record.file for record in dataset.records] == ["b.mp4"]
    assert [item.reason for item in dataset.skipped if item.file == "a.mp4"] == [
        "l.csv line 2: 'ten' is not the number of a frame",
        "l.csv line 3: the segment ends at frame 10, not after its start",
        "l.csv line 4: the segment starts at frame 99, behind the end of the video",
    ]
    assert {item.file for item in dataset.skipped} == {"a.mp4", "broken.mp4", "none.mp4"}
