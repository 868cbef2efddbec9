"""Weight files of PyTorch, read without it: what it writes, and files that are made to do harm."""

import pickle
import struct
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reelwise.core.errors import ModelFileError
from reelwise.models.torch_file import read_torch_arrays
from reelwise.models.torch_pickle import DEEPEST, MOST_OPERATIONS

NO_TORCH = "PyTorch, which writes such files, is not installed"


def text(value: str) -> bytes:
    """The operations that push a text."""
    return b"X" + struct.pack("<i", len(value.encode())) + value.encode()


def number(value: int) -> bytes:
    return b"J" + struct.pack("<i", value)


def row(*values: bytes) -> bytes:
    """A tuple."""
    return b"(" + b"".join(values) + b"t"


def named(module: str, name: str) -> bytes:
    return f"c{module}\n{name}\n".encode()


def call(module: str, name: str, *arguments: bytes) -> bytes:
    return named(module, name) + row(*arguments) + b"R"


def storage(key: str = "0", length: int = 6, kind: str = "FloatStorage") -> bytes:
    return row(text("storage"), named("torch", kind), text(key), text("cpu"), number(length)) + b"Q"


def tensor(
    *, memory: bytes | None = None, offset: int = 0, shape: tuple[int, ...] = (2, 3), strides: Any = (3, 1)
) -> bytes:
    sizes = [row(*map(number, each)) for each in (shape, strides)]
    rest = (number(offset), *sizes, b"\x89", call("collections", "OrderedDict"))
    return call("torch._utils", "_rebuild_tensor_v2", storage() if memory is None else memory, *rest)


def weights(**tensors: bytes) -> bytes:
    """A whole pickle of a dict."""
    items = b"".join(text(name) + value for name, value in tensors.items())
    return b"\x80\x02}(" + items + b"u."


VALUES = np.arange(6, dtype="<f4")


def write_zip(path: Path, program: bytes, members: dict[str, bytes] | None = None, packing: int = 0) -> Path:
    with zipfile.ZipFile(path, "w", packing) as archive:
        archive.writestr("archive/data.pkl", program)
        archive.writestr("archive/version", b"3\n")
        for name, content in ({"archive/data/0": VALUES.tobytes()} if members is None else members).items():
            archive.writestr(name, content)
    return path


def write_old(path: Path, program: bytes, *, keys: list[str] | None = None, memory: bytes | None = None) -> Path:
    system = {"protocol_version": 1001, "little_endian": True, "type_sizes": {"short": 2, "int": 4, "long": 4}}
    start = [pickle.dumps(value, 2) for value in (0x1950A86A20F9469CFC6C, 1001, system)]
    if keys is None:
        keys = ["0"] if b"storage" in program else []
    stored = struct.pack("<q", 6) + VALUES.tobytes() if memory is None else memory
    path.write_bytes(b"".join([*start, program, pickle.dumps(keys, 2), stored]))
    return path


WRITERS: list[Callable[[Path, bytes], Path]] = [write_zip, write_old]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "weights.pt"


@pytest.mark.parametrize("write", WRITERS)
def test_a_tensor_is_a_view_of_stored_values(path: Path, write: Callable[[Path, bytes], Path]) -> None:
    program = weights(
        whole=tensor(), turned=tensor(shape=(3, 2), strides=(1, 3)), part=tensor(offset=4, shape=(2,), strides=(1,)),
        one=tensor(offset=5, shape=(), strides=()), nothing=tensor(shape=(0, 4), strides=(4, 1)),
    )  # fmt: skip
    arrays = read_torch_arrays(write(path, program))
    assert list(arrays) == ["whole", "turned", "part", "one", "nothing"]
    assert arrays["whole"].dtype == np.float32
    assert arrays["whole"].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert arrays["turned"].tolist() == [[0, 3], [1, 4], [2, 5]]
    assert arrays["part"].tolist() == [4, 5]
    assert arrays["one"].shape == ()
    assert arrays["one"] == 5
    assert arrays["nothing"].shape == (0, 4)
    arrays["whole"][:] = 7  # its own memory
    assert arrays["part"].tolist() == [4, 5]


