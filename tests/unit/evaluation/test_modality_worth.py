import json

import numpy as np
import pytest

from reelwise.core.errors import DataError
from reelwise.evaluation.modality_worth import (
    FEWEST_VIDEOS,
    MOST_EXTRA,
    Masked,
    choose_places,
    combinations_to_try,
    looks_to_try,
    masked_answers,
    num_videos_to_mask,
    worth_metrics,
)

LABELS = ("odd", "even")


def answers(y: np.ndarray, share_right: float, seed: int = 0) -> np.ndarray:
    """Probabilities of which a share is right."""
    right = np.random.default_rng(seed).permutation(len(y)) < round(share_right * len(y))
    said = np.where(right, y, 1 - y)
    return np.eye(2)[said] * 0.8 + 0.1


@pytest.fixture
def y() -> np.ndarray:
    return np.arange(80) % 2


def test_combinations_with_three_parts_name_each_once():
    assert combinations_to_try(("metadata", "frames", "sound")) == [
        ("frames", "sound", "metadata"),
        ("frames", "sound"), ("frames", "metadata"), ("sound", "metadata"),
        ("frames",), ("sound",), ("metadata",),
    ]  # fmt: skip
    assert combinations_to_try(("sound",)) == [("sound",)]


def test_looks_hide_what_the_combination_lacks():
    looks = {look.name: look for look in looks_to_try(("frames", "sound", "metadata"))}
    assert looks["frames+metadata"].hidden == {"sound"}
    assert looks["sound"].hidden == {"frames", "metadata"}
    assert looks["middle_frame"].frame_order == "middle"
    assert not looks["shuffled"].hidden


def test_time_is_asked_of_frames_only():
    assert [look.name for look in looks_to_try(("frames",))] == ["shuffled", "middle_frame"]
    assert [look.name for look in looks_to_try(("sound", "metadata"))] == ["sound", "metadata"]
    assert looks_to_try(("sound",)) == []


def test_the_driver_asks_every_video_in_every_look():
    asked: list[tuple] = []
    told: list[tuple[int, int]] = []

    def predict(index, hidden, frame_order):
        asked.append((index, hidden, frame_order))
        return np.full((3, 2), index + 10 * len(hidden))

    rows = masked_answers(predict, [4, 7], ("frames", "sound"), lambda *done: told.append(done))
    assert list(rows) == ["frames", "sound", "shuffled", "middle_frame"]
    assert rows["frames"].shape == (2, 3, 2)
    assert rows["sound"][1, 0, 0] == 17
    assert rows["shuffled"][1, 0, 0] == 7
    assert (7, frozenset({"frames"}), "as_is") in asked
    assert (4, frozenset(), "middle") in asked
    assert told == [(1, 2), (2, 2)]


def test_the_table_of_a_model_that_lives_by_sound(y):
    masked = Masked(("frames", "sound"), {"frames": answers(y, 0.5, 1), "sound": answers(y, 0.95, 2)}, np.arange(80))
    found = worth_metrics(LABELS, y, answers(y, 0.95), masked, seed=3)
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert list(found) == ["modalities"]
    assert list(found["modalities"]) == ["frames+sound", "frames", "sound"]
    whole, frames, sound = found["modalities"].values()
    assert "difference_ci95" not in whole
    assert whole["accuracy"] == 0.95
    assert {entry["how"] for entry in found["modalities"].values()} == {"masked"}
    assert frames["accuracy"] == 0.5
    assert frames["difference_ci95"][0] > 0.25
    assert sound["difference_ci95"][0] <= 0 <= sound["difference_ci95"][1]
    assert "num_videos" not in sound


def test_a_sample_is_paired_with_the_same_videos_of_the_whole(y):
    whole = answers(y, 0.5)
    places = np.flatnonzero(whole.argmax(axis=1) == y)[:30]  # on these the whole is always right
    masked = Masked(("frames",), {"shuffled": whole[places]}, places)
    found = worth_metrics(LABELS, y, whole, masked)
    assert found["modalities"]["frames"]["accuracy"] == 0.5
    shuffled = found["time"]["shuffled"]
    assert shuffled["accuracy"] == 1.0
    assert shuffled["num_videos"] == 30
    low, high = shuffled["difference_ci95"]
    assert low <= 0 <= high


