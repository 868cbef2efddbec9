"""The objective of a denoiser: its loss, its validation, and a training that is resumed."""

from dataclasses import replace

import keras
import numpy as np
import pytest
from prediction_videos import numbered_video

from reelwise.core.backend import prepare
from reelwise.core.window import WindowSpec
from reelwise.datasets.noisy_batches import NoisyBatches
from reelwise.datasets.prediction_windows import prediction_windows
from reelwise.datasets.window_batches import WindowBatches
from reelwise.generation.flow_matching import FlowObjective
from reelwise.models.flowdit.backbone import build_denoiser
from reelwise.training.batches import TrainingData
from reelwise.training.checkpoint import Checkpoints
from reelwise.training.config import TrainConfig
from reelwise.training.fit import FitResult, fit
from reelwise.training.trainee import Trainee
from reelwise.transforms.frame_noise import NoiseSettings

pytestmark = pytest.mark.backend

SIZES = {"patch_frames": 2, "patch_size": 8, "width": 24, "num_blocks": 1, "num_heads": 2}
VIDEOS = [numbered_video(number, 12) for number in (10, 20, 30)]
CONFIG = TrainConfig(
    epochs=3, batch_size=4, learning_rate=3e-3, ema=0.99, ema_warmup=True, clip_norm=1.0, keep_best=False
)


def build() -> keras.Model:
    return build_denoiser(4, 16, 3, **SIZES)


def batches(num_samples: int | None = 12) -> NoisyBatches:
    windows = prediction_windows(VIDEOS, WindowSpec(2, 2, 1))
    clips = WindowBatches(VIDEOS, windows, size=16, batch_size=4, num_samples=num_samples, seed=0)
    return NoisyBatches(clips, num_labels=3, labels=[0, 1, 2])


def test_validation_is_the_loss_of_a_step_and_the_same_each_time() -> None:
    prepare(0)
    trainee = Trainee(build, FlowObjective(), replace(CONFIG, ema=None, ema_warmup=False))
    data = batches(10)
    score = FlowObjective().validate(trainee.network, data)["val_loss"]
    assert FlowObjective().validate(trainee.network, data)["val_loss"] == score
    results = [trainee.step(data.batch(0, step), 0.0) for step in range(len(data))]
    total, weight = sum(result.loss for result in results), sum(result.weight for result in results)
    assert weight == 10
    assert score == pytest.approx(total / weight, rel=1e-4)


def test_training_lowers_the_loss() -> None:
    prepare(0)
    result = fit(build, FlowObjective(), TrainingData(batches(48), batches(24)), CONFIG)
    losses = [row["val_loss"] for row in result.history]
    assert losses[-1] < 0.7 * losses[0]


def trained(folder: Checkpoints | None, num_epochs: int) -> FitResult:
    """A training of three epochs, stopped behind the first ones."""

    class Stop(keras.callbacks.Callback):
        def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
            if epoch + 1 == num_epochs:
                raise KeyboardInterrupt

    prepare(0)
    return fit(build, FlowObjective(), TrainingData(batches()), CONFIG, checkpoints=folder, callbacks=[Stop()])


def test_a_resumed_training_ends_with_the_same_bits(tmp_path) -> None:
    alone = trained(None, 99).network.get_weights()
    with pytest.raises(KeyboardInterrupt):
        folder = Checkpoints(tmp_path, "data", resume=True, every_seconds=0.0)
        trained(folder, 2)
    again = trained(Checkpoints(tmp_path, "data", resume=True, every_seconds=0.0), 99).network.get_weights()
    assert any(tmp_path.iterdir())
    assert all(np.array_equal(a, b) for a, b in zip(alone, again, strict=True))


def test_settings_of_the_noise_decide_whether_a_checkpoint_fits() -> None:
    plain = CONFIG.fingerprint(FlowObjective())
    assert CONFIG.fingerprint(FlowObjective()) == plain
    assert CONFIG.fingerprint(FlowObjective(NoiseSettings(mean=0.1))) != plain
