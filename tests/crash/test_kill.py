"""Four kills of a real run: whatever the moment, --resume ends with the same metrics and the same weights."""

import importlib.util
from pathlib import Path

import pytest

_SPEC = importlib.util.spec_from_file_location("kill", Path(__file__).with_name("kill.py"))
kill = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(kill)

OPTIONS = (*(option for option in kill.SMALL if option != "--no-refit"), "--model", "cnn", "--epochs", "3")


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kill")
    return folder, kill.undisturbed(folder, OPTIONS)[0]


@pytest.mark.parametrize(
    ("phase", "wait_seconds"),
    [
        ("cache", 0.1),
        # The training alone differs between back ends; unit/training/test_resume.py kills between the files of a
        # checkpoint on each of them.
        pytest.param("epoch", 1.5, marks=pytest.mark.backend),
        ("checkpoint", 0.0),
        ("evaluation", 0.1),
    ],
)
def test_a_killed_run_resumes_to_the_same_result(alone, phase, wait_seconds):
    folder, expected = alone
    outcome = kill.try_kill(phase, folder, OPTIONS, expected, wait_seconds)
    assert outcome.killed
    assert outcome.good, outcome
