"""Cache keys: equal for what is equal, different for all else."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from reelwise.cache.keys import entry_key, segment_of
from reelwise.core.clip import DecodeSettings
from reelwise.core.records import Record

rates = st.one_of(st.none(), st.fractions(Fraction(1, 10), 120))
settings = st.builds(DecodeSettings, size=st.integers(16, 512), max_frame_rate=rates, max_frames=st.integers(1, 9999))
moments = st.one_of(st.none(), st.fractions(0, 1000))
segments = st.one_of(st.none(), st.tuples(moments, moments))
parts = st.tuples(st.sampled_from(["a" * 64, "b" * 64]), settings, segments, st.sampled_from(["1", "2"]))


@given(parts, parts)
def test_same_parts_same_key_and_only_then(one, other):
    assert (entry_key(*one) == entry_key(*other)) == (one == other)


@given(settings, st.integers(1, 50))
def test_fractions_are_compared_by_value(given_settings, factor):
    rate = Fraction(30 * factor, factor)
    one, other = (replace(given_settings, max_frame_rate=value) for value in (rate, Fraction(30)))
    assert entry_key("x", one, None, "1") == entry_key("x", other, None, "1")


def test_segment_of_a_record():
    record = Record("a", Path("a"), "x")
    assert segment_of(record) is None
    assert segment_of(replace(record, end_seconds=Fraction(3))) == (None, Fraction(3))
