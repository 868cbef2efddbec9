"""Pictures of findings."""

import errno
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from reelwise.analysis.pictures import PICTURE_WINDOW, PictureStore
from reelwise.core.errors import CacheError


@pytest.fixture
def store(tmp_path) -> PictureStore:
    pictures = PictureStore(tmp_path / "thumbs", when_full="Free some space. Then --resume.")
    pictures.set_time_base(Fraction(1, 90000))
    for index in range(PICTURE_WINDOW + 10):
        pictures.push(index, 3600 * index, index / 25, np.full((18, 32, 3), index % 250, np.uint8))
    return pictures


def test_a_picture_names_its_frame_and_its_exact_time(store, tmp_path):
    store.keep(100)
    path = tmp_path / "thumbs" / "frame_0000100_4.000s.jpg"
    assert store.name_of(100) == path.name
    assert b"frame 100, pts 360000, time base 1/90000, 4.000000 s" in path.read_bytes()
    picture = cv2.imread(str(path))
    assert picture is not None
    assert abs(int(picture[0, 0, 0]) - 100) <= 2


def test_a_frame_that_does_not_wait_is_refused(store):
    for frame in (9, PICTURE_WINDOW + 10):
        with pytest.raises(ValueError, match="is not there"):
            store.keep(frame)


def test_a_picture_goes_with_the_last_who_wanted_it(store, tmp_path):
    store.keep(100)
    store.keep(100)
    store.drop(100)
    assert list(store) == ["frame_0000100_4.000s.jpg"]
    store.drop(100)
    assert list(store) == []
    assert not list((tmp_path / "thumbs").iterdir())
    assert store.name_of(100) is None
    with pytest.raises(ValueError, match="was not kept"):
        store.drop(100)


def test_a_place_that_cannot_be_written_has_a_hint(store, tmp_path):
    (tmp_path / "thumbs").touch()
    with pytest.raises(CacheError, match="cannot be written: File exists") as error:
        store.keep(100)
    assert error.value.hint == "Choose another place: a part of this path is no folder."


def test_on_a_full_disk_the_hint_is_that_of_the_command(store, monkeypatch):
    def write(path: Path, content: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", write)
    with pytest.raises(CacheError, match="No space left on device") as error:
        store.keep(100)
    assert error.value.hint == "Free some space. Then --resume."
