"""Noise that is the same bits whatever thread draws it, on clips with their labels."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from prediction_videos import numbered_video

from reelwise.core.window import WindowSpec
from reelwise.datasets.noisy_batches import NoisyBatches
from reelwise.datasets.prediction_windows import prediction_windows
from reelwise.datasets.window_batches import WindowBatches
from reelwise.transforms.frame_noise import NoiseSettings

SPEC = WindowSpec(num_context=3, num_targets=2, frame_stride=2)
VIDEOS = [numbered_video(10), numbered_video(20, 20), numbered_video(30)]
WINDOWS = prediction_windows(VIDEOS, SPEC)


def batches(batch_size: int = 4, seed: int = 0, **changed) -> NoisyBatches:
    clips = WindowBatches(VIDEOS, WINDOWS, size=16, batch_size=batch_size, num_samples=12, seed=0)
    return NoisyBatches(clips, **{"num_labels": 3, "labels": [2, 0, 1], "seed": seed, **changed})


def arrays(batch) -> list[np.ndarray]:
    return [*batch.inputs.values(), batch.targets, batch.sample_weights, batch.indices]


def same(first, second) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(arrays(first), arrays(second), strict=True))


def test_inputs_and_targets_are_those_of_the_denoiser():
    batch = batches().batch(0, 0)
    shapes = {name: (value.shape, value.dtype.name) for name, value in batch.inputs.items()}
    assert shapes == {
        "frames": ((4, 5, 16, 16, 3), "float32"),
        "levels": ((4, 5), "float32"),
        "label": ((4,), "int32"),
    }
    assert batch.targets.shape == (4, 5, 16 * 16 * 3 + 1)
    assert batch.targets.dtype == np.float32


def test_targets_are_the_clean_frames_and_inputs_lie_between_them_and_noise():
    settings = NoiseSettings(share_first=1, share_ends=0, share_own=0, label_dropout=0)
    for step in range(3):
        batch = batches(noise=settings).batch(1, step)
        clean = batch.targets[..., :-1].reshape(4, 5, 16, 16, 3)
        windows = batches().clips.batch(1, step)
        pixels = np.concatenate([windows.inputs, windows.targets], axis=1)
        np.testing.assert_allclose((clean + 1) * 127.5, pixels, atol=1e-3)
        levels = batch.inputs["levels"]
        is_given = levels == 0
        assert np.array_equal(batch.inputs["frames"][is_given], clean[is_given])
        assert np.array_equal(batch.targets[..., -1] == 0, is_given)
        share = levels[~is_given][:, None, None, None]
        noise = (batch.inputs["frames"][~is_given] - (1 - share) * clean[~is_given]) / share
        assert noise.mean() == pytest.approx(0, abs=0.05)
        assert noise.std() == pytest.approx(1, abs=0.05)


def test_labels_are_those_of_the_videos_and_some_are_taken_away():
    whole = NoiseSettings(label_dropout=0)
    for step in range(3):
        batch = batches(noise=whole).batch(0, step)
        assert batch.inputs["label"].tolist() == [[2, 0, 1][WINDOWS.videos[window]] for window in batch.indices]
    labels = np.concatenate([batches().batch(epoch, 0).inputs["label"] for epoch in range(200)])
    assert np.mean(labels == 3) == pytest.approx(0.1, abs=0.04)
    assert batches(labels=None).batch(0, 0).inputs["label"].tolist() == [3] * 4


def test_batches_are_the_same_bits_in_any_thread_and_order():
    alone = {(epoch, step): batches().batch(epoch, step) for epoch in range(2) for step in range(3)}
    shared = batches()
    with ThreadPoolExecutor(4) as pool:
        threads = {place: pool.submit(shared.batch, *place) for place in reversed(alone)}
        assert all(same(threads[place].result(), alone[place]) for place in alone)


def test_noise_is_new_in_every_epoch_and_of_every_seed():
    first = batches().batch(0, 0).inputs["levels"]  # the clips themselves change, too
    for other in (batches().batch(1, 0), batches(seed=1).batch(0, 0), batches().batch(0, 1)):
        assert not np.isin(first[first > 0], other.inputs["levels"]).any()


def test_noise_does_not_depend_on_the_size_of_batches():
    large, small = batches(6), batches(3)
    expected = [large.batch(1, step) for step in range(2)]
    got = [small.batch(1, step) for step in range(4)]
    for index in range(3):
        assert np.array_equal(
            np.concatenate([list(batch.inputs.values())[index] for batch in expected]),
            np.concatenate([list(batch.inputs.values())[index] for batch in got]),
        )


@pytest.mark.parametrize(
    ("labels", "message"), [([0, 1], "3 videos have 2 labels"), ([0, 1, 3], "from 0 to 2, got 0 to 3")]
)
def test_labels_that_do_not_fit_are_refused(labels, message):
    with pytest.raises(ValueError, match=message):
        batches(labels=labels)


def test_length_and_names_are_those_of_the_clips():
    data = batches()
    assert (len(data), data.batch_size) == (3, 4)
    assert data.name(0) == "video 0, frames 0 to 8"
