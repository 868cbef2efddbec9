"""The doctor finds what was planted, and nothing else."""

import json
import shutil
from collections import defaultdict
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from reelwise.cache.frame_cache import FrameCache
from reelwise.core.clip import DecodeSettings
from reelwise.core.records import Record, SkippedFile
from reelwise.datasets.dataset import Dataset
from reelwise.datasets.doctor.check import SplitOptions, check
from reelwise.datasets.labels.tasks import labels_of
from reelwise.datasets.lists.rows import Layout
from reelwise.datasets.reading import read_dataset
from reelwise.media.readers.pyav_reader import PyAVReader
from reelwise.media.writers.writer import Encoding, write_video

SETTINGS = DecodeSettings(size=16)


@pytest.fixture
def examine(tmp_path, pool, make_file):
    """Reports on records given as {name: bytes} or {name: (bytes, label)}."""

    def run(files, *, skipped=(), **options):
        records = []
        for name, data in files.items():
            content, label = data if isinstance(data, tuple) else (data, name.split("/")[0])
            record = make_file(name, content)
            records.append(Record(name, record.path, label))
        rows = tuple(records)
        dataset = Dataset(
            tmp_path / "data",
            rows,
            labels_of(rows, "classification"),
            Layout("class folders", has_class_folders=True),
            skipped=skipped,
        )
        return check(dataset, FrameCache(tmp_path / "cache", make_pool=pool), SETTINGS, **options)

    return run


def plain(labels="ab", each=6):
    return {f"{label}/{i}.mp4": f"{label}{i}".encode() * (i + 3) for label in labels for i in range(each)}


def kinds(report):
    found = defaultdict(list)
    for finding in report.findings:
        found[finding.kind].append(finding)
    return found


def test_sound_data_gives_numbers_and_json(examine):
    report = examine(plain())
    document = json.loads(json.dumps(report.to_json()))
    assert document["schema"] == "reelwise/check/1"
    assert (document["num_videos"], document["num_usable"]) == (12, 12)
    assert document["labels"] == {"a": 6, "b": 6}
    assert document["sizes"] == {"64x48": 12}
    assert document["frame_rates"] == {"10": 12}
    assert document["sound"]["with"] + document["sound"]["without"] == 12
    assert document["splits"]["train"] + document["splits"]["val"] + document["splits"]["test"] == 12
    assert set(kinds(report)) <= {"too_short", "odd_file", "missing_sound"}


def test_sound_that_cannot_be_used_is_counted_and_may_tell_the_class(examine):
    clips = {
        f"{label}/{i}.mp4": word + b"x" * (2 * i + 1)
        for label, word in (("a", b"mute"), ("b", b"loud"))
        for i in range(6)
    }
    report = examine(clips)
    assert (report.sound["with"], report.sound["usable"]) == (12, 6)
    assert kinds(report)["unusable_sound"][0].files == tuple(f"a/{i}.mp4" for i in range(6))
    (finding,) = kinds(report)["sound_tells_label"]
    assert finding.files == tuple(f"a/{i}.mp4" for i in range(6))
    assert "can be used" in finding.message


def test_sound_that_cannot_be_used_in_both_classes_tells_nothing(examine):
    clips = {f"{label}/{i}.mp4": b"mute" + label.encode() * (2 * i + 1) for label in "ab" for i in range(6)}
    assert "sound_tells_label" not in kinds(examine(clips))


def test_unreadable_files_are_named_with_reason(examine):
    report = examine(
        {**plain(), "a/bad.mp4": b"bad"}, skipped=(SkippedFile("a/zero.mp4", "the file is empty (0 bytes)", "Copy."),)
    )
    found = kinds(report)["unreadable"]
    assert [(finding.files, finding.severity) for finding in found] == [
        (("a/zero.mp4",), "error"), (("a/bad.mp4",), "error"),
    ]  # fmt: skip
    assert "no moov atom" in found[1].message
    assert (report.num_videos, report.num_usable) == (14, 12)


