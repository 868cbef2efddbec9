"""What could be the label: ranked, each with the flag that works."""

import csv
import json

import pytest

from reelwise.datasets.doctor.label_candidates import label_candidates
from reelwise.datasets.reading import read_dataset

MP4 = b"\x00\x00\x00\x18ftypmp42" + bytes(40)


@pytest.fixture
def flat(tmp_path):
    """Twelve videos without labels, with a list of metadata and two JSON files."""
    columns = ("file_name", "verb", "speed", "clip_id", "person", "caption", "tags_of", "width", "actor")
    with (tmp_path / "metadata.csv").open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(columns)
        for i in range(12):
            name = f"{'ab'[i % 2]}_indoor_{i:02d}.mp4"
            (tmp_path / name).write_bytes(MP4)
            row = (
                name,
                ("run", "walk")[i // 6],
                i / 4,
                i,
                f"p{i % 3}",
                f"text {i}",
                "x|y" if i % 2 else "y",
                100 * (i % 2),
                f"q{i % 4}",
            )
            writer.writerow(row)
    return tmp_path


def test_ranked_candidates_and_every_flag_works(flat):
    dataset = read_dataset(flat, strict=False)
    found = label_candidates(dataset)
    flags = [item.flag for item in found]
    assert flags[0] == "--label-from verb"
    assert {item.flag: item.task for item in found} == {
        "--label-from verb": "classification",
        "--label-from tags_of": "multilabel",
        "--label-from speed": "regression",
        '--label-from "{label}_{second}_{third}"': "classification",
    }
    assert not any(item.in_use for item in found)
    for item in found:
        asked = read_dataset(flat, label_from=item.flag.removeprefix("--label-from ").strip('"'))
        assert asked.task == item.task
        assert len(asked.records) == item.num_videos
        if item.task != "regression":
            assert len(asked.labels) == item.num_labels


def test_the_one_in_use_comes_first(flat):
    first, *others = label_candidates(read_dataset(flat, label_from="speed"))
    assert (first.in_use, first.flag, first.task, first.source) == (True, "", "regression", "the column 'speed'")
    assert "--label-from speed" not in [item.flag for item in others]


def test_folders_are_a_candidate_when_a_list_decides(tmp_path):
    for i in range(12):
        folder = tmp_path / "ab"[i % 2]
        folder.mkdir(exist_ok=True)
        (folder / f"{i}.mp4").write_bytes(MP4)
        (folder / f"{i}.json").write_text(json.dumps({"label": "xyz"[i % 3]}))
    found = label_candidates(read_dataset(tmp_path))
    assert [item.flag for item in found] == ["", '--label-from "{label}/{clip}"']
    assert read_dataset(tmp_path, label_from="{label}/{clip}").labels == ("a", "b")


def test_nothing_that_repeats_is_nothing_to_offer(tmp_path):
    for i in range(6):
        (tmp_path / f"{i}.mp4").write_bytes(MP4)
    assert label_candidates(read_dataset(tmp_path, strict=False)) == ()
