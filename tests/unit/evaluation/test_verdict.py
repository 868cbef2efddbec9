from typing import Any

import numpy as np
import pytest

from reelwise.core.number_text import percent
from reelwise.evaluation.verdict import (
    best_baseline,
    shown_baselines,
    standing,
    training_videos_caution,
    verdict,
    verdict_parts,
)
from reelwise.metrics.cluster_intervals import accuracy_interval
from reelwise.tasks.metrics import Metrics


def metrics(
    accuracy: float = 0.82, ci=(0.74, 0.89), num_videos: int = 96, confusion=None, baselines=None
) -> dict[str, Any]:
    confusion = confusion or [[40, 8], [9, 39]]
    labels = [f"class {i}" for i in range(len(confusion))]
    support = {label: {"support": sum(row)} for label, row in zip(labels, confusion, strict=True)}
    return {
        "num_videos": num_videos, "labels": labels, "accuracy": accuracy, "accuracy_ci95": list(ci),
        "per_class": support, "confusion": confusion, "baselines": {} if baselines is None else baselines,
    }  # fmt: skip


def baseline(accuracy: float, low: float, high: float = 0.5, ci=None) -> dict[str, Any]:
    ci = ci or [accuracy - 0.05, accuracy + 0.05]
    return {"accuracy": accuracy, "accuracy_ci95": ci, "difference_ci95": [low, high]}


def test_clearly_better():
    sentence = verdict(
        Metrics(metrics(baselines={"majority": baseline(0.5, 0.2), "motion_energy": baseline(0.72, 0.03)}))
    )
    assert sentence == (
        "Gets about 8 of 10 videos right (82 %, likely between 74 and 89 %) and clearly beats the best simple rule "
        "(where the picture moves, 72 %)."
    )


def test_better_but_within_the_interval():
    scores = metrics(baselines={"single_frame": baseline(0.78, -0.02)})
    assert "is ahead of the best simple rule (one still picture, 78 %), but that may be luck" in verdict(
        Metrics(scores)
    )
    assert standing(Metrics(scores)) == "unclear"


@pytest.mark.parametrize("accuracy", [0.82, 0.9])
def test_no_better(accuracy):
    scores = metrics(baselines={"container": baseline(accuracy, -0.2)})
    assert "no better than the best simple rule (file size and length alone" in verdict(Metrics(scores))
    assert "do not rely on it yet" in verdict(Metrics(scores))
    assert standing(Metrics(scores)) == "not_above"


def test_clearly_above_means_above_every_baseline():
    scores = metrics(baselines={"motion_energy": baseline(0.75, 0.01), "single_frame": baseline(0.74, -0.01)})
    assert standing(Metrics(scores)) == "unclear"


def test_nothing_to_compare_with():
    assert "there are no simple rules to compare it with (guessing would get 50 %)" in verdict(Metrics(metrics()))
    assert standing(Metrics(metrics())) == "unknown"
    assert best_baseline(Metrics(metrics())) is None


def test_few_videos_are_counted_exactly_and_warned_of():
    sentence = verdict(Metrics(metrics(0.8, (0.55, 0.93), 15, [[6, 1], [2, 6]], {"majority": baseline(0.5, 0.1)})))
    assert sentence.startswith("Gets 12 of 15 videos right (80 %")
    assert "15 videos are too few for a firm verdict" in sentence


def test_a_wide_interval_gives_a_caution_whatever_the_count():
    assert "too few" in verdict(Metrics(metrics(0.7, (0.45, 0.9), 96)))
    assert "too few" not in verdict(Metrics(metrics()))


