"""The sound is decoded beside the frames, and may be ended at any moment."""

import threading
from fractions import Fraction

import numpy as np
import pytest

from reelwise.analysis import sound_source
from reelwise.analysis.sound_source import SoundSource
from reelwise.core.sound import Sound
from reelwise.features.loudness import integrated_loudness
from reelwise.media.writers.writer import write_video


@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_loudness_counts_what_is_high(tmp_path, rate):
    """A cymbal at 11 kHz is silence at 16,000 samples per second."""
    tone = 0.1 * np.sin(2 * np.pi * 11_000 * np.arange(3 * rate) / rate)
    sound = Sound(np.stack([tone, tone], axis=1).astype(np.float32), rate)
    grey = np.full((16, 16, 3), 90, np.uint8)
    write_video(tmp_path / "high.mp4", [grey] * 75, Fraction(25), sound=sound)
    with SoundSource(tmp_path / "high.mp4", tmp_path) as source:
        decoded_sound = source.sound()
        assert decoded_sound is not None
        assert decoded_sound.sample_rate == rate
        assert integrated_loudness(decoded_sound) == pytest.approx(integrated_loudness(sound), abs=0.1)


def test_it_may_be_closed_by_another_thread_before_its_own_has_started(tmp_path, monkeypatch):
    source = SoundSource(tmp_path / "gone.mp4", tmp_path)

    class LateThread(threading.Thread):
        """Closes the source where the thread is made and not yet started."""

        def start(self) -> None:
            source.close()
            super().start()

    monkeypatch.setattr(sound_source.threading, "Thread", LateThread)
    runs = []
    monkeypatch.setattr(source._pool, "run", lambda tasks: iter(runs.append(tasks) or ()))
    source.start()
    monkeypatch.undo()
    assert source.sound() is None
    assert not runs, "a closed source decodes"
    assert source.missing == "the sound was not decoded to its end."
