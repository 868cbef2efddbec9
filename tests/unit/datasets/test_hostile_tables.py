"""Lists by strangers, whatever is in them: rows of text or a clear error, never a crash."""

import json
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reelwise.core.errors import ReelwiseError
from reelwise.datasets.doctor.label_candidates import label_candidates
from reelwise.datasets.doctor.metadata_report import metadata_columns
from reelwise.datasets.metadata.columns import choose_columns, fit_columns
from reelwise.datasets.reading import read_dataset
from reelwise.datasets.splits.plan import plan_splits
from reelwise.sampling.metadata_codes import metadata_arrays

MP4 = b"\x00\x00\x00\x18ftypmp42" + bytes(40)
FILES = [f"{i}.mp4" for i in range(8)]
LIMITS = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def root(tmp_path):
    for name in FILES:
        (tmp_path / name).write_bytes(MP4)
    return tmp_path


names = st.sampled_from(
    ["file", "file_name", "label", "split", "group", "start", "light", "tags.title", "a|b", "é", " "]
)
cells = st.one_of(
    st.sampled_from(
        [*FILES, "../x.mp4", "/etc/passwd", "a|b", "|", "", "1.5", "nan", "1e400", "train", "\0", "\ud800"]
    ),
    st.text(max_size=6),
)
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), cells.filter(lambda text: "\ud800" not in text)
)


def go_through(path):
    """Everything that is done with a list before any video is opened."""
    for options in ({}, {"strict": False}, {"task": "multilabel", "strict": False}, {"label_from": "light"}):
        try:
            dataset = read_dataset(path, **options)
        except ReelwiseError:
            continue
        rows = [record.metadata for record in dataset.records]
        assert all(isinstance(text, str) for row in rows for text in row.values())
        chosen = choose_columns(rows, labels=[record.label for record in dataset.records])
        columns = fit_columns(chosen.columns, rows)
        for row in rows:
            metadata_arrays(columns, row)
        json.dumps([metadata_columns(dataset), [item.flag for item in label_candidates(dataset)]], allow_nan=False)
        if options.get("strict", True):
            assert len(dataset.targets()) == len(dataset.records)
            with suppress(ReelwiseError):
                plan_splits(dataset)


@LIMITS
@given(
    st.lists(names, min_size=1, max_size=5),
    st.lists(st.lists(cells, max_size=6), max_size=10),
    st.sampled_from(",;\t|"),
)
def test_csv(root, header, rows, mark):
    lines = [mark.join(header), *(mark.join(row) for row in rows)]
    (root / "list.csv").write_text("\n".join(lines), encoding="utf-8", errors="surrogatepass")
    go_through(root / "list.csv")


@LIMITS
@given(
    st.lists(st.dictionaries(names, scalars | st.lists(scalars, max_size=3), max_size=5), max_size=10), st.booleans()
)
def test_json(root, rows, lines):
    path = root / ("list.jsonl" if lines else "list.json")
    path.write_text("\n".join(map(json.dumps, rows)) if lines else json.dumps(rows))
    go_through(path)


@LIMITS
@given(st.binary(max_size=200), st.sampled_from(["list.csv", "list.json", "list.jsonl", "train.txt", "metadata.csv"]))
def test_bytes(root, data, name):
    (root / name).write_bytes(data)
    go_through(root if name == "metadata.csv" else root / name)
    (root / name).unlink()
