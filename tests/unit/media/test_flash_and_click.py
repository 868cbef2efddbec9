from fractions import Fraction

import numpy as np
import pytest
from flash_and_click import FlashAndClick, uneven_pts, write_flash_and_click

from reelwise.core.clip import DecodeSettings
from reelwise.core.errors import UsageError
from reelwise.features.log_mel import sound_log_mel
from reelwise.media.decoding.decode import decode_video
from reelwise.media.sound.decode import decode_sound

CLOCKS = {
    "23.976": (range(48), Fraction(1001, 24_000)),
    "25": (range(50), Fraction(1, 25)),
    "29.97": (range(60), Fraction(1001, 30_000)),
    "variable": (uneven_pts(40, seed=3), Fraction(1, 1000)),
}


@pytest.mark.parametrize("sound_start", [Fraction(0), Fraction(1, 3), Fraction(7, 10)])
@pytest.mark.parametrize("clock", CLOCKS)
def test_the_click_lies_within_half_a_frame_of_the_flash(tmp_path, clock, sound_start):
    plan = FlashAndClick(*CLOCKS[clock], flash=27, sound_start=sound_start)
    write_flash_and_click(tmp_path / "a.mp4", plan)
    video = decode_video(tmp_path / "a.mp4", DecodeSettings(size=32, max_frame_rate=None))
    brightest = int(video.frames.mean(axis=(1, 2, 3)).argmax())
    flash = int(video.times.pts[brightest]) * video.times.time_base
    assert brightest == plan.flash
    assert abs(flash - plan.flash_seconds) < Fraction(1, 1000)

    sound, _ = decode_sound(tmp_path / "a.mp4")
    spectrogram = sound_log_mel(sound)
    loudest = int(np.abs(sound.samples).argmax())
    brightest_column = int(spectrogram.values.sum(axis=1).argmax())
    assert abs(sound.time_of(loudest) - flash) < plan.half_frame_seconds / 4
    assert abs(spectrogram.time_of(brightest_column) - flash) < plan.half_frame_seconds


def test_before_a_late_sound_there_is_none(tmp_path):
    plan = FlashAndClick(range(25), Fraction(1, 25), flash=20, sound_start=Fraction(1, 2))
    write_flash_and_click(tmp_path / "a.mp4", plan)
    mask = decode_sound(tmp_path / "a.mp4")[0].between(Fraction(0), Fraction(4, 5)).mask()
    assert not mask[:7_600].any()  # AAC's first block may lie before the start
    assert mask[8_000:].all()


@pytest.mark.parametrize(("flash", "sound_start"), [(25, Fraction(0)), (10, Fraction(1)), (10, Fraction(-1))])
def test_a_flash_that_cannot_be_is_refused(flash, sound_start):
    with pytest.raises(UsageError, match="cannot be made"):
        FlashAndClick(range(25), Fraction(1, 25), flash, sound_start)