def test_groups_widen_the_interval(y):
    masked = Masked(("frames", "sound"), {"frames": np.where(y[:, None] == [0, 1], 0.9, 0.1)}, np.arange(80))
    whole = answers(y, 0.6)
    alone = worth_metrics(LABELS, y, whole, masked)["modalities"]["frames"]["difference_ci95"]
    order = np.argsort(whole.argmax(axis=1) == y, kind="stable")
    groups = [""] * 80
    for rank, place in enumerate(order):
        groups[place] = f"take {rank // 10}"
    grouped = worth_metrics(LABELS, y, whole, masked, groups=groups)["modalities"]["frames"]["difference_ci95"]
    assert grouped[1] - grouped[0] > 1.5 * (alone[1] - alone[0])


@pytest.mark.parametrize("places", [[], [3, 2], [0, 80], [-1, 4]])
def test_places_outside_are_refused(y, places):
    masked = Masked(("frames",), {"shuffled": answers(y, 1)[: len(places)]}, np.array(places))
    with pytest.raises(DataError, match="asked again"):
        worth_metrics(LABELS, y, answers(y, 1), masked)


def test_what_is_no_probability_is_refused(y):
    masked = Masked(("frames",), {"shuffled": np.ones((80, 2))}, np.arange(80))
    with pytest.raises(DataError, match="not probabilities"):
        worth_metrics(LABELS, y, answers(y, 1), masked)


@pytest.mark.parametrize("num_looks", [2, 4, 8])
@pytest.mark.parametrize("num_training_clips", [500, 5000, 50_000])
def test_the_work_stays_within_its_share(num_looks, num_training_clips):
    chosen = num_videos_to_mask(2000, num_looks, 4, num_training_clips)
    work = 2 * num_training_clips + 2000 * 4
    assert chosen * num_looks * 4 <= MOST_EXTRA * work or chosen == FEWEST_VIDEOS
    assert num_videos_to_mask(10, num_looks, 4, 0) == 10


def test_the_sample_is_a_sample_and_repeats():
    places = choose_places(500, 40, seed=1)
    assert len(places) == 40
    assert (np.diff(places) > 0).all()
    assert np.array_equal(places, choose_places(500, 40, seed=1))
    assert not np.array_equal(places, choose_places(500, 40, seed=2))


def test_labels_are_compared_by_average_precision():
    rng = np.random.default_rng(0)
    truth = rng.integers(2, size=(80, 3))
    whole = np.where(truth > 0, 0.8, 0.2)
    masked = Masked(("frames", "sound"), {"frames": rng.random((80, 3)), "sound": whole}, np.arange(80))
    found = worth_metrics(("x", "y", "z"), truth, whole, masked, task="multilabel")["modalities"]
    assert found["frames+sound"]["map"] == 1.0
    assert found["frames"]["map"] < 0.8
    assert found["frames"]["difference_ci95"][0] > 0.2
    assert found["sound"]["difference_ci95"][0] <= 0 <= found["sound"]["difference_ci95"][1]


def test_numbers_are_compared_by_their_error():
    rng = np.random.default_rng(0)
    truth = rng.normal(size=80)
    whole = truth[:, None] + 0.1
    masked = Masked(("frames", "sound"), {"frames": np.zeros((80, 1)), "sound": whole}, np.arange(80))
    found = worth_metrics(("speed",), truth, whole, masked, task="regression")["modalities"]
    assert found["frames+sound"]["mae"] == pytest.approx(0.1)
    assert found["frames"]["difference_ci95"][1] < -0.3  # the whole errs less
    assert set(found["sound"]) == {"mae", "mae_ci95", "mse", "r2", "difference_ci95", "how"}
