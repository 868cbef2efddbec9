"""The options of the commands, as their errors explain them."""

from pathlib import Path

import pytest

from reelwise.cli.main import run
from reelwise.tasks import TASKS


@pytest.mark.parametrize("command", ["train", "check"])
def test_a_wrong_task_is_answered_with_every_task(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([command, str(tmp_path), "--task", "regresion"]) == 2
    words = capsys.readouterr().err
    assert [task.name for task in TASKS if task.name not in words] == []
