"""What is SimVP's own: its mixers and the shapes that it refuses."""

import pytest

from reelwise.core.errors import UsageError
from reelwise.models.catalogue import find_entry


def test_groups_of_channels_need_an_even_width() -> None:
    entry = find_entry("simvp")
    assert entry.check_shape is not None
    entry.check_shape((8, 32), entry.resolve(None, {"width": 15, "norm": "batch"}))
    with pytest.raises(UsageError, match="width is 15") as caught:
        entry.check_shape((8, 32), entry.resolve(None, {"width": 15, "norm": "group"}))
    assert "norm batch" in caught.value.hint


@pytest.mark.backend
@pytest.mark.parametrize("kernel_size", [3, 6, 11, 21, 31])
def test_the_two_convolutions_of_gsta_see_what_one_would(kernel_size: int) -> None:
    from reelwise.models.simvp.mixers import wide_taps

    taps = wide_taps(kernel_size)
    assert taps % 2 == 1
    assert abs(3 * taps - kernel_size) <= 4
