"""Weights from a file that PyTorch saved, read without PyTorch and without running anything that the file says."""

import io
import math
import mmap
import os
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np

from reelwise.core.errors import ModelFileError
from reelwise.models.torch_pickle import PickleProblem, StoredTensor, StoredValues, read_pickle

_MOST_MEMBERS = 100_000
"""Of a zip: one for each array, and some more."""

_LARGEST_FACTOR = 2
"""Times the size of the file that all arrays may take: views of the same memory become arrays of their own."""

_MAGIC = 0x1950A86A20F9469CFC6C
_PROTOCOL = 1001
"""The first two values of a file that PyTorch saved before version 1.6."""

_LENGTH = struct.Struct("<q")
"""How many numbers follow, before each memory of such a file."""

_HINT = (
    "Take another file, or write it anew where PyTorch runs and the file is trusted:"
    " torch.save(model.state_dict(), PATH)."
)

_PARALLEL = "module."

_Memory = Callable[[StoredValues], memoryview]


def read_torch_arrays(path: Path) -> dict[str, np.ndarray]:
    """The arrays of a ``state_dict`` that ``torch.save`` wrote, by their names.

    Both formats are read: the zip of PyTorch 1.6 and later, and the pickles in a row before. A dict with a key
    ``state_dict`` stands for the dict under it, and the prefix ``module.`` of all names (of DataParallel) is dropped.
    No code of the file is run: see :mod:`reelwise.models.torch_pickle`.

    Args:
        path: The file.

    Returns:
        Arrays of the file's own types in row order, each with its own memory.

    Raises:
        ModelFileError: It is not there, not such a file, damaged, names anything but weights, or its arrays would take
            far more memory than the file.
    """
    try:
        with _open_regular(path) as stream:
            arrays = _arrays_of(stream, os.fstat(stream.fileno()).st_size)
    except PickleProblem as problem:
        raise ModelFileError(f"{path}: {problem}.", hint=_HINT) from None
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, EOFError) as problem:
        reason = " ".join(str(problem).split())[:160]
        raise ModelFileError(f"{path}: cannot be read ({reason}).", hint=_HINT) from None
    return arrays


def _open_regular(path: Path) -> BinaryIO:
    try:
        is_regular = stat.S_ISREG(path.stat().st_mode)
        if is_regular:
            return path.open("rb")
    except FileNotFoundError:
        raise ModelFileError(f"{path}: there is no such file.", hint="Check the spelling of the path.") from None
    except (OSError, ValueError) as problem:
        raise ModelFileError(f"{path}: cannot be opened ({problem}).", hint="Check its permissions.") from None
    raise ModelFileError(f"{path}: is not an ordinary file.", hint="Name a file of weights that PyTorch saved.")


def _arrays_of(stream: BinaryIO, size: int) -> dict[str, np.ndarray]:
    start = stream.read(4)
    stream.seek(0)
    if start == b"PK\x03\x04":
        with zipfile.ZipFile(stream) as archive:
            value, memory = _read_zip(archive, size)
            return _to_arrays(value, memory, size)
    if start[:1] != b"\x80":
        raise PickleProblem("is not a file that PyTorch saved" if size else "is an empty file")
    with _map(stream, size) as content:
        value, memory = _read_pickles(content)
        return _to_arrays(value, memory, size)


def _map(stream: BinaryIO, size: int) -> mmap.mmap:
    """The bytes of a file, in memory where the drive has no memory maps."""
    try:
        return mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
    except OSError:
        content = mmap.mmap(-1, size)
        content.write(stream.read(size))
        content.seek(0)
        return content


