"""The seven small functions: views instead of copies, both networks learn, and files give the same answers."""

import tracemalloc
from fractions import Fraction
from pathlib import Path

import keras
import numpy as np
import pytest

import reelwise as rw
from reelwise.core.errors import UsageError, VideoError

pytestmark = pytest.mark.backend


def moving_squares(num_videos: int, length: int = 6, size: int = 16) -> tuple[np.ndarray, np.ndarray]:
    """Squares that go right (0) or left (1): no single frame tells which."""
    rng = np.random.default_rng(0)
    clips, labels = np.zeros((num_videos, length, size, size, 3), np.uint8), np.arange(num_videos) % 2
    for clip, label in zip(clips, labels, strict=True):
        top, left = rng.integers(0, size - 4, 2)
        for t, frame in enumerate(clip):
            columns = (left + (2 * t if label == 0 else -2 * t) + np.arange(4)) % size
            frame[top : top + 4, columns] = 200
    return clips, labels


def test_windows_are_a_view_of_the_frames() -> None:
    frames = np.arange(10 * 4 * 6 * 3, dtype=np.uint8).reshape(10, 4, 6, 3)
    windows = rw.convert_frames_to_sequence(frames, 4)
    assert windows.shape == (7, 4, 4, 6, 3)
    assert windows.dtype == np.uint8
    assert np.shares_memory(windows, frames)
    assert windows.strides[0] == windows.strides[1] == frames.strides[0]
    assert not windows.flags.writeable
    for start in range(7):
        np.testing.assert_array_equal(windows[start], frames[start : start + 4])


def test_1800_frames_at_720p_take_no_more_than_the_frames() -> None:
    frames = np.broadcast_to(np.zeros((1, 720, 1280, 3), np.uint8), (1800, 720, 1280, 3))
    tracemalloc.start()
    windows = rw.convert_frames_to_sequence(frames, 30)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert windows.shape == (1771, 30, 720, 1280, 3)
    assert peak < 100_000


@pytest.mark.parametrize("length", [0, 11, -1])
def test_windows_that_cannot_be(length: int) -> None:
    with pytest.raises(UsageError, match="do not make sequences"):
        rw.convert_frames_to_sequence(np.zeros((10, 4, 4, 3), np.uint8), length)


def test_frames_of_a_video_come_back(tmp_path: Path) -> None:
    from reelwise.media.writers.writer import write_video

    frames = [np.full((32, 48, 3), 20 * number, np.uint8) for number in range(8)]
    write_video(tmp_path / "a.mp4", frames, Fraction(25))
    found = rw.read_video_frames(tmp_path / "a.mp4")
    assert (found.shape, found.dtype) == ((8, 32, 48, 3), np.uint8)
    np.testing.assert_allclose(found.mean((1, 2, 3)), np.arange(8) * 20, atol=4)
    np.testing.assert_array_equal(rw.read_video_frames(tmp_path / "a.mp4", start=2, num_frames=3), found[2:5])
    with pytest.raises(VideoError):
        rw.read_video_frames(tmp_path / "a.mp4", start=6, num_frames=3)


def test_the_cnn_lstm_learns_what_only_motion_shows(tmp_path: Path) -> None:
    clips, labels = moving_squares(48)
    keras.utils.set_random_seed(0)
    model = rw.build_cnn_lstm_model(clips.shape[1:], 2)
    assert np.asarray(model.predict_on_batch(clips[:4])).sum(axis=1) == pytest.approx(1, abs=1e-5)
    history = rw.train_cnn_lstm_model(model, clips, labels, batch_size=16, epochs=25)
    assert [len(values) for values in history.values()] == [25, 25]
    assert history["loss"][-1] < history["loss"][0]
    result = rw.evaluate_model(model, clips, labels)
    assert result.accuracy >= 0.9
    for name in ("model.keras", "model.h5"):
        model.save(tmp_path / name)
        again = rw.evaluate_model(keras.saving.load_model(tmp_path / name), clips, labels)
        assert again == pytest.approx(result, abs=1e-6), name


