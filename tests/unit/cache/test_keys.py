"""Cache keys: equal for what is equal, different for all else."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwise.cache.keys import entry_key, sound_key
from reelwise.core.clip import FITS, DecodeSettings
from reelwise.core.intervals import TimeRange
from reelwise.core.modalities import SoundInput

rates = st.one_of(st.none(), st.fractions(Fraction(1, 10), 120))
settings = st.builds(
    DecodeSettings,
    size=st.integers(16, 512),
    max_frame_rate=rates,
    max_frames=st.integers(1, 9999),
    fit=st.sampled_from(FITS),
)
moments = st.one_of(st.none(), st.fractions(0, 1000))
segments = st.one_of(st.none(), st.builds(TimeRange, moments, moments))
parts = st.tuples(st.sampled_from(["a" * 64, "b" * 64]), settings, segments, st.sampled_from(["1", "2"]))


@given(parts, parts)
def test_same_parts_same_key_and_only_then(one, other):
    assert (entry_key(*one) == entry_key(*other)) == (one == other)


@given(settings, st.integers(1, 50))
def test_fractions_are_compared_by_value(given_settings, factor):
    rate = Fraction(30 * factor, factor)
    one, other = (replace(given_settings, max_frame_rate=value) for value in (rate, Fraction(30)))
    assert entry_key("x", one, None, "1") == entry_key("x", other, None, "1")


@pytest.mark.parametrize(
    ("segment", "digest"),
    [
        (None, "2dad0740979cd2b1"),
        (TimeRange(Fraction(1, 3)), "f1ed5b0c4eeb7867"),
        (TimeRange(Fraction(3, 2), Fraction(3)), "3bc34ed50d829848"),
        (TimeRange(None, Fraction(5)), "aa34471ead9f0f7f"),
    ],
)
def test_keys_stay_so_that_caches_on_disk_stay_valid(segment, digest):
    assert entry_key("a" * 64, DecodeSettings(), segment, "1.2").startswith(digest)


def test_a_fit_other_than_the_default_has_entries_of_its_own():
    default = entry_key("a" * 64, DecodeSettings(), None, "1.2")
    assert default == entry_key("a" * 64, DecodeSettings(fit="squash"), None, "1.2")
    assert entry_key("a" * 64, DecodeSettings(fit="crop"), None, "1.2") != default
    assert entry_key("a" * 64, DecodeSettings(num_stills=8), None, "1.2") != default


def test_keys_of_sound_stay_too():
    assert sound_key("a" * 64, SoundInput(), "1.2").startswith("9d6179a3263ee7f7")