def _read_zip(archive: zipfile.ZipFile, size: int) -> tuple[Any, _Memory]:
    """The value, and what gives the memory of its tensors, of a file of PyTorch 1.6 and later."""
    members = {item.filename: item for item in archive.infolist()}
    if len(archive.infolist()) > _MOST_MEMBERS or len(members) != len(archive.infolist()):
        raise PickleProblem(f"has over {_MOST_MEMBERS:,} members, or one of them twice")
    sizes = [(item.compress_type, item.file_size, item.compress_size) for item in members.values()]
    if any(kind != zipfile.ZIP_STORED or num_bytes != in_file for kind, num_bytes, in_file in sizes):
        raise PickleProblem("has compressed members, which PyTorch does not write")
    if sum(item.file_size for item in members.values()) > size:
        raise PickleProblem("has members that are larger than the file together")
    roots = [name.removesuffix("data.pkl") for name in members if name.endswith("/data.pkl") and name.count("/") == 1]
    if len(roots) != 1:
        raise PickleProblem("is a zip, but not one that PyTorch saved")
    (root,) = roots
    if f"{root}byteorder" in members and archive.read(f"{root}byteorder") != b"little":
        raise PickleProblem("has numbers whose bytes are in the other order")
    pieces: dict[str, memoryview] = {}

    def memory(values: StoredValues) -> memoryview:
        name = f"{root}data/{values.key}"
        if name not in members:
            raise PickleProblem(f"has no member {name[:100]!r}, which a tensor needs")
        if members[name].file_size != values.length * np.dtype(values.dtype).itemsize:
            raise PickleProblem(f"has a member {name[:100]!r} of another length than a tensor needs")
        if name not in pieces:
            pieces[name] = memoryview(archive.read(name))
        return pieces[name]

    return read_pickle(io.BytesIO(archive.read(f"{root}data.pkl"))).value, memory


def _read_pickles(content: mmap.mmap) -> tuple[Any, _Memory]:
    """The same of a file from before: five pickles in a row, then each memory behind its length."""
    stream = cast(BinaryIO, content)
    if read_pickle(stream).value != _MAGIC or read_pickle(stream).value != _PROTOCOL:
        raise PickleProblem("is a Python pickle, but not one that PyTorch saved")
    system = read_pickle(stream).value
    if not isinstance(system, dict) or system.get("little_endian") is not True:
        raise PickleProblem("has numbers whose bytes are in the other order")
    contents, keys = read_pickle(stream), read_pickle(stream).value
    if not isinstance(keys, list) or not all(isinstance(key, str) and key in contents.memory for key in keys):
        raise PickleProblem("has no list of the memory of its tensors")
    pieces = {key: _read_memory(content, contents.memory[key]) for key in keys}

    def memory(values: StoredValues) -> memoryview:
        if values.key not in pieces:
            raise PickleProblem(f"has no memory {values.key[:40]!r}, which a tensor needs")
        return pieces[values.key]

    return contents.value, memory


def _read_memory(content: mmap.mmap, values: StoredValues) -> memoryview:
    head = content.read(_LENGTH.size)
    if len(head) == _LENGTH.size and _LENGTH.unpack(head)[0] != values.length:
        raise PickleProblem(f"has another length of the memory {values.key[:40]!r} than its tensor needs")
    num_bytes = values.length * np.dtype(values.dtype).itemsize
    if num_bytes > content.size() - content.tell():
        raise PickleProblem("ends before its last array: it was cut off")
    return memoryview(content.read(num_bytes))


def _to_arrays(value: Any, memory: _Memory, size: int) -> dict[str, np.ndarray]:
    tensors = _tensors(value)
    num_bytes = sum(math.prod(each.shape) * np.dtype(each.values.dtype).itemsize for each in tensors.values())
    if num_bytes > _LARGEST_FACTOR * size:
        raise PickleProblem(f"has {size:,} bytes, and its arrays would take {num_bytes:,}")
    return {name: _to_array(tensor, memory(tensor.values)) for name, tensor in tensors.items()}


def _to_array(tensor: StoredTensor, piece: memoryview) -> np.ndarray:
    dtype = np.dtype(tensor.values.dtype)
    if 0 in tensor.shape:
        return np.empty(tensor.shape, dtype)
    strides = [stride * dtype.itemsize for stride in tensor.strides]
    return np.ndarray(tensor.shape, dtype, piece, tensor.offset * dtype.itemsize, strides).copy()


def _tensors(value: Any) -> dict[str, StoredTensor]:
    if isinstance(value, dict) and isinstance(value.get("state_dict"), dict):
        value = value["state_dict"]
    if not isinstance(value, dict) or not value:
        raise PickleProblem("holds no dict of tensors by name")
    for name, tensor in value.items():
        if not isinstance(name, str):
            raise PickleProblem(f"has the name {name}, which is no text")
        if not isinstance(tensor, StoredTensor):
            raise PickleProblem(f"has something else than a tensor under {name[:100]!r}")
    if all(name.startswith(_PARALLEL) for name in value):
        return {name.removeprefix(_PARALLEL): tensor for name, tensor in value.items()}
    return dict(value)
