from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from prediction_videos import SIZE, numbered_video

from reelwise.core.window import WindowSpec
from reelwise.datasets.prediction_windows import prediction_windows
from reelwise.datasets.window_batches import WindowBatches

SPEC = WindowSpec(num_context=3, num_targets=2, frame_stride=2)  # 9 frames
VIDEOS = [numbered_video(10), numbered_video(20, 20), numbered_video(30)]
WINDOWS = prediction_windows(VIDEOS, SPEC)  # 32 + 12 + 32


def batches(**changed) -> WindowBatches:
    plain = {"videos": VIDEOS, "windows": WINDOWS, "size": 16, "batch_size": 4, "num_samples": 10, "seed": 0}
    return WindowBatches(**(plain | changed))


def same(first, second) -> bool:
    names = ("inputs", "targets", "sample_weights", "indices")
    return all(np.array_equal(getattr(first, name), getattr(second, name)) for name in names)


def test_context_and_targets_are_the_frames_of_the_window():
    for epoch in range(3):
        for step in range(3):
            batch = batches().batch(epoch, step)
            assert batch.inputs.shape == (4, 3, 16, 16, 3)
            assert batch.targets.shape == (4, 2, 16, 16, 3)
            assert batch.inputs.dtype == batch.targets.dtype == np.uint8
            for window, context, target in zip(batch.indices, batch.inputs, batch.targets, strict=True):
                clip = np.concatenate([context, target])
                assert np.all(clip[..., 0] == 10 * (1 + WINDOWS.videos[window]))
                frames = WINDOWS.starts[window] + 2 * np.arange(5)
                assert np.array_equal(clip[..., 1], np.broadcast_to(5 * frames[:, None, None], (5, 16, 16)))


def test_the_last_batch_is_filled_up_with_weight_0():
    data = batches()
    assert len(data) == 3
    weights = [data.batch(0, step).sample_weights.tolist() for step in range(3)]
    assert weights == [[1] * 4, [1] * 4, [1, 1, 0, 0]]
    assert np.array_equal(data.batch(0, 2).indices[2:], data.batch(0, 0).indices[:2])
    assert data.batch(0, 0).sample_weights.dtype == np.float32
    few = batches(num_samples=1).batch(0, 0)
    assert few.sample_weights.tolist() == [1, 0, 0, 0]
    assert len(set(few.indices.tolist())) == 1


def test_without_samples_every_window_comes_once_in_order():
    data = batches(num_samples=None, batch_size=10)
    assert len(data) == 8
    indices = np.concatenate([data.batch(5, step).indices for step in range(8)])
    assert indices.tolist() == [*range(76), 0, 1, 2, 3]
    assert sum(data.batch(0, step).sample_weights.sum() for step in range(8)) == 76
    assert same(data.batch(0, 3), data.batch(7, 3))


def test_epochs_see_other_windows():
    def windows(**changed):
        return [tuple(batches(**changed).batch(epoch, 0).indices.tolist()) for epoch in range(3)]

    assert len(set(windows())) == 3
    assert windows() == windows()
    assert windows() != windows(seed=1)
    assert any(list(order) != sorted(order) for order in windows())  # not in the order of the videos


def test_bits_are_the_same_in_whatever_thread_and_order():
    data = batches(mirror=True, num_samples=64)
    places = [(epoch, step) for epoch in range(2) for step in range(len(data))]
    expected = [data.batch(*place) for place in places]
    fresh = batches(mirror=True, num_samples=64)
    with ThreadPoolExecutor(8) as pool:
        futures = [pool.submit(fresh.batch, *place) for place in reversed(places)]
    for batch, future in zip(reversed(expected), futures, strict=True):
        assert same(batch, future.result())


def test_a_sample_is_the_same_whatever_the_batch_size():
    def rows(data, name):
        return np.concatenate([getattr(data.batch(1, step), name) for step in range(len(data))])[:10]

    many, few = batches(mirror=True), batches(mirror=True, batch_size=2)
    for name in ("inputs", "targets", "indices"):
        assert np.array_equal(rows(many, name), rows(few, name))


def test_a_mirror_swaps_left_and_right_of_the_whole_window():
    def is_mirrored(clips):
        """(B, T) bool; the blue half is on the right."""
        return clips[:, :, 0, -1, 2] == 200

    data = batches(mirror=True, num_samples=200, batch_size=200)
    batch = data.batch(0, 0)
    mirrored = np.concatenate([is_mirrored(batch.inputs), is_mirrored(batch.targets)], axis=1)
    assert np.array_equal(mirrored.all(axis=1), mirrored.any(axis=1))
    assert 70 < mirrored[:, 0].sum() < 130
    assert not is_mirrored(batches(num_samples=200, batch_size=200).batch(0, 0).inputs).any()
    straight = batches(num_samples=200, batch_size=200).batch(0, 0)
    assert np.array_equal(batch.indices, straight.indices)
    expected = np.where(mirrored[:, :1, None, None, None], straight.inputs[:, :, :, ::-1], straight.inputs)
    assert np.array_equal(batch.inputs, expected)


def test_the_middle_of_the_frames_is_cut_out():
    video = numbered_video(0)
    video.frames[:, 0] = video.frames[:, -1] = video.frames[:, :, 0] = 255
    windows = prediction_windows([video], SPEC)
    cut = WindowBatches([video], windows, size=SIZE - 2, batch_size=2).batch(0, 0)
    assert cut.inputs[..., 0].max() == 0
    whole = WindowBatches([video], windows, size=SIZE, batch_size=2).batch(0, 0)
    assert np.array_equal(whole.inputs[1], video.frames[[1, 3, 5]])
    assert np.array_equal(whole.targets[1], video.frames[[7, 9]])


def test_names_say_which_frames_a_window_is():
    assert batches().name(33) == "video 1, frames 1 to 9"
    assert batches(names=("a", "b.mp4", "c")).name(33) == "b.mp4, frames 1 to 9"


@pytest.mark.parametrize(
    "wrong", [{"videos": VIDEOS[:2]}, {"batch_size": 0}, {"num_samples": 0}, {"size": 0}], ids=lambda wrong: str(*wrong)
)
def test_mistakes(wrong):
    with pytest.raises(ValueError, match=r"windows|must be 1 or more"):
        batches(**wrong)
