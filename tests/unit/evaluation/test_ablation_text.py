"""One made-up table for each sentence."""

from typing import Any

import pytest

from reelwise.evaluation.ablation_text import ablation_clauses, presence_caution
from reelwise.evaluation.verdict import verdict, verdict_parts
from reelwise.tasks.metrics import Metrics

SAME = (-0.02, 0.02)
UNSURE = (-0.03, 0.15)


def entry(accuracy: float, difference: tuple[float, float] | None = None) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "accuracy": accuracy,
        "accuracy_ci95": [accuracy - 0.06, accuracy + 0.06],
        "how": "masked",
    }
    return fields if difference is None else fields | {"difference_ci95": list(difference)}


def lower(accuracy: float, whole: float) -> dict[str, Any]:
    """Clearly worse than the whole."""
    return entry(accuracy, (whole - accuracy - 0.05, whole - accuracy + 0.05))


def higher(accuracy: float, whole: float) -> dict[str, Any]:
    return lower(accuracy, whole)


def metrics(table: dict[str, Any], time: dict[str, Any] | None = None, majority: float = 0.5) -> dict[str, Any]:
    whole = next(iter(table.values()))
    return {
        "num_videos": 100, "labels": ["a", "b"], "accuracy": whole["accuracy"],
        "accuracy_ci95": whole["accuracy_ci95"], "confusion": [[45, 5], [5, 45]],
        "per_class": {"a": {"support": 50}, "b": {"support": 50}},
        "baselines": {"majority": lower(majority, whole["accuracy"])}, "modalities": table,
    } | ({} if time is None else {"time": time})  # fmt: skip


def pair(whole: float, frames: dict[str, Any], sound: dict[str, Any]) -> dict[str, Any]:
    return {"frames+sound": entry(whole), "frames": frames, "sound": sound}


@pytest.mark.parametrize(
    ("table", "clauses"),
    [
        (
            pair(0.93, lower(0.71, 0.93), entry(0.93, SAME)),
            ["sound helps (93 % with it, 71 % without)", "frames make no difference"],
        ),
        (
            pair(0.93, entry(0.92, UNSURE), lower(0.5, 0.93)),
            ["frames help (93 % with them, 50 % without)", "sound makes no clear difference"],
        ),
        (
            pair(0.97, lower(0.51, 0.97), lower(0.49, 0.97)),
            ["neither frames nor sound alone is enough (51 % and 49 %), only both together (97 %)"],
        ),
        (
            pair(0.97, lower(0.8, 0.97), lower(0.7, 0.97)),
            ["frames and sound both help (97 % together, 70 % without frames, 80 % without sound)"],
        ),
        (pair(0.93, entry(0.92, SAME), entry(0.93, SAME)), ["frames or sound alone does as well (92 % and 93 %)"]),
        (pair(0.93, entry(0.92, SAME), entry(0.9, UNSURE)), ["frames alone do as well (92 %)"]),
        (
            pair(0.93, entry(0.9, UNSURE), entry(0.9, UNSURE)),
            ["leaving out any one of frames and sound makes no clear difference"],
        ),
        (
            pair(0.8, higher(0.9, 0.8), lower(0.6, 0.8)),
            ["frames help (80 % with them, 60 % without)", "it does better without sound (90 %, with it 80 %)"],
        ),
        (pair(0.52, entry(0.5, SAME), entry(0.5, SAME)), []),
        ({"frames": entry(0.9)}, []),
        ({"frames+sound": entry(0.9)}, []),
    ],
)
def test_two_modalities(table, clauses):
    assert ablation_clauses(Metrics(metrics(table))) == clauses


def test_three_modalities():
    whole = 0.95
    table = {
        "frames+sound+metadata": entry(whole),
        "frames+sound": entry(0.95, SAME), "frames+metadata": lower(0.5, whole), "sound+metadata": lower(0.52, whole),
        "frames": lower(0.5, whole), "sound": lower(0.51, whole), "metadata": lower(0.5, whole),
    }  # fmt: skip
    assert ablation_clauses(Metrics(metrics(table))) == [
        "neither frames nor sound alone is enough (50 % and 51 %), only both together (95 %)",
        "metadata makes no difference",
    ]
    table["sound+metadata"] = entry(0.95, SAME)
    assert ablation_clauses(Metrics(metrics(table))) == [
        "sound helps (95 % with it, 50 % without)",
        "frames and metadata make no difference",
    ]


@pytest.mark.parametrize(
    ("time", "clause"),
    [
        (
            {"shuffled": entry(0.9, SAME), "middle_frame": entry(0.6, (0.2, 0.4))},
            "the order of the frames does not matter here",
        ),
        (
            {"shuffled": entry(0.6, (0.2, 0.4)), "middle_frame": entry(0.6, (0.2, 0.4))},
            "the order of the frames matters (90 % in order, 60 % shuffled)",
        ),
        (
            {"shuffled": entry(0.9, SAME), "middle_frame": entry(0.9, SAME)},
            "one frame from the middle does as well (90 %), so motion plays no part",
        ),
    ],
)
def test_frame_order(time, clause):
    assert ablation_clauses(Metrics(metrics({"frames": entry(0.9)}, time))) == [clause]


