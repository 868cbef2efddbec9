"""Checkpoints that are whole or not there, and are believed only when their hashes hold."""

import hashlib
import json
import os
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.numpy

from reelwise.core.errors import TrainingError
from reelwise.core.file_systems import free_bytes
from reelwise.core.files import fsync_file, fsync_folder, write_hint

PARTS_FILE = "parts.json"
STATE_FILE = "state.json"
_LARGEST_JSON = 64 << 20
"""Bytes that are read of a list of parts: far more than any has, so that a damaged disk cannot fill the memory."""
_FAILURES_ALLOWED = 5
"""Saves in a row that may fail before training stops: a full disk is often emptied within minutes."""

SAVING_INTERVALS = 20
"""Time between two checkpoints, in times that the last one took to save: at most a twentieth of a run is saving."""

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True, eq=False)
class Snapshot:
    """What one checkpoint holds.

    Args:
        state: Plain values.
        groups: Named sets of named arrays; each becomes one safetensors file.
    """

    state: dict[str, Any]
    groups: dict[str, Arrays]


@dataclass(eq=False)
class Checkpoints:
    """The checkpoints of one training, in a folder of their own.

    Each is a folder ``step-…`` that was written under a temporary name, flushed to the disk and renamed, so that a
    crash at any moment leaves the ones before it untouched. The last two are kept.

    Args:
        folder: Where they are; made when the first one is saved.
        fingerprint: Of the data and of everything else that must match to resume.
        resume: Whether to continue from the newest valid one.
        every_seconds: Time that passes at least between two saves at the ends of epochs.
        warnings: What went wrong without stopping the training, filled as it happens.
    """

    folder: Path
    fingerprint: str = ""
    resume: bool = False
    every_seconds: float = 2.0
    warnings: list[str] = field(default_factory=list)
    _num_failures: int = 0
    _last_bytes: int = 0
    _last_end: float = float("-inf")
    _last_cost: float = 0.0

    def due(self) -> bool:
        """Whether it is time for the next one."""
        return time.monotonic() - self._last_end >= max(self.every_seconds, SAVING_INTERVALS * self._last_cost)

    def save(self, step: int, snapshot: Snapshot) -> bool:
        """Write a checkpoint.

        Args:
            step: Training steps so far; the newest checkpoint is the one with most.
            snapshot: What to keep.

        Returns:
            Whether it was written; if not, ``warnings`` has a new line.

        Raises:
            TrainingError: It failed while no older one is valid, or failed too often; make room on the disk.
        """
        begin = time.monotonic()
        try:
            self._write(step, snapshot)
        except OSError as error:
            self._note_failure(error)
            return False
        finally:
            self._last_end = time.monotonic()
            self._last_cost = self._last_end - begin
        self._num_failures = 0
        return True

    def newest(self) -> Snapshot | None:
        """The newest checkpoint whose hashes hold, or None; damaged ones are set aside and named in ``warnings``."""
        for path in reversed(self._folders()):
            try:
                return _read(path)
            except (OSError, ValueError, KeyError, TypeError, RecursionError) as problem:
                aside = _set_aside(path)
                self.warnings.append(
                    f"checkpoint {path.name} is damaged and was set aside as {aside.name} ({problem})."
                )
        return None

    def _folders(self) -> list[Path]:
        paths = [path for path in self.folder.glob("step-*") if path.is_dir() and path.name[5:].isdigit()]
        return sorted(paths, key=lambda path: int(path.name[5:]))

    def _write(self, step: int, snapshot: Snapshot) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        free = free_bytes(self.folder)
        if free < 2 * self._last_bytes:
            raise OSError(f"{free / 1e6:.0f} MB are free, {2 * self._last_bytes / 1e6:.0f} MB are wanted")
        self._clear_leftovers()
        temporary = self.folder / f".saving-{os.getpid()}-{step}"
        try:
            temporary.mkdir()
            self._last_bytes = _write_parts(temporary, snapshot)
            final = self.folder / f"step-{step:010d}"
            if final.exists():
                shutil.rmtree(final)
            temporary.replace(final)
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            raise
        fsync_folder(self.folder)
        for old in self._folders()[:-2]:
            shutil.rmtree(old, ignore_errors=True)

    def _clear_leftovers(self) -> None:
        for path in self.folder.glob(".saving-*"):
            shutil.rmtree(path, ignore_errors=True)

    def _note_failure(self, error: OSError) -> None:
        self._num_failures += 1
        full = f"Make room on the disk of {self.folder}."
        hint = f"{write_hint(error, full) if error.errno else full} Then go on with --resume."
        if not self._folders():
            raise TrainingError(
                f"{self.folder}: the first checkpoint cannot be saved ({_why(error)}).", hint=hint
            ) from error
        if self._num_failures >= _FAILURES_ALLOWED:
            times = f"{self._num_failures} checkpoints in a row cannot be saved"
            raise TrainingError(f"{self.folder}: {times} ({_why(error)}).", hint=hint) from error
        self.warnings.append(f"a checkpoint cannot be saved ({_why(error)}); the one before it stays. {hint}")


