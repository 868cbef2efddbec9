"""The solvers on a flow that is known: from noise to a normal distribution."""

import numpy as np
import pytest

from reelwise.generation.flow_solvers import METHODS, falling_levels, solve_flow

MEAN, DEVIATION = 0.7, 0.4


def denoise(x: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """The expected clean value, where clean values are normal: the posterior mean."""
    level = levels.reshape(*levels.shape, *[1] * (x.ndim - 2)).astype(np.float64)
    variance = (1 - level) ** 2 * DEVIATION**2 + level**2
    return MEAN + (1 - level) * DEVIATION**2 / variance * (x - (1 - level) * MEAN)


NOISE = np.random.default_rng(0).normal(size=(3, 2, 2, 2, 3))
ALL = np.ones((3, 2), bool)
EXACT = MEAN + DEVIATION * NOISE
"""Where the flow takes each value: it keeps the order, and both ends are normal."""


def new_noise(step: int) -> np.ndarray:
    return np.random.default_rng((7, step)).normal(size=NOISE.shape)


def error(num_steps: int, method: str) -> float:
    return float(np.abs(solve_flow(denoise, NOISE, ALL, falling_levels(num_steps), method, new_noise) - EXACT).max())


@pytest.mark.parametrize(("method", "factor"), [("euler", 2), ("heun", 4)])
def test_half_the_step_divides_the_error_by_the_order_of_the_method(method: str, factor: float) -> None:
    errors = [error(num_steps, method) for num_steps in (40, 80, 160)]
    assert errors[0] / errors[1] == pytest.approx(factor, rel=0.15)
    assert errors[1] / errors[2] == pytest.approx(factor, rel=0.15)
    assert errors[2] < 0.01


def test_heun_is_nearer_than_euler_with_the_same_work() -> None:
    assert error(20, "heun") < error(40, "euler") / 3


@pytest.mark.parametrize("method", METHODS)
def test_one_step_ends_at_what_is_predicted_from_noise_alone(method: str) -> None:
    got = solve_flow(denoise, NOISE, ALL, falling_levels(1), method, new_noise)
    np.testing.assert_allclose(got, np.full_like(NOISE, MEAN), atol=1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_given_frames_stay_bit_for_bit_and_have_level_0(method: str) -> None:
    is_free = np.array([[True, False], [True, True], [False, True]])
    seen: list[np.ndarray] = []

    def watch(x: np.ndarray, levels: np.ndarray) -> np.ndarray:
        assert np.array_equal(x[~is_free], NOISE[~is_free])
        seen.append(levels)
        return denoise(x, levels)

    got = solve_flow(watch, NOISE, is_free, falling_levels(5), method, new_noise)
    assert np.array_equal(got[~is_free], NOISE[~is_free])
    expected = solve_flow(denoise, NOISE, ALL, falling_levels(5), method, new_noise)
    assert np.array_equal(got[is_free], expected[is_free])
    assert len(seen) == {"ancestral": 5, "euler": 5, "heun": 9}[method]
    assert all(np.all(levels[~is_free] == 0) and np.all(levels[is_free] > 0) for levels in seen)


def test_renewed_noise_ends_at_clips_of_the_same_distribution() -> None:
    def many(step: int) -> np.ndarray:
        return np.random.default_rng((7, step)).normal(size=(4000, 2, 1, 1, 1))

    start, free = many(1000), np.ones((4000, 2), bool)
    got = solve_flow(denoise, start, free, falling_levels(400, shift=2.0), "ancestral", many)
    assert got.mean() == pytest.approx(MEAN, abs=0.02)
    assert got.std() == pytest.approx(DEVIATION, rel=0.03)
    followed = solve_flow(denoise, start, free, falling_levels(100, shift=2.0), "euler", many)
    assert abs(np.corrcoef(got.ravel(), followed.ravel())[0, 1]) < 0.1  # what was at the start is forgotten


@pytest.mark.parametrize("steps", [[1.0], [0.9, 0.0], [1.0, 0.1], [1.0, 0.5, 0.5, 0.0]])
def test_levels_that_do_not_fall_from_1_to_0_are_refused(steps: list[float]) -> None:
    with pytest.raises(ValueError, match="must fall from 1 to 0"):
        solve_flow(denoise, NOISE, ALL, np.array(steps), "euler", new_noise)


def test_an_unknown_method_is_refused() -> None:
    with pytest.raises(ValueError, match="euler or heun"):
        solve_flow(denoise, NOISE, ALL, falling_levels(2), "midpoint", new_noise)


def test_a_shift_puts_more_steps_near_noise_and_still_solves() -> None:
    levels = falling_levels(10, shift=4.0)
    assert levels[[0, -1]].tolist() == [1, 0]
    assert np.all(np.diff(levels) < 0)
    assert np.sum(levels >= 0.8) == 6
    got = solve_flow(denoise, NOISE, ALL, falling_levels(100, shift=4.0), "heun", new_noise)
    np.testing.assert_allclose(got, EXACT, atol=1e-2)
