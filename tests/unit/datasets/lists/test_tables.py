"""Tables as spreadsheets and other programs write them."""

from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reelwise.datasets.lists.tables import read_table
from reelwise.datasets.reading import read_dataset

MP4 = b"\x00\x00\x00\x18ftypmp42" + bytes(40)


@pytest.fixture
def root(tmp_path):
    for number in range(6):
        (tmp_path / f"{number}.mp4").write_bytes(MP4)
    return tmp_path


def read(root, text, name="list.csv", **options):
    (root / name).write_bytes(text.encode())
    return read_dataset(root / name, **options)


def test_decimal_commas(root):
    dataset = read(root, "file;label;speed\n0.mp4;1,5;10\n1.mp4;2,25;0,5\n2.mp4;3;1.250,75\n")
    assert dataset.task == "regression"
    assert [record.label for record in dataset.records] == ["1.5", "2.25", "3"]
    assert [record.metadata["speed"] for record in dataset.records] == ["10", "0.5", "1250.75"]
    assert "list.csv: the column 'label' has decimal commas: '1,5' is read as '1.5'" in dataset.notes


def test_quoted_decimal_commas_and_thousands(root):
    table = read_table_of(root, 'file,speed,size,places\n0.mp4,"1,5","1,250","1,2,3"\n1.mp4,"0,25","12,000","2"\n')
    assert table.cells[0] == {"file": "0.mp4", "speed": "1.5", "size": "1,250", "places": "1,2,3"}


def read_table_of(root, text):
    (root / "list.csv").write_text(text)
    return read_table(root / "list.csv")


def test_times_with_commas(root):
    dataset = read(root, "file;label;start;end\n0.mp4;a;0,5;1:02,5\n1.mp4;b;1,25 s;2\n")
    assert [record.start_seconds for record in dataset.records] == [Fraction(1, 2), Fraction(5, 4)]
    assert dataset.records[0].end_seconds == Fraction(125, 2)


@pytest.mark.parametrize("word", ["nan", "NaN", "NA", "N/A", "None", "null", "#N/A", "<NA>"])
def test_words_for_a_missing_value(root, word):
    lines = [f"0.mp4,run,{word},{word}", "1.mp4,walk,1,", f"2.mp4,{word},,", "3.mp4,run,,", "4.mp4,walk,2,"]
    dataset = read(root, "file,label,light,split\n" + "\n".join(lines) + "\n")
    assert dataset.labels == ("run", "walk")
    assert [item.reason for item in dataset.skipped] == ["list.csv line 4: no label"]
    assert dataset.records[0].metadata["light"] == ""
    (note,) = [note for note in dataset.notes if word in note]
    assert note == (
        f"list.csv: 3 cells that say {word!r} count as empty (columns 'label', 'light', 'split'); a class needs"
        " another name"
    )


def test_a_folder_may_be_called_none(tmp_path):
    for name in ("None", "NA", "run"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "1.mp4").write_bytes(MP4)
    assert read_dataset(tmp_path).labels == ("NA", "None", "run")


def test_missing_words_in_sidecars(root):
    (root / "0.json").write_text('{"label": "nan", "light": "day"}')
    (root / "1.json").write_text('{"label": "run", "light": "NA"}')
    dataset = read_dataset(root, strict=False)
    assert [(record.label, record.metadata) for record in dataset.records[:2]] == [("", {"light": "day"}), ("run", {})]


@pytest.mark.parametrize(
    "text",
    [
        "sep=;\nfile;label\n0.mp4;a\n1.mp4;b\n",
        '"sep=;"\r\nfile;label\r\n0.mp4;a\r\n1.mp4;b\r\n',
        "\n\nfile,label\n0.mp4,a\n1.mp4,b\n",
        ";;\nfile;label;\n0.mp4;a;\n1.mp4;b;\n",
        "# made by hand, in May\nfile,label\n0.mp4,a\n# a remark\n1.mp4,b\n",
        "# file,label\n0.mp4,a\n1.mp4,b\n",
        "#file\tlabel\n0.mp4\ta\n1.mp4\tb\n",
        "file,label\r0.mp4,a\r1.mp4,b\r",
        "file,label,,\n0.mp4,a,,\n1.mp4,b,,,,\n",
        "file label\n0.mp4 a\n1.mp4 b\n",
        'file  label\n"0.mp4"  a\n1.mp4 "b"\n',
    ],
)
@pytest.mark.parametrize("name", ["list.csv", "list.txt", "list.tsv"])
def test_first_lines_and_line_ends(root, text, name):
    dataset = read(root, text, name)
    assert [(record.file, record.label) for record in dataset.records] == [("0.mp4", "a"), ("1.mp4", "b")]
    assert not dataset.skipped