@pytest.mark.parametrize("is_zip", [True, False])
@pytest.mark.parametrize("protocol", [2, 4])
def test_what_pytorch_saves_is_read(path: Path, is_zip: bool, protocol: int) -> None:
    torch: Any = pytest.importorskip("torch", reason=NO_TORCH)
    network = torch.nn.Sequential(torch.nn.Conv3d(3, 4, 2), torch.nn.BatchNorm3d(4))
    parts = {
        "half": torch.arange(5).to(torch.float16), "double": torch.rand(2, 3, dtype=torch.float64).T,
        "flags": torch.tensor([True, False]), "numbers": torch.arange(10, dtype=torch.int16)[3:7],
        "parameter": torch.nn.Parameter(torch.rand(3)), "bytes": torch.arange(4, dtype=torch.uint8),
    }  # fmt: skip
    state = OrderedDict({**network.state_dict(), **parts})
    torch.save(state, path, _use_new_zipfile_serialization=is_zip, pickle_protocol=protocol)
    arrays = read_torch_arrays(path)
    assert list(arrays) == list(state)
    for name, value in state.items():
        expected = value.detach().numpy()
        assert arrays[name].dtype == expected.dtype
        assert np.array_equal(arrays[name], expected)


@pytest.mark.parametrize("is_zip", [True, False])
def test_a_checkpoint_of_a_parallel_network_is_unwrapped(path: Path, is_zip: bool) -> None:
    torch: Any = pytest.importorskip("torch", reason=NO_TORCH)
    network = torch.nn.Linear(3, 2)
    optimizer = torch.optim.Adam(network.parameters())
    network(torch.ones(1, 3)).sum().backward()
    optimizer.step()
    state = {f"module.{name}": value for name, value in network.state_dict().items()}
    checkpoint = {"epoch": 3, "best": 0.5, "optimizer": optimizer.state_dict(), "state_dict": state, "note": None}
    torch.save(checkpoint, path, _use_new_zipfile_serialization=is_zip)
    arrays = read_torch_arrays(path)
    assert list(arrays) == ["weight", "bias"]
    assert np.array_equal(arrays["weight"], network.weight.detach().numpy())


def test_texts_and_ordered_dicts_of_python_2_are_read(path: Path) -> None:
    pair = b"](U\x04name" + tensor() + b"e"  # a list of two, with a string of bytes
    program = b"\x80\x02" + named("collections", "OrderedDict") + b"](" + pair + b"e\x85R."
    assert read_torch_arrays(write_old(path, program))["name"].tolist() == [[0, 1, 2], [3, 4, 5]]


