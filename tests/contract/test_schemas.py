"""The JSON Schemas of the package: made from the types, and strict enough to find what is wrong."""

import copy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from reelwise.evaluation.verdict import verdict
from reelwise.metrics.frame_errors import frame_errors
from reelwise.tasks import GENERATION, PREDICTION

REPOSITORY = Path(__file__).parents[2]
PREDICTIONS = {
    "schema": "reelwise/predictions/1",
    "model": {"file": "model.keras"},
    "videos": [
        {"file": "a.mp4", "status": "ok", "error": None, "top": [{"label": "up", "prob": 0.5}], "unsure": False,
         "seconds": 1}
    ],
}  # fmt: skip


def test_the_schemas_are_made_from_the_types():
    done = subprocess.run([sys.executable, "scripts/schemas.py", "--check"], cwd=REPOSITORY, check=False)
    assert done.returncode == 0


def changed(path: tuple[str | int, ...], value: object) -> dict:
    document = copy.deepcopy(PREDICTIONS)
    inner: object = document
    for step in path[:-1]:
        inner = inner[step]  # type: ignore[index]
    inner[path[-1]] = value  # type: ignore[index]
    return document


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("videos", 0, "status"), "fine"),
        (("videos", 0, "unsure"), 0),
        (("videos", 0, "seconds"), True),
        (("videos", 0, "error"), 3),
        (("videos", 0, "top", 0, "prob"), "0.5"),
        (("videos", 0, "more"), 1),
        (("model",), {}),
        (("videos",), {}),
    ],
)
def test_what_is_wrong_is_found(schema_breaches, path, value):
    assert schema_breaches(PREDICTIONS) == []
    assert schema_breaches(changed(path, value)) != []


def test_documents_of_all_tasks_and_ends_are_accepted(fused_run, schema_breaches):
    assert schema_breaches(fused_run.document) == []


def prediction_metrics() -> dict:
    """metrics.json of frames that follow, of two clips, which are too few for intervals."""
    truths = np.random.default_rng(0).random((2, 3, 12, 12, 3))
    errors = frame_errors(truths, truths[::-1], truths[:, 0])
    fields = PREDICTION.metrics(errors, None, "test", 2)
    fields |= {"baselines": {"flow": PREDICTION.baseline_entry(errors, errors, None, 0)}, "learned_from": 0}
    fields["modalities"] = {"frames": PREDICTION.score_entry(errors, None)}
    return {**fields, "verdict": verdict(PREDICTION.metrics_type(fields))}


def generation_metrics() -> dict:
    """metrics.json of clips by class, with a distance of each kind."""
    is_recognised = np.array([True, False, True, True])
    fields = GENERATION.metrics(is_recognised, ["a", "b", "a", "b"], ["a", "b"])
    entry = GENERATION.score_entry(is_recognised)
    fields |= {"judge_accuracy": 0.9, "judge_accuracy_ci95": [0.8, 1.0], "judge_num_clips": 20}
    fields |= {"num_training_videos": 30, "modalities": {"frames": entry}}
    fields["baselines"] = {"noise": {**entry, "difference_ci95": [0.0, 0.5]}}
    counts = {"num_real": 300, "num_generated": 256}
    controls = {"copies": 0.1, "time_shuffled": 0.5, "blurred": 2.0, "noise": 9.0}
    measures = {**counts, "floor": 0.0, "highest_floor": 0.1, "controls": controls}
    fields["distances"] = {
        "kvd[self]": {"value": 1.5, "ci95": [1.0, 2.0], **measures},
        "fvd[self]": {"value": "refused", "why": "it does not see movement here", **measures},
        "kvd[random]": {"value": "too few", "why": "256 are needed", **counts},
    }
    fields["memorisation"] = {"nearer_share": "too few", "num_training": 50, "num_held_out": 20}
    fields |= {"diversity": None, "motion": {"generated": 1.0, "real": 2.0}}
    return {**fields, "verdict": verdict(GENERATION.metrics_type(fields))}


@pytest.mark.parametrize(("make", "number"), [(prediction_metrics, "psnr"), (generation_metrics, "class_accuracy")])
def test_metrics_of_frames_and_clips_have_a_schema(schema_breaches, make, number):
    document = make()
    assert schema_breaches(document) == []
    assert schema_breaches({**document, number: "15"}) != []
    assert schema_breaches({**document, "more": 1}) != []


def test_a_distance_is_a_number_or_one_of_two_words(schema_breaches):
    document = generation_metrics()
    for value, is_accepted in ((1.5, True), ("refused", True), ("unknown", False), (None, False)):
        entry = {**document["distances"]["kvd[self]"], "value": value}
        assert (schema_breaches({**document, "distances": {"kvd[self]": entry}}) == []) == is_accepted
