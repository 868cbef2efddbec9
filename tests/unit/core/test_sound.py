from fractions import Fraction

import numpy as np
import pytest

from reelwise.core.intervals import Interval
from reelwise.core.sound import Sound, no_sound


def counting(num_samples: int, **fields) -> Sound:
    return Sound(np.arange(num_samples, dtype=np.float32), 10, **fields)


def test_a_clip_gets_the_samples_between_its_times():
    clip = counting(100, start=Fraction(1)).between(Fraction(2), Fraction(3))
    assert clip.samples.tolist() == list(range(10, 20))
    assert clip.start == 2
    assert clip.end == 3
    assert clip.mask().all()


def test_a_clip_inside_the_track_is_a_view():
    sound = counting(100)
    assert np.shares_memory(sound.between(Fraction(2), Fraction(3)).samples, sound.samples)


def test_times_between_two_samples_take_the_next_sample():
    clip = counting(100, start=Fraction(1, 30)).between(Fraction(1, 2), Fraction(1))
    assert clip.samples.tolist() == [5, 6, 7, 8, 9]
    assert Fraction(1, 2) <= clip.start < Fraction(6, 10)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (0, 1, [False] * 10),
        (0, 2, [False] * 10 + [True] * 10),
        (3, 5, [True] * 5 + [False] * 15),
        (8, 9, [False] * 10),
        (-2, -1, [False] * 10),
    ],
)
def test_what_the_track_does_not_cover_is_zero_and_not_present(start, end, expected):
    clip = counting(25, start=Fraction(1)).between(Fraction(start), Fraction(end))
    assert clip.mask().tolist() == expected
    assert not clip.samples[~clip.mask()].any()
    assert len(clip) == 10 * (end - start)
    assert clip.start == start


def test_holes_stay_holes_in_a_clip():
    clip = counting(100, present=(Interval(0, 15), Interval(18, 40), Interval(70, 100))).between(
        Fraction(1), Fraction(5)
    )
    assert clip.present == (Interval(0, 5), Interval(8, 30))
    assert clip.num_present == 27


def test_a_video_without_sound_has_no_sample_and_a_mask_of_false():
    sound = no_sound(10)
    assert len(sound) == 0
    assert sound.present == ()
    clip = sound.between(Fraction(0), Fraction(2))
    assert clip.mask().tolist() == [False] * 20


def test_silence_is_present():
    assert Sound(np.zeros(5, np.float32), 10).mask().all()


def test_channels_are_kept():
    sound = Sound(np.ones((20, 2), np.float32), 10, channels=("FL", "FR"))
    clip = sound.between(Fraction(1), Fraction(3))
    assert clip.samples.shape == (20, 2)
    assert clip.channels == ("FL", "FR")
    assert no_sound(10, 2).num_channels == 2


@pytest.mark.parametrize(
    "fields",
    [
        {"present": (Interval(0, 11),)},
        {"present": (Interval(5, 8), Interval(3, 4))},
        {"present": (Interval(2, 2),)},
        {"channels": ("FL", "FR")},
    ],
)
def test_impossible_sounds_are_refused(fields):
    with pytest.raises(ValueError, match=r"present|channels"):
        counting(10, **fields)
