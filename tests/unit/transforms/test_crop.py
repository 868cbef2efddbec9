import numpy as np

from reelwise.transforms.crop import centre_crop, mirror


def test_the_middle_is_cut_out():
    clip = np.arange(2 * 6 * 6 * 3, dtype=np.uint8).reshape(2, 6, 6, 3)
    assert np.array_equal(centre_crop(clip, 4), clip[:, 1:5, 1:5])
    assert np.array_equal(centre_crop(clip, 6), clip)


def test_a_smaller_clip_is_enlarged():
    assert centre_crop(np.full((2, 4, 4, 3), 7, np.uint8), 8).tolist() == np.full((2, 8, 8, 3), 7).tolist()


def test_mirror_swaps_left_and_right_only():
    clip = np.random.default_rng(0).integers(0, 256, (2, 3, 5, 3), np.uint8)
    assert np.array_equal(mirror(clip)[:, :, 0], clip[:, :, 4])
    assert np.array_equal(mirror(mirror(clip)), clip)
