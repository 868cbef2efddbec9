"""Memory is bounded whatever the length of the video: the benchmark's script at three minutes."""

import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]


def test_three_minutes_of_1080p_stay_below_one_gib():
    command = [sys.executable, "benchmarks/memory.py", "--minutes", "3"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=900)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("MiB") == 2
