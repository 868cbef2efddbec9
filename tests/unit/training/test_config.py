import hashlib
import json
from dataclasses import asdict, replace

import pytest

from reelwise.core.errors import UsageError
from reelwise.training.config import TrainConfig


@pytest.mark.parametrize("wrong", [{"epochs": 0}, {"batch_size": 0}, {"seed": -1}, {"budget_seconds": 0.0}])
def test_a_users_mistake_has_a_hint(wrong):
    with pytest.raises(UsageError) as caught:
        TrainConfig(**wrong)
    assert caught.value.hint


def test_the_fingerprint_changes_with_every_field():
    plain = TrainConfig()
    changed = {
        "epochs": 61, "batch_size": 15, "learning_rate": 2e-3, "warmup_share": 0.2, "weight_decay": 0.1,
        "label_smoothing": 0.2, "separate_streams": True,
        "mixup": 0.1, "augment": "none", "clip_norm": 1.0, "patience": 3, "keep_best": False,
        "ema": 0.9, "bfloat16": True, "seed": 1, "budget_seconds": 9.0,
        "task": "multilabel", "several_heads": True,
    }  # fmt: skip
    assert set(changed) == set(TrainConfig.__dataclass_fields__)
    prints = {replace(plain, **{name: value}).fingerprint for name, value in changed.items()} | {plain.fingerprint}
    assert len(prints) == len(changed) + 1
    assert TrainConfig().fingerprint == plain.fingerprint


def test_a_plain_run_of_an_earlier_version_can_be_resumed():
    """The hash of a configuration as it was before tasks came."""
    earlier = {name: value for name, value in asdict(TrainConfig()).items() if name not in ("task", "several_heads")}
    assert TrainConfig().fingerprint == hashlib.sha256(json.dumps(earlier, sort_keys=True).encode()).hexdigest()


def test_a_checkpoint_of_several_heads_of_an_earlier_version_can_be_resumed():
    """The hash of a configuration as it was when the field had another name."""
    config = TrainConfig(several_heads=True)
    earlier = {name: value for name, value in asdict(config).items() if name not in ("task", "several_heads")}
    earlier["several_answers"] = True
    assert config.fingerprint == hashlib.sha256(json.dumps(earlier, sort_keys=True).encode()).hexdigest()


@pytest.mark.parametrize(
    "wrong",
    [
        {"separate_streams": True, "several_heads": True},
        {"separate_streams": True, "task": "regression"},
    ],
)
def test_what_does_not_go_together_is_refused(wrong):
    with pytest.raises(ValueError, match="task"):
        TrainConfig(**wrong)
