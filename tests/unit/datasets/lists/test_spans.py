"""Columns that cut segments, in every usual spelling."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwise.core.errors import DataError
from reelwise.datasets.lists import columns
from reelwise.datasets.lists.rows import TimeUnit
from reelwise.datasets.lists.spans import Span, find_span_columns
from reelwise.datasets.reading import read_dataset

MP4 = b"\x00\x00\x00\x18ftypmp42" + bytes(40)
SECONDS = (columns.START_NAMES, columns.END_NAMES)
MILLISECONDS = (columns.START_MS_NAMES, columns.END_MS_NAMES)
FRAMES = (columns.START_FRAME_NAMES, columns.END_FRAME_NAMES)


def spelled(name, style):
    return {"as it is": name, "blanks": name.replace("_", " "), "upper": name.upper(), "title": name.title()}[style]


@given(
    st.sampled_from([SECONDS, MILLISECONDS, FRAMES]),
    st.sampled_from(["as it is", "blanks", "upper", "title"]),
    st.data(),
)
def test_every_spelling_is_read(names, style, data):
    start, end = (spelled(data.draw(st.sampled_from(of_one)), style) for of_one in names)
    found = find_span_columns(["file", start, end, "label"])
    assert (found.start, found.end) in ((start, end), (start, None), (None, end))
    span = found.span({"file": "a.mp4", start: "1500", end: "2500", "label": "x"})
    if found.start and found.end:
        expected = Span("1.5", "2.5") if names is MILLISECONDS else Span("1500", "2500", found.unit)
        assert span == expected
    assert found.unit is (TimeUnit.FRAMES if names is FRAMES else TimeUnit.SECONDS)


@pytest.mark.parametrize("names", [SECONDS, MILLISECONDS, FRAMES])
def test_every_name_beside_the_usual_one(names):
    for start in names[0]:
        assert find_span_columns([start]).start == start
    for end in names[1]:
        assert find_span_columns([names[0][0], end]).end == end


def test_lengths_beside_a_start():
    assert find_span_columns(["start", "duration"]).span({"start": "1.5", "duration": "2"}) == Span("1.5", "3.5")
    assert find_span_columns(["start_ms", "duration_ms"]).span({"start_ms": "500", "duration_ms": "250"}) == Span(
        "0.5", "0.75"
    )
    assert find_span_columns(["start_frame", "num_frames"]).span({"start_frame": "8.0", "num_frames": "16"}) == Span(
        "8", "24", TimeUnit.FRAMES
    )
    assert not find_span_columns(["duration", "num_frames"]).columns
    assert find_span_columns(["start", "end", "duration"]).length is None


def test_an_offset_alone_is_no_end():
    assert not find_span_columns(["offset"]).columns


def test_two_starts_are_no_guess():
    with pytest.raises(DataError, match="could both be the start"):
        find_span_columns(["begin", "onset"])


def test_seconds_win_over_frames(tmp_path):
    for name in "12":
        (tmp_path / f"{name}.mp4").write_bytes(MP4)
    (tmp_path / "l.csv").write_text(
        "file,label,start,end,start_frame,end_frame\n1.mp4,a,1,2,25,50\n2.mp4,b,00:00:01.5,2,38,50\n"
    )
    dataset = read_dataset(tmp_path / "l.csv")
    assert [record.start_seconds for record in dataset.records] == [1, Fraction(3, 2)]
    assert any("'start_frame', 'end_frame' look like times and cut no segments" in note for note in dataset.notes)


def test_segments_of_a_metadata_file(tmp_path):
    for name in ("run/1", "walk/2"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / f"{name}.mp4").write_bytes(MP4)
    (tmp_path / "metadata.csv").write_text(
        "file_name,begin,stop,subset\nrun/1.mp4,0,2,train\nrun/1.mp4,2,4,train\nwalk/2.mp4,1,3,test\n"
    )
    dataset = read_dataset(tmp_path)
    assert [(record.name, record.label, record.split) for record in dataset.records] == [
        ("run/1.mp4#t=0,2", "run", "train"),
        ("run/1.mp4#t=2,4", "run", "train"),
        ("walk/2.mp4#t=1,3", "walk", "test"),
    ]
