"""Pictures beside an analysis, which a stranger may have written."""

import pytest
from PIL import Image

from reelwise.analysis.formats.pictures import picture_path, read_thumbnail


def test_a_picture_becomes_small(tmp_path):
    Image.new("RGB", (320, 180), (200, 10, 10)).save(tmp_path / "a.jpg")
    picture = read_thumbnail(tmp_path / "a.jpg", (32, 18))
    assert picture is not None
    assert picture.size == (32, 18)


@pytest.mark.parametrize("kind", ["huge", "text", "png", "cut", "missing"])
def test_what_is_no_picture_of_ours_is_none(tmp_path, kind):
    path = tmp_path / "a.jpg"
    if kind == "huge":
        Image.new("L", (4200, 4000)).save(path)
    elif kind == "png":
        Image.new("L", (32, 32)).save(path, "PNG")
    elif kind != "missing":
        Image.effect_noise((320, 180), 90).save(path)
        path.write_bytes(path.read_bytes()[:2000] if kind == "cut" else b"frame 7")
    assert read_thumbnail(path, (32, 18)) is None


@pytest.mark.parametrize("name", ["../a.jpg", "link.jpg", "b" * 300, "a\0.jpg", ".", "", None])
def test_no_name_leads_out_of_the_folder(tmp_path, name):
    folder = tmp_path / "analysis"
    folder.mkdir()
    (tmp_path / "a.jpg").write_bytes(b"")
    (folder / "link.jpg").symlink_to(tmp_path / "a.jpg")
    assert picture_path(folder, name) is None
