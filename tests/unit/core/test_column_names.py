from hypothesis import given
from hypothesis import strategies as st

from reelwise.core.column_names import FIXED_COLUMNS, prob_columns

words = st.sampled_from([*FIXED_COLUMNS, "File", " label", "prob_file", "prob_label", "walk", "Ünsure"]) | st.text(
    max_size=4
)


@given(st.lists(words, unique=True))
def test_no_column_is_there_twice(labels):
    names = prob_columns(labels)
    assert len(set(names)) == len(labels)
    assert not {name.strip().casefold() for name in names} & set(FIXED_COLUMNS)
    assert all(name.endswith(label) for name, label in zip(names, labels, strict=True))


@given(st.lists(words.filter(lambda word: word.strip().casefold() not in FIXED_COLUMNS), unique=True))
def test_other_labels_stay_as_they_are(labels):
    assert list(prob_columns(labels)) == labels
