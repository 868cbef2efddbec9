import os
import zlib
from contextlib import suppress
from pathlib import Path

import cv2
import numpy as np
import pytest

from reelwise.core.errors import VideoError
from reelwise.media.decode_many import perform_one
from reelwise.media.limits import ReadLimits
from reelwise.media.readers.picture_file import is_picture, read_picture
from reelwise.media.requests.picture import PictureTask, open_picture

RED, GREEN, BLUE = (200, 30, 30), (30, 200, 30), (30, 30, 200)


def quarters(height: int = 64, width: int = 64) -> np.ndarray:
    """Red at the upper left, green at the upper right, blue below."""
    picture = np.empty((height, width, 3), np.uint8)
    picture[:] = BLUE
    picture[: height // 2, : width // 2], picture[: height // 2, width // 2 :] = RED, GREEN
    return picture


def save(path: Path, picture: np.ndarray) -> Path:
    is_encoded, content = cv2.imencode(path.suffix, picture[..., ::-1])
    assert is_encoded
    path.write_bytes(content.tobytes())
    return path


def near(pixel: np.ndarray, colour: tuple[int, int, int]) -> bool:
    return bool(np.abs(pixel.astype(int) - colour).max() < 20)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp"])
def test_each_format_is_read_by_what_it_holds(tmp_path, suffix):
    path = save(tmp_path / f"a{suffix}", quarters()).rename(tmp_path / "without_suffix")
    assert is_picture(path)
    picture = read_picture(path, 32).pixels
    assert picture.shape == (32, 32, 3)
    assert near(picture[4, 4], RED)
    assert near(picture[4, 28], GREEN)
    assert near(picture[28, 16], BLUE)


def test_the_middle_square_is_cut_out(tmp_path):
    wide = np.zeros((64, 128, 3), np.uint8)
    wide[:, 32:96] = RED
    path = save(tmp_path / "a.png", wide)
    assert near(read_picture(path, 32).pixels[16, 1], RED)
    assert near(read_picture(path, 32, fit="squash").pixels[16, 1], (0, 0, 0))


def with_exif_orientation(path: Path, orientation: int) -> Path:
    """Put the orientation, 1 to 8, into a JPEG, PNG or WebP picture."""
    content = path.read_bytes()
    entry = bytes([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0])
    exif = b"MM\x00*\x00\x00\x00\x08\x00\x01" + entry + bytes(4)
    if path.suffix == ".jpg":
        marker = b"\xff\xe1" + (len(exif) + 8).to_bytes(2, "big") + b"Exif\x00\x00" + exif
        content = content[:2] + marker + content[2:]
    else:
        chunk = b"eXIf" + exif
        chunk = len(exif).to_bytes(4, "big") + chunk + zlib.crc32(chunk).to_bytes(4, "big")
        content = content[:33] + chunk + content[33:]  # behind the header of a PNG
    path.write_bytes(content)
    return path


EXIF_ORIENTATIONS = {
    1: lambda picture: picture,
    2: np.fliplr,
    3: lambda picture: np.rot90(picture, 2),
    4: np.flipud,
    5: lambda picture: picture.transpose(1, 0, 2),
    6: lambda picture: np.rot90(picture, -1),
    7: lambda picture: np.rot90(picture, 2).transpose(1, 0, 2),
    8: np.rot90,
}
"""What a reader does to the stored picture. Source: Exif 2.32, tag 274."""


@pytest.mark.parametrize("orientation", EXIF_ORIENTATIONS)
@pytest.mark.parametrize("suffix", [".jpg", ".png"])
def test_a_photo_is_turned_and_mirrored_upright(tmp_path, suffix, orientation):
    stored = quarters(64, 80)
    path = with_exif_orientation(save(tmp_path / f"a{suffix}", stored), orientation)
    shown = EXIF_ORIENTATIONS[orientation](stored)
    picture = read_picture(path, 32)
    assert picture.stored_hw == shown.shape[:2]
    expected = read_picture(save(tmp_path / "expected.png", shown), 32).pixels
    assert np.abs(picture.pixels.astype(int) - expected).mean() < 6


def test_a_name_is_no_pattern(tmp_path):
    save(tmp_path / "001.png", quarters())
    with pytest.raises(VideoError, match="no such file"):
        read_picture(tmp_path / "%03d.png", 32)
    assert near(read_picture(save(tmp_path / "%03d.png", quarters()[::-1].copy()), 32).pixels[4, 4], BLUE)


@pytest.mark.parametrize(
    "content", [b"", b"text", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"RIFF\x00\x00\x00\x00WEBP"]
)
def test_what_is_no_picture_is_refused(tmp_path, content):
    (tmp_path / "a.png").write_bytes(content)
    with pytest.raises(VideoError, match=r"^a\.png: "):
        read_picture(tmp_path / "a.png", 32)


def test_a_cut_picture_is_refused_or_read_but_never_crashes(tmp_path):
    content = save(tmp_path / "a.png", quarters()).read_bytes()
    for length in range(8, len(content), 11):
        (tmp_path / "b.png").write_bytes(content[:length])
        with suppress(VideoError):
            assert read_picture(tmp_path / "b.png", 32).pixels.shape == (32, 32, 3)


def test_too_many_pixels_are_refused_before_they_are_decoded(tmp_path):
    path = save(tmp_path / "a.png", quarters(600, 600))
    with pytest.raises(VideoError, match=r"a\.png"):
        read_picture(path, 32, limits=ReadLimits(max_pixels=600 * 599))
    header = (30_000).to_bytes(4, "big") * 2
    content = path.read_bytes()
    (tmp_path / "bomb.png").write_bytes(content[:16] + header + content[24:])
    with pytest.raises(VideoError, match=r"bomb\.png"):
        read_picture(tmp_path / "bomb.png", 32)


def test_a_video_is_no_picture(tmp_path):
    (tmp_path / "playlist.png").write_text("#EXTM3U\nfile:///etc/passwd\n")
    assert not is_picture(tmp_path / "playlist.png")
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(VideoError, match="a pipe"):
        is_picture(tmp_path / "pipe.png")


def test_a_worker_reads_it(tmp_path):
    task = PictureTask(save(tmp_path / "a.png", quarters(64, 72)), 32, "crop", tmp_path / "out")
    assert perform_one(task) == (64, 72)
    assert near(open_picture(task)[4, 28], GREEN)
    (tmp_path / "b.png").write_bytes(b"no picture")
    with pytest.raises(VideoError, match="is no picture"):
        perform_one(PictureTask(tmp_path / "b.png", 32, "crop", tmp_path / "out"))
