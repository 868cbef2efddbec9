import errno
import os
import resource

import numpy as np
import pytest

from reelwise.core.errors import TrainingError
from reelwise.training import checkpoint
from reelwise.training.checkpoint import Checkpoints, Snapshot, from_named, to_named

ARRAYS = [
    np.arange(6, dtype=np.float32).reshape(2, 3),
    np.array(7, np.int64),
    np.array([1, 2], np.uint32),
    np.zeros(0, bool),
]


def snapshot(number: int = 0) -> Snapshot:
    return Snapshot({"number": number, "third": 1 / 3}, {"training": to_named(ARRAYS), "random": {}})


def test_what_was_saved_comes_back_and_the_last_two_are_kept(tmp_path):
    saved = Checkpoints(tmp_path / "new" / "folder")
    assert saved.newest() is None
    for step in (2, 10, 9, 100):
        assert saved.save(step, snapshot(step))
    found = saved.newest()
    assert found is not None
    assert found.state == {"number": 100, "third": 1 / 3}
    back = from_named(found.groups["training"])
    assert all(
        np.array_equal(a, b) and a.dtype == b.dtype and a.shape == b.shape for a, b in zip(back, ARRAYS, strict=True)
    )
    assert sorted(path.name for path in saved.folder.iterdir()) == ["step-0000000010", "step-0000000100"]


@pytest.mark.parametrize("name", ["state.json", "training.safetensors", "random.safetensors", "parts.json"])
@pytest.mark.parametrize("harm", ["flip", "cut", "remove", "grow"])
def test_a_damaged_newest_is_set_aside_and_the_one_before_it_taken(tmp_path, name, harm):
    saved = Checkpoints(tmp_path)
    saved.save(1, snapshot(1))
    saved.save(2, snapshot(2))
    part = tmp_path / "step-0000000002" / name
    blob = part.read_bytes()
    if harm == "remove":
        part.unlink()
    else:
        flipped = blob[: len(blob) // 2] + bytes([blob[len(blob) // 2] ^ 4]) + blob[len(blob) // 2 + 1 :]
        part.write_bytes({"flip": flipped, "cut": blob[:-3], "grow": blob + b"!"}[harm])
    found = saved.newest()
    assert found is not None
    assert found.state["number"] == 1
    assert "step-0000000002 is damaged" in saved.warnings[0]
    assert (tmp_path / "damaged-step-0000000002-1").is_dir()
    assert saved.save(2, snapshot(3))
    assert saved.newest().state["number"] == 3


def test_a_part_outside_of_the_checkpoint_is_not_read(tmp_path):
    saved = Checkpoints(tmp_path / "checkpoints")
    saved.save(1, snapshot())
    (tmp_path / "secret").write_text("{}")
    (tmp_path / "checkpoints" / "step-0000000001" / "parts.json").write_text(
        '{"../../secret": {"bytes": 2, "sha256": "x"}}'
    )
    assert saved.newest() is None
    assert "is not a name of a part" in saved.warnings[0]


def test_leftovers_of_a_killed_save_are_cleared(tmp_path):
    (tmp_path / ".saving-99-5").mkdir()
    Checkpoints(tmp_path).save(1, snapshot())
    assert [path.name for path in tmp_path.iterdir()] == ["step-0000000001"]


@pytest.fixture
def full_disk():
    """No file may grow over 100 bytes; Python ignores SIGXFSZ, so writes fail as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill(full: bool) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100 if full else before[0], before[1]))

    yield fill
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_is_a_warning_while_an_older_one_is_valid_and_an_error_in_the_end(tmp_path, full_disk):
    saved = Checkpoints(tmp_path)
    assert saved.save(1, snapshot(1))
    full_disk(True)
    results = [saved.save(step, snapshot(step)) for step in (2, 3, 4, 5)]
    with pytest.raises(TrainingError, match="5 checkpoints in a row") as caught:
        saved.save(6, snapshot(6))
    full_disk(False)
    assert "Make room" in caught.value.hint
    assert results == [False] * 4
    assert len(saved.warnings) == 4
    assert saved.newest().state["number"] == 1
    assert [path.name for path in tmp_path.iterdir()] == ["step-0000000001"]


def test_a_full_disk_at_the_first_one_is_an_error(tmp_path, full_disk):
    full_disk(True)
    with pytest.raises(TrainingError, match="first checkpoint cannot be saved"):
        Checkpoints(tmp_path).save(1, snapshot())
    full_disk(False)
    assert list(tmp_path.iterdir()) == []


def test_too_little_free_space_is_seen_before_writing(tmp_path, monkeypatch):
    saved = Checkpoints(tmp_path)
    saved.save(1, snapshot(1))
    monkeypatch.setattr(
        checkpoint.shutil, "disk_usage", lambda path: type("Usage", (), {"total": 10**9, "free": 500})()
    )
    assert not saved.save(2, snapshot(2))
    assert "MB are wanted" in saved.warnings[0]


def test_saving_is_throttled_by_time_and_by_cost(tmp_path, monkeypatch):
    clock = [100.0]
    monkeypatch.setattr(checkpoint.time, "monotonic", lambda: clock[0])
    saved = Checkpoints(tmp_path, every_seconds=2.0)
    assert saved.due()
    saved.save(1, snapshot())
    assert not saved.due()
    clock[0] += 2.1
    assert saved.due()
    saved._last_cost = 1.0
    assert not saved.due()


def test_a_drive_that_is_gone_is_no_full_disk(tmp_path, monkeypatch):
    def fail(path) -> None:
        raise OSError(errno.ESTALE, os.strerror(errno.ESTALE))

    monkeypatch.setattr(checkpoint.shutil, "disk_usage", fail)
    with pytest.raises(TrainingError, match="stale file handle") as caught:
        Checkpoints(tmp_path).save(1, snapshot())
    assert caught.value.hint == "Check the network drive: it is no longer there. Then go on with --resume."
