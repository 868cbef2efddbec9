"""Where results go: into pipes that nobody reads, and never into the place of another command."""

import os
import subprocess
import sys

import pytest

from reelwise.cache.file_lock import FileLock
from reelwise.core.errors import UsageError
from reelwise.jobs.api import predict
from reelwise.jobs.runs.folder_lock import LOCK


@pytest.mark.skipif(os.name == "nt", reason="bash")
def test_predictions_are_written_whole_when_nobody_reads_the_lines(tested, clips, tmp_path):
    command = (
        f"set -o pipefail; {sys.executable} -m reelwise predict {tested.path} {clips} --csv {tmp_path}/p.csv | true"
    )
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert len((tmp_path / "p.csv").read_text().splitlines()) == 1 + 18
    assert "Error" not in done.stderr


@pytest.mark.parametrize("resume", [False, True])
def test_a_run_that_another_command_works_on_is_left_alone(resume, tiny_train, tmp_path):
    lock = FileLock(tmp_path / "run" / LOCK)
    assert lock.try_acquire()
    if resume:
        (tmp_path / "run/run.json").write_text("{}")
    with pytest.raises(UsageError, match="another command is writing into it"):
        tiny_train(resume=resume)
    assert {path.name for path in (tmp_path / "run").iterdir()} - {"run.json"} == {LOCK}
    lock.release()


def test_a_prediction_that_fails_leaves_no_empty_file(tested, clips, tmp_path):
    (tmp_path / "p.csv").write_text("mine")
    with pytest.raises(UsageError, match=r"p\.csv: exists"):
        predict(tested.path, clips, csv=tmp_path / "p.csv")
    assert (tmp_path / "p.csv").read_text() == "mine"
