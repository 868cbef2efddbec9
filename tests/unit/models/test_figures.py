"""The figures of the catalogue are those of the networks that Keras builds."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.backend

REPOSITORY = Path(__file__).parents[3]


def test_the_figures_of_the_presets_are_current() -> None:
    command = [sys.executable, "scripts/model_figures.py", "--check"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
