"""Real clips that were spoilt on purpose."""

import numpy as np

from reelwise.generation.control_clips import blur, noise_clips, shuffle_time


def moving_dots(num_clips: int) -> np.ndarray:
    """(N, 5, 16, 16, 3) uint8: a bright dot that moves to the right."""
    clips = np.zeros((num_clips, 5, 16, 16, 3), np.uint8)
    for number, clip in enumerate(clips):
        for time in range(5):
            clip[time, number % 16, 3 * time : 3 * time + 2] = 250
    return clips


def test_shuffled_clips_have_the_same_frames_in_another_order() -> None:
    clips = moving_dots(40)
    results = shuffle_time(clips, seed=0)
    for clip, result in zip(clips, results, strict=True):
        assert sorted(frame.tobytes() for frame in clip) == sorted(frame.tobytes() for frame in result)
        assert not np.array_equal(clip, result)
    assert np.array_equal(results, shuffle_time(clips, seed=0))
    assert not np.array_equal(results, shuffle_time(clips, seed=1))


def test_blurred_clips_keep_their_place_and_lose_their_edges() -> None:
    clips = moving_dots(3)
    results = blur(clips)
    assert results.shape == clips.shape
    assert results.max() < clips.max()
    columns = np.arange(16)
    middles = [
        (frames[..., 0].sum(axis=2).argmax(axis=2), (frames[:, 1:4, :, :, 0] * columns).sum((2, 3)))
        for frames in (clips.astype(float), results.astype(float))
    ]
    assert np.array_equal(np.argsort(middles[0][1], axis=1), np.argsort(middles[1][1], axis=1))


def test_noise_depends_on_the_seed_alone() -> None:
    noise = noise_clips((2, 3, 4, 4, 3), seed=5)
    assert noise.dtype == np.uint8
    assert noise.std() > 50
    assert np.array_equal(noise, noise_clips((2, 3, 4, 4, 3), seed=5))
    assert not np.array_equal(noise, noise_clips((2, 3, 4, 4, 3), seed=6))
