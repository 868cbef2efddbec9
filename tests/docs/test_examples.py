"""The example runs as it is told to, on a small set."""

import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]


def test_first_steps(tmp_path: Path) -> None:
    from reelwise.media.synthetic import write_motion_set

    write_motion_set(tmp_path / "clips", num_clips=16, seed=2)
    command = [sys.executable, REPOSITORY / "examples" / "first_steps.py", tmp_path / "clips", "--out", tmp_path]
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "REELWISE_CACHE": str(tmp_path / "cache")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("16 videos of")
    assert sum("the same as before saving" in line for line in lines) == 3
    assert "NOT" not in done.stdout
    assert {path.name for path in tmp_path.iterdir()} == {
        "cache",
        "clips",
        "first_steps.h5",
        "first_steps.keras",
        "lstm.h5",
    }
