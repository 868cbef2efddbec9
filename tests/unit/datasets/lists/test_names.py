"""Names of files that a list writes otherwise than the disk."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwise.datasets.lists.names import Difference, NameIndex


@pytest.mark.parametrize(
    ("wanted", "name", "difference"),
    [
        ("walk/a.mp4", "walk/a.MP4", Difference.CASE),
        ("Walk/A.mp4", "walk/a.mp4", Difference.CASE),
        (r"walk\A.mp4", "walk/a.mp4", Difference.CASE),
        ("cafe\u0301.mp4", "caf\u00e9.mp4", Difference.ACCENTS),
        ("caf\u00e9.mp4", "cafe\u0301.mp4", Difference.ACCENTS),
        ("78687", "78687.webm", Difference.NO_SUFFIX),
        ("78687", "videos/78687.webm", Difference.NO_SUFFIX),
        ("v1.5", "v1.5.mp4", Difference.NO_SUFFIX),
        ("sCWBvBGPHTk", "v_sCWBvBGPHTk.mp4", Difference.NO_SUFFIX),
        ("a.avi", "a.mp4", Difference.OTHER_SUFFIX),
        ("a.mp4", "train/a.mp4", Difference.DEEPER),
        ("/home/bob/data/walk/a.mp4", "walk/a.mp4", Difference.HIGHER),
        ("videos/a.mp4", "a.mp4", Difference.HIGHER),
    ],
)
def test_the_only_file_that_can_be_meant(wanted, name, difference):
    match = NameIndex([name, "other/b.mp4", "notes.txt"]).find(wanted)
    assert (match.name, match.difference) == (name, difference)


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ("A.mp4", ["a.mp4", "a.MP4"]),
        ("a", ["a.mp4", "a.avi"]),
        ("a.mp4", ["train/a.mp4", "test/a.mp4"]),
        ("run/a.mp4", ["walk/a.mp4"]),  # the same name in another class is another video
    ],
)
def test_what_is_in_doubt_is_named_and_not_taken(wanted, names):
    match = NameIndex(names).find(wanted)
    assert match.name is None
    assert match.near == tuple(sorted(names))


def test_a_folder_decides_between_several():
    index = NameIndex(["train/a.mp4", "test/a.mp4"])
    assert index.find("a.mp4", ["Train"]).name == "train/a.mp4"
    assert index.find("a.mp4", ["val"]).name is None


def test_near_misses_are_named():
    index = NameIndex(["walk_001.mp4", "run_002.mp4"])
    assert index.find("wlak_001.mp4").near == ("walk_001.mp4",)
    assert index.find("entirely different.mp4").near == ()
    assert NameIndex([]).find("").near == ()


def test_a_file_without_a_videos_suffix_is_no_other_suffix():
    assert NameIndex(["a.json", "a.jpg"]).find("a.mp4").name is None


parts = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="/\\."), min_size=1, max_size=6)


@given(st.lists(parts.map(str.strip).filter(bool), min_size=1, max_size=3), st.sampled_from(["NFC", "NFD"]))
def test_every_spelling_of_a_name_is_found(folders, form):
    name = "/".join(folders) + ".mp4"
    index = NameIndex([name])
    for wanted in (unicodedata.normalize(form, name), name.removesuffix(".mp4"), f"/data/{name}", folders[-1] + ".MP4"):
        assert index.find(wanted).name == name
