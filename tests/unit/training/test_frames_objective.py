"""A model of frames in the training loop: steps, validation and the columns of history.csv."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from reelwise.training.batches import TrainingData
from reelwise.training.config import TrainConfig
from reelwise.training.fit import fit
from reelwise.training.frames_objective import FramesObjective, frame_losses
from reelwise.training.objective import history_columns

pytestmark = pytest.mark.backend

SHAPE = (2, 8, 8, 3)


@dataclass(frozen=True)
class OneBatch:
    inputs: np.ndarray
    targets: np.ndarray
    sample_weights: np.ndarray
    indices: np.ndarray


class Brightening:
    """Clips whose frames get brighter by a tenth of what is missing; the last sample is padding."""

    batch_size = 4

    def __len__(self) -> int:
        return 2

    def batch(self, epoch: int, step: int) -> OneBatch:
        rng = np.random.default_rng((epoch, step))
        given = rng.integers(0, 256, (self.batch_size, *SHAPE), np.uint8)
        following = (given + (255 - given) // 10).astype(np.uint8)
        return OneBatch(given, following, np.array([1, 1, 1, 0], np.float32), np.arange(4))

    def name(self, index: int) -> str:
        return str(index)


def network() -> Any:
    import keras

    given = keras.Input(SHAPE, dtype="uint8")
    values = keras.layers.Rescaling(1 / 255, dtype="float32")(given)
    return keras.Model(given, keras.layers.Dense(3)(values))


def test_it_learns_and_its_columns_are_filled(seeded):
    config = TrainConfig(epochs=40, batch_size=4, learning_rate=0.05, weight_decay=0.0)
    result = fit(network, FramesObjective(), TrainingData(Brightening(), Brightening()), config)
    assert history_columns(FramesObjective())[1:5] == ("loss", "psnr", "val_loss", "val_psnr")
    first, last = result.history[0], result.history[-1]
    assert last["val_loss"] < first["val_loss"] / 10
    assert last["val_psnr"] == pytest.approx(-10 * np.log10(last["val_loss"]))
    assert last["psnr"] is None


def test_padding_counts_nowhere():
    model = network()
    own = FramesObjective().validate(model, Brightening())
    batches = [Brightening().batch(0, step) for step in range(2)]
    losses = [frame_losses(one.targets, np.asarray(model.predict_on_batch(one.inputs)))[:3] for one in batches]
    assert own["val_loss"] == pytest.approx(float(np.concatenate(losses).mean()), rel=1e-5)
