"""Locks where a drive has none, or belongs to somebody else."""

import errno
import os
import warnings

import pytest

from reelwise.cache import file_lock
from reelwise.cache.file_lock import FileLock
from reelwise.core.errors import ReelwiseWarning


def answer(monkeypatch, number):
    def refuse(handle):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(file_lock, "_lock", refuse)


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL, errno.EIO, errno.EBADF])
def test_a_drive_without_locks_lets_everybody_work_and_says_so(number, tmp_path, monkeypatch):
    answer(monkeypatch, number)
    first, second = FileLock(tmp_path / "a.lock"), FileLock(tmp_path / "a.lock")
    with pytest.warns(ReelwiseWarning, match=f"this drive has no file locks .{os.strerror(number)}.*two commands"):
        assert first.try_acquire()
    with pytest.warns(ReelwiseWarning):
        assert second.try_acquire()
    assert not first.excludes_others
    first.release()
    second.release()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("number", [errno.EWOULDBLOCK, errno.EACCES])
def test_a_lock_that_another_holds_is_no_lack_of_locks(number, tmp_path, monkeypatch):
    answer(monkeypatch, number)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert not FileLock(tmp_path / "a.lock").try_acquire()


def test_what_a_job_left_is_taken_over_only_where_locks_say_that_it_is_gone(tmp_path, monkeypatch):
    holder, other = FileLock(tmp_path / "a.lock"), FileLock(tmp_path / "a.lock")
    assert holder.try_acquire()
    assert holder.excludes_others
    assert not other.take_over()
    holder.release()
    assert other.take_over()
    other.release()
    answer(monkeypatch, errno.ENOLCK)
    with pytest.warns(ReelwiseWarning):
        assert not other.take_over()
    (tmp_path / "file").touch()
    assert not FileLock(tmp_path / "file" / "a.lock").take_over()


def test_a_file_with_another_number_at_every_look_is_no_reason_to_wait_for_ever(tmp_path, monkeypatch):
    monkeypatch.setattr(os.path, "samestat", lambda *pair: False)
    assert FileLock(tmp_path / "a.lock").try_acquire()
