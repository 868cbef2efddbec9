"""The sound of a clip: exactly the frames of the spectrogram whose centres lie in its span."""

from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from reelwise.core.frames import FrameTimes
from reelwise.core.intervals import Interval
from reelwise.core.modalities import SoundInput
from reelwise.core.sound import LogMel
from reelwise.sampling.sound_window import SoundWindow, clip_span, sound_arrays, sound_window

STEP = Fraction(1, 100)
SOUND = SoundInput(num_mels=8, max_seconds=Fraction(2))


def track(num_frames: int, start: Fraction = Fraction(0), present: np.ndarray | None = None) -> LogMel:
    """Frame k holds k + 1 in every band, so that every value identifies its frame."""
    values = np.repeat(np.arange(1, num_frames + 1, dtype=np.float32)[:, None], 8, 1)
    return LogMel(values, np.ones(num_frames, bool) if present is None else present, start, STEP)


moments = st.fractions(-3, 6, max_denominator=90_000)


@given(st.integers(0, 400), moments, moments, st.fractions(0, 4, max_denominator=30_000))
def test_a_window_has_the_frames_whose_centres_lie_in_it(num_frames, track_start, start, length):
    log_mel, span = track(num_frames, track_start), (start, start + length)
    window = sound_window(log_mel, span, 10_000)
    for k in {-1, 0, 5, num_frames - 1, window.first - 1, window.first, window.first + window.num_frames - 1}:
        inside = window.first <= k < window.first + window.num_frames
        assert inside == (span[0] <= log_mel.time_of(k) < span[1])


@given(st.integers(0, 400), moments, moments, st.fractions(0, 4, max_denominator=30_000), st.data())
def test_sound_stands_at_its_time_and_the_mask_is_zero_elsewhere(num_frames, begin, start, length, data):
    present = np.array(data.draw(st.lists(st.booleans(), min_size=num_frames, max_size=num_frames)), bool)
    log_mel = track(num_frames, begin, present)
    window = sound_window(log_mel, (start, start + length), SOUND.num_steps)
    values, heard = sound_arrays(log_mel, window, SOUND)
    assert values.shape == (200, 8)
    assert values.dtype == heard.dtype == np.float32
    assert window.num_frames <= 200
    for j in range(200):
        k = window.first + j
        real = j < window.num_frames and 0 <= k < num_frames and bool(present[k])
        assert heard[j] == real
        assert np.all(values[j] == (k + 1 if real else 0))


def test_a_longer_clip_gives_its_middle():
    assert sound_window(track(1000), (Fraction(0), Fraction(10)), 200) == SoundWindow(400, 200)


def test_a_clip_ends_with_its_last_frame_in_any_order():
    times = FrameTimes(np.array([0, 40, 100, 130], np.int64), 190, Fraction(1, 1000))
    assert clip_span(times, np.array([2, 0, 1])) == Interval(Fraction(0), Fraction(130, 1000))
    assert clip_span(times, np.array([3, 3])) == Interval(Fraction(130, 1000), Fraction(190, 1000))


def test_a_frame_before_a_hole_is_not_as_long_as_the_hole():
    pts = np.concatenate([np.arange(10), 1000 + np.arange(10)]).astype(np.int64)
    times = FrameTimes(pts, 1010, Fraction(1, 25))
    assert clip_span(times, np.arange(4, 10)) == Interval(Fraction(4, 25), Fraction(10, 25))
    assert clip_span(times, np.arange(10, 20)) == Interval(Fraction(1000, 25), Fraction(1010, 25))


def test_the_times_of_a_segment_count_from_the_beginning_of_the_file():
    times = FrameTimes(np.arange(50, 75, dtype=np.int64), 75, Fraction(1, 25))
    window = sound_window(track(400), clip_span(times, np.arange(25)), 200)
    assert window == SoundWindow(200, 100)