@pytest.mark.parametrize("learned_from", [3, 96])
def test_a_score_on_training_videos_is_no_merit(learned_from):
    scores = {**metrics(baselines={"majority": baseline(0.5, 0.2)}), "learned_from": learned_from}
    words = training_videos_caution(learned_from, 96)
    assert f"the model was trained on {learned_from} of these 96 videos: this score " in words
    assert ("says nothing about new ones" in words) == (learned_from == 96)
    assert verdict_parts(Metrics(scores))[1][0] == words
    assert words in verdict(Metrics(scores))
    assert "clearly beats" not in verdict(Metrics(scores))
    assert standing(Metrics(scores)) == "trained_on"
    scores["baselines"] = {"majority": baseline(0.9, -0.2)}
    assert standing(Metrics(scores)) == "not_above"


@pytest.mark.parametrize("fields", [{}, {"learned_from": 0}, {"learned_from": None}])
def test_new_videos_need_no_caution(fields):
    scores = metrics(baselines={"majority": baseline(0.5, 0.2)})
    assert verdict(Metrics({**scores, **fields})) == verdict(Metrics(scores))
    assert standing(Metrics({**scores, **fields})) == "above"


def test_one_training_video():
    assert (
        training_videos_caution(1, 1)
        == "the model was trained on this very video: this score says nothing about new ones"
    )


def test_one_video():
    assert verdict(Metrics(metrics(1.0, (0.2, 1.0), 1, [[1, 0], [0, 0]]))).startswith("Gets 1 of 1 video right (100 %")


@pytest.mark.parametrize(
    ("confusion", "words"),
    [
        ([[40, 0], [40, 0]], "it never answers “class 1”"),
        ([[40, 0, 0], [40, 0, 0], [9, 0, 0]], "it never answers “class 1” nor “class 2”"),
        ([[9, 0, 0, 0], [9, 0, 0, 0], [9, 0, 0, 0], [9, 0, 0, 0]], "“class 1” nor 2 other classes"),
    ],
)
def test_classes_never_answered(confusion, words):
    assert words in verdict(Metrics(metrics(confusion=confusion)))


def test_classes_that_do_not_occur_are_no_fault():
    assert "never answers" not in verdict(Metrics(metrics(confusion=[[40, 8, 0], [9, 39, 0], [0, 0, 0]])))


def test_all_of_one_class():
    assert "all of them are “class 0”" in verdict(Metrics(metrics(confusion=[[80, 16], [0, 0]])))


def test_file_facts_that_separate_the_classes():
    strong = {"majority": baseline(0.5, 0.2), "container": baseline(0.7, 0.05, ci=[0.6, 0.8])}
    assert "file size and length alone already tell 70 %" in verdict(Metrics(metrics(baselines=strong)))
    weak = {"majority": baseline(0.5, 0.2), "container": baseline(0.58, 0.05, ci=[0.48, 0.68])}
    assert "beware" not in verdict(Metrics(metrics(baselines=weak)))


def test_hostile_and_long_labels_are_cut_and_cleaned():
    scores = metrics(confusion=[[40, 0], [40, 0]])
    scores["labels"][1] = "x\x1b[31m" + "y" * 200
    scores["per_class"] = dict(zip(scores["labels"], scores["per_class"].values(), strict=True))
    sentence = verdict(Metrics(scores))
    assert "\x1b" not in sentence
    assert len(sentence) < 250


@pytest.mark.parametrize(
    ("share", "words"), [(0.823, "82 %"), (0.9999, "99.9 %"), (1.0, "100 %"), (0.0001, "0.1 %"), (0.0, "0 %")]
)
def test_percent_never_promises_all_or_nothing(share, words):
    assert percent(share) == words


@pytest.mark.parametrize(("accuracy", "words"), [(0.97, "93 of 96"), (0.02, "2 of 96"), (0.06, "about 1 of 10")])
def test_shares_near_the_ends(accuracy, words):
    assert f"Gets {words} videos right" in verdict(Metrics(metrics(accuracy)))


