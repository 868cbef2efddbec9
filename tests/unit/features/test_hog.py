import cv2
import numpy as np
import pytest

from reelwise.features.hog import NUM_FEATURES, hog


def stripes(angle_degrees: float, contrast: int = 100) -> np.ndarray:
    rows, columns = np.mgrid[:96, :96]
    angle = np.deg2rad(angle_degrees)
    wave = np.sin((columns * np.cos(angle) + rows * np.sin(angle)) / 3)
    return np.repeat((128 + contrast * wave).astype(np.uint8)[..., None], 3, axis=2)


def test_shape_type_and_range():
    vector = hog(stripes(30))
    assert vector.shape == (NUM_FEATURES,) == (900,)
    assert vector.dtype == np.float32
    assert 0 <= vector.min() <= vector.max() <= 1


@pytest.mark.parametrize("bin_index", range(9))
def test_stripes_fall_into_the_bin_of_their_direction(bin_index):
    vector = hog(stripes(20 * bin_index + 10))
    assert vector.reshape(-1, 9).sum(axis=0).argmax() == bin_index


def test_contrast_matters_little():
    np.testing.assert_allclose(hog(stripes(30, 110)), hog(stripes(30, 40)), atol=0.03)


def test_other_sizes_are_made_the_same():
    large = cv2.resize(stripes(50), (320, 240), interpolation=cv2.INTER_CUBIC)
    assert hog(large).shape == (900,)


def test_a_blank_picture_has_no_edges():
    assert not hog(np.full((96, 96, 3), 77, np.uint8)).any()


def test_a_view_gives_the_same_bits_as_a_copy():
    picture = np.random.default_rng(0).integers(0, 256, (96, 192, 3), np.uint8)[:, ::2]
    assert hog(picture).tobytes() == hog(picture.copy()).tobytes()
