"""Two commands that are started together never write into one place."""

import multiprocessing
import os
from pathlib import Path

import pytest

from reelwise.core.errors import CacheError, UsageError
from reelwise.jobs.runs.folder import claim_file, make_numbered_folder, make_run_folder
from reelwise.jobs.runs.folder_lock import LOCK, folder_in_use, is_empty


def _make(parent, barrier, queue):
    barrier.wait(20)
    for _ in range(20):
        queue.put(str(make_numbered_folder(Path(parent), "run")))


@pytest.mark.skipif(os.name == "nt", reason="the processes are forked")
def test_each_of_several_processes_makes_folders_of_its_own(tmp_path):
    context = multiprocessing.get_context("fork")
    barrier, queue = context.Barrier(4), context.Queue()
    workers = [context.Process(target=_make, args=(str(tmp_path / "runs"), barrier, queue)) for _ in range(4)]
    for worker in workers:
        worker.start()
    names = [queue.get(timeout=30) for _ in range(80)]
    for worker in workers:
        worker.join()
    assert len(set(names)) == 80


def test_a_link_to_nowhere_takes_a_name_too(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs/clips-1").symlink_to(tmp_path / "gone")
    assert make_run_folder("data/clips").as_posix() == "runs/clips-2"


def test_where_runs_is_a_file_there_is_an_error_and_no_waiting(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "runs").touch()
    with pytest.raises(CacheError, match="runs: cannot be written"):
        make_run_folder("clips")


def test_a_folder_is_used_by_one_at_a_time_and_nothing_of_it_stays(tmp_path):
    out = tmp_path / "out"
    with folder_in_use(out):
        assert is_empty(out)
        with pytest.raises(UsageError, match="another command is writing into it"), folder_in_use(out):
            pass
    assert not list(out.iterdir())
    assert LOCK.startswith(".")


def test_a_file_is_taken_by_making_it(tmp_path):
    path = tmp_path / "new" / "p.csv"
    with claim_file(path):
        with pytest.raises(UsageError, match=r"p\.csv: exists, and nothing is ever overwritten"), claim_file(path):
            pass
        path.write_text("a")
    assert path.read_text() == "a"


def test_a_file_that_nothing_was_written_into_goes_again(tmp_path):
    with pytest.raises(KeyError), claim_file(tmp_path / "p.csv"):
        raise KeyError
    with claim_file(None):
        assert not list(tmp_path.iterdir())
    (tmp_path / "file").touch()
    with pytest.raises(CacheError, match="cannot be written"), claim_file(tmp_path / "file" / "p.csv"):
        pass
