"""The options of the commands, as their help shows them."""

import pytest

from reelwise.cli.main import run
from reelwise.tasks import TASKS


@pytest.mark.parametrize("command", ["train", "check"])
def test_the_help_of_task_names_every_task(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([command, "--help"]) == 0
    words = capsys.readouterr().out
    assert [task.name for task in TASKS if task.name not in words] == []
