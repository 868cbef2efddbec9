import json

import numpy as np
import pytest

from reelwise.core.errors import DataError
from reelwise.evaluation.modality_ablation import (
    MAX_EXTRA_WORK,
    MIN_VIDEOS,
    AblatedPredictions,
    ablation_metrics,
    choose_positions,
    combinations_to_try,
    list_ablations,
    num_videos_to_ablate,
    predict_ablations,
)

LABELS = ("odd", "even")


def probs_with_accuracy(y: np.ndarray, accuracy: float, seed: int = 0) -> np.ndarray:
    """(N, 2) probabilities whose best class is right for this share of the videos."""
    right = np.random.default_rng(seed).permutation(len(y)) < round(accuracy * len(y))
    predictions = np.where(right, y, 1 - y)
    return np.eye(2)[predictions] * 0.8 + 0.1


@pytest.fixture
def y() -> np.ndarray:
    return np.arange(80) % 2


def test_combinations_of_three_modalities_come_once_each():
    assert combinations_to_try(("metadata", "frames", "sound")) == [
        ("frames", "sound", "metadata"),
        ("frames", "sound"), ("frames", "metadata"), ("sound", "metadata"),
        ("frames",), ("sound",), ("metadata",),
    ]  # fmt: skip
    assert combinations_to_try(("sound",)) == [("sound",)]


def test_ablations_mask_what_the_combination_lacks():
    ablations = {ablation.name: ablation for ablation in list_ablations(("frames", "sound", "metadata"))}
    assert ablations["frames+metadata"].masked_modalities == {"sound"}
    assert ablations["sound"].masked_modalities == {"frames", "metadata"}
    assert ablations["middle_frame"].frame_order == "middle"
    assert not ablations["shuffled"].masked_modalities


def test_only_models_of_frames_have_frame_orders():
    assert [ablation.name for ablation in list_ablations(("frames",))] == ["shuffled", "middle_frame"]
    assert [ablation.name for ablation in list_ablations(("sound", "metadata"))] == ["sound", "metadata"]
    assert list_ablations(("sound",)) == []


def test_every_video_is_predicted_for_every_ablation():
    calls: list[tuple] = []
    progress: list[tuple[int, int]] = []

    def predict(index, masked, frame_order):
        calls.append((index, masked, frame_order))
        return np.full((3, 2), index + 10 * len(masked))

    rows = predict_ablations(predict, [4, 7], ("frames", "sound"), lambda *done: progress.append(done))
    assert list(rows) == ["frames", "sound", "shuffled", "middle_frame"]
    assert rows["frames"].shape == (2, 3, 2)
    assert rows["sound"][1, 0, 0] == 17
    assert rows["shuffled"][1, 0, 0] == 7
    assert (7, frozenset({"frames"}), "as_is") in calls
    assert (4, frozenset(), "middle") in calls
    assert progress == [(1, 2), (2, 2)]


def test_the_table_of_a_model_that_needs_sound_only(y):
    masked = AblatedPredictions(
        ("frames", "sound"),
        {"frames": probs_with_accuracy(y, 0.5, 1), "sound": probs_with_accuracy(y, 0.95, 2)},
        np.arange(80),
    )
    fields = ablation_metrics(LABELS, y, probs_with_accuracy(y, 0.95), masked, seed=3)
    assert json.loads(json.dumps(fields, allow_nan=False)) == fields
    assert list(fields) == ["modalities"]
    assert list(fields["modalities"]) == ["frames+sound", "frames", "sound"]
    whole, frames, sound = fields["modalities"].values()
    assert "difference_ci95" not in whole
    assert whole["accuracy"] == 0.95
    assert {entry["how"] for entry in fields["modalities"].values()} == {"masked"}
    assert frames["accuracy"] == 0.5
    assert frames["difference_ci95"][0] > 0.25
    assert sound["difference_ci95"][0] <= 0 <= sound["difference_ci95"][1]
    assert "num_videos" not in sound


def test_a_sample_is_paired_with_the_same_videos_of_the_whole_model(y):
    whole = probs_with_accuracy(y, 0.5)
    positions = np.flatnonzero(whole.argmax(axis=1) == y)[:30]  # on these the whole is always right
    masked = AblatedPredictions(("frames",), {"shuffled": whole[positions]}, positions)
    fields = ablation_metrics(LABELS, y, whole, masked)
    assert fields["modalities"]["frames"]["accuracy"] == 0.5
    shuffled = fields["time"]["shuffled"]
    assert shuffled["accuracy"] == 1.0
    assert shuffled["num_videos"] == 30
    low, high = shuffled["difference_ci95"]
    assert low <= 0 <= high


