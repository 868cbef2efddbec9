"""How often a sound changes its sign: low for hums and vowels, high for hiss."""

import numpy as np

from reelwise.features.sound_frames import BLOCK_SAMPLES, count_frames, to_mono

_NEARLY_ZERO = 1e-10


def zero_crossing_rate(samples: np.ndarray, frame_length: int = 400, hop_length: int = 160) -> np.ndarray:
    """The share of samples in each frame whose sign differs from that of the sample before.

    Frame k lies around sample ``k * hop_length``; at the ends the first and last sample are repeated. Zero counts as
    positive, so a silent sound has no crossings.

    Args:
        samples: (N,) or (N, channels) float32; channels are averaged. May be a memory map.
        frame_length: Samples of a frame, even.
        hop_length: Samples from one frame to the next.

    Returns:
        (T,) float32 in [0, 1), T = 1 + N // hop_length; T = 0 when N = 0. Times half of the sample rate it is about the
        frequency of a pure tone.

    Example:
        >>> time = np.arange(16000) / 16000
        >>> rate = zero_crossing_rate(np.sin(2 * np.pi * 440 * time).astype(np.float32))
        >>> rate.shape, round(float(rate[2:-2].mean()) * 8000)
        ((101,), 440)

    Source: as librosa 0.11 ``feature.zero_crossing_rate``.
    """
    num_frames = count_frames(len(samples), frame_length, hop_length, centre=True)
    if num_frames == 0:
        return np.zeros(0, np.float32)
    pad = frame_length // 2
    running = np.concatenate([[0], np.cumsum(_crossings(samples), dtype=np.int32)])  # crossings before sample i
    starts = hop_length * np.arange(num_frames) - pad
    first = np.clip(starts + 1, 0, len(samples))
    last = np.clip(starts + frame_length, 0, len(samples))
    return ((running[last] - running[first]) / frame_length).astype(np.float32)


def _crossings(samples: np.ndarray) -> np.ndarray:
    """(N,) bool: whether sample i has another sign than sample i - 1."""
    crossings = np.zeros(len(samples), bool)
    before = False
    for start in range(0, len(samples), BLOCK_SAMPLES):
        block = to_mono(np.asarray(samples[start : start + BLOCK_SAMPLES]))
        negative = block < -_NEARLY_ZERO
        part = crossings[start : start + len(block)]
        part[0] = start > 0 and negative[0] != before
        part[1:] = negative[1:] != negative[:-1]
        before = bool(negative[-1])
    return crossings
