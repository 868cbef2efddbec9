"""What the layers that hear make of sound that is there, of gaps, and of none at all."""

import keras
import numpy as np
import pytest

from reelwise.layers import MaxPresent, MeanPresent, SpectrogramInput

pytestmark = pytest.mark.backend

SOUND = np.random.default_rng(0).normal(-7, 4, (2, 6, 3)).astype(np.float32)
PRESENT = np.array([[1, 1, 0, 0, 1, 1], [0, 0, 0, 0, 0, 0]], np.float32)


def numbers(value: object) -> np.ndarray:
    return keras.ops.convert_to_numpy(value)


def test_the_picture_holds_the_sound_and_where_it_is() -> None:
    picture = numbers(SpectrogramInput(mean=-7.0, scale=4.0)([SOUND, PRESENT]))
    np.testing.assert_allclose(picture[..., 0], (SOUND + 7) / 4 * PRESENT[..., None], atol=1e-6)
    np.testing.assert_array_equal(picture[..., 1], np.repeat(PRESENT[..., None], 3, axis=-1))


@pytest.mark.parametrize("odd", [1e6, np.inf, np.nan])
def test_what_stands_in_a_gap_does_not_matter(odd: float) -> None:
    other = SOUND.copy()
    other[PRESENT == 0] = odd
    layer = SpectrogramInput()
    np.testing.assert_array_equal(numbers(layer([other, PRESENT])), numbers(layer([SOUND, PRESENT])))


def test_the_mean_is_over_the_steps_that_are_there() -> None:
    found = numbers(MeanPresent()([SOUND, PRESENT]))
    np.testing.assert_allclose(found[0], SOUND[0, [0, 1, 4, 5]].mean(axis=0), atol=1e-5)
    np.testing.assert_array_equal(found[1], 0)


def test_the_maximum_is_over_the_steps_that_are_there() -> None:
    steps = np.abs(SOUND)
    found = numbers(MaxPresent()([steps, PRESENT]))
    np.testing.assert_allclose(found[0], steps[0, [0, 1, 4, 5]].max(axis=0), atol=1e-6)
    np.testing.assert_array_equal(found[1], 0)
