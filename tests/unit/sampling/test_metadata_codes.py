"""Metadata as numbers: finite and in range for any text."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwise.core.modalities import MetadataColumn
from reelwise.sampling.metadata_codes import metadata_arrays, parse_number

COLUMNS = (
    MetadataColumn("site", "category", values=("indoors", "outdoors")),
    MetadataColumn("hour", "number", 12.0, 6.0),
    MetadataColumn("camera", "category", values=("a",)),
    MetadataColumn("tags.title", "category"),
)


def test_known_other_and_missing_values_have_codes_of_their_own():
    arrays = metadata_arrays(COLUMNS, {"site": " outdoors", "hour": "18", "camera": "b", "unread": "x"})
    assert list(arrays) == ["numbers", "categories", "metadata_present"]
    assert arrays["numbers"].tolist() == [[1.0, 1.0]]
    assert arrays["categories"].tolist() == [3, 4 + 1, 4 + 3 + 0]
    assert arrays["metadata_present"].tolist() == [1.0]
    assert [one.dtype for one in arrays.values()] == [np.float32, np.int32, np.float32]


def test_a_number_at_the_mean_is_not_a_missing_one():
    assert metadata_arrays(COLUMNS, {"hour": "12"})["numbers"].tolist() == [[0.0, 1.0]]
    assert metadata_arrays(COLUMNS, {"hour": "?", "site": "indoors"})["numbers"].tolist() == [[0.0, 0.0]]


@pytest.mark.parametrize("metadata", [{}, {"site": "  ", "hour": "nan"}, {"other": "1"}])
def test_without_any_field_all_is_zero(metadata):
    arrays = metadata_arrays(COLUMNS, metadata)
    assert not any(one.any() for one in arrays.values())


def test_kinds_without_a_column_are_left_out():
    assert list(metadata_arrays(COLUMNS[1:2], {})) == ["numbers", "metadata_present"]
    assert list(metadata_arrays(COLUMNS[:1], {})) == ["categories", "metadata_present"]


@given(st.dictionaries(st.sampled_from([column.name for column in COLUMNS]), st.text(max_size=80)))
def test_any_text_gives_codes_in_the_table_and_finite_numbers(metadata):
    arrays = metadata_arrays(COLUMNS, metadata)
    assert np.isfinite(arrays["numbers"]).all()
    assert np.abs(arrays["numbers"]).max() <= 10
    assert arrays["categories"].min() >= 0
    assert arrays["categories"].max() < sum(c.num_codes for c in COLUMNS if c.kind == "category")


@pytest.mark.parametrize("text", ["1e999", "-inf", "NaN", "1_000", "0x10", "1" * 65, "١٢ x", "1 2"])
def test_text_that_is_no_plain_finite_number_is_missing(text):
    assert parse_number(text) is None
