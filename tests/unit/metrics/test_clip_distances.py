"""Nearest clips and mean pairwise distance: against all pairs at once, in blocks, for features and frames."""

import numpy as np
import pytest

from reelwise.core.errors import DataError
from reelwise.metrics import clip_distances as module
from reelwise.metrics.clip_distances import mean_pairwise_distance, nearest_clips


def frames(num_clips: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (num_clips, 2, 5, 4, 3), np.uint8)


def all_distances(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    x, y = x.reshape(len(x), -1) / 255, y.reshape(len(y), -1) / 255
    return np.sqrt(((x[:, None] - y[None]) ** 2).mean(axis=2))


@pytest.mark.parametrize("block_clips", [2000, 7, 1])
def test_nearest_clips_are_those_of_all_pairs(monkeypatch, block_clips):
    monkeypatch.setattr(module, "_MAX_BLOCK_CLIPS", block_clips)
    clips, references = frames(20, 0), frames(33, 1)
    nearest = nearest_clips(clips, references)
    distances = all_distances(clips, references)
    np.testing.assert_array_equal(nearest.indices, distances.argmin(axis=1))
    np.testing.assert_allclose(nearest.distances, distances.min(axis=1), rtol=1e-12)


@pytest.mark.parametrize("block_clips", [2000, 7, 1])
def test_the_mean_distance_is_that_of_all_pairs(monkeypatch, block_clips):
    monkeypatch.setattr(module, "_MAX_BLOCK_CLIPS", block_clips)
    clips = frames(20, 0)
    expected = all_distances(clips, clips)[np.triu_indices(20, 1)].mean()
    assert mean_pairwise_distance(clips) == pytest.approx(expected, rel=1e-10)


def test_blocks_are_bounded_by_the_values_of_a_clip(monkeypatch):
    monkeypatch.setattr(module, "_MAX_BLOCK_VALUES", 5 * 120)
    blocks = list(module._blocks(frames(12, 0)))
    assert [len(block) for block in blocks] == [5, 5, 2]


def test_copies_have_distance_0_also_far_from_the_origin():
    references = np.random.default_rng(0).normal(size=(50, 30)) + 1e6
    nearest = nearest_clips(references[[7, 3]], references)
    assert nearest.indices.tolist() == [7, 3]
    assert nearest.distances.tolist() == [0.0, 0.0]
    assert mean_pairwise_distance(np.tile(references[:1], (9, 1))) <= 1e-9
    assert mean_pairwise_distance(references) == pytest.approx(mean_pairwise_distance(references - 1e6), rel=1e-8)


def test_uint8_counts_as_values_over_255():
    clips, references = frames(5, 0), frames(6, 1)
    as_bytes, as_floats = nearest_clips(clips, references), nearest_clips(clips / 255, references / 255)
    np.testing.assert_allclose(as_bytes.distances, as_floats.distances, rtol=1e-9)
    black, white = np.zeros((1, 2, 2), np.uint8), np.full((1, 2, 2), 255, np.uint8)
    assert nearest_clips(black, white).distances[0] == 1.0


def test_the_more_alike_the_clips_the_lower_their_mean_distance():
    features = np.random.default_rng(0).normal(size=(60, 16))
    assert mean_pairwise_distance(0.5 * features) == pytest.approx(0.5 * mean_pairwise_distance(features))
    modes = features[np.arange(60) % 3]  # three clips again and again
    assert mean_pairwise_distance(modes) < 0.8 * mean_pairwise_distance(features)


@pytest.mark.parametrize(
    ("clips", "references"),
    [
        (np.zeros((3, 2)), np.zeros((3, 4))),
        (np.zeros((0, 2)), np.zeros((3, 2))),
        (np.zeros((3, 2)), np.zeros((0, 2))),
        (np.zeros((3, 2)), np.zeros((3, 2), np.uint8)),
        (np.zeros((3, 2), np.int64), np.zeros((3, 2), np.int64)),
        (np.zeros((3, 2)), np.full((3, 2), np.nan)),
        (np.full((3, 2), np.nan), np.zeros((3, 2))),
    ],
)
def test_unusable_clips_are_a_data_error(clips, references):
    with pytest.raises(DataError):
        nearest_clips(clips, references)


def test_one_clip_has_no_mean_distance():
    with pytest.raises(DataError, match="two clips"):
        mean_pairwise_distance(np.zeros((1, 4)))
