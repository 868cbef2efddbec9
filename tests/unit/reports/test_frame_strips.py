import re
from fractions import Fraction

import cv2
import numpy as np
import pytest

from reelwise.reports.frame_strips import GAP, lossy_picture, play_in_step, row_of_frames, still_picture, strip_picture

GREY, RED, GREEN = 100, (200, 30, 30), (30, 200, 30)


def one_colour(colour, num_frames: int = 6, size: int = 32) -> np.ndarray:
    return np.full((num_frames, size, size, 3), colour, np.uint8)


def durations(content: bytes) -> list[int]:
    """Milliseconds of each frame of an animated WebP: 24 bits, twelve bytes into each ANMF chunk."""
    chunks = [match.end() + 4 for match in re.finditer(b"ANMF", content)]
    return [int.from_bytes(content[start + 12 : start + 15], "little") for start in chunks]


def test_clips_lie_side_by_side_and_the_gap_is_clear():
    picture = strip_picture([one_colour(RED)[0], one_colour(GREEN)[0]], 0, (4, 6))
    assert picture.shape[1] == 2 * 128 + GAP  # 32 pixels are enlarged by four
    assert picture[:128, :128, :3].tolist() == np.broadcast_to(RED, (128, 128, 3)).tolist()
    assert (picture[:128, -128:, :3] == GREEN).all()
    assert (picture[:128, 128 : 128 + GAP, 3] == 0).all()


def test_pixels_stay_sharp():
    frame = np.random.default_rng(0).integers(0, 256, (40, 40, 3), np.uint8)
    picture = strip_picture([frame], 0, (1, 2))
    assert picture.shape[1] == 160
    assert np.array_equal(picture[:160:4, ::4, :3], frame)


@pytest.mark.parametrize(
    ("index", "grey", "blue"), [(0, 1 / 8, 0), (3, 4 / 8, 0), (5, 4 / 8, 2 / 8), (7, 4 / 8, 4 / 8)]
)
def test_the_bar_shows_what_was_given_and_what_was_predicted(index, grey, blue):
    picture = strip_picture([one_colour(GREY)[0]] * 2, index, (4, 8))
    bar = picture[-1]
    is_blue = bar[:, 2] > 200
    is_grey = ~is_blue & (bar[:, 3] == 255)
    assert is_grey.mean() == pytest.approx(grey, abs=0.01)
    assert is_blue.mean() == pytest.approx(blue, abs=0.01)
    assert is_grey[: is_grey.sum()].all()  # the given frames come first


def test_every_frame_plays_and_the_last_one_stands():
    clips = [np.stack([np.full((128, 128, 3), 20 * t + shift, np.uint8) for t in range(8)]) for shift in (0, 60)]
    content = play_in_step(clips, 4, Fraction(8))
    assert content[8:12] == b"WEBP"
    assert durations(content) == [125] * 7 + [875]


def test_a_row_has_every_frame_in_order():
    frames = np.stack([np.full((32, 32, 3), 10 * t, np.uint8) for t in range(5)])
    row = row_of_frames(frames)
    assert row.shape == (64, 5 * 64, 3)
    assert row[0, 32::64, 0].tolist() == [0, 10, 20, 30, 40]


def test_a_long_clip_is_thinned_from_its_first_to_its_last_frame():
    frames = np.stack([np.full((64, 64, 3), t, np.uint8) for t in range(100)])
    row = row_of_frames(frames)
    assert row.shape == (64, 20 * 64, 3)
    assert (row[0, 0, 0], row[0, -1, 0]) == (0, 99)


def test_large_frames_are_made_smaller():
    assert row_of_frames(one_colour(RED, 3, 256)).shape == (64, 3 * 64, 3)


def test_stills_keep_colours():
    picture = strip_picture([one_colour(RED)[0]], 0, (1, 2))
    png = cv2.imdecode(np.frombuffer(still_picture(picture), np.uint8), cv2.IMREAD_UNCHANGED)
    assert np.array_equal(cv2.cvtColor(png, cv2.COLOR_BGRA2RGBA), picture)
    webp = cv2.imdecode(np.frombuffer(lossy_picture(one_colour(RED)[0]), np.uint8), cv2.IMREAD_COLOR)
    assert np.abs(webp[0, 0, ::-1].astype(int) - RED).max() < 12
