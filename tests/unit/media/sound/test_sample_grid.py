from fractions import Fraction

import numpy as np

from reelwise.core.intervals import Interval
from reelwise.media.sound.sample_grid import SampleGrid


class Collected:
    def __init__(self):
        self.parts = []

    def begin(self, start, sample_rate, channels):
        pass

    def write(self, samples):
        self.parts.append(samples.copy())

    def skip(self, num_samples):
        self.parts.append(np.zeros((num_samples, 1), np.float32))

    def values(self) -> list[float]:
        return np.concatenate(self.parts)[:, 0].tolist()


def ones(count: int, value: float = 1.0) -> np.ndarray:
    return np.full((count, 1), value, np.float32)


def grid(most: int = 1000) -> tuple[SampleGrid, Collected]:
    sink = Collected()
    return SampleGrid(sink, 10, ("FC",), most), sink


def test_the_first_run_starts_the_grid_exactly():
    found, sink = grid()
    found.start_run(Fraction(-1, 3))
    found.write(ones(3))
    found.write(ones(2))
    assert found.start == Fraction(-1, 3)
    assert found.present == (Interval(0, 5),)
    assert sink.values() == [1] * 5


def test_a_hole_is_zeros_that_are_not_present():
    found, sink = grid()
    found.start_run(Fraction(0))
    found.write(ones(3))
    found.start_run(Fraction(1, 2))
    found.write(ones(2))
    assert sink.values() == [1, 1, 1, 0, 0, 1, 1]
    assert found.present == (Interval(0, 3), Interval(5, 7))


def test_what_overlaps_is_dropped():
    found, sink = grid()
    found.start_run(Fraction(0))
    found.write(ones(5))
    found.start_run(Fraction(2, 10))
    found.write(ones(2, 2.0))
    found.write(ones(3, 3.0))
    assert sink.values() == [1, 1, 1, 1, 1, 3, 3]
    assert found.present == (Interval(0, 7),)
    assert found.num_dropped == 3


def test_runs_that_meet_are_one_stretch():
    found, _ = grid()
    found.start_run(Fraction(0))
    found.write(ones(5))
    found.start_run(Fraction(54, 100))
    found.write(ones(5))
    assert found.present == (Interval(0, 10),)


def test_it_is_full_at_its_limit_even_in_a_hole():
    found, sink = grid(8)
    found.start_run(Fraction(0))
    found.write(ones(5))
    found.start_run(Fraction(10**9))
    found.write(ones(5))
    assert found.is_full
    assert found.num_samples == 8
    assert sink.values() == [1] * 5 + [0] * 3
