"""Log-mel spectrograms against ``keras.layers.MelSpectrogram``, on whatever back end runs."""

import numpy as np
import pytest

from reelwise.features.log_mel import MelSettings, log_mel
from reelwise.features.mel_filters import MelFilters


@pytest.mark.backend
@pytest.mark.parametrize(("fft_length", "window_length", "hop_length"), [(512, 400, 160), (1024, 1024, 256)])
def test_log_mel_is_that_of_keras(fft_length, window_length, hop_length):
    import keras

    time = np.arange(24_000) / 16_000
    tone = 0.5 * np.sin(2 * np.pi * (200 + 900 * time) * time)
    samples = (tone + np.random.default_rng(0).normal(0, 0.02, len(time))).astype(np.float32)
    layer = keras.layers.MelSpectrogram(
        fft_length=fft_length,
        sequence_length=window_length,
        sequence_stride=hop_length,
        sampling_rate=16_000,
        num_mel_bins=40,
        min_freq=20.0,
        max_freq=7600.0,
        power_to_db=False,
        mag_exp=2.0,
    )
    expected = np.log(keras.ops.convert_to_numpy(layer(samples[None]))[0].T + 1e-6)
    filters = MelFilters(40, 20.0, 7600.0, scale="htk", norm=None, straight_in="mel")
    settings = MelSettings(16_000, fft_length, window_length, hop_length, filters, padding="reflect")
    np.testing.assert_allclose(log_mel(samples, settings), expected, rtol=0, atol=1e-3)
