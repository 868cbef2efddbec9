import csv
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from frame_numbers import paint_number, read_number

from reelwise.core.errors import UsageError
from reelwise.media.find import find_videos
from reelwise.media.readers.scan import scan_video
from reelwise.media.synthetic import KINDS, MOTIONS, Style, motion_clips, write_motion_set, write_synthetic_set
from reelwise.media.synthetic.digits import digit_clips

MOVING_KINDS = ("moving_digit", "moving_digits", "moving_sprites")
SMALL = Style(size=48, num_frames=24, noise=0)


def test_the_same_seed_makes_the_same_clips():
    one, same = (list(motion_clips(7, 5, SMALL)) for _ in range(2))
    for a, b in zip(one, same, strict=True):
        np.testing.assert_array_equal(a.frames, b.frames)
    assert any(np.any(a.frames != b.frames) for a, b in zip(one, motion_clips(7, 6, SMALL), strict=True))


def test_a_clip_depends_on_its_index_alone():
    longer = list(motion_clips(9, 5, SMALL))
    np.testing.assert_array_equal(longer[3].frames, list(motion_clips(4, 5, SMALL))[3].frames)


def test_every_group_has_every_class():
    clips = list(motion_clips(len(MOTIONS) * 6, 0, Style(size=16, num_frames=1, num_groups=3)))
    counts = Counter((clip.group, clip.label) for clip in clips)
    assert len(counts) == 3 * len(MOTIONS)
    assert set(counts.values()) == {2}


def middle_of_object(frame: np.ndarray, ground: np.ndarray) -> complex:
    """Where the object is, as two angles on a picture whose edges are joined."""
    changed = np.abs(frame.astype(float) - ground).sum(axis=2) > 30
    size = len(changed)
    turns = np.exp(2j * np.pi * np.arange(size) / size)
    x, y = np.angle((changed.sum(axis=0) * turns).sum()), np.angle((changed.sum(axis=1) * turns).sum())
    return complex(x, y)


def way(frames: np.ndarray) -> complex:
    ground = np.median(frames, axis=0)
    places = [middle_of_object(frame, ground) for frame in frames]
    steps = np.diff(places)
    wrapped = [complex(np.angle(np.exp(1j * s.real)), np.angle(np.exp(1j * s.imag))) for s in steps]
    return complex(np.median([w.real for w in wrapped]), np.median([w.imag for w in wrapped]))


@pytest.mark.parametrize(("label", "expected"), [("left", -1), ("right", 1), ("up", -1j), ("down", 1j)])
def test_straight_ways_go_where_they_say(label, expected):
    style = Style(size=64, num_frames=45, noise=0)
    for clip in motion_clips(5, 3, style, labels=[label]):
        step = way(clip.frames)
        assert step != 0
        assert abs(step / abs(step) - expected) < 0.35


def test_single_frames_look_alike_in_all_classes():
    """A linear model on single frames of many clips does no better than chance; on differences it does."""
    from sklearn.linear_model import RidgeClassifier

    style = Style(size=16, num_frames=8, num_groups=1, noise=0)
    labels = ("left", "right")
    clips = list(motion_clips(600, 1, style, labels))
    y = np.array([labels.index(clip.label) for clip in clips])
    single = np.stack([clip.frames[4].astype(np.float32).ravel() for clip in clips])
    train, test = slice(0, 400), slice(400, None)
    score = RidgeClassifier(100).fit(single[train], y[train]).score(single[test], y[test])
    assert 0.38 < score < 0.62


def test_pixel_means_do_not_depend_on_the_class():
    style = Style(size=24, num_frames=4, num_groups=1, noise=0)
    means = {label: [] for label in MOTIONS}
    for clip in motion_clips(len(MOTIONS) * 40, 2, style):
        means[clip.label].append(clip.frames[0].mean())
    spread = np.std([value for values in means.values() for value in values])
    assert all(abs(np.mean(v) - np.mean(means["left"])) < 3 * spread * np.sqrt(2 / 40) for v in means.values())


@pytest.mark.parametrize("number", [0, 1, 255, 256, 65_535])
@pytest.mark.parametrize("size_hw", [(48, 64), (16, 16), (33, 47)])
def test_painted_numbers_are_read_again(number, size_hw):
    image = np.full((*size_hw, 3), 100, np.uint8)
    paint_number(image, number)
    assert read_number(image) == number


def test_a_set_has_folders_a_list_groups_sound_and_metadata(tmp_path):
    style = Style(size=32, num_frames=12, num_groups=2)
    path = write_motion_set(tmp_path / "set", 14, seed=0, style=style)
    with path.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 14
    assert {row["label"] for row in rows} == set(MOTIONS)
    assert {row["group"] for row in rows} == {"place_0", "place_1"}
    assert set(rows[0]) == {"file", "label", "group", "camera", "hour"}
    assert sorted(tmp_path / "set" / row["file"] for row in rows) == find_videos(tmp_path / "set")
    facts = scan_video(tmp_path / "set" / rows[0]["file"])
    assert (facts.num_frames, facts.width, facts.height) == (12, 32, 32)
    assert facts.sound is not None
    assert all(row["label"] not in str(facts.tags) for row in rows)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_makes_a_set_with_all_its_labels(tmp_path, kind):
    path = write_synthetic_set(kind, tmp_path / kind, 10, seed=0, style=Style(size=32, num_frames=6))
    with path.open(newline="") as stream:
        labels = [row["label"] for row in csv.DictReader(stream)]
    assert len(labels) == len(find_videos(tmp_path / kind)) == 10
    assert len(set(labels)) == {"motion": 7, "sprites": 3}.get(kind, 10)


@pytest.mark.parametrize("kind", MOVING_KINDS)  # the others have B-frames, of which x264 makes other bytes at times
def test_the_same_seed_makes_the_same_files(tmp_path, kind):
    for name, seed in (("one", 3), ("same", 3), ("other", 4)):
        write_synthetic_set(kind, tmp_path / name, 3, seed, style=Style(size=32, num_frames=6))
    one, same, other = (
        {path.relative_to(tmp_path / name): path.read_bytes() for path in (tmp_path / name).rglob("*.*")}
        for name in ("one", "same", "other")
    )
    assert one == same
    assert not set(one.values()) & set(other.values())


@pytest.mark.parametrize("kind", KINDS)
def test_a_clip_of_every_kind_depends_on_seed_and_index_alone(kind):
    style = Style(size=32, num_frames=3)
    long, short = (list(KINDS[kind].make_clips(num_clips, 5, style)) for num_clips in (12, 4))
    for clip, same in zip(long[:4], short, strict=True):
        np.testing.assert_array_equal(clip.frames, same.frames)
        assert (clip.label, clip.columns) == (same.label, same.columns)


def test_kinds_that_are_predicted_fit_ten_frames_and_the_ten_after():
    for kind in MOVING_KINDS:
        style = KINDS[kind].style
        assert (style.num_frames >= 20, style.size, style.frame_rate) == (True, 64, 25.0)
        assert not KINDS[kind].has_distractors


def test_digits_differ_in_every_frame():
    style = Style(size=48, num_frames=2, num_groups=1, noise=0)
    one = [clip.frames[0] for clip in digit_clips(10, 0, style)]
    assert len({frame.tobytes() for frame in one}) == 10


def test_what_cannot_be_made_is_said():
    with pytest.raises(UsageError, match="no motion is called wobble"):
        next(motion_clips(1, 0, labels=["wobble"]))
    with pytest.raises(UsageError):
        Style(size=4)
    with pytest.raises(UsageError, match="no made-up set is called x"):
        write_synthetic_set("x", Path("nowhere"), 1, 0)
