import numpy as np
import pytest

from reelwise.features.sound_frames import count_frames, frames_present, mono_blocks


@pytest.mark.parametrize("length", [1, 40, 41])
@pytest.mark.parametrize("hop", [1, 7, 40, 90])
@pytest.mark.parametrize("first_centre", [0, 20])
def test_frames_present_counts_at_least_half(length, hop, first_centre):
    present = ((3, 30), (31, 90), (200, 290))
    mask = np.zeros(600, bool)
    for start, end in present:
        mask[100 + start : 100 + end] = True
    num_frames = 300 // hop
    starts = 100 + first_centre - length // 2 + hop * np.arange(num_frames)
    expected = [2 * mask[start : start + length].sum() >= length for start in starts]
    assert frames_present(present, num_frames, length, hop, first_centre=first_centre).tolist() == expected


def test_blocks_are_mono_and_whole():
    samples = np.arange(20, dtype=np.float32).reshape(10, 2)
    blocks = list(mono_blocks(samples, 4))
    assert [len(block) for block in blocks] == [4, 4, 2]
    assert np.concatenate(blocks).tolist() == samples.mean(axis=1).tolist()


def test_number_of_frames():
    assert count_frames(0, 4, 2, centre=True) == 0
    assert count_frames(3, 4, 2, centre=False) == 0
    assert count_frames(4, 4, 2, centre=False) == 1
    assert count_frames(4, 4, 2, centre=True) == 3
