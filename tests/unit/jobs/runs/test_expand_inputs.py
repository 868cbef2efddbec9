"""What a command is to look at: nothing below a folder is lost in silence."""

import os
from pathlib import Path

import pytest

from reelwise.core.errors import UsageError
from reelwise.jobs.runs.inputs import expand_inputs


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """Two videos by their names, and a folder that cannot be listed (made so: root may list any)."""
    for name in ("a/one.mp4", "b/two.mp4", "closed/three.mp4"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    scandir = os.scandir

    def refuse(path="."):
        if Path(path).name == "closed":
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    return tmp_path


def test_a_folder_that_cannot_be_listed_is_an_input_that_fails_by_itself(folder):
    assert expand_inputs((str(folder),)) == [folder / "a/one.mp4", folder / "b/two.mp4", folder / "closed"]


def test_it_is_the_reason_where_there_is_nothing_else(folder):
    with pytest.raises(UsageError) as error:
        expand_inputs((str(folder / "closed"),))
    assert "could not be listed: PermissionError" in f"{error.value} {error.value.hint}"
