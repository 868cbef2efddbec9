"""Pictures by half blocks."""

from fractions import Fraction

import numpy as np
import pytest

from reelwise.cli.pictures import contact_sheet, half_blocks, spectrogram_lines
from reelwise.core.intervals import Interval
from reelwise.core.sound import Sound
from reelwise.reports.spectrogram import make_spectrogram
from reelwise.reports.video_page import Thumbnail


def thumbnails(num: int, size_hw: tuple[int, int] = (48, 64)) -> list[Thumbnail]:
    return [Thumbnail(i + 0.5, np.full((*size_hw, 3), 10 * i, np.uint8)) for i in range(num)]


def test_a_cell_shows_two_pixels():
    (line,) = half_blocks(np.array([[[255, 0, 0]], [[0, 0, 255]]], np.uint8))
    (span,) = line.spans
    assert line.plain == "▀"
    assert (span.style.color.triplet, span.style.bgcolor.triplet) == ((255, 0, 0), (0, 0, 255))


@pytest.mark.parametrize("width", [40, 60, 80, 100, 200])
@pytest.mark.parametrize("size_hw", [(48, 64), (360, 90), (20, 360), (180, 320)])
@pytest.mark.parametrize("num", [1, 3, 24])
def test_a_sheet_fits_and_its_times_stand_under_it(width, size_hw, num):
    lines = list(contact_sheet(thumbnails(num, size_hw), float(num), width))
    assert max(len(line.plain) for line in lines) <= width
    assert "0.5 s" in lines[-1].plain or num > 1
    timed = [line.plain for line in lines if " s" in line.plain]
    assert 1 <= len(timed) <= 2
    assert sum(text.count(" s") for text in timed) <= 8
    assert len(lines) <= 2 * 16


def test_the_picture_at_a_time_is_the_one_above_it():
    lines = list(contact_sheet(thumbnails(24), 24.0, 80))
    time = float(lines[-1].plain.split(" s")[0])
    assert lines[-2].spans[0].style.color.triplet.red == 10 * int(time)


@pytest.mark.parametrize("width", [40, 100])
def test_no_sound_is_told_from_silence(width):
    samples = np.random.default_rng(0).normal(0, 0.1, 32_000).astype(np.float32)
    samples[8_000:16_000] = 0
    spectrogram = make_spectrogram(
        Sound(samples, 16_000, present=(Interval(0, 16_000),)), Fraction(0), Fraction(2), 960
    )
    *rows, axis = [line.plain for line in spectrogram_lines(spectrogram, width)]
    assert {len(row) for row in rows} == {width}
    assert axis == "0 s".ljust(width - 5) + "2.0 s"
    assert sum("no sound" in row for row in rows) == 1
    for row in rows:
        assert set(row[: width // 2 - 1]) == {"▀"}
        assert "▀" not in row[width // 2 + 1 :]
