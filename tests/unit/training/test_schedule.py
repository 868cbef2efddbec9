import keras
import pytest

from reelwise.training.config import TrainConfig
from reelwise.training.schedule import learning_rate


@pytest.mark.parametrize(("num_steps", "share"), [(100, 0.1), (1, 0.1), (2, 0.5), (7, 1.0), (30, 0.0)])
def test_the_rate_rises_then_falls_and_is_never_0(num_steps, share):
    config = TrainConfig(learning_rate=0.5, warmup_share=share)
    rates = [learning_rate(config, step, num_steps) for step in range(num_steps)]
    top = rates.index(max(rates))
    assert all(0 < rate <= 0.5 for rate in rates)
    assert rates[: top + 1] == sorted(rates[: top + 1])
    assert rates[top:] == sorted(rates[top:], reverse=True)


@pytest.mark.backend
@pytest.mark.parametrize(("num_steps", "share"), [(20, 0.25), (9, 0.0)])
def test_it_is_the_schedule_of_keras_one_step_ahead(num_steps, share):
    warmup = round(share * num_steps)
    theirs = keras.optimizers.schedules.CosineDecay(
        0.0 if warmup else 0.5, num_steps + 1 - warmup, warmup_target=0.5 if warmup else None, warmup_steps=warmup
    )
    config = TrainConfig(learning_rate=0.5, warmup_share=share)
    ours = [learning_rate(config, step, num_steps) for step in range(num_steps)]
    expected = [float(keras.ops.convert_to_numpy(theirs(step + 1))) for step in range(num_steps)]
    assert ours == pytest.approx(expected, abs=1e-6)