def test_lines_are_still_counted_from_the_first(root):
    dataset = read(root, "sep=;\n\n# remark\nfile;label\n0.mp4;a\n1.mp4;b\nx.mp4;b\n")
    assert dataset.skipped[0].reason == "list.csv line 7: there is no such file"


def test_a_column_without_a_name_is_said(root):
    dataset = read(root, ",file,label\n0,0.mp4,a\n1,1.mp4,b\n")
    assert "list.csv: a column without a name is not read; give it one in the first line to use it" in dataset.notes


def test_comments_are_counted(root):
    dataset = read(root, "file,label\n0.mp4,a\n# one\n#two\n1.mp4,b\n")
    assert "list.csv: lines that begin with # are comments: 2" in dataset.notes


labels = st.sampled_from(["run", "walk", "caf\u00e9", "two words", "None of these", "a,b", 'say "hi"', "x;y"])


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_table_in_any_form_means_the_same(root, data):
    truth = data.draw(st.lists(st.tuples(labels, st.integers(0, 99)), min_size=6, max_size=6))
    delimiter = data.draw(st.sampled_from([",", ";", "\t", "|"]))
    point = data.draw(st.sampled_from([".", ","])) if delimiter != "," else "."
    first = data.draw(st.sampled_from(["", "\n", "# made in May\n", f"sep={delimiter}\n", "\n# a\n\n"]))
    tail = delimiter * data.draw(st.integers(0, 3))
    head_tail = tail if data.draw(st.booleans()) else ""
    missing = data.draw(st.sampled_from(["", "NA", "nan", "NULL"]))
    end = data.draw(st.sampled_from(["\n", "\r\n", "\r"]))
    encoding = data.draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))

    def quoted(cell):
        return '"' + cell.replace('"', '""') + '"' if any(char in cell for char in f'{delimiter}"') else cell

    lines = [delimiter.join(["file", "label", "speed", "note"]) + head_tail]
    for number, (label, tenths) in enumerate(truth):
        speed = f"{tenths // 10}{point}{tenths % 10}"
        lines.append(delimiter.join([f"{number}.mp4", quoted(label), speed, missing]) + tail)
    text = first + "\n".join(lines) + "\n"
    (root / "list.csv").write_bytes(text.replace("\n", end).encode(encoding))
    dataset = read_dataset(root / "list.csv", strict=False, task="classification")
    assert not dataset.skipped
    assert [(r.file, r.label, r.metadata["speed"], r.metadata["note"]) for r in dataset.records] == [
        (f"{number}.mp4", label, f"{tenths // 10}.{tenths % 10}", "") for number, (label, tenths) in enumerate(truth)
    ]


@pytest.mark.parametrize(
    "text",
    [
        '{"file": ["0.mp4", "1.mp4"], "label": ["a", "b"]}',
        '{"file": {"0": "0.mp4", "1": "1.mp4"}, "label": {"0": "a", "1": "b"}}',
        '{"videoID": ["0", "1"], "label": ["a", "b"]}',
        '{"a": ["0.mp4"], "b": ["1.mp4"]}',
        '{"train": [{"file": "0.mp4", "label": "a"}], "test": [{"file": "1.mp4", "label": "b"}]}',
        '{"a": {"0.mp4": "a", "1.mp4": "b"}}',
    ],
)
def test_other_shapes_of_json(root, text):
    if text.startswith('{"a": {'):
        text = text.replace('"a": {', '"videos": {')
    dataset = read(root, text, "list.json")
    assert [(record.file, record.label) for record in dataset.records] == [("0.mp4", "a"), ("1.mp4", "b")]
    if "train" in text:
        assert [record.split for record in dataset.records] == ["train", "test"]
