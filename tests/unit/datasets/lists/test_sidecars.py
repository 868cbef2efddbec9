"""JSON files beside videos: what they say is taken, what they are otherwise costs a note."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reelwise.datasets.lists.sidecars import MAX_SIDECAR_BYTES
from reelwise.datasets.reading import read_dataset

MP4 = b"\x00\x00\x00\x18ftypmp42" + bytes(40)


@pytest.fixture
def root(tmp_path):
    for name in ("data/a/1.mp4", "data/a/2.mp4", "data/b/3.mp4", "data/b/4.mp4"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(MP4)
    return tmp_path / "data"


def metadata(root):
    return {record.file: record.metadata for record in read_dataset(root).records}


def test_three_names_the_closest_wins(root):
    (root / "a/1.info.json").write_text(
        json.dumps({"title": "t", "view_count": 3, "formats": [{"x": 1}], "ext": "mp4"})
    )
    (root / "a/1.json").write_text(
        json.dumps({"title": "u", "light": 1.5, "tags": ["x", "y"], "night": True, "no": None})
    )
    (root / "a/1.mp4.json").write_text(json.dumps({"light": 2, "nested": {"a": 1}, "nan": float("nan")}))
    found = metadata(root)
    assert found["a/1.mp4"] == {
        "title": "u", "view_count": "3", "ext": "mp4", "light": "2", "tags": "x|y", "night": "true",
        "formats": '[{"x": 1}]',
    }  # fmt: skip
    assert found["a/2.mp4"] == {}


def test_a_label_wins_over_the_folder_and_a_list_over_both(root):
    (root / "a/1.json").write_text(json.dumps({"label": "c", "split": "test", "site": "x"}))
    (record, *_) = read_dataset(root).records
    assert (record.label, record.split, record.metadata) == ("c", "test", {"site": "x"})
    (root / "labels.csv").write_text("file,label,site\na/1.mp4,d,\na/2.mp4,e,\n")
    (record, *_) = read_dataset(root).records
    assert (record.label, record.metadata["label"]) == ("d", "c")


def test_an_empty_set_of_labels_is_one(root):
    for name, labels in (("a/1", ["x", "y"]), ("a/2", []), ("b/3", ["y"])):
        (root / f"{name}.json").write_text(json.dumps({"label": labels}))
    dataset = read_dataset(root)
    assert [record.label for record in dataset.records] == ["x|y", "|", "y", "b"]


def test_label_from_a_key(root):
    for i, name in enumerate(("a/1", "a/2", "b/3", "b/4")):
        (root / f"{name}.json").write_text(json.dumps({"speed": i / 2}))
    dataset = read_dataset(root, label_from="speed")
    assert (dataset.task, dataset.labels) == ("regression", ("speed",))
    assert dataset.targets().tolist() == [0, 0.5, 1, 1.5]


@pytest.mark.parametrize(
    "text", ["", "{", "[1]", "nope", '{"a": ' * 5000, "1" * 5000, " " * (MAX_SIDECAR_BYTES + 1)],
    ids=["empty", "cut", "list", "text", "deep", "long number", "large"],
)  # fmt: skip
def test_a_bad_one_costs_a_note(root, text):
    (root / "a/1.json").write_text(text)
    (root / "a/2.json").write_text('{"site": "x"}')
    dataset = read_dataset(root)
    assert len(dataset.records) == 4
    assert dataset.records[1].metadata == {"site": "x"}
    assert any("1.json" in note for note in dataset.notes)


def test_nothing_outside_of_the_folder_is_opened(root):
    (root.parent / "secret.json").write_text('{"password": "x"}')
    (root.parent / "secret.mp4").write_bytes(MP4)
    (root / "a/1.json").symlink_to(root.parent / "secret.json")
    (root / "labels.csv").write_text("file,label\na/1.mp4,x\na/2.mp4,y\n../secret.mp4,z\n")
    dataset = read_dataset(root)
    assert all(not record.metadata for record in dataset.records)
    assert len(dataset.skipped) == 1


scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20))
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.text(max_size=6), values, max_size=6) | values)
def test_any_json_is_text_or_nothing(root, value):
    (root / "a/1.json").write_text(json.dumps(value))
    dataset = read_dataset(root, strict=False)
    assert len(dataset.records) == 4
    for name, text in dataset.records[0].metadata.items():
        assert isinstance(name, str)
        text.encode()
