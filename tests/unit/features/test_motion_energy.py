import numpy as np
import pytest

from reelwise.features.motion_energy import NUM_FEATURES, motion_energy, motion_maps


def ball(num_frames: int, rate: float, seconds: float = 2.0, shade: int = 200) -> tuple[np.ndarray, np.ndarray]:
    """A square that crosses the picture from left to right in the upper half."""
    frames = np.full((num_frames, 96, 96, 3), 20, np.uint8)
    times = np.arange(num_frames) / rate
    for frame, time in zip(frames, times, strict=True):
        left = int(time / seconds * 80)
        frame[20:36, left : left + 16] = shade
    return frames, times


def maps_of(vector: np.ndarray) -> np.ndarray:
    return vector[:324].reshape(3, 9, 12)


def test_shape_type_and_range():
    vector = motion_energy(*ball(60, 30))
    assert vector.shape == (NUM_FEATURES,) == (356,)
    assert vector.dtype == np.float32
    assert vector.min() >= 0
    assert vector.max() <= 1


def test_maps_say_where_and_when():
    maps = maps_of(motion_energy(*ball(60, 30)))
    columns = [int(np.average(np.arange(12), weights=m.sum(axis=0))) for m in maps]
    assert columns[0] < columns[1] < columns[2]
    assert maps[:, :5].sum() > 20 * maps[:, 5:].sum()


def test_lighting_matters_little():
    bright, dim = motion_energy(*ball(60, 30, shade=220)), motion_energy(*ball(60, 30, shade=70))
    assert float(bright @ dim) / 2 > 0.99


def test_maps_and_curve_have_length_one():
    vector = motion_energy(*ball(60, 30, shade=60)).astype(float)
    assert np.linalg.norm(vector[:324]) == pytest.approx(1, abs=1e-5)
    assert np.linalg.norm(vector[324:]) == pytest.approx(1, abs=1e-5)


def test_frames_are_compared_over_time_not_over_counts():
    fast, slow = (motion_maps(*ball(int(2 * rate), rate))[0].mean() for rate in (60, 20))
    assert fast == pytest.approx(slow, rel=0.15)


def test_the_frame_rate_matters_little():
    fast, slow = motion_energy(*ball(120, 60)), motion_energy(*ball(30, 15))
    assert float(fast @ slow) / 2 > 0.95


def test_the_curve_shows_when_it_moves():
    frames, times = ball(60, 30)
    frames[30:] = frames[30]  # it stops half way
    curve = motion_energy(frames, times)[324:]
    assert curve[:14].min() > 0.1
    assert curve[18:].max() < 1e-6


@pytest.mark.parametrize("num_frames", [1, 2, 3, 5])
def test_short_and_still_videos_are_fine(num_frames):
    frames = np.full((num_frames, 96, 96, 3), 90, np.uint8)
    assert not motion_energy(frames, np.arange(num_frames) / 30).any()
    assert np.isfinite(motion_energy(*ball(num_frames, 30))).all()


def test_frames_on_both_sides_of_a_gap_are_not_compared():
    frames, times = ball(60, 30)
    frames[30:, 60:] = 255  # another scene ...
    times = times + np.where(np.arange(60) >= 30, 100.0, 0.0)  # ... a hundred seconds later
    assert maps_of(motion_energy(frames, times))[:, 6:].sum() == 0


def test_very_slow_videos_still_move():
    frames, _ = ball(8, 4)
    assert motion_energy(frames, np.arange(8) * 2.0).any()


def test_long_videos_cost_no_more():
    frames, times = ball(600, 300)
    maps, places = motion_maps(frames, times)
    assert len(maps) <= 128
    assert (np.diff(places) > 0).all()


def test_the_same_bits_each_time_and_from_a_file(tmp_path):
    frames, times = ball(60, 30)
    frames.tofile(tmp_path / "frames")
    mapped = np.memmap(tmp_path / "frames", np.uint8, "r", shape=frames.shape)
    assert motion_energy(frames, times).tobytes() == motion_energy(mapped, times).tobytes()