def test_groups_widen_the_interval(y):
    masked = AblatedPredictions(
        ("frames", "sound"), {"frames": np.where(y[:, None] == [0, 1], 0.9, 0.1)}, np.arange(80)
    )
    whole = probs_with_accuracy(y, 0.6)
    alone = ablation_metrics(LABELS, y, whole, masked)["modalities"]["frames"]["difference_ci95"]
    order = np.argsort(whole.argmax(axis=1) == y, kind="stable")
    groups = [""] * 80
    for rank, place in enumerate(order):
        groups[place] = f"take {rank // 10}"
    grouped = ablation_metrics(LABELS, y, whole, masked, units=groups)["modalities"]["frames"]["difference_ci95"]
    assert grouped[1] - grouped[0] > 1.5 * (alone[1] - alone[0])


@pytest.mark.parametrize("positions", [[], [3, 2], [0, 80], [-1, 4]])
def test_places_outside_are_refused(y, positions):
    masked = AblatedPredictions(
        ("frames",), {"shuffled": probs_with_accuracy(y, 1)[: len(positions)]}, np.array(positions)
    )
    with pytest.raises(DataError, match="ablated predictions are for"):
        ablation_metrics(LABELS, y, probs_with_accuracy(y, 1), masked)


def test_values_that_are_no_probabilities_are_refused(y):
    masked = AblatedPredictions(("frames",), {"shuffled": np.ones((80, 2))}, np.arange(80))
    with pytest.raises(DataError, match="not probabilities"):
        ablation_metrics(LABELS, y, probs_with_accuracy(y, 1), masked)


@pytest.mark.parametrize("num_ablations", [2, 4, 8])
@pytest.mark.parametrize("num_training_clips", [500, 5000, 50_000])
def test_the_extra_work_stays_within_its_share(num_ablations, num_training_clips):
    num_videos = num_videos_to_ablate(2000, num_ablations, 4, num_training_clips)
    work = 2 * num_training_clips + 2000 * 4
    assert num_videos * num_ablations * 4 <= MAX_EXTRA_WORK * work or num_videos == MIN_VIDEOS
    assert num_videos_to_ablate(10, num_ablations, 4, 0) == 10


def test_the_sample_repeats_for_a_seed():
    positions = choose_positions(500, 40, seed=1)
    assert len(positions) == 40
    assert (np.diff(positions) > 0).all()
    assert np.array_equal(positions, choose_positions(500, 40, seed=1))
    assert not np.array_equal(positions, choose_positions(500, 40, seed=2))


def test_labels_are_compared_by_average_precision():
    rng = np.random.default_rng(0)
    truth = rng.integers(2, size=(80, 3))
    whole = np.where(truth > 0, 0.8, 0.2)
    masked = AblatedPredictions(("frames", "sound"), {"frames": rng.random((80, 3)), "sound": whole}, np.arange(80))
    fields = ablation_metrics(("x", "y", "z"), truth, whole, masked, task="multilabel")["modalities"]
    assert fields["frames+sound"]["map"] == 1.0
    assert fields["frames"]["map"] < 0.8
    assert fields["frames"]["difference_ci95"][0] > 0.2
    assert fields["sound"]["difference_ci95"][0] <= 0 <= fields["sound"]["difference_ci95"][1]


def test_numbers_are_compared_by_their_error():
    rng = np.random.default_rng(0)
    truth = rng.normal(size=80)
    whole = truth[:, None] + 0.1
    masked = AblatedPredictions(("frames", "sound"), {"frames": np.zeros((80, 1)), "sound": whole}, np.arange(80))
    fields = ablation_metrics(("speed",), truth, whole, masked, task="regression")["modalities"]
    assert fields["frames+sound"]["mae"] == pytest.approx(0.1)
    assert fields["frames"]["difference_ci95"][1] < -0.3  # the whole errs less
    assert set(fields["sound"]) == {"mae", "mae_ci95", "mse", "r2", "difference_ci95", "how"}