OF_SYSTEM = call("os", "system", text("touch harm"))
LISTS = b"]" * (DEEPEST + 1) + b"a" * DEEPEST


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize(
    ("program", "message"),
    [
        (weights(a=OF_SYSTEM), "names 'os system'"),
        (weights(a=text("os") + text("system") + b"\x93"), "names 'os system'"),
        (weights(a=call("torch", "FloatStorage", number(9))), "calls something that is no part of a tensor"),
        (weights(a=call("torch.storage", "_load_from_bytes", text("x"))), "names 'torch.storage _load_from_bytes'"),
        (weights(a=b"(" + text("x") + b"ios\nsystem\n"), "the pickle operation INST"),
        (weights(a=named("collections", "OrderedDict") + b")\x81"), "the pickle operation NEWOBJ"),
        (weights(a=text("x") + b"b"), "it fills a str"),
        (weights(a=text("text")), "something else than a tensor under 'a'"),
        (b"\x80\x02]" + tensor() + b"a.", "holds no dict of tensors"),
        (b"\x80\x02}.", "holds no dict of tensors"),
        (b"\x80\x02}" + number(1) + tensor() + b"s.", "has the name 1, which is no text"),
        (b"\x80\x02}" + row(number(1)) + tensor() + b"s.", "neither a text nor a whole number"),
        (weights(a=tensor(shape=(7,), strides=(1,))), "outside of its memory of 6 numbers"),
        (weights(a=tensor(offset=1)), "outside of its memory"),
        (weights(a=tensor(strides=(4, 1))), "outside of its memory"),
        (weights(a=tensor(shape=(1000, 1000), strides=(0, 0))), "outside of its memory"),
        (weights(a=tensor(strides=(-3, 1))), "negative"),
        (weights(a=tensor(offset=-1)), "negative"),
        (weights(a=tensor(shape=(2, 3, 1))), "something else than memory, offset, shape"),
        (weights(a=tensor(shape=(1,) * 9, strides=(1,) * 9)), "something else than memory, offset, shape"),
        (weights(a=tensor(memory=text("x"))), "something else than memory"),
        (weights(a=tensor(memory=storage(kind="TypedStorage"))), "names 'torch TypedStorage'"),
        (weights(a=tensor(), b=tensor(memory=storage(length=5), shape=(1,), strides=(1,))), "'0' in two ways"),
        (weights(a=text("x") + b"Q"), "no memory of a tensor"),
        (b"\x80\x02" + LISTS + b".", f"nested deeper than {DEEPEST}"),
        (b"\x80\x02)" + b"\x85" * DEEPEST + b".", f"nested deeper than {DEEPEST}"),
        (b"\x80\x02]q\x00h\x00a.", "lies in itself"),
        (b"\x80\x02]q\x00]q\x01h\x00ah\x00h\x01a.", "filled while it lies in another"),
        (b"\x80\x02" + b"N0" * 2 + b"N.", "the pickle operation POP"),
        (b"\x80\x02" + b"N" * MOST_OPERATIONS + b".", "over 1,000,000 operations"),
        (b"\x80\x02h\x07.", "damaged pickle"),
        (b"\x80\x02((.", "values at its end"),
        (b"\x80\x02(.", "holds no dict of tensors"),
        (b"\x80\x02.", "0 values at its end"),
        (b"\x80\x02\x8d" + b"\xff" * 7 + b"\x7f", "damaged pickle"),
        (weights(a=tensor())[:-9], "damaged pickle|pickle without an end"),
    ],
)  # fmt: skip
def test_a_hostile_pickle_is_refused(
    path: Path, write: Callable[[Path, bytes], Path], program: bytes, message: str
) -> None:
    with pytest.raises(ModelFileError, match=message) as caught:
        read_torch_arrays(write(path, program))
    assert str(caught.value).startswith(f"{path}: ")
    assert "torch.save(model.state_dict(), PATH)" in caught.value.hint


def test_numbers_that_overlap_cannot_take_more_than_twice_the_file(path: Path) -> None:
    overlapping = tensor(shape=(3, 2), strides=(0, 1))
    assert read_torch_arrays(write_zip(path, weights(a=overlapping)))["a"].tolist() == [[0, 1]] * 3
    many = {f"a{count}": tensor(memory=storage(length=9000), shape=(9000,), strides=(1,)) for count in range(3)}
    write_zip(path, weights(**many), {"archive/data/0": bytes(36_000)})
    with pytest.raises(ModelFileError, match="its arrays would take 108,000"):
        read_torch_arrays(path)


