import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from reelwise.core.probabilities import softmax
from reelwise.reports.examples import choose_examples
from reelwise.tasks import LabeledPredictions


def some(num_videos: int, num_classes: int, seed: int) -> LabeledPredictions:
    rng = np.random.default_rng(seed)
    y = rng.integers(num_classes, size=num_videos)
    probs = softmax(rng.normal(size=(num_videos, num_classes)) + np.eye(num_classes)[y])
    return LabeledPredictions(tuple(map(str, range(num_videos))), tuple(map(str, range(num_classes))), y, probs)


@settings(deadline=None, max_examples=50)
@given(st.integers(1, 40), st.integers(2, 6), st.integers(0, 100))
def test_worst_are_wrong_best_are_right_and_none_is_twice(num_videos, num_classes, seed):
    judged = some(num_videos, num_classes, seed)
    chosen = choose_examples(judged, 4, 5)
    assert len({index for index, _ in chosen}) == len(chosen) <= 9
    for index, kind in chosen:
        assert (judged.probs[index].argmax() != judged.y_true[index]) == (kind == "worst")
    worst = [judged.probs[index].max() for index, kind in chosen if kind == "worst"]
    assert worst == sorted(worst, reverse=True)


def test_best_come_from_every_class_in_turn():
    judged = some(200, 4, 0)
    best = [int(judged.y_true[index]) for index, kind in choose_examples(judged, 0, 8) if kind == "best"]
    assert sorted(best[:4]) == sorted(best[4:]) == [0, 1, 2, 3]
