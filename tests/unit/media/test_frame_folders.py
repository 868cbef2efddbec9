"""Which folders of numbered pictures are videos, in which order and at which rate."""

import json
import os
from fractions import Fraction

import pytest
from frame_pictures import noise, save_frames
from hypothesis import given
from hypothesis import strategies as st

from reelwise.cache.content_hashes import ContentIndex, signature
from reelwise.media.find import find_videos
from reelwise.media.frame_folders import (
    FEWEST_FRAMES,
    FrameFolder,
    content_bytes,
    content_sha256,
    frame_folder_from_json,
    frames_among,
    is_frame_folder,
    read_frame_folder,
)

prefixes = st.sampled_from(["", "img_", "frame", "v_01_", "Bild ", "café-"])
suffixes = st.sampled_from(["jpg", "JPEG", "png", "tif", "tiff"])
numbers = st.sets(st.integers(0, 3000), min_size=FEWEST_FRAMES, max_size=60)


@given(prefixes, suffixes, st.integers(0, 8), numbers, st.randoms())
def test_frames_come_in_the_order_of_their_numbers(prefix, suffix, width, of_frames, random):
    names = [f"{prefix}{number:0{width}d}.{suffix}" for number in sorted(of_frames)]
    shuffled = [*names, "notes.txt", "cover.jpg"]
    random.shuffle(shuffled)
    assert frames_among(shuffled) == names


@given(prefixes, numbers)
def test_flow_and_depth_beside_frames_are_left_out(prefix, of_frames):
    frames = [f"{prefix}{number:05d}.jpg" for number in sorted(of_frames)]
    others = [f"{kind}{number:05d}.jpg" for kind in ("flow_x_", "flow_y_", "depth", "mask_") for number in of_frames]
    assert frames_among([*others, *frames]) == frames


def test_two_series_are_not_mixed():
    names = [f"{side}_{number}.png" for side in ("left", "right") for number in range(9)]
    assert frames_among(names) == []
    assert frames_among(names[:9]) == names[:9]


def test_few_numbered_pictures_among_others_are_no_frames():
    assert frames_among(f"{number}.png" for number in range(FEWEST_FRAMES - 1)) == []
    others = [f"{letter}{letter}{number}.png" for letter in "abcdef" for number in range(2)]
    assert frames_among([*others, *(f"{number}.png" for number in range(6))]) == []


@pytest.mark.parametrize(
    ("numbers_there", "num_missing"), [((1, 2, 3, 4, 5), 0), ((1, 2, 5, 6, 9), 4), ((10, 20, 30, 50, 60), 1)]
)
def test_missing_numbers_are_counted(tmp_path, numbers_there, num_missing):
    names = [f"{number:04d}.png" for number in numbers_there]
    frames = read_frame_folder(save_frames(tmp_path / "a", noise(5), names))
    assert frames.num_missing == num_missing
    assert any("missing" in note for note in frames.notes()) == (num_missing > 0)


RATES = {
    "a.json": ('{"frame_rate": "30000/1001"}', Fraction(30000, 1001)),
    "a/info.json": ('{"fps": 29.97}', Fraction(2997, 100)),
    "a/metadata.json": ('{"framerate": 15}', Fraction(15)),
    "a/seqinfo.ini": ("[Sequence]\nname=a\nframeRate=14\n", Fraction(14)),
    "seqinfo.ini": ("[Sequence]\nframeRate = 10\n", Fraction(10)),
}


@pytest.mark.parametrize("place", RATES)
def test_the_rate_is_read_from_files_beside_and_in_the_folder(tmp_path, place):
    folder = save_frames(tmp_path / "a", noise(5))
    text, rate = RATES[place]
    (tmp_path / place).write_text(text, encoding="utf-8")
    frames = read_frame_folder(folder)
    assert (frames.frame_rate, frames.rate_source) == (rate, place.rpartition("/")[2])
    assert not frames.notes()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"fps": 0}', '{"fps": "fast"}', '{"fps": 1e9}', '{"fps": true}'])
def test_a_rate_that_is_none_leaves_the_usual_one_and_it_is_said(tmp_path, text):
    folder = save_frames(tmp_path / "a", noise(5))
    (tmp_path / "a.json").write_text(text, encoding="utf-8")
    frames = read_frame_folder(folder)
    assert (frames.frame_rate, frames.rate_source) == (Fraction(25), "")
    assert frames.notes()[0].startswith("frame rate: 25 frames per second is assumed")


def test_a_still_data_set_is_no_video(tmp_path):
    for index in range(9):
        save_frames(tmp_path / "a", noise(1, 24 + index, 32), [f"img{index}.jpg"])
    assert not is_frame_folder(tmp_path / "a")
    save_frames(tmp_path / "a", noise(9), [f"img{index}.jpg" for index in range(9)])
    assert is_frame_folder(tmp_path / "a")


def test_videos_beside_frames_are_the_videos(tmp_path):
    save_frames(tmp_path / "walk/a", noise(6))
    assert find_videos(tmp_path) == [tmp_path / "walk/a"]
    assert find_videos(tmp_path / "walk/a") == [tmp_path / "walk/a"]
    (tmp_path / "walk/a.mp4").write_bytes(b"")
    assert find_videos(tmp_path) == [tmp_path / "walk/a.mp4"]  # whose frames these may be
    (tmp_path / "walk/a.mp4").rename(tmp_path / "walk/a/b.mp4")
    assert find_videos(tmp_path) == [tmp_path / "walk/a/b.mp4"]


def test_pictures_above_videos_are_no_video(tmp_path):
    save_frames(tmp_path, noise(6))
    save_frames(tmp_path / "walk/a", noise(6))
    assert find_videos(tmp_path) == [tmp_path / "walk/a"]


def test_the_content_is_that_of_all_pictures_and_the_rate(tmp_path):
    frames = noise(6)
    folder = save_frames(tmp_path / "a", frames)
    content = content_sha256(folder)
    renamed = save_frames(tmp_path / "b", frames, [f"img{index}.png" for index in range(6)])
    assert content_sha256(renamed) == content
    assert content_sha256(save_frames(tmp_path / "c", frames[::-1])) != content
    assert content_sha256(save_frames(tmp_path / "d", frames[:5])) != content
    (tmp_path / "a.json").write_text('{"fps": 30}', encoding="utf-8")
    assert content_sha256(folder) != content
    assert content_bytes(folder) == sum(path.stat().st_size for path in folder.iterdir())


def test_a_changed_picture_or_rate_is_seen(tmp_path):
    folder = save_frames(tmp_path / "a", noise(6))
    index, before = ContentIndex(tmp_path / "index.json"), signature(folder)
    content = index.content(folder)
    picture = folder / "0003.png"
    (tmp_path / "copy").write_bytes(picture.read_bytes())
    (tmp_path / "copy").replace(picture)
    assert signature(folder) != before
    assert index.content(folder) == content
    save_frames(folder, noise(1, seed=1), ["0003.png"])
    assert index.content(folder) != content
    before = signature(folder)
    (tmp_path / "a.json").write_text('{"fps": 30}', encoding="utf-8")
    assert signature(folder) != before


def test_names_of_any_bytes_reach_another_process(tmp_path):
    names = (*(os.fsdecode(b"\xff" + f"{number}.png".encode()) for number in range(4)), "a\n5.png")
    frames = FrameFolder(tmp_path, names, Fraction(30000, 1001), "a.json", 3)
    content = frames.to_json()
    assert json.loads(content)
    assert frame_folder_from_json(tmp_path, content) == (frames, 0)
