"""Crafted tables, so that each sentence is seen."""

from typing import Any

import pytest

from reelwise.evaluation.verdict import verdict, verdict_parts
from reelwise.evaluation.worth_words import presence_words, worth_words

SAME = (-0.02, 0.02)
UNSURE = (-0.03, 0.15)


def entry(accuracy: float, difference: tuple[float, float] | None = None) -> dict[str, Any]:
    found: dict[str, Any] = {"accuracy": accuracy, "accuracy_ci95": [accuracy - 0.06, accuracy + 0.06], "how": "masked"}
    return found if difference is None else found | {"difference_ci95": list(difference)}


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
    ("table", "said"),
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
            ["no single part of frames and sound makes a clear difference"],
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
def test_two_parts(table, said):
    assert worth_words(metrics(table)) == said


def test_three_parts():
    whole = 0.95
    table = {
        "frames+sound+metadata": entry(whole),
        "frames+sound": entry(0.95, SAME), "frames+metadata": lower(0.5, whole), "sound+metadata": lower(0.52, whole),
        "frames": lower(0.5, whole), "sound": lower(0.51, whole), "metadata": lower(0.5, whole),
    }  # fmt: skip
    assert worth_words(metrics(table)) == [
        "neither frames nor sound alone is enough (50 % and 51 %), only both together (95 %)",
        "metadata makes no difference",
    ]
    table["sound+metadata"] = entry(0.95, SAME)
    assert worth_words(metrics(table)) == [
        "sound helps (95 % with it, 50 % without)",
        "frames and metadata make no difference",
    ]


@pytest.mark.parametrize(
    ("time", "said"),
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
def test_time(time, said):
    assert worth_words(metrics({"frames": entry(0.9)}, time)) == [said]


def test_time_says_nothing_where_it_cannot():
    unsure = {"shuffled": entry(0.85, UNSURE), "middle_frame": entry(0.85, UNSURE)}
    assert worth_words(metrics({"frames": entry(0.9)}, unsure)) == []
    same = {"shuffled": entry(0.9, SAME)}
    assert worth_words(metrics(pair(0.9, lower(0.5, 0.9), entry(0.9, SAME)), same)) == [
        "sound helps (90 % with it, 50 % without)",
        "frames make no difference",
    ]


def test_a_common_class_is_the_floor():
    table = pair(0.97, lower(0.8, 0.97), lower(0.8, 0.97))
    assert worth_words(metrics(table, majority=0.8))[0].startswith("neither frames nor sound alone is enough")


@pytest.mark.parametrize(
    ("whole", "told"),
    [
        ("frames+sound", "whether a video has sound"),
        ("frames+metadata", "which fields are filled in"),
        ("frames+sound+metadata", "which parts a video has"),
    ],
)
def test_presence_that_tells_the_class(whole, told):
    given = metrics({whole: entry(0.9)})
    given["baselines"]["presence"] = entry(0.8, (0.0, 0.2))
    assert presence_words(given) == f"beware: {told} already tells 80 % here, before anything is seen or heard"
    assert verdict_parts(given)[1] == [presence_words(given)]
    assert presence_words(given) in verdict(given)


@pytest.mark.parametrize("presence", [entry(0.59, (0, 1)), entry(0.55, (0, 1))])
def test_presence_near_chance_is_no_matter(presence):
    given = metrics({"frames+sound": entry(0.9)})
    given["baselines"]["presence"] = presence
    assert presence_words(given) == ""
    assert presence_words(metrics({"frames": entry(0.9)})) == ""


def test_the_verdict_stays_one_sentence():
    said = verdict(metrics(pair(0.93, lower(0.71, 0.93), entry(0.93, SAME))))
    assert said.endswith("; sound helps (93 % with it, 71 % without); frames make no difference.")
    assert said.count(". ") == 0


def off(mae: float, gap: tuple[float, float] | None = None) -> dict[str, Any]:
    found: dict[str, Any] = {"mae": mae, "mae_ci95": [mae - 0.2, mae + 0.2]}
    return found if gap is None else found | {"difference_ci95": list(gap)}


def test_errors_are_better_when_smaller():
    table = {"frames+sound": off(2.0), "frames": off(3.5, (-1.8, -1.2)), "sound": off(2.01, (-0.1, 0.1))}
    given = {"task": "regression", "labels": ["speed"], "baselines": {"majority": off(4.0)}, "modalities": table}
    assert worth_words(given) == ["sound helps (off by 2 with it, off by 3.5 without)", "frames make no difference"]
    given["baselines"]["presence"] = off(3.0, (-1.2, -0.8))
    assert presence_words(given).startswith("beware: whether a video has sound already gets off by 3 here")
    given["baselines"]["presence"] = off(3.9, (-1.2, -0.8))
    assert presence_words(given) == ""
    assert worth_words(given | {"baselines": {"majority": off(2.1)}}) == []


def test_labels_by_average_precision():
    def entry_of(value: float, gap: tuple[float, float] | None = None) -> dict[str, Any]:
        found: dict[str, Any] = {"map": value, "map_ci95": [value - 0.05, value + 0.05]}
        return found if gap is None else found | {"difference_ci95": list(gap)}

    table = {"frames+sound": entry_of(0.9), "frames": entry_of(0.6, (0.2, 0.4)), "sound": entry_of(0.5, (0.3, 0.5))}
    given = {"task": "multilabel", "labels": ["a"], "guessing_map": 0.3, "modalities": table}
    assert worth_words(given) == ["frames and sound both help (90 % together, 50 % without frames, 60 % without sound)"]
    assert worth_words(given | {"guessing_map": 0.6})[0].startswith("neither frames nor sound alone is enough")


def test_a_model_without_frames_is_not_asked_about_their_order():
    table = {"sound+metadata": entry(0.9), "sound": lower(0.6, 0.9), "metadata": lower(0.6, 0.9)}
    time = {"shuffled": lower(0.6, 0.9), "middle": lower(0.6, 0.9)}
    assert worth_words(metrics(table, time)) == [
        "sound and metadata both help (90 % together, 60 % without sound, 60 % without metadata)"
    ]
