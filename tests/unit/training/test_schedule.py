import pytest

from reelwise.training.config import TrainConfig
from reelwise.training.schedule import learning_rate, learning_rates

pytestmark = pytest.mark.backend


@pytest.mark.parametrize(("num_steps", "share"), [(100, 0.1), (1, 0.1), (2, 0.5), (7, 1.0), (30, 0.0)])
def test_the_rate_rises_then_falls_and_is_never_0(num_steps, share):
    config = TrainConfig(learning_rate=0.5, warmup_share=share)
    schedule = learning_rates(config, num_steps)
    rates = [learning_rate(schedule, step) for step in range(num_steps)]
    top = rates.index(max(rates))
    assert all(0 < rate <= 0.5 for rate in rates)
    assert rates[: top + 1] == sorted(rates[: top + 1])
    assert rates[top:] == sorted(rates[top:], reverse=True)
    if num_steps == 100:
        assert rates[0] == pytest.approx(0.05)
        assert max(rates) == pytest.approx(0.5)
        assert rates[-1] < 0.001
