"""Shapes from the header of a safetensors file, and headers that are none."""

from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy

from reelwise.core.errors import ModelFileError
from reelwise.models.tensor_shapes import read_shapes

FILE = Path("model.keras")


def test_shapes_are_those_of_the_arrays() -> None:
    arrays = {"a": np.zeros((2, 3), np.float32), "b/c": np.zeros((), np.int64), "d": np.zeros((0, 4), np.uint8)}
    content = safetensors.numpy.save(arrays, metadata={"made by": "a test"})
    assert read_shapes(FILE, content) == {"a": (2, 3), "b/c": (), "d": (0, 4)}


@pytest.mark.parametrize(
    "header",
    [b"[]", b"{", b'{"a": 1}', b'{"a": {"shape": 3}}', b'{"a": {"shape": [1.5]}}', b'{"a": {"shape": [-2]}}',
     b'{"a": {"shape": [true]}}', b"\xff\xfe", b'{"a": ' * 100_000],
)  # fmt: skip
def test_headers_that_are_none(header: bytes) -> None:
    with pytest.raises(ModelFileError, match="weights cannot be read"):
        read_shapes(FILE, len(header).to_bytes(8, "little") + header)


def test_a_file_that_ends_in_its_header() -> None:
    for content in (b"", b"\x08", (2**62).to_bytes(8, "little") + b"{}"[:1]):
        with pytest.raises(ModelFileError, match="weights cannot be read"):
            read_shapes(FILE, content)
