"""What a descriptor does not see, and what it does."""

import cv2
import numpy as np
import pytest
from made_up_films import scene

from reelwise.analysis.similarity.borders import find_inside, thumbs_of
from reelwise.analysis.similarity.descriptors import PLAIN, Geometry, describe


def values_of(picture: np.ndarray, geometry: Geometry = PLAIN) -> np.ndarray:
    return describe(thumbs_of(picture[None], None), geometry)[0][0]


@pytest.fixture
def picture() -> np.ndarray:
    return scene(3, np.array([1.0]))[0]


@pytest.mark.parametrize("change", ["brightness", "contrast", "size", "blur", "logo", "noise"])
def test_a_changed_picture_stays_alike(picture, change):
    rng = np.random.default_rng(0)
    logo = picture.copy()
    logo[2:7, 68:77] = 255
    changed = {
        "brightness": (picture * 0.8 + 30).astype(np.uint8),
        "contrast": (picture * 0.5).astype(np.uint8),
        "size": cv2.resize(picture, (64, 64), interpolation=cv2.INTER_AREA),
        "blur": cv2.GaussianBlur(picture, (0, 0), 2),
        "logo": logo,
        "noise": np.clip(picture + rng.normal(0, 8, picture.shape), 0, 255).astype(np.uint8),
    }[change]
    assert values_of(picture) @ values_of(changed) > 0.95
    assert values_of(picture) @ values_of(scene(4, np.array([1.0]))[0]) < 0.7


def test_a_mirrored_picture_is_another_until_it_is_mirrored_back(picture):
    mirrored = picture[:, ::-1]
    assert values_of(picture) @ values_of(mirrored) < 0.9
    assert values_of(picture, Geometry(is_mirrored=True)) @ values_of(mirrored) > 0.999


@pytest.mark.parametrize("scale", [0.9, 0.8])
def test_a_crop_is_seen_by_the_geometry_of_its_scale(picture, scale):
    large = cv2.resize(picture, (320, 180), interpolation=cv2.INTER_CUBIC)
    dy, dx = round(90 * (1 - scale)), round(160 * (1 - scale))
    crop = large[dy:-dy, dx:-dx]
    other = values_of(crop)
    assert values_of(large, Geometry(scale)) @ other > 0.99
    assert values_of(large, Geometry(scale)) @ other > values_of(large) @ other
    # And the other way round: the clip is the crop, and the film the whole.
    assert values_of(crop, Geometry(1 / scale)) @ values_of(large) > values_of(crop) @ values_of(large)


@pytest.mark.parametrize("level", [0, 128])
def test_a_plain_picture_says_nothing(level):
    values, contrast = describe(thumbs_of(np.full((1, 45, 80), level, np.uint8), None))
    assert not values.any()
    assert contrast[0] < 1e-3


@pytest.mark.parametrize(("top", "left"), [(10, 0), (0, 16), (6, 8)])
@pytest.mark.parametrize("level", [0, 90])
def test_bars_are_seen(picture, top, left, level):
    height, width = picture.shape
    framed = np.full((8, height + 2 * top, width + 2 * left), level, np.uint8)
    framed[:, top : top + height, left : left + width] = picture
    inside = find_inside(framed)
    assert inside
    assert abs(inside.top - top) <= 1
    assert abs(inside.left - left) <= 1
    assert describe(thumbs_of(framed, inside))[0][0] @ values_of(picture) > 0.97


def test_bars_within_a_frame_are_seen(picture):
    """A film with a dark pillarbox in a white frame."""
    film = np.pad(np.repeat(picture[None], 8, 0), ((0, 0), (0, 0), (12, 12)))
    framed = np.pad(film, ((0, 0), (5, 5), (8, 8)), constant_values=230)
    inside = find_inside(framed)
    assert inside
    assert abs(inside.left - 20) <= 2
    assert describe(thumbs_of(framed, inside))[0][0] @ values_of(picture) > 0.97


def test_a_sky_is_no_bar(picture):
    sky = np.repeat(picture[None], 8, 0)
    sky[:, :14] = 200
    inside = find_inside(sky)
    assert inside
    assert (inside.top, inside.bottom) == (0, 45)


def test_of_black_frames_no_border_is_known():
    assert find_inside(np.zeros((8, 45, 80), np.uint8)) is None