def test_the_lstm_learns_from_features_and_comes_back(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    features, labels = rng.normal(size=(60, 5, 7)).astype(np.float32), np.arange(60) % 3
    features[:, 2, 0] += 3.0 * labels
    keras.utils.set_random_seed(0)
    model = rw.build_lstm_model((5, 7), 3)
    rw.train_lstm_model(model, features, np.eye(3)[labels], batch_size=16, epochs=40)
    result = rw.evaluate_model(model, features, labels)
    assert result.accuracy >= 0.75
    assert rw.evaluate_model(model, features, np.eye(3)[labels], batch_size=7) == pytest.approx(result, abs=1e-6)
    for name in ("model.keras", "model.h5"):
        model.save(tmp_path / name)
        again = rw.evaluate_model(keras.saving.load_model(tmp_path / name), features, labels)
        assert again == pytest.approx(result, abs=1e-6), name


def test_training_copies_one_batch_at_a_time() -> None:
    frames = np.random.default_rng(0).integers(0, 256, (600, 16, 16, 3), dtype=np.uint8)
    windows = rw.convert_frames_to_sequence(frames, 50)
    model = rw.build_cnn_lstm_model(windows.shape[1:], 2)
    rw.train_cnn_lstm_model(model, windows[:8], np.zeros(8, int), batch_size=4, epochs=1)
    rw.evaluate_model(model, windows[:8], np.zeros(8, int), batch_size=4)  # whatever compiling keeps is not counted
    tracemalloc.start()
    rw.train_cnn_lstm_model(model, windows[:80], np.zeros(80, int), batch_size=4, epochs=1)
    rw.evaluate_model(model, windows[:80], np.zeros(80, int), batch_size=4)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < windows[:80].size / 2, "all windows were copied"


def test_frames_and_frames_over_255_give_the_same() -> None:
    clips, _ = moving_squares(4)
    model = rw.build_cnn_lstm_model(clips.shape[1:], 2)
    whole = np.asarray(model.predict_on_batch(clips))
    np.testing.assert_allclose(np.asarray(model.predict_on_batch(clips / np.float32(255))), whole, atol=1e-3)


def test_the_other_loss_is_squared_error() -> None:
    model = rw.build_lstm_model((3, 2), 2, loss="mean_squared_error")
    rows = np.random.default_rng(0).normal(size=(8, 3, 2)).astype(np.float32)
    history = rw.train_lstm_model(model, rows, np.zeros(8, int), batch_size=8, epochs=1)
    assert 0 < history["loss"][0] < 1
    with pytest.raises(UsageError, match="no loss 'hinge'"):
        rw.build_lstm_model((3, 2), 2, loss="hinge")


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        ([0, 1], "there must be as many"),
        ([0, 1, 2, 3], "do not fit a network of 3 classes"),
        ([-1, 0, 1, 2], "do not fit"),
        ([0.0, 1.0, 2.0, 0.0], "do not fit"),
        (np.zeros((4, 2)), "do not fit"),
        (["a", "b", "c", "a"], "do not fit"),
    ],
)
def test_labels_that_do_not_fit(labels: object, words: str) -> None:
    model = rw.build_lstm_model((3, 2), 3)
    with pytest.raises(UsageError, match=words):
        rw.train_lstm_model(model, np.zeros((4, 3, 2), np.float32), labels, 2, 1)


@pytest.mark.parametrize("shape", [(8, 32, 32), (8, 32, 32, 1), (0, 32, 32, 3), (8, 32, 32, 3, 1)])
def test_shapes_that_are_no_sequences(shape: tuple[int, ...]) -> None:
    with pytest.raises(UsageError, match="input_shape"):
        rw.build_cnn_lstm_model(shape, 2)  # type: ignore[arg-type]
