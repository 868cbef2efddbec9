import json

import pytest

from reelwise.training.state import FIRST_SCHEMA, Best, EpochSums, TrainState, epochs_for_budget


def test_the_state_comes_back_from_json_to_the_last_bit():
    state = TrainState(
        7, epoch=3, step=2, sums=EpochSums(0.1 + 0.2, {"accuracy": 1 / 3}, 7.0, 5, 1e-9), best=Best(2 / 3, 1, 2)
    )
    state.history.append({"epoch": 1, "loss": 1 / 7, "val_loss": None})
    assert TrainState.from_json(json.loads(json.dumps(state.to_json()))) == state


def test_best_is_the_lowest_loss_and_the_first_of_equals():
    best = Best()
    assert [best.update(loss, epoch) for epoch, loss in enumerate([3.0, 2.0, 2.0, 2.5, 1.0])] == [
        True,
        True,
        False,
        False,
        True,
    ]
    assert (best.score, best.epoch, best.num_epochs_since) == (1.0, 4, 0)


def test_where_more_is_better_the_best_is_the_highest():
    best = Best()
    assert [best.update(score, epoch, rises=True) for epoch, score in enumerate([1.0, 3.0, 2.0])] == [True, True, False]


def test_a_state_of_the_first_schema_is_read():
    """As 434cb07 wrote it."""
    first = {
        "planned_epochs": 7, "epoch": 3, "step": 2, "planned": True, "finished": False, "stopped": "", "seconds": 4.5,
        "sums": {"loss": 0.5, "correct": 3.0, "weight": 7.0, "clips": 5, "seconds": 1.0},
        "best": {"loss": 0.25, "epoch": 1, "waited": 2},
        "history": [{"epoch": 1, "loss": 0.5}],
    }  # fmt: skip
    expected = TrainState(7, 3, 2, EpochSums(0.5, {"accuracy": 3.0}, 7.0, 5, 1.0), Best(0.25, 1, 2), is_planned=True)
    expected.history, expected.seconds = [{"epoch": 1, "loss": 0.5}], 4.5
    assert TrainState.from_json(first, FIRST_SCHEMA) == expected


@pytest.mark.parametrize(
    ("remaining", "epoch", "done", "most", "expected"),
    [(100, 10, 1, 60, 10), (100, 10, 1, 5, 5), (-5, 10, 1, 60, 1), (3, 10, 1, 60, 1), (100, 0, 1, 60, 60)],
)
def test_a_budget_in_epochs(remaining, epoch, done, most, expected):
    assert epochs_for_budget(remaining, epoch, done, most) == expected
