import numpy as np

from reelwise.transforms.mixup import mix_batch


def batch(num: int = 6):
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (num, 2, 4, 4, 3), np.uint8), np.eye(num, dtype=np.float32)


def test_pixels_and_targets_are_blended_by_the_same_share():
    clips, targets = batch()
    mixed, soft = mix_batch(clips, targets, 1.0, np.random.default_rng(1))
    expected = np.einsum("bn,nthwc->bthwc", soft.astype(np.float64), clips.astype(np.float64))
    assert np.abs(mixed - expected).max() <= 0.51
    assert np.allclose(soft.sum(1), 1)
    assert np.all(np.diag(soft) >= 0.5)
    assert not np.array_equal(mixed, clips)


def test_sources_stay_and_the_generator_decides():
    clips, targets = batch()
    before = clips.copy()
    first = mix_batch(clips, targets, 0.4, np.random.default_rng(2))
    again = mix_batch(clips, targets, 0.4, np.random.default_rng(2))
    assert np.array_equal(clips, before)
    assert np.array_equal(first[0], again[0])
    assert np.array_equal(first[1], again[1])


def test_a_single_clip_stays_itself():
    clips, targets = batch(1)
    mixed, soft = mix_batch(clips, targets, 0.4, np.random.default_rng(0))
    assert np.array_equal(mixed, clips)
    assert np.allclose(soft, targets)
