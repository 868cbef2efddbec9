"""Image features in the cache: kept by stills, network and back end; damaged ones are no features."""

from dataclasses import replace

import numpy as np
import pytest

from reelwise.cache.frame_cache import FrameCache
from reelwise.core.clip import DecodeSettings
from reelwise.core.errors import CacheError
from reelwise.core.modalities import ImageInput

IMAGES = ImageInput("net", "ab", num_stills=4, size=32, num_features=5)
FRAMES = DecodeSettings(size=16)


@pytest.fixture
def cache(tmp_path, pool):
    return FrameCache(tmp_path / "cache", make_pool=pool)


def features(seed=0):
    return np.random.default_rng(seed).normal(size=(4, 5)).astype(np.float32)


def kept(cache, record, images=IMAGES, values=None):
    cache.fill_stills([record], images)
    cache.replace_stills([(record, features() if values is None else values)], images, "jax")


def test_features_come_back_and_their_stills_are_gone(cache, make_file):
    record = make_file("a/x.mp4", b"one")
    assert cache.read_features(record, IMAGES, "jax") is None
    kept(cache, record)
    np.testing.assert_array_equal(cache.read_features(record, IMAGES, "jax"), features())
    assert cache.num_entries == 1
    other_process = FrameCache(cache.root)
    np.testing.assert_array_equal(other_process.read_features(record, IMAGES, "jax"), features())


def test_other_stills_networks_and_back_ends_have_their_own(cache, make_file):
    record = make_file("a/x.mp4", b"one")
    kept(cache, record)
    assert cache.read_features(record, IMAGES, "torch") is None
    for change in ({"sha256": "cd"}, {"extractor": "other"}, {"num_stills": 5}, {"size": 48}):
        assert cache.read_features(record, replace(IMAGES, **change), "jax") is None
    assert cache.read_features(make_file("a/y.mp4", b"two"), IMAGES, "jax") is None
    assert cache.read_features(make_file("b/z.mp4", b"one"), IMAGES, "jax") is not None  # a copy


@pytest.mark.parametrize("suffix", ["features", "json"])
def test_damaged_features_are_none_and_go(cache, make_file, suffix):
    record = make_file("a/x.mp4", b"one")
    kept(cache, record)
    (path,) = cache.root.glob(f"entries/*/*.{suffix}")
    content = bytearray(path.read_bytes())
    content[-2] ^= 0xFF
    path.write_bytes(content)
    assert FrameCache(cache.root).read_features(record, IMAGES, "jax") is None
    assert list(cache.root.glob("entries/*/*")) == []


def test_frames_of_the_job_stay_while_stills_come_and_go(pool, make_file, tmp_path):
    record = make_file("a/x.mp4", b"one")
    cache = FrameCache(tmp_path / "cache", max_gb=30e3 / 1e9, make_pool=pool)
    cache.fill([record], FRAMES)
    old = make_file("a/old.mp4", b"old")
    FrameCache(tmp_path / "cache", make_pool=pool).fill([old], FRAMES)
    kept(cache, record)
    num_tasks = len(pool.tasks)
    cache.open(record, FRAMES)
    assert len(pool.tasks) == num_tasks
    np.testing.assert_array_equal(cache.read_features(record, IMAGES, "jax"), features())


def test_a_cache_that_is_too_small_says_so(pool, make_file, tmp_path):
    cache = FrameCache(tmp_path / "cache", max_gb=20e3 / 1e9, make_pool=pool)
    record = make_file("a/x.mp4", b"one")
    with pytest.raises(CacheError, match="needs more than"):
        kept(cache, record, values=np.zeros((1000, 50), np.float32))
