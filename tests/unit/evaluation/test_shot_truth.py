import contextlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reelwise.core.errors import DataError
from reelwise.evaluation.shot_truth import read_shot_truth
from reelwise.metrics.boundaries import Boundary


def write(folder: Path, text: str) -> Path:
    path = folder / "truth.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_cuts_in_order_and_files_without_any(tmp_path):
    path = write(tmp_path, "file,cut_frame\nb.mp4,30\na.mp4,\nb.mp4,4\n")
    assert read_shot_truth(path) == {"b.mp4": (Boundary(4, 4), Boundary(30, 30)), "a.mp4": ()}


def test_transitions_with_types(tmp_path):
    path = write(tmp_path, "file;start_frame;end_frame;type\na.mp4;10;20;wipe\na.mp4;20;20;cut\na.mp4;0;0;\n")
    expected = (Boundary(0, 0), Boundary(10, 20, "wipe"), Boundary(20, 20))
    assert read_shot_truth(path) == {"a.mp4": expected}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("file,cut_frame\na.mp4,3.5\n", "line 2: '3.5' is no frame number"),
        ("file,cut_frame\na.mp4,-1\n", "line 2: '-1' is no frame number"),
        ("file,cut_frame\na.mp4,²\n", "line 2: '²' is no frame number"),
        ("file,cut_frame\na.mp4,00:01:02\n", "is no frame number"),
        ("file,cut_frame\na.mp4,99999999\n", "'99999999' is no frame number"),
        ("file,cut_frame\na.mp4," + "9" * 5000 + "\n", "is no frame number"),
        ("file,cut_frame\na.mp4,4\na.mp4,4\n", "a.mp4: the boundary at frame 4 lies inside the one from 4 to 4"),
        ("file,cut_frame\n,4\n", "line 2: the file is missing"),
        ("file,cut_frame\n", "has no rows"),
        ("file,label\na.mp4,run\n", "its columns are file, label"),
        ("file,start_frame\na.mp4,1\n", "its columns are file, start_frame"),
        ("file,cut_frame,start_frame,end_frame\na.mp4,1,1,1\n", "both cut_frame and start_frame"),
        ("file,start_frame,end_frame,type\na.mp4,9,4,wipe\n", "from frame 9 back to frame 4"),
        ("file,start_frame,end_frame,type\na.mp4,4,,wipe\n", "'' is no frame number"),
        ("file,start_frame,end_frame,type\na.mp4,4,9,cut\n", "a cut from frame 4 to frame 9"),
        ("file,start_frame,end_frame,type\na.mp4,4,4,wipe\n", "a wipe without any frame"),
        ("file,start_frame,end_frame,type\na.mp4,4,9,<b>\n", "the type is '<b>'"),
        (
            "file,start_frame,end_frame,type\na.mp4,4,9,wipe\na.mp4,6,12,wipe\n",
            "frame 6 lies inside the one from 4 to 9",
        ),
        ("file,cut_frame\na.mp4,1,2,3\n", "4 cells, the header has 2"),
        ("\0\1\2", "is not a list of videos"),
    ],
)
def test_a_list_that_cannot_be_used_is_refused_with_its_place(text, complaint, tmp_path):
    with pytest.raises(DataError) as refusal:
        read_shot_truth(write(tmp_path, text))
    assert complaint in str(refusal.value)
    assert refusal.value.hint


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_other_row_is_read_or_refused(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("lists") / "truth.csv"
    path.write_bytes(b"file,start_frame,end_frame,type\na.mp4,1,2,wipe\n" + text.encode("utf-8", "replace"))
    with contextlib.suppress(DataError):
        assert Boundary(1, 2, "wipe") in read_shot_truth(path)["a.mp4"]


def test_a_list_that_is_not_there(tmp_path):
    with pytest.raises(DataError, match="not a file"):
        read_shot_truth(tmp_path / "truth.csv")
