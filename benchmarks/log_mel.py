"""How fast is the log-mel spectrogram of one hour of 16 kHz mono, against librosa? Target: faster, and within 300 MiB.

Both make ``ln(mel + 1e-6)`` of the same samples with the same settings; reading them is not timed. librosa lives in an
environment of its own (``python -m venv .bench/venv-rivals``, then ``pip install librosa==0.11.0`` there) and works in
a process beside this one, which tells its seconds. Memory is that of a fresh process that maps the samples from a file.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO

import numpy as np

from compare import compare, save, timed
from reelwise.core.backend import available_processors
from reelwise.features.log_mel import log_mel
from targets import Target, exit_status

RATE = 16_000
MAX_MIB = 300
RIVALS_PYTHON = Path(__file__).parent.parent / ".bench" / "venv-rivals" / "bin" / "python"
LIBROSA = """
import sys, time
import librosa, numpy as np
samples = np.fromfile(sys.argv[1], np.float32)
def work(y):
    mel = librosa.feature.melspectrogram(y=y, sr=16000, n_fft=512, win_length=400, hop_length=160, n_mels=64)
    return np.log(mel + np.float32(1e-6))
np.save(sys.argv[2], work(samples[:160000]).T)
for _ in sys.stdin:
    began = time.perf_counter()
    work(samples)
    print(time.perf_counter() - began, flush=True)
"""
MEMORY = """
import sys
import numpy as np
from reelwise.features.log_mel import log_mel
result = log_mel(np.memmap(sys.argv[1], np.float32, "r"))
status = open("/proc/self/status").read()
print(len(result), int(status.split("VmHWM:")[1].split()[0]) / 1024)
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--repeats", type=int, default=7)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "samples.f32"
        write_noise(path, round(arguments.minutes * 60 * RATE))
        mebibytes = peak_mebibytes(path)
        save("log_mel_memory", {"minutes": arguments.minutes, "peak_mib": mebibytes})
        targets = [Target("log_mel: MiB of a fresh process at most", mebibytes, MAX_MIB, is_least=False)]
        print(targets[0], flush=True)
        ratio = None
        if RIVALS_PYTHON.exists():
            ratio = against_librosa(path, arguments.minutes, arguments.repeats)
        else:
            print(f"log_mel: no librosa, there is no {RIVALS_PYTHON}; scripts/bench makes it", file=sys.stderr)
    targets.append(Target("log_mel: our rate over librosa's", ratio, 1.0, is_least=True))
    print(targets[1])
    return exit_status(is_met=all(target.is_met for target in targets))


def write_noise(path: Path, num_samples: int) -> None:
    """Noise whose loudness goes up and down, written piece by piece."""
    rng = np.random.default_rng(0)
    with path.open("wb") as stream:
        for start in range(0, num_samples, 10 * RATE):
            time = np.arange(start, min(num_samples, start + 10 * RATE)) / RATE
            noise = rng.normal(0, 0.1, len(time)) * (0.6 + 0.4 * np.sin(time))
            stream.write(noise.astype(np.float32).tobytes())


def peak_mebibytes(path: Path) -> float:
    """The high-water mark of a process that starts, maps the file, makes the spectrogram and holds it."""
    answer = subprocess.run([sys.executable, "-c", MEMORY, str(path)], capture_output=True, text=True, check=True)
    return float(answer.stdout.split()[1])


def against_librosa(path: Path, minutes: float, repeats: int) -> float:
    """Hours of sound per second of both, interleaved; gives our ratio to librosa."""
    samples = np.fromfile(path, np.float32)
    beginning = path.with_suffix(".npy")
    with subprocess.Popen(
        [str(RIVALS_PYTHON), "-c", LIBROSA, str(path), str(beginning)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as librosa:
        rivals = {
            "librosa": told_by(librosa.stdin, librosa.stdout, minutes / 60),
            "reelwise": lambda: timed(lambda: log_mel(samples), minutes / 60),
        }
        print(f"log_mel: {minutes:g} minutes at {RATE} Hz, {available_processors()} processors, hours per second")
        found = compare("log_mel", rivals, baseline="librosa", repeats=repeats)
        difference = float(np.abs(np.load(beginning) - log_mel(samples[: 10 * RATE])).max())
        print(f"log_mel: largest difference in the first 10 s {difference:.1e}")
    return found["reelwise"]["ratio"]


def told_by(stdin: IO[str] | None, stdout: IO[str] | None, units: float) -> Callable[[], float]:
    """A rival in another process: one line makes it work, and it answers its seconds."""
    if stdin is None or stdout is None:
        raise ValueError("the rival has no pipes")

    def rate() -> float:
        stdin.write("go\n")
        stdin.flush()
        return units / float(stdout.readline())

    return rate


if __name__ == "__main__":
    sys.exit(main())
