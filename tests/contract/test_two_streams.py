"""Frames alone, read by two streams, asked for labels or a number: each stream answers for itself."""

from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest

from reelwise.core.backend import start_backend
from reelwise.core.clip import ClipSpec, DecodeSettings
from reelwise.core.contract import Contract, InputSpec, NetworkSpec
from reelwise.core.modalities import Encoder
from reelwise.models.build import build_network
from reelwise.models.file import load_model_file, save_model
from reelwise.models.network_plan import plan_head_names
from reelwise.models.unallocated import contract_cost
from reelwise.tasks import find_task
from reelwise.tasks.classification import ClassificationOutput

start_backend()

pytestmark = pytest.mark.backend

LABELS = {"multilabel": ("a", "b", "c"), "regression": ("speed",)}
ARGUMENTS = {"width": 4, "num_blocks": 1, "dropout": 0.0}


def contract_of(task: str) -> Contract:
    decode, clip = DecodeSettings(size=40), ClipSpec(4, input_size=36)
    network = NetworkSpec((Encoder("motion", "small", ARGUMENTS),), head_names=("frames", "frames_2"))
    return Contract(InputSpec(decode, clip), network, find_task(task).output_type(LABELS[task]))


def clips() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (3, 4, 36, 36, 3), np.uint8)


@pytest.mark.parametrize("task", LABELS)
def test_each_stream_answers_and_costs_what_the_catalogue_says(task):
    contract = contract_of(task)
    assert plan_head_names(contract) == contract.network.head_names
    network = build_network(contract)
    said = np.asarray(network.predict_on_batch(clips()))
    assert said.shape == (3, 2, len(LABELS[task]))
    assert np.ptp(said[:, 0], axis=0).max() > 0  # a softmax over one number would say 0 of every clip
    assert contract_cost(contract).parameters == network.count_params()


@pytest.mark.parametrize("task", LABELS)
def test_it_learns_and_comes_back_from_its_file(task, tmp_path: Path):
    from reelwise.tasks import find_task
    from reelwise.training.config import TrainConfig
    from reelwise.training.task_objective import TaskObjective
    from reelwise.training.trainee import Trainee

    contract = contract_of(task)
    objective = TaskObjective(find_task(task), several_heads=True)
    trainee = Trainee(lambda: build_network(contract), objective, TrainConfig(batch_size=3, weight_decay=0.0))
    before = trainee.weights()

    class Fed:
        inputs = clips()
        targets = np.eye(3, len(LABELS[task]), dtype=np.float32)
        sample_weights = np.ones(3, np.float32)

    losses = [trainee.step(Fed, 0.01).loss for _ in range(8)]
    assert losses[-1] < losses[0]
    names = [weight.path for weight in trainee.network.trainable_variables if "logits" in weight.path]
    assert len(names) == 4
    moved = [not np.array_equal(a, b) for a, b in zip(before, trainee.weights(), strict=True)]
    assert sum(moved) >= len(trainee.network.trainable_variables)
    save_model(tmp_path / "model.keras", trainee.network, contract, {}, {}, {})
    loaded = load_model_file(tmp_path / "model.keras")
    assert loaded.contract.network.head_names == contract.network.head_names
    assert np.array_equal(loaded.network.predict_on_batch(clips()), trainee.network.predict_on_batch(clips()))
    held = keras.models.load_model(tmp_path / "model.keras")
    held.save(tmp_path / "held.h5")
    for plain in (held, keras.models.load_model(tmp_path / "held.h5")):
        np.testing.assert_allclose(plain.predict_on_batch(clips()), loaded.network.predict_on_batch(clips()), atol=1e-4)


def test_one_stream_and_classes_answer_once():
    number = contract_of("regression")
    one_stream = NetworkSpec((Encoder("motion", "small", ARGUMENTS | {"still": False}),))
    classes = replace(number, output=ClassificationOutput(("a", "b")), network=replace(number.network, head_names=()))
    for contract in (replace(number, network=one_stream), classes):
        assert plan_head_names(contract) == ()
        assert len(build_network(contract).output_shape) == 2