def test_copies_and_their_labels(examine):
    report = examine({**plain(), "a/copy.mp4": b"a0" * 3, "b/copy.mp4": b"b1" * 4, "a/other.mp4": b"b1" * 4})
    found = kinds(report)
    assert {finding.files for finding in found["exact_duplicate"]} == {
        ("a/0.mp4", "a/copy.mp4"),
        ("b/1.mp4", "b/copy.mp4", "a/other.mp4"),
    }
    (conflict,) = found["label_conflict"]
    assert conflict.severity == "error"
    assert "'a' and 'b'" in conflict.message
    assert report.findings[0].severity == "error"
    assert ("a/0.mp4", "a/copy.mp4") in report.same


def test_copies_on_both_sides_of_a_given_split(examine, tmp_path):
    files = {**plain(), "a/copy.mp4": b"a0" * 3}
    splits = tmp_path / "splits.csv"
    words = {name: ("test" if name[2] in "45c" else "train") for name in files}
    splits.write_text("file,split\n" + "".join(f"{name},{word}\n" for name, word in words.items()))
    (leak,) = kinds(examine(files, split=SplitOptions(splits_csv=splits)))["split_leak"]
    assert leak.files == ("a/0.mp4", "a/copy.mp4")
    assert "split_leak" not in kinds(examine(files))


def test_labels(examine):
    report = examine({**plain("ab", 20), "c/1.mp4": (b"c", "A"), "c/2.mp4": (b"cc", "a "), "c/3.mp4": (b"ccc", "")})
    found = kinds(report)
    assert [finding.files for finding in found["label_typo"]] == [("c/1.mp4",), ("c/2.mp4",)]
    assert found["no_label"][0].files == ("c/3.mp4",)
    assert "20 times" in found["imbalance"][0].message
    assert found["few_videos"][0].severity == "warning"


def test_one_class_and_no_videos(examine):
    assert kinds(examine(plain("a")))["one_label"]
    report = examine({})
    assert report.num_videos == 0
    assert [finding.kind for finding in report.findings] == ["one_label"]


def test_too_short_says_which(examine):
    (finding,) = kinds(examine(plain()))["too_short"]
    assert len(finding.files) == 12


def test_lengths_are_those_of_segments(tmp_path, pool, make_file):
    file = make_file("long/a.mp4", b"eight bytes more")  # five frames, ten a second
    edges = [(0, Fraction(1, 5)), (Fraction(1, 10), Fraction(2, 5)), (0, Fraction(9)), (None, None)]
    records = tuple(
        replace(file, label=label, start_seconds=start, end_seconds=end)
        for label, (start, end) in zip("abab", edges, strict=True)
    )
    dataset = Dataset(tmp_path / "data", records, ("a", "b"), Layout("list x.csv"))
    report = check(dataset, FrameCache(tmp_path / "cache", make_pool=pool))
    seconds = report.durations
    assert (seconds["min"], seconds["max"], seconds["total"]) == (0.2, 0.5, 1.5)
    found = kinds(report)
    (brief,) = found["short_segment"]
    assert brief.files == ("long/a.mp4#t=0,0.2", "long/a.mp4#t=0.1,0.4")
    assert "2 segments last less than 0.5 s (the shortest 0.2 s)" in brief.message
    assert set(found["too_short"][0].files).isdisjoint(brief.files)


