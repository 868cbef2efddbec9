"""Memory is bounded whatever the length of the video: the benchmark's script at one minute."""

import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]


MODEL = REPOSITORY / "tests" / "golden" / "frames_only.keras"
LIMIT_MIB = 700
"""An hour takes some 520 MiB, and its beginning no less; a leak of 100 KB for each frame of a minute takes more."""


def test_a_minute_of_1080p_stays_below_its_limit():
    options = ["--minutes", "1", "--model", MODEL, "--limit-mib", str(LIMIT_MIB)]
    command = [sys.executable, "benchmarks/memory.py", *options]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=900)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("MiB") == 2
