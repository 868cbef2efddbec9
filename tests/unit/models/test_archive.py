"""The outer shell: every kind of wrong file is refused with a reason, before anything in it is used."""

import os
import pickle
import struct
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from reelwise.core.errors import ModelFileError
from reelwise.models.archive import DOCUMENT, MAX_DOCUMENT_BYTES, MEMBERS, TENSORS, open_archive, write_archive

pytestmark = pytest.mark.backend


def refused(path: Path, words: str) -> None:
    with pytest.raises(ModelFileError, match=words) as caught, open_archive(path) as archive:
        for name in MEMBERS:
            archive.read(name)
    assert str(path) in caught.value.message
    assert caught.value.hint or "at most" in caught.value.message


def test_equal_parts_give_equal_bytes(tmp_path: Path) -> None:
    parts = {name: name.encode() for name in MEMBERS}
    write_archive(tmp_path / "a.keras", parts)
    write_archive(tmp_path / "b.keras", dict(reversed(parts.items())))
    assert (tmp_path / "a.keras").read_bytes() == (tmp_path / "b.keras").read_bytes()
    with open_archive(tmp_path / "a.keras") as archive:
        assert {name: archive.read(name) for name in MEMBERS} == parts
    assert sorted(os.listdir(tmp_path)) == ["a.keras", "b.keras"]


def test_a_missing_file_a_folder_and_a_pipe_are_refused(tmp_path: Path) -> None:
    refused(tmp_path / "none.keras", "no such file")
    refused(tmp_path, "is a folder")
    os.mkfifo(tmp_path / "pipe")
    refused(tmp_path / "pipe", "not an ordinary file")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "an empty file"),
        (b"hello, I am a text\n", "a text"),
        (bytes(100), "something else"),
        (b"\x1a\x45\xdf\xa3" + bytes(100), "a video"),
        (b"\x89HDF\r\n\x1a\n" + bytes(100), "HDF5"),
        (pickle.dumps({"a": 1}), "pickle"),
        (b"PK\x03\x04", "too short"),
        (b"PK\x03\x04" + bytes(100), "its end is missing"),
    ],
)
def test_other_kinds_of_files(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "x.keras"
    path.write_bytes(content)
    refused(path, words)


def test_a_file_cut_anywhere(tmp_path: Path, good_file: Path) -> None:
    content = good_file.read_bytes()
    for share in (0.01, 0.3, 0.7, 0.95, 0.999):
        path = tmp_path / "cut.keras"
        path.write_bytes(content[: int(len(content) * share)])
        refused(path, "damaged")


def test_bytes_before_and_behind(tmp_path: Path, good_file: Path) -> None:
    (tmp_path / "behind.keras").write_bytes(good_file.read_bytes() + b"more")
    refused(tmp_path / "behind.keras", "damaged")
    (tmp_path / "before.keras").write_bytes(b"PK\x03\x04----" + good_file.read_bytes())
    refused(tmp_path / "before.keras", "not where it should be")


def test_files_of_keras_and_torch(tmp_path: Path, workshop: Callable) -> None:
    shop = workshop()
    del shop.parts[DOCUMENT], shop.parts[TENSORS]
    refused(shop.zip_up(tmp_path / "foreign.keras"), "saved by Keras itself")
    shop.parts = {"archive/data.pkl": b"", "archive/version": b"3"}
    refused(shop.zip_up(tmp_path / "weights.pt"), "without reelwise.json")


@pytest.mark.parametrize(
    "name", ["../evil", "/etc/evil", "assets/a", "reelwise.json/", "config.json\\x", "Config.json"]
)
def test_members_that_do_not_belong(tmp_path: Path, workshop: Callable, name: str) -> None:
    shop = workshop()
    shop.parts[name] = b"x"
    refused(shop.zip_up(tmp_path / "x.keras"), "exactly the 5 members")


@pytest.mark.parametrize("name", [name for name in MEMBERS if name != DOCUMENT])
def test_members_that_are_missing(tmp_path: Path, workshop: Callable, name: str) -> None:
    shop = workshop()
    del shop.parts[name]
    refused(shop.zip_up(tmp_path / "x.keras"), "exactly the 5 members")


def test_a_member_twice(tmp_path: Path, good_file: Path) -> None:
    path = tmp_path / "x.keras"
    path.write_bytes(good_file.read_bytes())
    with warnings.catch_warnings(), zipfile.ZipFile(path, "a") as archive:
        warnings.simplefilter("ignore")
        archive.writestr(zipfile.ZipInfo(DOCUMENT), b"{}")
    refused(path, "one of them twice")


def test_thousands_of_members(tmp_path: Path, workshop: Callable) -> None:
    shop = workshop()
    shop.parts |= {f"m{i}": b"" for i in range(3000)}
    refused(shop.zip_up(tmp_path / "x.keras"), "holds 3005 files")


def test_a_bomb(tmp_path: Path, workshop: Callable) -> None:
    shop = workshop()
    shop.parts[TENSORS] = bytes(50_000_000)
    path = shop.zip_up(tmp_path / "x.keras", compression=zipfile.ZIP_DEFLATED)
    assert path.stat().st_size < 200_000
    refused(path, "packed again")


def test_a_document_that_is_too_large(tmp_path: Path, workshop: Callable) -> None:
    shop = workshop()
    shop.parts[DOCUMENT] = b" " * (MAX_DOCUMENT_BYTES + 1)
    refused(shop.zip_up(tmp_path / "x.keras"), "more than is allowed")


@pytest.mark.parametrize(("offset", "value"), [(8, 1), (8, 8), (10, 8)])
def test_flags_of_encryption_and_compression(tmp_path: Path, good_file: Path, offset: int, value: int) -> None:
    content = bytearray(good_file.read_bytes())
    entry = content.rindex(b"PK\x01\x02")
    content[entry + offset : entry + offset + 2] = struct.pack("<H", value)
    (tmp_path / "x.keras").write_bytes(content)
    refused(tmp_path / "x.keras", "packed again|marked in a way")


def test_wrong_sizes_are_refused(tmp_path: Path, good_file: Path) -> None:
    for size, words in ((2**31 - 2, "larger than the file"), (10, "cannot be read|not as long")):
        content = bytearray(good_file.read_bytes())
        entry = content.rindex(b"PK\x01\x02")
        content[entry + 20 : entry + 28] = struct.pack("<LL", size, size)
        (tmp_path / "x.keras").write_bytes(content)
        refused(tmp_path / "x.keras", words)


def test_members_that_overlap(tmp_path: Path, good_file: Path) -> None:
    content = bytearray(good_file.read_bytes())
    first, last = content.index(b"PK\x01\x02"), content.rindex(b"PK\x01\x02")
    content[last + 42 : last + 46] = content[first + 42 : first + 46]  # both start at the same place
    (tmp_path / "x.keras").write_bytes(content)
    refused(tmp_path / "x.keras", "cannot be read")


def test_a_flipped_bit_in_a_member(tmp_path: Path, good_file: Path) -> None:
    content = bytearray(good_file.read_bytes())
    content[content.index(b"keras_version") + 3] ^= 1
    (tmp_path / "x.keras").write_bytes(content)
    refused(tmp_path / "x.keras", "metadata.json cannot be read")


def test_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "model.keras"
    path.write_bytes(b"old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "writestr", full)
    with pytest.raises(OSError, match="No space"):
        write_archive(path, dict.fromkeys(MEMBERS, b""))
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["model.keras"]
