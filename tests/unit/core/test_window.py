import pytest

from reelwise.core.errors import UsageError
from reelwise.core.window import WindowSpec


def test_a_window_spans_its_frames_and_what_lies_between():
    assert (WindowSpec().num_frames, WindowSpec().span) == (16, 31)
    assert (WindowSpec(1, 1, 1).num_frames, WindowSpec(1, 1, 1).span) == (2, 2)
    assert WindowSpec(3, 1, 5).span == 16


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ((0, 8, 2), "num_context is 0, expected 1 to 255"),
        ((8, 256, 2), "num_targets is 256, expected 1 to 255"),
        ((200, 100, 2), "are 300, expected 256 at most"),
        ((8, 8, 0), "frame_stride is 0, expected 1 to 1000"),
    ],
)
def test_numbers_out_of_range_are_refused(numbers, message):
    with pytest.raises(UsageError, match=message) as caught:
        WindowSpec(*numbers)
    assert caught.value.hint