def _why(error: OSError) -> str:
    return error.strerror.lower() if error.strerror else str(error)


def _write_parts(folder: Path, snapshot: Snapshot) -> int:
    """Write every part and the list of their hashes, flushed to the disk; returns bytes written."""
    blobs = {STATE_FILE: json.dumps(snapshot.state, allow_nan=False).encode()}
    for name, arrays in snapshot.groups.items():
        blobs[f"{name}.safetensors"] = safetensors.numpy.save(arrays)
    parts = {name: {"bytes": len(blob), "sha256": hashlib.sha256(blob).hexdigest()} for name, blob in blobs.items()}
    blobs[PARTS_FILE] = json.dumps(parts, indent=1).encode()
    for name, blob in blobs.items():
        with (folder / name).open("wb") as stream:
            stream.write(blob)
            stream.flush()
            fsync_file(stream)
    fsync_folder(folder)
    return sum(map(len, blobs.values()))


def _read(folder: Path) -> Snapshot:
    """Read a checkpoint; ValueError names the part that is not as it was written."""
    parts = _json(_bytes(folder / PARTS_FILE, _LARGEST_JSON))
    blobs: dict[str, bytes] = {}
    for name, part in parts.items():
        if Path(name).name != name:
            raise ValueError(f"{name!r} is not a name of a part")
        blob = _bytes(folder / name, part["bytes"])
        if len(blob) != part["bytes"] or hashlib.sha256(blob).hexdigest() != part["sha256"]:
            raise ValueError(f"{name} is not as it was written")
        blobs[name] = blob
    state = _json(blobs.pop(STATE_FILE))
    try:
        return Snapshot(state, {Path(name).stem: safetensors.numpy.load(blob) for name, blob in blobs.items()})
    except safetensors.SafetensorError as error:
        raise ValueError(str(error)) from error


def _bytes(path: Path, most: int) -> bytes:
    with path.open("rb") as stream:
        return stream.read(most + 1)


def _json(blob: bytes) -> dict[str, Any]:
    value = json.loads(blob.decode())
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")
    return value


def _set_aside(path: Path) -> Path:
    number = 1
    while (aside := path.with_name(f"damaged-{path.name}-{number}")).exists():
        number += 1
    return path.replace(aside)


def to_named(arrays: list[np.ndarray] | tuple[np.ndarray, ...]) -> Arrays:
    """A list of arrays as named ones; ``from_named`` gives it back."""
    return {f"{index:05d}": array for index, array in enumerate(arrays)}


def from_named(arrays: Mapping[str, np.ndarray]) -> list[np.ndarray]:
    """The arrays of ``to_named`` in their order."""
    return [arrays[name] for name in sorted(arrays)]
