"""Lists in Parquet: typed columns as text, what is no metadata left out, damaged and crafted files refused."""

import datetime
import random
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from reelwise.core.errors import DataError
from reelwise.datasets.lists import parquet
from reelwise.datasets.lists.parquet import read_parquet_rows
from reelwise.datasets.reading import read_dataset

MP4 = b"\x00\x00\x00\x18ftypmp42" + bytes(40)


def write(path: Path, **columns) -> Path:
    pq.write_table(pa.table(columns), path)
    return path


def read(path, max_rows=1000, max_columns=100):
    columns, rows, notes = read_parquet_rows(path, max_rows, max_columns)
    return {name: [row[i] for row in rows] for i, name in enumerate(columns)}, notes


def test_every_plain_type_is_text(tmp_path):
    path = write(
        tmp_path / "t.parquet",
        file=["a.mp4", None],
        words=[["x", "y"], []],
        light=[1.5, float("nan")],
        count=pa.array([2**63, None], pa.uint64()),
        night=[True, None],
        day=[datetime.date(2024, 5, 1), None],
        when=pa.array([1, None], pa.timestamp("ns")),
        site=pa.array(["u", None]).dictionary_encode(),
        nothing=pa.array([None, None]),
        video=[{"bytes": b"x", "path": "a"}, None],
        data=[b"x", b"y"],
        boxes=[[[1.0]], None],
    )
    found, notes = read(path)
    assert found == {
        "file": ["a.mp4", ""],
        "words": ["x|y", "|"],
        "light": ["1.5", ""],
        "count": ["9223372036854775808", ""],
        "night": ["true", ""],
        "day": ["2024-05-01", ""],
        "when": ["1970-01-01 00:00:00.000000001", ""],
        "site": ["u", ""],
        "nothing": ["", ""],
    }
    assert [note.split("'")[1] for note in notes] == ["video", "data", "boxes"]


def test_as_a_list_and_as_metadata(tmp_path):
    for i in range(4):
        (tmp_path / f"{i}.mp4").write_bytes(MP4)
    names = [f"{i}.mp4" for i in range(4)]
    write(tmp_path / "metadata.parquet", file_name=names, label=["a", "b"] * 2, light=[0.5, 1, 2, 3], video=[b"x"] * 4)
    dataset = read_dataset(tmp_path)
    assert [(record.label, record.metadata["light"]) for record in dataset.records][:2] == [("a", "0.5"), ("b", "1.0")]
    assert any("'video'" in note for note in dataset.notes)
    listed = write(tmp_path / "any.parquet", file=names, label=[["x", "y"], [], ["y"], ["x"]])
    assert read_dataset(listed).targets().tolist() == [[1, 1], [0, 0], [0, 1], [1, 0]]


def test_text_that_is_none_is_kept_readable(tmp_path):
    broken = pa.array([b"caf\xe9", b"ok"]).cast(pa.binary()).view(pa.string())
    assert read(write(tmp_path / "t.parquet", file=broken))[0]["file"] == ["caf\ufffd", "ok"]


def test_limits(tmp_path):
    path = write(tmp_path / "t.parquet", **{f"c{i}": list(range(20)) for i in range(5)})
    with pytest.raises(DataError, match="more than 10 rows"):
        read(path, max_rows=10)
    with pytest.raises(DataError, match="more than 4 columns"):
        read(path, max_columns=4)
    with pytest.raises(DataError, match="crashed or was stopped"):
        read_parquet_rows(path, 100, 100, seconds=0.0)


def test_a_bomb_of_text_is_refused(tmp_path):
    # One long text, and a column that names it a hundred thousand times: 700 kB on disk, 10 GB as text.
    path = tmp_path / "t.parquet"
    text = pa.DictionaryArray.from_arrays(pa.array([0] * 100_000, pa.int32()), pa.array(["x" * 100_000]))
    pq.write_table(pa.table({"file": text}), path)
    assert path.stat().st_size < 1 << 20
    with pytest.raises(DataError, match=r"too large|more memory"):
        read(path, max_rows=10**6)


def test_memory_is_limited(tmp_path):
    # 4000 times one text of 2 MB: 8 GB in the first batch.
    path = tmp_path / "t.parquet"
    text = pa.DictionaryArray.from_arrays(pa.array([0] * 4000, pa.int32()), pa.array(["x" * (2 << 20)]))
    pq.write_table(pa.table({"file": text}), path)
    with pytest.raises(DataError, match="more memory"):
        read(path, max_rows=10**6)


def test_text_is_limited(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet, "MAX_TEXT_BYTES", 1000)
    with pytest.raises(DataError, match="of text, too large"):
        read(write(tmp_path / "t.parquet", file=["x" * 200] * 10))


@pytest.mark.parametrize("data", [b"", b"PAR1", b"PAR1PAR1", b"file,label\n", b"PAR1" + bytes(100) + b"PAR1"])
def test_what_is_no_parquet(tmp_path, data):
    path = tmp_path / "t.parquet"
    path.write_bytes(data)
    with pytest.raises(DataError, match="Parquet"):
        read(path)
    with pytest.raises(DataError):
        read_dataset(path)


def test_damaged_files_are_refused_or_read(tmp_path):
    good = write(tmp_path / "t.parquet", file=[f"{i}.mp4" for i in range(50)], label=["a", "b"] * 25).read_bytes()
    rng = random.Random(7)
    for _ in range(8):
        data = bytearray(good)
        for _ in range(rng.randint(1, 8)):
            data[rng.randrange(4, len(data) - 4)] = rng.randrange(256)
        (tmp_path / "t.parquet").write_bytes(data)
        try:
            found, _ = read(tmp_path / "t.parquet")
        except DataError:
            continue
        assert all(isinstance(text, str) for texts in found.values() for text in texts)


def test_a_bad_metadata_file_costs_a_note(tmp_path):
    for name in ("a/1.mp4", "b/2.mp4"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_bytes(MP4)
    (tmp_path / "metadata.parquet").write_bytes(b"PAR1" + bytes(100) + b"PAR1")
    dataset = read_dataset(tmp_path)
    assert dataset.labels == ("a", "b")
    assert any("metadata.parquet" in note for note in dataset.notes)
