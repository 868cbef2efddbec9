"""Moving digits: what the tracks say is what is drawn, nothing leaves the frame, and scans keep to their split."""

import csv
from collections import defaultdict
from difflib import SequenceMatcher

import numpy as np
import pytest
from sklearn.datasets import load_digits

from reelwise.datasets.reading import read_dataset
from reelwise.datasets.splits.plan import plan_splits
from reelwise.media.synthetic import Style, write_synthetic_set
from reelwise.media.synthetic.moving_digits import MOVING_STYLE, SPEEDS, moving_digit_clips, moving_digits_clips
from reelwise.media.synthetic.scans import SHEETS, draw_scan, read_scan, scans_of
from reelwise.media.synthetic.scene import bouncing_path

LONG = Style(size=64, num_frames=200, frame_rate=25.0, noise=0.0)
TINY = Style(size=16, num_frames=1, noise=0.0)


def centre_of_mass(picture: np.ndarray) -> np.ndarray:
    """(2,) x, y in pixels, of the first channel."""
    ink = picture[..., 0].astype(float)
    rows, columns = np.indices(ink.shape)
    return np.array([(ink * columns).sum(), (ink * rows).sum()]) / ink.sum()


def test_a_track_is_the_centre_of_mass() -> None:
    for clip in moving_digit_clips(10, 3, MOVING_STYLE):
        assert clip.tracks.shape == (1, 40, 2)
        centres = np.stack([centre_of_mass(frame) for frame in clip.frames])
        np.testing.assert_allclose(centres, clip.tracks[0], atol=0.1)


def test_no_ink_leaves_the_frame() -> None:
    for clip in moving_digit_clips(10, 0, LONG):
        ink = clip.frames[..., 0].sum((1, 2), dtype=float)
        np.testing.assert_allclose(ink, ink.mean(), rtol=0.01)
        places = clip.tracks[0]
        assert places.min() > 0
        assert places.max() < 63
        assert (places.max(0) - places.min(0)).max() > 30  # they do go from edge to edge


def test_speed_is_constant_between_bounces() -> None:
    for clip in moving_digits_clips(12, 1, LONG):
        steps = np.abs(np.diff(clip.tracks, axis=1))  # (2, T-1, 2)
        usual = steps.max(1, keepdims=True)
        assert np.mean(np.isclose(steps, usual, atol=1e-6)) > 0.85
        speeds = np.hypot(*usual[:, 0].T) * LONG.frame_rate / LONG.size
        assert np.all((speeds > SPEEDS[0] - 1e-6) & (speeds < SPEEDS[1] + 1e-6))


def test_a_bouncing_path_is_that_of_a_ball_followed_in_small_steps() -> None:
    start, step, low, high = np.array([3.0, 9.0]), np.array([2.3, -3.1]), np.array([1.0, 2.0]), np.array([8.0, 11.0])
    place, velocity, followed = start.copy(), step / 1000, [start.copy()]
    for number in range(1, 30_000):
        place += velocity
        velocity = np.where(place > high, -abs(velocity), np.where(place < low, abs(velocity), velocity))
        if number % 1000 == 0:
            followed.append(place.copy())
    np.testing.assert_allclose(bouncing_path(start, step, 30, low, high), followed, atol=0.2)


def test_where_two_digits_meet_the_brighter_shows() -> None:
    clip = next(moving_digits_clips(1, 0, MOVING_STYLE))
    cell = 0.44 * 64 / 8
    scans = [read_scan(int(number)) for number in clip.columns["scan_ids"].split("+")]
    for frame, places in zip(clip.frames, clip.tracks.swapaxes(0, 1), strict=True):
        alone = [draw_scan(scan, 64, place, cell) for scan, place in zip(scans, places, strict=True)]
        np.testing.assert_allclose(frame[..., 1] / 255, np.maximum(*alone), atol=0.5 / 255 + 1e-9)


def test_scans_take_turns() -> None:
    numbers = [
        clip.columns["scan_ids"] for clip in moving_digit_clips(1000, 0, TINY) if clip.columns["split"] == "train"
    ]
    assert len(numbers) == len(set(numbers)) == 600
    pairs = [clip.columns["scan_ids"].split("+") for clip in moving_digits_clips(550, 0, TINY)]
    assert all(first != second for first, second in pairs)
    assert len({number for pair in pairs for number in pair}) > 900  # of 1797; 790 if they were drawn at random


@pytest.mark.parametrize(("make", "num_classes"), [(moving_digit_clips, 10), (moving_digits_clips, 55)])
def test_no_scan_is_in_clips_of_two_splits_and_every_split_has_every_class(make, num_classes) -> None:
    scans, labels = defaultdict(set), defaultdict(set)
    digits = load_digits().target
    for clip in make(5 * num_classes, 0, TINY):
        numbers = [int(number) for number in clip.columns["scan_ids"].split("+")]
        assert clip.label == "+".join(str(digits[number]) for number in numbers)
        assert numbers == sorted(numbers, key=lambda number: digits[number])
        scans[clip.columns["split"]].update(numbers)
        labels[clip.columns["split"]].add(clip.label)
    assert set(scans) == {"train", "val", "test"}
    assert not scans["train"] & scans["test"]
    assert not scans["train"] & scans["val"]
    assert not scans["val"] & scans["test"]
    assert {len(names) for names in labels.values()} == {num_classes}


def test_a_sheet_is_the_same_text_every_time() -> None:
    numbers = [np.sort(np.concatenate([scans_of(sheet, digit) for digit in range(10)])) for sheet in range(14)]
    assert np.array_equal(np.concatenate(numbers), np.arange(1797))
    first, *others = ("".join(map(str, load_digits().target[sheet])) for sheet in numbers)
    assert all(SequenceMatcher(None, first, other, autojunk=False).ratio() > 0.95 for other in others)
    assert sorted(sheet for sheets in SHEETS.values() for sheet in sheets) == list(range(14))


def test_the_own_split_of_a_set_is_used_and_no_fold_divides_a_sheet(tmp_path) -> None:
    path = write_synthetic_set("moving_digit", tmp_path / "set", 50, seed=0, style=Style(size=16, num_frames=6))
    with path.open(newline="") as stream:
        rows = {row["file"]: row for row in csv.DictReader(stream)}
    assert list(next(iter(rows.values()))) == ["file", "label", "group", "split", "scan_ids", "tracks"]
    dataset = read_dataset(tmp_path / "set")
    plan = plan_splits(dataset)
    assert plan.warnings == ()
    assert plan.split == tuple(rows[record.file]["split"] for record in dataset.records)
    folds = plan_splits(dataset, folds=3)
    sides = defaultdict(set)
    for record, fold in zip(dataset.records, folds.fold, strict=True):
        sides[rows[record.file]["group"]].add(fold)
    assert {len(of_sheet) for of_sheet in sides.values()} == {1}
