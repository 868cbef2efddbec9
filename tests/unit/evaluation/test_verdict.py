from typing import Any

import pytest

from reelwise.core.number_text import percent
from reelwise.evaluation.verdict import best_baseline, learned_words, standing, verdict, verdict_parts


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


def rival(accuracy: float, low: float, high: float = 0.5, ci=None) -> dict[str, Any]:
    ci = ci or [accuracy - 0.05, accuracy + 0.05]
    return {"accuracy": accuracy, "accuracy_ci95": ci, "difference_ci95": [low, high]}


def test_clearly_better():
    said = verdict(metrics(baselines={"majority": rival(0.5, 0.2), "motion_energy": rival(0.72, 0.03)}))
    assert said == (
        "Gets about 8 of 10 videos right (82 %, likely between 74 and 89 %) and clearly beats the best simple rule "
        "(where the picture moves, 72 %)."
    )


def test_better_but_perhaps_by_luck():
    given = metrics(baselines={"single_frame": rival(0.78, -0.02)})
    assert "is ahead of the best simple rule (one still picture, 78 %), but that may be luck" in verdict(given)
    assert standing(given) == "unclear"


@pytest.mark.parametrize("accuracy", [0.82, 0.9])
def test_no_better(accuracy):
    given = metrics(baselines={"container": rival(accuracy, -0.2)})
    assert "no better than the best simple rule (file size and length alone" in verdict(given)
    assert "do not rely on it yet" in verdict(given)
    assert standing(given) == "not_above"


def test_clearly_above_means_above_every_rival():
    given = metrics(baselines={"motion_energy": rival(0.75, 0.01), "single_frame": rival(0.74, -0.01)})
    assert standing(given) == "unclear"


def test_nothing_to_compare_with():
    assert "there are no simple rules to compare it with (guessing would get 50 %)" in verdict(metrics())
    assert standing(metrics()) == "unknown"
    assert best_baseline(metrics()) is None


def test_few_videos_are_counted_exactly_and_warned_of():
    said = verdict(metrics(0.8, (0.55, 0.93), 15, [[6, 1], [2, 6]], {"majority": rival(0.5, 0.1)}))
    assert said.startswith("Gets 12 of 15 videos right (80 %")
    assert "15 videos are too few for a firm verdict" in said


def test_a_wide_interval_is_warned_of_whatever_the_count():
    assert "too few" in verdict(metrics(0.7, (0.45, 0.9), 96))
    assert "too few" not in verdict(metrics())


@pytest.mark.parametrize("learned_from", [3, 96])
def test_a_score_on_what_was_learned_from_is_no_merit(learned_from):
    given = {**metrics(baselines={"majority": rival(0.5, 0.2)}), "learned_from": learned_from}
    words = learned_words(learned_from, 96)
    assert f"the model learned from {learned_from} of these 96 videos: this score " in words
    assert ("says nothing of new ones" in words) == (learned_from == 96)
    assert verdict_parts(given)[1][0] == words
    assert words in verdict(given)
    assert "clearly beats" not in verdict(given)
    assert standing(given) == "learned"
    given["baselines"] = {"majority": rival(0.9, -0.2)}
    assert standing(given) == "not_above"


@pytest.mark.parametrize("known", [{}, {"learned_from": 0}, {"learned_from": None}])
def test_videos_that_it_did_not_learn_from_need_no_word(known):
    given = metrics(baselines={"majority": rival(0.5, 0.2)})
    assert verdict({**given, **known}) == verdict(given)
    assert standing({**given, **known}) == "above"


def test_one_video_that_was_learned_from():
    assert learned_words(1, 1) == "the model learned from this very video: this score says nothing of new ones"


def test_one_video():
    assert verdict(metrics(1.0, (0.2, 1.0), 1, [[1, 0], [0, 0]])).startswith("Gets 1 of 1 video right (100 %")


@pytest.mark.parametrize(
    ("confusion", "words"),
    [
        ([[40, 0], [40, 0]], "it never answers “class 1”"),
        ([[40, 0, 0], [40, 0, 0], [9, 0, 0]], "it never answers “class 1” nor “class 2”"),
        ([[9, 0, 0, 0], [9, 0, 0, 0], [9, 0, 0, 0], [9, 0, 0, 0]], "“class 1” nor 2 other classes"),
    ],
)
def test_classes_never_answered(confusion, words):
    assert words in verdict(metrics(confusion=confusion))


def test_classes_that_do_not_occur_are_no_fault():
    assert "never answers" not in verdict(metrics(confusion=[[40, 8, 0], [9, 39, 0], [0, 0, 0]]))


def test_all_of_one_class():
    assert "all of them are “class 0”" in verdict(metrics(confusion=[[80, 16], [0, 0]]))


def test_file_facts_that_tell_the_classes():
    told = {"majority": rival(0.5, 0.2), "container": rival(0.7, 0.05, ci=[0.6, 0.8])}
    assert "file size and length alone already tell 70 %" in verdict(metrics(baselines=told))
    untold = {"majority": rival(0.5, 0.2), "container": rival(0.58, 0.05, ci=[0.48, 0.68])}
    assert "beware" not in verdict(metrics(baselines=untold))


def test_hostile_and_long_labels_are_cut_and_cleaned():
    given = metrics(confusion=[[40, 0], [40, 0]])
    given["labels"][1] = "x\x1b[31m" + "y" * 200
    given["per_class"] = dict(zip(given["labels"], given["per_class"].values(), strict=True))
    said = verdict(given)
    assert "\x1b" not in said
    assert len(said) < 250


@pytest.mark.parametrize(
    ("share", "words"), [(0.823, "82 %"), (0.9999, "99.9 %"), (1.0, "100 %"), (0.0001, "0.1 %"), (0.0, "0 %")]
)
def test_percent_never_promises_all_or_nothing(share, words):
    assert percent(share) == words


@pytest.mark.parametrize(("accuracy", "words"), [(0.97, "97 of 100"), (0.02, "2 of 100"), (0.06, "about 1 of 10")])
def test_shares_near_the_ends(accuracy, words):
    assert f"Gets {words} videos right" in verdict(metrics(accuracy))


def test_it_is_one_sentence():
    given = metrics(0.5, (0.2, 0.8), 12, [[12, 0], [0, 0]], {"container": rival(0.9, -0.9), "majority": rival(0.5, 0)})
    assert verdict(given).count(". ") == 0
    statement, cautions = verdict_parts(given)
    assert len(cautions) == 3
    assert verdict(given) == "; ".join([statement, *cautions]) + "."
