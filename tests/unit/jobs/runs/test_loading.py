"""From a path to a model file."""

import pytest

from reelwise.core.errors import UsageError
from reelwise.jobs.runs.loading import model_path


def test_a_training_that_was_broken_off_says_how_to_go_on(tmp_path):
    (tmp_path / "run" / "checkpoints").mkdir(parents=True)
    with pytest.raises(UsageError, match=r"no model there.*--resume goes on"):
        model_path(tmp_path / "run")
    with pytest.raises(UsageError, match="Check the spelling"):
        model_path(tmp_path / "nothing")
