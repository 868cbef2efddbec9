"""Which videos a model was trained on, recognised by their bytes: a score on those says nothing about new videos."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from reelwise.core.errors import ModelFileError

MAX_VIDEOS = 1_000_000
"""Videos in the list, which is 8 MB in the model file; further ones are dropped and the list is called incomplete."""

_COMPLETE, _INCOMPLETE = "learned_from.all", "learned_from.some"
"""Names of the array in the model file."""

_HEX_DIGITS = 16
"""Of each SHA-256: 8 bytes. Among a million videos two share them by chance once in 37 million lists."""

_HINT = "Copy the model file again from where it came from, or train it again."


@dataclass(frozen=True, eq=False)
class TrainingVideos:
    """The videos that a model was trained or calibrated on; stored in the model file beside the weights.

    A video is recognised under any name and in any folder. Encoded again it is not, since its bytes differ.

    Args:
        contents: (N,) uint64, rising: the first 8 bytes of the SHA-256 of each file, read as one big-endian number.
        is_complete: Whether the model was trained on no others; False after ``--from`` a file without such a list.
    """

    contents: np.ndarray
    is_complete: bool = True

    @classmethod
    def of(cls, contents: Iterable[str]) -> "TrainingVideos":
        """The list of these files.

        Args:
            contents: SHA-256 of each in hexadecimal, as ``CacheFill.contents`` has them; any order, some twice.

        Example:
            >>> TrainingVideos.of(["00000000000000ff" + "0" * 48]).contents.tolist()
            [255]
        """
        return _truncate(np.unique(_leading_bytes(contents)), is_complete=True)

    def union(self, earlier: "TrainingVideos") -> "TrainingVideos":
        """These videos and those of the model that this one started from."""
        return _truncate(np.union1d(self.contents, earlier.contents), self.is_complete and earlier.is_complete)

    def count(self, contents: Iterable[str]) -> int | None:
        """How many of these files the model was trained on; None where none is in an incomplete list.

        Args:
            contents: SHA-256 of each in hexadecimal; a file that stands there twice counts twice.
        """
        num_matches = int(self.includes(contents).sum())
        return num_matches if num_matches or self.is_complete else None

    def includes(self, contents: Iterable[str]) -> np.ndarray:
        """(N,) bool, whether the model was trained on each of these files, as far as the list goes.

        Args:
            contents: SHA-256 of each in hexadecimal.
        """
        return np.isin(_leading_bytes(contents), self.contents)

    def to_arrays(self) -> dict[str, np.ndarray]:
        """One array for the model file; its name says whether the list is complete."""
        return {_COMPLETE if self.is_complete else _INCOMPLETE: self.contents}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> "TrainingVideos":
        """The list in a model file, validated; empty and incomplete where an older file has none.

        Args:
            arrays: All arrays of the file.

        Raises:
            ModelFileError: The array is not as :meth:`to_arrays` writes it, or there are two.
        """
        names = [name for name in (_COMPLETE, _INCOMPLETE) if name in arrays]
        if not names:
            return cls(np.zeros(0, np.uint64), is_complete=False)
        contents = arrays[names[0]]
        if len(names) > 1 or contents.dtype != np.uint64 or contents.ndim != 1 or len(contents) > MAX_VIDEOS:
            text = f"{' and '.join(names)} in the model file is {contents.dtype} {contents.shape}"
            expected = f"one list of training videos, uint64 (N,) with N up to {MAX_VIDEOS}"
            raise ModelFileError(f"{text}, expected {expected}.", hint=_HINT)
        if (contents[1:] <= contents[:-1]).any():
            raise ModelFileError(f"{names[0]} in the model file is not in rising order.", hint=_HINT)
        return cls(contents, is_complete=names[0] == _COMPLETE)


def _leading_bytes(contents: Iterable[str]) -> np.ndarray:
    """(N,) uint64: the first 8 bytes of each hash."""
    return np.array([int(content[:_HEX_DIGITS], 16) for content in contents], np.uint64)


def _truncate(contents: np.ndarray, is_complete: bool) -> TrainingVideos:
    return TrainingVideos(contents[:MAX_VIDEOS], is_complete and len(contents) <= MAX_VIDEOS)
