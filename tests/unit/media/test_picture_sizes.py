"""Sizes in the headers of pictures."""

import os

import pytest
from frame_pictures import noise, save_frames

from reelwise.media.picture_sizes import picture_size


@pytest.mark.parametrize("suffix", [".png", ".jpg"])
@pytest.mark.parametrize(("height", "width"), [(24, 32), (301, 7)])
def test_sizes(tmp_path, suffix, height, width):
    save_frames(tmp_path, noise(1, height, width), [f"a{suffix}"])
    assert picture_size(tmp_path / f"a{suffix}") == (width, height)


def test_what_has_no_size(tmp_path):
    (tmp_path / "text").write_text("hello", encoding="utf-8")
    (tmp_path / "cut.jpg").write_bytes(b"\xff\xd8\xff\xe0\x00\x10")
    os.mkfifo(tmp_path / "pipe.png")
    for name in ("text", "cut.jpg", "pipe.png", "missing.png"):
        assert picture_size(tmp_path / name) is None