PLANTS = {
    "low quality": lambda frames: (frames, 36),
    "mirrored": lambda frames: ([frame[:, ::-1] for frame in frames], 28),
    "start trimmed": lambda frames: (frames[len(frames) * 3 // 10 :], 25),
    "end trimmed": lambda frames: (frames[: len(frames) * 7 // 10], 25),
    "both trimmed": lambda frames: (frames[len(frames) // 4 : len(frames) * 3 // 4], 28),
    "rescaled": lambda frames: (
        [cv2.resize(f, None, fx=0.5, fy=0.6, interpolation=cv2.INTER_AREA) for f in frames],
        26,
    ),
    "brighter": lambda frames: ([np.clip(f * 0.8 + 30.0, 0, 255).astype(np.uint8) for f in frames], 26),
    "mirrored and trimmed": lambda frames: ([frame[:, ::-1] for frame in frames[len(frames) // 3 :]], 30),
}


def plant(source: Path, target: Path, change) -> None:
    with PyAVReader(source) as reader:
        frames = [frame.image for frame in reader]
    frames, crf = change(frames)
    write_video(
        target, [np.ascontiguousarray(f) for f in frames], Fraction(30), encoding=Encoding(crf=crf, preset="ultrafast")
    )


@pytest.mark.real
def test_planted_in_the_actions(real_data, tmp_path):
    folder = tmp_path / "actions"
    shutil.copytree(real_data / "actions", folder)
    originals = sorted(path for path in folder.rglob("*.avi"))
    rng = np.random.default_rng(0)
    planted: dict[str, str] = {}
    for index, number in enumerate(rng.choice(len(originals), 3 * len(PLANTS) + 2, replace=False)):
        source = originals[number]
        target = source.with_name(f"x{index}.mp4")
        if index >= 3 * len(PLANTS):
            shutil.copy(source, target)
        else:
            plant(source, target, list(PLANTS.values())[index % len(PLANTS)])
        planted[target.relative_to(folder).as_posix()] = source.relative_to(folder).as_posix()
    (folder / "labels.csv").unlink()
    (folder / "hug" / "broken.avi").write_bytes(originals[0].read_bytes()[:2000])
    (folder / "Hug ").mkdir()
    alone = [path for path in originals if path.relative_to(folder).as_posix() not in planted.values()]
    shutil.move(alone[-1], folder / "Hug " / "moved.avi")

    report = check(read_dataset(folder, strict=False), FrameCache(tmp_path / "cache"), DecodeSettings(size=64))

    origin = lambda name: planted.get(name, name)  # noqa: E731
    found, false_pairs = set(), 0
    for names in report.same:
        found |= {name for name in names if name in planted and origin(name) in names}
        false_pairs += len({origin(name) for name in names}) - 1
    assert len(found) >= 0.95 * len(planted), sorted(set(planted) - found)
    assert false_pairs <= 0.01 * len(originals)
    by_kind = kinds(report)
    assert [finding.files for finding in by_kind["unreadable"]] == [("hug/broken.avi",)]
    assert [finding.files for finding in by_kind["label_typo"]] == [("Hug /moved.avi",)]
    assert not by_kind["split_leak"]


def test_without_joining_a_recording_may_stand_on_both_sides(examine):
    files = {f"{label}/{i}-{copy}.mp4": f"{label}{i}".encode() * 9 for label in "ab" for i in range(6) for copy in "xy"}
    assert not kinds(examine(files))["split_leak"]
    leaks = kinds(examine(files, split=SplitOptions(no_join=True)))["split_leak"]
    assert leaks
    assert all(len({name[:3] for name in leak.files}) == 1 for leak in leaks)


@pytest.mark.real
def test_untouched_actions_are_clean(real_data, tmp_path):
    report = check(
        read_dataset(real_data / "actions", strict=False), FrameCache(tmp_path / "cache"), DecodeSettings(size=48)
    )
    assert {finding.severity for finding in report.findings} <= {"info"}
    assert not report.same


@pytest.mark.real
def test_true_duplicates_among_the_odd_files(real_data, tmp_path):
    folder = real_data / "odd"
    report = check(read_dataset(folder, strict=False), FrameCache(tmp_path / "cache"), DecodeSettings(size=64))
    sets = [set(names) for names in report.same]
    for pair in (
        ("quality_pair/carphone_distorted.mp4", "quality_pair/carphone_pristine.mp4"),
        ("one_clip_many_containers/flower.mp4", "one_clip_many_containers/flower.webm"),
        ("one_clip_many_containers/sample.mp4", "one_clip_many_containers/sample_av1.mp4"),
        ("one_clip_many_containers/uuid540.mp4", "one_clip_many_containers/xmp480qt.mov"),
    ):
        assert any(set(pair) <= names for names in sets), pair
    assert not [names for names in sets if len({name.split("/")[0] for name in names}) > 1]