def test_a_compressed_member_is_refused(path: Path) -> None:
    length = 10_000_000
    program = weights(a=tensor(memory=storage(length=length), shape=(length,), strides=(1,)))
    write_zip(path, program, {"archive/data/0": bytes(4 * length)}, zipfile.ZIP_DEFLATED)
    assert path.stat().st_size < 100_000
    with pytest.raises(ModelFileError, match="has compressed members"):
        read_torch_arrays(path)


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({}, "has no member 'archive/data/0'"),
        ({"archive/data/0": bytes(20)}, "of another length than a tensor needs"),
        ({"archive/data/0": bytes(24), "archive/byteorder": b"big"}, "in the other order"),
        ({"archive/data/0": bytes(24), "other/data.pkl": b"."}, "not one that PyTorch saved"),
    ],
)
def test_a_zip_that_pytorch_does_not_write_is_refused(path: Path, members: dict[str, bytes], message: str) -> None:
    with pytest.raises(ModelFileError, match=message):
        read_torch_arrays(write_zip(path, weights(a=tensor()), members))


def test_members_that_share_their_bytes_are_refused(path: Path) -> None:
    members = {f"archive/data/{count}": bytes(1000) for count in range(9)}
    content = bytearray(write_zip(path, weights(a=tensor()), members).read_bytes())
    first = content.index(b"PK\x01\x02")
    for start in [place for place in range(first, len(content)) if content[place : place + 4] == b"PK\x01\x02"]:
        name_length, *_ = struct.unpack_from("<H", content, start + 28)
        if b"/data/" in content[start + 46 : start + 46 + name_length]:
            struct.pack_into("<2L", content, start + 20, 5000, 5000)
    path.write_bytes(content)
    with pytest.raises(ModelFileError, match="larger than the file together"):
        read_torch_arrays(path)


@pytest.mark.parametrize(
    ("keys", "memory", "message"),
    [
        (["0"], struct.pack("<q", 5) + bytes(24), "another length of the memory '0'"),
        (["0"], struct.pack("<q", 6) + bytes(23), "was cut off"),
        (["0"], b"", "was cut off"),
        (["1"], None, "no list of the memory"),
        ([], None, "has no memory '0'"),
    ],
)
def test_a_damaged_file_of_the_old_format_is_refused(
    path: Path, keys: list[str], memory: bytes | None, message: str
) -> None:
    with pytest.raises(ModelFileError, match=message):
        read_torch_arrays(write_old(path, weights(a=tensor()), keys=keys, memory=memory))


@pytest.mark.parametrize("write", WRITERS)
def test_a_file_that_was_cut_off_is_refused_wherever(path: Path, write: Callable[[Path, bytes], Path]) -> None:
    content = write(path, weights(a=tensor())).read_bytes()
    for length in range(0, len(content), 7):
        path.write_bytes(content[:length])
        with pytest.raises(ModelFileError):
            read_torch_arrays(path)


@pytest.mark.parametrize("write", WRITERS)
def test_whatever_bytes_are_changed_nothing_but_a_refusal_comes(
    path: Path, write: Callable[[Path, bytes], Path]
) -> None:
    content, rng = write(path, weights(a=tensor())).read_bytes(), np.random.default_rng(0)
    for _ in range(300):
        changed = bytearray(content)
        for place in rng.integers(0, len(content), 3).tolist():
            changed[place] = int(rng.integers(256))
        path.write_bytes(changed)
        try:
            read_torch_arrays(path)
        except ModelFileError as problem:
            assert problem.hint  # noqa: PT017  (some changes do no harm)


def test_other_files_are_refused(tmp_path: Path) -> None:
    for content, message in {
        b"": "is an empty file",
        b"\x89HDF": "not a file that PyTorch saved",
        pickle.dumps({"a": 1}): "a Python pickle, but not one that PyTorch saved",
    }.items():
        path = tmp_path / "file"
        path.write_bytes(content)
        with pytest.raises(ModelFileError, match=message):
            read_torch_arrays(path)
    with pytest.raises(ModelFileError, match="there is no such file"):
        read_torch_arrays(tmp_path / "none.pt")
    with pytest.raises(ModelFileError, match="is not an ordinary file"):
        read_torch_arrays(tmp_path)
