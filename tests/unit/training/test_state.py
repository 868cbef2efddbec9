import json

import pytest

from reelwise.training.state import Best, EpochSums, TrainState, epochs_for_budget


def test_the_state_comes_back_from_json_to_the_last_bit():
    state = TrainState(7, epoch=3, step=2, sums=EpochSums(0.1 + 0.2, 1 / 3, 7.0, 5, 1e-9), best=Best(2 / 3, 1, 2))
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
    assert (best.loss, best.epoch, best.waited) == (1.0, 4, 0)


@pytest.mark.parametrize(
    ("remaining", "epoch", "done", "most", "expected"),
    [(100, 10, 1, 60, 10), (100, 10, 1, 5, 5), (-5, 10, 1, 60, 1), (3, 10, 1, 60, 1), (100, 0, 1, 60, 60)],
)
def test_a_budget_in_epochs(remaining, epoch, done, most, expected):
    assert epochs_for_budget(remaining, epoch, done, most) == expected
