"""What files are by their first bytes, made by the programs that write them."""

import bz2
import gzip
import io
import lzma
import pickle
import sqlite3
import tarfile
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pyarrow
import pyarrow.parquet
import pytest
import safetensors.numpy

from reelwise.core.file_kinds import HEAD_BYTES, Family, file_kind, is_text


def zip_of(*names: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in names:
            archive.writestr(name, "text")
    return content.getvalue()


def tar_of(name: str) -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        archive.addfile(tarfile.TarInfo(name))
    return content.getvalue()


def written(write) -> bytes:
    content = io.BytesIO()
    write(content)
    return content.getvalue()


CONTENTS = {
    "a zip archive": zip_of("clips/a.mp4"),
    "an empty zip archive": zip_of(),
    "an Office document (.xlsx, .docx)": zip_of("[Content_Types].xml", "xl/workbook.xml"),
    "a model file of Keras (.keras)": zip_of("metadata.json", "config.json"),
    "a file of PyTorch (.pt, .pth)": zip_of("archive/data.pkl"),
    "a file of numpy arrays (.npz)": written(lambda stream: np.savez(stream, a=np.zeros(3))),
    "a numpy array (.npy)": written(lambda stream: np.save(stream, np.zeros(3))),
    "a tar archive": tar_of("clips/a.mp4"),
    "a gzip archive": gzip.compress(tar_of("a")),
    "a bzip2 archive": bz2.compress(b"text"),
    "an xz archive": lzma.compress(b"text"),
    "a Parquet table": written(lambda stream: pyarrow.parquet.write_table(pyarrow.table({"a": [1]}), stream)),
    "an HDF5 file (.h5)": written(lambda stream: h5py.File(stream, "w").close()),
    "a Python pickle": pickle.dumps({"a": 1}),
    "a safetensors file": safetensors.numpy.save({"a": np.zeros(3, np.float32)}),
    "a web page": b"\xef\xbb\xbf\n <!DOCTYPE html>",
}


@pytest.mark.parametrize(("name", "content"), CONTENTS.items(), ids=CONTENTS)
def test_a_file_is_named(name, content):
    kind = file_kind(content[:HEAD_BYTES])
    assert kind is not None
    assert kind.name == name


def test_a_database_is_no_list(tmp_path: Path):
    with sqlite3.connect(tmp_path / "a.db") as database:
        database.execute("create table clips (file text)")
    kind = file_kind((tmp_path / "a.db").read_bytes()[:HEAD_BYTES])
    assert kind is not None
    assert kind.family is Family.SPREADSHEET


@pytest.mark.parametrize(
    "text", ["ID3,label\n", "MZ;label\n", "BM,label", "BZh\tlabel", "file,label\n", "", "Größe,Höhe\n", "PAR1,PAR2"]
)
def test_a_list_is_a_list_whatever_its_first_column_is_called(text):
    assert file_kind(text.encode()) is None


def test_a_text_has_no_zeros():
    assert is_text("naïve\r\n\t".encode())
    assert not is_text(b"a\x00")
    assert not is_text(b"")
