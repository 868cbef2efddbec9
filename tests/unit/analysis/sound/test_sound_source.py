"""The sound comes as far as the frames are, and may be ended at any moment."""

from fractions import Fraction

import numpy as np
import pytest

from reelwise.analysis.sound_source import SoundSource
from reelwise.core.sound import Sound
from reelwise.features.loudness import integrated_loudness
from reelwise.media.writers.writer import write_video

END = Fraction(100)
GREY = np.full((16, 16, 3), 90, np.uint8)


@pytest.fixture(scope="module", params=[44_100, 48_000])
def cymbal(request, tmp_path_factory):
    """A video of three seconds and its sound: 11 kHz, which is silence at 16,000 samples per second."""
    tone = 0.1 * np.sin(2 * np.pi * 11_000 * np.arange(3 * request.param) / request.param)
    sound = Sound(np.stack([tone, tone], axis=1).astype(np.float32), request.param)
    path = tmp_path_factory.mktemp("sound") / "high.mp4"
    write_video(path, [GREY] * 75, Fraction(25), sound=sound)
    return path, sound


def test_loudness_counts_what_is_high(cymbal):
    path, sound = cymbal
    with SoundSource(path) as source:
        pieces = list(source.rest(END))
        assert source.missing == ""
    assert {piece.sample_rate for piece in pieces} == {sound.sample_rate}
    whole = Sound(np.concatenate([piece.samples for piece in pieces]), sound.sample_rate)
    assert integrated_loudness(whole) == pytest.approx(integrated_loudness(sound), abs=0.1)


def test_pieces_come_as_far_as_they_are_asked_for(cymbal):
    with SoundSource(cymbal[0]) as source:
        source.start()
        first = list(source.until(Fraction(1)))
        assert Fraction(3, 4) < first[-1].end <= 1
        assert not list(source.until(Fraction(1)))
        rest = list(source.rest(END))
        assert rest[0].start == first[-1].end
        assert not list(source.rest(END))


def test_without_sound_it_says_why(tmp_path):
    write_video(tmp_path / "silent.mp4", [GREY] * 10, Fraction(25))
    (tmp_path / "text.mp4").write_text("no video", encoding="utf-8")
    for name, reason in (("silent.mp4", "no sound track"), ("text.mp4", "text.mp4")):
        with SoundSource(tmp_path / name) as source:
            assert not list(source.rest(END))
            assert reason in source.missing


def test_it_may_be_closed_before_and_after_its_worker_was_started(cymbal):
    for is_started in (False, True):
        source = SoundSource(cymbal[0])
        if is_started:
            source.start()
        source.close()
        source.start()
        assert not list(source.rest(END))
        assert "closed" in source.missing