def test_no_clause_on_frame_order_where_the_result_is_unclear():
    unsure = {"shuffled": entry(0.85, UNSURE), "middle_frame": entry(0.85, UNSURE)}
    assert ablation_clauses(Metrics(metrics({"frames": entry(0.9)}, unsure))) == []
    same = {"shuffled": entry(0.9, SAME)}
    assert ablation_clauses(Metrics(metrics(pair(0.9, lower(0.5, 0.9), entry(0.9, SAME)), same))) == [
        "sound helps (90 % with it, 50 % without)",
        "frames make no difference",
    ]


def test_a_common_class_is_the_floor():
    table = pair(0.97, lower(0.8, 0.97), lower(0.8, 0.97))
    assert ablation_clauses(Metrics(metrics(table, majority=0.8)))[0].startswith(
        "neither frames nor sound alone is enough"
    )


@pytest.mark.parametrize(
    ("whole", "subject"),
    [
        ("frames+sound", "whether a video has sound"),
        ("frames+metadata", "which fields are filled in"),
        ("frames+sound+metadata", "whether a video has sound and which fields are filled in"),
    ],
)
def test_presence_that_predicts_the_class(whole, subject):
    scores = metrics({whole: entry(0.9)})
    scores["baselines"]["presence"] = entry(0.8, (0.0, 0.2))
    assert (
        presence_caution(Metrics(scores))
        == f"beware: {subject} already tells 80 % here, without any picture, sound or value"
    )
    assert verdict_parts(Metrics(scores))[1] == [presence_caution(Metrics(scores))]
    assert presence_caution(Metrics(scores)) in verdict(Metrics(scores))


@pytest.mark.parametrize("presence", [entry(0.59, (0, 1)), entry(0.55, (0, 1))])
def test_presence_near_chance_gives_no_caution(presence):
    scores = metrics({"frames+sound": entry(0.9)})
    scores["baselines"]["presence"] = presence
    assert presence_caution(Metrics(scores)) == ""
    assert presence_caution(Metrics(metrics({"frames": entry(0.9)}))) == ""


def test_the_verdict_stays_one_sentence():
    sentence = verdict(Metrics(metrics(pair(0.93, lower(0.71, 0.93), entry(0.93, SAME)))))
    assert sentence.endswith("; sound helps (93 % with it, 71 % without); frames make no difference.")
    assert sentence.count(". ") == 0


def off(mae: float, gap: tuple[float, float] | None = None) -> dict[str, Any]:
    fields: dict[str, Any] = {"mae": mae, "mae_ci95": [mae - 0.2, mae + 0.2]}
    return fields if gap is None else fields | {"difference_ci95": list(gap)}


def test_smaller_errors_are_better():
    table = {"frames+sound": off(2.0), "frames": off(3.5, (-1.8, -1.2)), "sound": off(2.01, (-0.1, 0.1))}
    scores = {"task": "regression", "labels": ["speed"], "baselines": {"majority": off(4.0)}, "modalities": table}
    assert ablation_clauses(Metrics(scores)) == [
        "sound helps (off by 2 with it, off by 3.5 without)",
        "frames make no difference",
    ]
    scores["baselines"]["presence"] = off(3.0, (-1.2, -0.8))
    assert presence_caution(Metrics(scores)).startswith("beware: whether a video has sound already gets off by 3 here")
    scores["baselines"]["presence"] = off(3.9, (-1.2, -0.8))
    assert presence_caution(Metrics(scores)) == ""
    assert ablation_clauses(Metrics(scores | {"baselines": {"majority": off(2.1)}})) == []


def test_labels_are_compared_by_average_precision():
    def entry_of(value: float, gap: tuple[float, float] | None = None) -> dict[str, Any]:
        fields: dict[str, Any] = {"map": value, "map_ci95": [value - 0.05, value + 0.05]}
        return fields if gap is None else fields | {"difference_ci95": list(gap)}

    table = {"frames+sound": entry_of(0.9), "frames": entry_of(0.6, (0.2, 0.4)), "sound": entry_of(0.5, (0.3, 0.5))}
    scores = {"task": "multilabel", "labels": ["a"], "guessing_map": 0.3, "modalities": table}
    assert ablation_clauses(Metrics(scores)) == [
        "frames and sound both help (90 % together, 50 % without frames, 60 % without sound)"
    ]
    assert ablation_clauses(Metrics(scores | {"guessing_map": 0.6}))[0].startswith(
        "neither frames nor sound alone is enough"
    )


def test_a_model_without_frames_has_no_clause_on_their_order():
    table = {"sound+metadata": entry(0.9), "sound": lower(0.6, 0.9), "metadata": lower(0.6, 0.9)}
    time = {"shuffled": lower(0.6, 0.9), "middle": lower(0.6, 0.9)}
    assert ablation_clauses(Metrics(metrics(table, time))) == [
        "sound and metadata both help (90 % together, 60 % without sound, 60 % without metadata)"
    ]
