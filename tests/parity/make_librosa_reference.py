"""Makes librosa_reference.npz: ``.bench/venv-rivals/bin/python tests/parity/make_librosa_reference.py``.

The environment has ``pip install librosa==0.11.0 numpy``; the file names the version it was made by.
"""

from pathlib import Path

import numpy as np

OUTPUT = Path(__file__).with_name("librosa_reference.npz")
RATE = 16_000

# fft_length, window_length, hop_length, num_mels, low_hz, high_hz, scale, norm, centre, padding
CASES = [
    (512, 400, 160, 64, 0.0, 8000.0, "slaney", "slaney", True, "constant"),
    (512, 400, 160, 40, 20.0, 7600.0, "htk", "none", True, "reflect"),
    (2048, 2048, 512, 80, 0.0, 8000.0, "slaney", "none", False, "constant"),
    (1024, 800, 333, 40, 50.0, 4000.0, "htk", "slaney", True, "constant"),
]


def made_sound() -> np.ndarray:
    """1.5 s: a rising tone over faint noise, a silent stretch, clicks; 16-bit, as from a file."""
    time = np.arange(int(1.5 * RATE)) / RATE
    sound = 0.6 * np.sin(2 * np.pi * (200 + 1500 * time) * time)
    sound += np.random.default_rng(0).normal(0, 0.003, len(time))
    sound[8_000:12_000] = 0
    sound[[14_000, 18_000, 22_000]] = 0.9
    return np.round(np.clip(sound, -1, 1) * 32767).astype(np.int16)


def main() -> None:
    import librosa  # is in that environment only, and tests collect this file

    sound = made_sound()
    samples = sound.astype(np.float32) / 32768
    found = {"librosa": np.array(librosa.__version__), "sound": sound, "cases": np.array(CASES, str)}
    for number, (fft, window, hop, mels, low, high, scale, norm, centre, padding) in enumerate(CASES):
        mel = librosa.feature.melspectrogram(
            y=samples,
            sr=RATE,
            n_fft=fft,
            win_length=window,
            hop_length=hop,
            n_mels=mels,
            fmin=low,
            fmax=high,
            htk=scale == "htk",
            norm=None if norm == "none" else norm,
            center=centre,
            pad_mode=padding,
        )
        found[f"log_mel_{number}"] = np.log(mel.T + 1e-6).astype(np.float32)
    np.savez_compressed(OUTPUT, allow_pickle=False, **found)


if __name__ == "__main__":
    main()