@pytest.mark.parametrize(
    ("num_right", "num_videos", "words"),
    [
        (1, 300, "1 of 300 videos right (0.3 %, likely between 0.1 and 2 %)"),
        (299, 300, "299 of 300 videos right (99.7 %, likely between 98 and 99.9 %)"),
        (0, 1200, "0 of 1,200 videos right (0 %, likely between 0 and 0.3 %)"),
        (5, 2000, "5 of 2,000 videos right (0.2 %, likely between 0.1 and 0.6 %)"),
    ],
)
def test_few_that_are_right_or_wrong_are_counted_and_lie_in_their_interval(num_right, num_videos, words):
    interval = accuracy_interval(np.arange(num_videos) < num_right, None)
    scores = metrics(num_right / num_videos, interval.as_list(), num_videos)
    assert f"Gets {words}" in verdict(Metrics(scores))


def test_without_an_interval_it_says_why_and_nothing_is_clear():
    scores = metrics(0.75, (0, 1), 80, baselines={"majority": {**baseline(0.5, 0.2), "difference_ci95": None}})
    scores |= {"accuracy_ci95": None, "num_units": 3}
    text = verdict(Metrics(scores))
    assert "(75 %, how far off this may be cannot be told from 80 videos of 3 groups)" in text
    assert "80 videos of 3 groups are too few for a firm verdict" in text
    assert "but that may be luck" in text


def test_it_is_one_sentence():
    scores = metrics(
        0.5, (0.2, 0.8), 12, [[12, 0], [0, 0]], {"container": baseline(0.9, -0.9), "majority": baseline(0.5, 0)}
    )
    assert verdict(Metrics(scores)).count(". ") == 0
    statement, cautions = verdict_parts(Metrics(scores))
    assert len(cautions) == 2
    assert verdict(Metrics(scores)) == "; ".join([statement, *cautions]) + "."


def test_where_a_simple_rule_is_as_perfect_it_is_enough():
    scores = metrics(1.0, (0.92, 1.0), 46, [[23, 0], [0, 23]], {"single_frame": baseline(1.0, 0.0, 0.0)})
    sentence = verdict(Metrics(scores))
    assert sentence.startswith("Gets 46 of 46 videos right (100 %")
    assert "; a simple rule is enough here (one still picture, 100 %)" in sentence
    assert standing(Metrics(scores)) == "enough"
    assert "do not rely" not in sentence
    learned = {**scores, "learned_from": 46}
    assert standing(Metrics(learned)) == "not_above"


def test_the_floor_is_never_below_the_share_of_the_largest_class():
    scores = metrics(0.6, (0.5, 0.7), confusion=[[50, 14], [24, 8]], baselines={"majority": baseline(0.13, 0.3)})
    sentence = verdict(Metrics(scores))
    assert "no better than the best simple rule (always the most frequent answer, 67 %)" in sentence
    assert "no better than guessing: the most frequent class alone gets 67 %" in sentence
    assert standing(Metrics(scores)) == "not_above"


def test_a_few_right_answers_are_not_enough_to_say_that_a_rule_is():
    scores = metrics(1.0, (0.38, 1.0), 4, [[2, 0], [0, 2]], {"container": baseline(1.0, 0.0, 0.0)})
    assert standing(Metrics(scores)) == "not_above"
    assert "may be no better than guessing: the most frequent class alone gets 50 %" in verdict(Metrics(scores))


def test_ahead_of_the_raised_floor_is_by_the_interval_of_the_model():
    """The constant prediction of the training videos scored 13 %, and the difference to that says nothing."""
    scores = metrics(0.6, (0.45, 0.75), confusion=[[32, 16], [22, 26]], baselines={"majority": baseline(0.13, 0.3)})
    assert standing(Metrics(scores)) == "unclear"
    assert shown_baselines(Metrics(scores))["majority"]["difference_ci95"] == pytest.approx([-0.05, 0.25])
    clear = metrics(0.7, (0.55, 0.8), confusion=[[36, 12], [17, 31]], baselines={"majority": baseline(0.13, 0.3)})
    assert standing(Metrics(clear)) == "above"


def test_a_score_above_guessing_is_not_called_guessing():
    assert "guessing" not in verdict(Metrics(metrics(baselines={"motion_energy": baseline(0.72, 0.03)})))
