from dataclasses import replace

import pytest

from reelwise.core.errors import UsageError
from reelwise.tasks import MULTILABEL, REGRESSION
from reelwise.training.config import TrainConfig
from reelwise.training.task_objective import TaskObjective


@pytest.mark.parametrize("wrong", [{"epochs": 0}, {"batch_size": 0}, {"seed": -1}, {"budget_seconds": 0.0}])
def test_a_users_mistake_has_a_hint(wrong):
    with pytest.raises(UsageError) as caught:
        TrainConfig(**wrong)
    assert caught.value.hint


def test_the_fingerprint_changes_with_every_field():
    plain, objective = TrainConfig(ema=0.5), TaskObjective()
    others = {
        "epochs": 61, "batch_size": 15, "learning_rate": 2e-3, "warmup_share": 0.2, "weight_decay": 0.1,
        "mixup": 0.1, "augment": "none", "clip_norm": 1.0, "patience": 3, "keep_best": False,
        "ema": 0.9, "ema_warmup": True, "bfloat16": True, "seed": 1, "budget_seconds": 9.0,
    }  # fmt: skip
    assert set(others) == set(TrainConfig.__dataclass_fields__)
    prints = {replace(plain, **{name: value}).fingerprint(objective) for name, value in others.items()}
    prints.add(plain.fingerprint(objective))
    objectives = {"task": MULTILABEL, "several_heads": True, "separate_streams": True, "label_smoothing": 0.2}
    assert set(objectives) == set(TaskObjective.__dataclass_fields__)
    prints |= {plain.fingerprint(replace(objective, **{name: value})) for name, value in objectives.items()}
    assert len(prints) == len(others) + len(objectives) + 1
    assert TrainConfig(ema=0.5).fingerprint(TaskObjective()) == plain.fingerprint(objective)


@pytest.mark.parametrize(
    ("objective", "fingerprint"),
    [
        (TaskObjective(label_smoothing=0.1), "baa1130e054184c1102db00353830e99db77a101ef0a3472fa986ee50b56ba72"),
        (
            TaskObjective(MULTILABEL, several_heads=True),
            "ad972f030607e96da8f93fd20d61e56860d05dac0f0f3e425a17911cfe5d8d57",
        ),
    ],
)
def test_a_run_of_an_earlier_version_can_be_resumed(objective, fingerprint):
    """The hashes of two configurations at 434cb07, before there were objectives."""
    assert TrainConfig().fingerprint(objective) == fingerprint


@pytest.mark.parametrize(
    "wrong",
    [
        {"separate_streams": True, "several_heads": True},
        {"separate_streams": True, "task": REGRESSION},
        {"label_smoothing": 1.0},
    ],
)
def test_what_does_not_go_together_is_refused(wrong):
    with pytest.raises(ValueError, match=r"task|label_smoothing"):
        TaskObjective(**wrong)


def test_a_warm_up_without_a_mean_is_refused():
    with pytest.raises(ValueError, match="ema_warmup without ema"):
        TrainConfig(ema_warmup=True)
