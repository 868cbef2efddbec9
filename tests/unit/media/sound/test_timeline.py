import random
from fractions import Fraction

import pytest

from reelwise.media.sound.timeline import Block, place_blocks

LENGTH = Fraction(1024, 44100)
FORM = (44100, "mono", "fltp")


def blocks(times, *, form=FORM, duration=LENGTH, damaged=()):
    return [Block(i, form, time, duration, i in damaged) for i, time in enumerate(times)]


def runs(some) -> dict[int, Fraction]:
    """Which blocks start a run, and when."""
    return {p.block.content: p.run_start for p in place_blocks(some) if p.run_start is not None}


def even(count: int, start: Fraction = Fraction(0)) -> list[Fraction]:
    return [start + i * LENGTH for i in range(count)]


def test_blocks_that_follow_one_another_are_one_run_from_the_exact_first_time():
    assert runs(blocks(even(100, Fraction(1, 3)))) == {0: Fraction(1, 3)}


def test_every_block_comes_out_once_and_in_order():
    assert [placed.block.content for placed in place_blocks(blocks(even(100)))] == list(range(100))


def test_times_rounded_to_milliseconds_are_no_gaps():
    times = [Fraction(round(time * 1000), 1000) for time in even(500)]
    assert runs(blocks(times)) == {0: 0}


def test_jitter_is_no_gap():
    chance = random.Random(0)
    times = [time + Fraction(chance.randint(-15, 15), 1000) for time in even(500)]
    found = runs(blocks(times))
    assert list(found) == [0]
    assert abs(found[0]) < 0.01


def test_a_stretch_of_odd_times_that_comes_back_is_no_gap():
    times = even(200)
    times[50:60] = [time + Fraction(21, 1000) for time in times[50:60]]
    assert runs(blocks(times)) == {0: 0}


def test_a_gap_starts_a_run_at_its_exact_time():
    times = even(50) + even(50, Fraction(2))
    assert runs(blocks(times)) == {0: 0, 50: 2}


def test_one_lost_block_is_a_gap():
    times = even(100)
    del times[40]
    assert runs(blocks(times)) == {0: 0, 40: 41 * LENGTH}


def test_a_damaged_stretch_with_one_good_block_keeps_its_place():
    times = even(100)
    del times[41:43], times[40 - 3 : 40]
    found = runs(blocks(times, damaged=(37, 38)))
    assert found == {0: 0, 37: 40 * LENGTH, 38: 43 * LENGTH}


def test_odd_times_of_the_last_blocks_prove_nothing():
    times = even(50)
    times[-2:] = [time + Fraction(30, 1000) for time in times[-2:]]
    assert runs(blocks(times)) == {0: 0}
    times[-2:] = [time + Fraction(1) for time in times[-2:]]
    assert list(runs(blocks(times))) == [0, 48]


@pytest.mark.parametrize("damaged", [(), (40, 49)])
def test_two_losses_close_to_one_another_keep_their_places(damaged):
    times = even(100)
    del times[40], times[49]
    assert runs(blocks(times, damaged=damaged)) == {0: 0, 40: 41 * LENGTH, 49: 51 * LENGTH}


def test_a_short_loss_counts_after_damage_only():
    late = even(50) + even(50, 50 * LENGTH + Fraction(5, 1000))
    assert runs(blocks(late)) == {0: 0}
    assert runs(blocks(late, damaged=(50,))) == {0: 0, 50: 50 * LENGTH + Fraction(5, 1000)}


def test_an_overlap_starts_a_run_before_the_end_of_the_last():
    times = even(50) + even(50, 50 * LENGTH - Fraction(1, 10))
    assert runs(blocks(times)) == {0: 0, 50: 50 * LENGTH - Fraction(1, 10)}


def test_two_clocks_that_drift_apart_stay_within_a_hundredth_of_a_second():
    times = [time * Fraction(1001, 1000) for time in even(4000)]
    end = Fraction(0)
    for placed in place_blocks(blocks(times)):
        end = end if placed.run_start is None else placed.run_start
        assert abs(end - placed.block.time) < Fraction(12, 1000)
        end += LENGTH


def test_another_clock_is_moved_to_follow():
    times = even(50, Fraction(100)) + even(50, Fraction(3))
    found = runs(blocks(times))
    assert found == {0: 100, 50: 100 + 50 * LENGTH}


def test_a_jump_of_days_is_closed():
    times = even(50) + even(50, Fraction(10**6))
    assert runs(blocks(times)) == {0: 0, 50: 50 * LENGTH}


def test_without_times_everything_follows_from_zero():
    assert runs(blocks([None] * 20)) == {0: 0}


def test_missing_times_are_counted_on():
    times: list = even(60, Fraction(1))
    times[1::2] = [None] * 30
    assert runs(blocks(times)) == {0: 1}


def test_another_form_starts_a_run_where_the_last_ended():
    some = [*blocks(even(10)), *blocks(even(10, 10 * LENGTH), form=(48000, "stereo", "fltp"))]
    starts = [placed.run_start for placed in place_blocks(some)]
    assert [start for start in starts if start is not None] == [0, 10 * LENGTH]


def test_an_odd_first_time_does_not_shift_the_track():
    times = even(100)
    times[0] += Fraction(15, 1000)
    assert abs(runs(blocks(times))[0]) < 1e-5


def stamped_at_their_ends(lengths: list[int], late: dict[int, Fraction] | None = None) -> list[Block]:
    """Blocks that name their end instead of their start; from some of them on, everything is late."""
    some, end = [], Fraction(0)
    for number, length in enumerate(lengths):
        end += Fraction(length, 44100) + (late or {}).get(number, 0)
        some.append(Block(number, FORM, end, Fraction(length, 44100)))
    return some


def test_times_of_ends_instead_of_starts_are_no_gaps():
    mixed = [random.Random(i).choice([128, 576, 1024, 1024, 1024]) for i in range(600)]
    assert list(runs(stamped_at_their_ends(mixed))) == [0]
    assert list(runs(stamped_at_their_ends([128] * 30 + [1024] * 60))) == [0]


def test_a_gap_among_times_of_ends_is_one_gap():
    mixed = [random.Random(i).choice([128, 576, 1024, 1024, 1024]) for i in range(600)]
    assert list(runs(stamped_at_their_ends(mixed, {300: Fraction(1)}))) == [0, 300]


def test_an_odd_start_is_mended_by_blocks_of_the_same_length():
    some = stamped_at_their_ends([1024, 128, 128] * 40, {0: Fraction(7, 1000), 1: Fraction(-7, 1000)})
    assert abs(runs(some)[0] - Fraction(1024, 44100)) < 1e-5
