"""A denoiser and a network with a score that rises: no classes anywhere, the same loop, checkpoint and resume."""

import signal
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import pytest

from reelwise.core.backend import prepare
from reelwise.core.errors import Interruption, TrainingError
from reelwise.training.batches import TrainingData
from reelwise.training.checkpoint import Checkpoints
from reelwise.training.config import TrainConfig
from reelwise.training.fit import fit
from reelwise.training.objective import Metric, Objective, history_columns

pytestmark = pytest.mark.backend

NUM_CLIPS, BATCH_SIZE, CLIP_SHAPE = 10, 4, (3, 8, 8, 1)


@dataclass(frozen=True)
class NoisyBatch:
    """Noisy clips, the clean ones, weights and indices."""

    inputs: np.ndarray
    targets: np.ndarray
    sample_weights: np.ndarray
    indices: np.ndarray


@dataclass(frozen=True)
class NoisyClips:
    """Moving gradients with noise that depends on the epoch; the last batch is filled up with weight 0."""

    batch_size: int = BATCH_SIZE

    def __len__(self) -> int:
        return -(-NUM_CLIPS // self.batch_size)

    def name(self, index: int) -> str:
        return f"clip {index}"

    def batch(self, epoch: int, step: int) -> NoisyBatch:
        positions = np.arange(step * self.batch_size, (step + 1) * self.batch_size)
        indices = positions % NUM_CLIPS
        clean = np.stack([clip(int(index)) for index in indices])
        noise = np.random.default_rng((epoch, step)).normal(0, 0.2, clean.shape)
        weights = (positions < NUM_CLIPS).astype(np.float32)
        noisy = (clean + noise).astype(np.float32)
        clean[weights == 0] = 100.0  # Padding that counted anywhere would be seen.
        return NoisyBatch(noisy, clean, weights, indices)


DATA = TrainingData(NoisyClips(), NoisyClips())


def clip(index: int) -> np.ndarray:
    """(T, H, W, 1) float32: a gradient that moves to the right."""
    times, _, x = np.meshgrid(np.arange(3), np.arange(8), np.arange(8), indexing="ij")
    return (np.sin((x + times + index) / 3)[..., None] / 2).astype(np.float32)


class ClipError(keras.losses.Loss):
    """Mean squared error of each clip: (B,)."""

    def call(self, y_true: Any, y_pred: Any) -> Any:
        return keras.ops.mean(keras.ops.square(keras.ops.subtract(y_true, y_pred)), axis=(1, 2, 3, 4))


def absolute_error(y_true: Any, y_pred: Any) -> Any:
    """Mean absolute error of each clip: (B,)."""
    return keras.ops.mean(keras.ops.abs(keras.ops.subtract(y_true, y_pred)), axis=(1, 2, 3, 4))


@dataclass(frozen=True)
class Denoising(Objective):
    """Mean squared error between the network's output and the clean clip; PSNR of the validation clips."""

    chooses_by_psnr: bool = False

    @property
    def metrics(self) -> tuple[Metric, ...]:
        return (Metric("loss", "Squared error"), Metric("mae", "Absolute error"), Metric("psnr", "PSNR in dB"))

    @property
    def score(self) -> str:
        return "val_psnr" if self.chooses_by_psnr else "val_loss"

    @property
    def score_rises(self) -> bool:
        return self.chooses_by_psnr

    def loss(self) -> keras.losses.Loss:
        return ClipError()

    def step_metrics(self) -> list[keras.metrics.Metric]:
        return [keras.metrics.MeanMetricWrapper(absolute_error, name="mae")]

    def validate(self, network: keras.Model, batches: Any) -> dict[str, float | None]:
        errors = []
        for step in range(len(batches)):
            batch = batches.batch(0, step)
            outputs = np.asarray(network.predict_on_batch(batch.inputs), np.float64)
            squares = ((outputs - batch.targets) ** 2).mean(axis=(1, 2, 3, 4))
            errors += squares[batch.sample_weights > 0].tolist()
        loss = float(np.mean(errors))
        return {"val_loss": loss, "val_psnr": float(-10 * np.log10(loss))}

    def settings(self) -> dict[str, Any]:
        return {"objective": "denoising", "chooses_by_psnr": self.chooses_by_psnr}


def build() -> keras.Model:
    noisy = keras.Input(CLIP_SHAPE)
    x = keras.layers.Conv3D(4, 3, padding="same", activation="relu")(noisy)
    return keras.Model(noisy, keras.layers.Conv3D(1, 3, padding="same")(x))


def config(epochs: int = 4) -> TrainConfig:
    return TrainConfig(epochs=epochs, batch_size=BATCH_SIZE, learning_rate=0.02)


def weights_of(network: keras.Model) -> list[np.ndarray]:
    return [np.array(keras.ops.convert_to_numpy(weight)) for weight in network.weights]


class StopInEpoch(keras.callbacks.Callback):
    """Sends SIGTERM in the middle of an epoch."""

    def __init__(self, epoch: int) -> None:
        super().__init__()
        self.stop_epoch, self.epoch = epoch, -1

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if (self.epoch, batch) == (self.stop_epoch, 0):
            signal.raise_signal(signal.SIGTERM)


def test_a_denoiser_is_trained_with_columns_of_its_own() -> None:
    prepare(0)
    result = fit(build, Denoising(), DATA, config(8))
    columns = ["epoch", "loss", "mae", "psnr", "val_loss", "val_mae", "val_psnr", "learning_rate", "seconds",
               "clips_per_second"]  # fmt: skip
    assert [list(row) for row in result.history] == [columns] * 8
    assert history_columns(Denoising()) == tuple(columns)
    first, last = result.history[0], result.history[-1]
    assert last["loss"] < first["loss"]
    assert last["mae"] < first["mae"]
    assert last["val_psnr"] > first["val_psnr"]
    assert (first["psnr"], first["val_mae"]) == (None, None)
    assert result.best_epoch == 1 + int(np.argmin([row["val_loss"] for row in result.history]))


def test_padding_counts_in_no_column() -> None:
    prepare(0)
    (row,) = fit(build, Denoising(), DATA, config(1)).history
    assert all(row[name] < 5 for name in ("loss", "mae", "val_loss"))


def test_a_score_that_rises_chooses_the_highest(monkeypatch: pytest.MonkeyPatch) -> None:
    scores = iter([10.0, 30.0, 20.0])
    monkeypatch.setattr(
        Denoising, "validate", lambda self, network, batches: {"val_loss": 1.0, "val_psnr": next(scores)}
    )
    result = fit(build, Denoising(chooses_by_psnr=True), DATA, config(3))
    assert result.best_epoch == 2


def test_it_is_resumed_in_the_middle_of_an_epoch_to_the_same_bits(tmp_path: Any, same_arrays: Any) -> None:
    prepare(0)
    whole = fit(build, Denoising(), DATA, config())
    prepare(0)
    with pytest.raises(Interruption, match="epoch 2"):
        fit(build, Denoising(), DATA, config(), checkpoints=Checkpoints(tmp_path),
            callbacks=[StopInEpoch(1)])  # fmt: skip
    prepare(0)
    checkpoints = Checkpoints(tmp_path, resume=True)
    result = fit(build, Denoising(), DATA, config(), checkpoints=checkpoints)
    assert same_arrays(weights_of(whole.network), weights_of(result.network))
    for name in ("loss", "mae", "val_loss", "val_psnr"):
        assert [row[name] for row in whole.history] == [row[name] for row in result.history]


def test_a_checkpoint_of_another_objective_is_refused(tmp_path: Any) -> None:
    fit(build, Denoising(), DATA, config(1), checkpoints=Checkpoints(tmp_path))
    with pytest.raises(TrainingError, match="config differ"):
        checkpoints = Checkpoints(tmp_path, resume=True)
        fit(build, Denoising(True), DATA, config(1), checkpoints=checkpoints)
