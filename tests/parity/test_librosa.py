"""Log-mel spectrograms against librosa's numbers, made by make_librosa_reference.py."""

from pathlib import Path

import numpy as np
import pytest

from reelwise.features.log_mel import MelSettings, log_mel
from reelwise.features.mel_filters import MelFilters

REFERENCE = np.load(Path(__file__).with_name("librosa_reference.npz"))
SAMPLES = REFERENCE["sound"].astype(np.float32) / 32768


def test_the_reference_names_its_version():
    assert str(REFERENCE["librosa"]) == "0.11.0"


@pytest.mark.parametrize("number", range(len(REFERENCE["cases"])))
def test_log_mel(number):
    fft, window, hop, mels, low, high, scale, norm, centre, padding = REFERENCE["cases"][number].tolist()
    filters = MelFilters(int(mels), float(low), float(high), scale, None if norm == "none" else norm)
    settings = MelSettings(16_000, int(fft), int(window), int(hop), filters, centre == "True", padding)
    np.testing.assert_allclose(log_mel(SAMPLES, settings), REFERENCE[f"log_mel_{number}"], rtol=0, atol=1e-4)
