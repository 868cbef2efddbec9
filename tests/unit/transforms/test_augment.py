from dataclasses import replace

import numpy as np
import pytest

from reelwise.core.errors import UsageError
from reelwise.transforms.augment import PRESETS, Augmentation, augment_clip, augmentation
from reelwise.transforms.crop import centre_crop, mirror


def clip_of(size: int = 64, num_frames: int = 3) -> np.ndarray:
    """The same picture in every frame, brighter to the right and greener to the bottom."""
    picture = np.zeros((size, size, 3), np.uint8)
    picture[..., 0] = np.arange(size) * 3
    picture[..., 1] = np.arange(size)[:, None] * 2
    return np.repeat(picture[None], num_frames, 0)


@pytest.mark.parametrize("name", ["light", "strong"])
def test_all_frames_of_a_clip_change_alike_and_the_source_stays(name):
    clip = clip_of()
    before = clip.copy()
    for seed in range(8):
        varied = augment_clip(clip, PRESETS[name], np.random.default_rng(seed), 48)
        assert varied.shape == (3, 48, 48, 3)
        assert varied.dtype == np.uint8
        assert varied.flags.c_contiguous
        assert np.array_equal(varied[0], varied[2])
    assert np.array_equal(clip, before)


def test_the_same_generator_gives_the_same_clip_and_another_one_another():
    varied = [augment_clip(clip_of(), PRESETS["strong"], np.random.default_rng(seed), 48) for seed in (1, 1, 2)]
    assert np.array_equal(varied[0], varied[1])
    assert not np.array_equal(varied[0], varied[2])


def test_nothing_asked_is_the_centre_crop():
    clip = clip_of()
    assert np.array_equal(augment_clip(clip, Augmentation(), np.random.default_rng(0), 48), centre_crop(clip, 48))


def test_flip_alone_gives_the_crop_or_its_mirror_each_about_half_of_the_time():
    clip = clip_of()
    plain = centre_crop(clip, 48)
    results = [augment_clip(clip, Augmentation(flip=True), np.random.default_rng(seed), 48) for seed in range(200)]
    kept = sum(np.array_equal(result, plain) for result in results)
    mirrored = sum(np.array_equal(result, mirror(plain)) for result in results)
    assert kept + mirrored == 200
    assert 70 <= mirrored <= 130


def test_shift_moves_by_whole_shares_and_zoom_enlarges():
    clip = clip_of()
    shifts = {
        int(augment_clip(clip, Augmentation(shift=0.1), np.random.default_rng(s), 32)[0, 16, 16, 0]) for s in range(50)
    }
    assert len(shifts) > 10
    assert max(shifts) - min(shifts) <= 3 * 2 * 0.1 * 64 + 3
    slopes = []
    for seed in range(50):
        row = augment_clip(clip, Augmentation(zoom=0.25), np.random.default_rng(seed), 32)[0, 16, :, 0].astype(float)
        slopes.append((row[24] - row[8]) / 16 / 3)
    assert 0.78 < min(slopes) < 0.9
    assert 1.1 < max(slopes) < 1.27


def test_colour_keeps_places_and_saturation_keeps_brightness():
    clip = clip_of() // 2 + 60
    varied = augment_clip(clip, Augmentation(saturation=1.0), np.random.default_rng(3), 64)
    luma = np.array([0.299, 0.587, 0.114])
    assert np.abs(varied @ luma - clip @ luma).max() < 1.5
    assert not np.array_equal(varied, clip)
    brighter = augment_clip(clip, Augmentation(brightness=0.2), np.random.default_rng(0), 64).astype(int) - clip
    assert brighter.min() == brighter.max() != 0


def test_erase_covers_one_rectangle_in_all_frames():
    clip = clip_of()
    erased = augment_clip(clip, Augmentation(erase=1.0), np.random.default_rng(0), 64)
    changed = (erased != clip).any(-1)
    rows, columns = np.flatnonzero(changed[0].any(1)), np.flatnonzero(changed[0].any(0))
    share = changed[0].mean()
    assert np.array_equal(changed[0], changed[2])
    assert 0.01 < share < 0.25
    assert len(rows) * len(columns) / 64**2 == pytest.approx(share, rel=0.05)
    assert np.array_equal(erased[0], erased[2])


def test_a_smaller_source_is_enlarged():
    assert augment_clip(clip_of(32), PRESETS["light"], np.random.default_rng(0), 48).shape == (3, 48, 48, 3)


def test_presets_by_name():
    assert augmentation("none", flip=False) is None
    assert augmentation("none", flip=True) is not None
    assert augmentation("strong", flip=True).flip
    assert not augmentation("strong", flip=False).flip
    with pytest.raises(UsageError, match="none, light, strong, motion"):
        augmentation("wild", flip=False)
    with pytest.raises(ValueError, match="shares"):
        Augmentation(shift=1.5)


@pytest.mark.parametrize("strength", ["light", "strong", "motion"])
def test_a_clip_in_place_is_the_same_clip(strength):
    clip = np.random.default_rng(0).integers(0, 256, (24, 64, 64, 3), np.uint8)
    amounts = replace(PRESETS[strength], erase=1.0)
    place = np.zeros((2, 24, 48, 48, 3), np.uint8)
    varied = augment_clip(list(clip), amounts, np.random.default_rng(3), 48, place[1])
    assert np.array_equal(place[1], varied)
    assert np.array_equal(varied, augment_clip(clip, amounts, np.random.default_rng(3), 48))
    assert not place[0].any()
