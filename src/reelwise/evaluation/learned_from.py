"""Which videos a model learned from, told from their bytes, so that nobody judges it on them unawares."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from reelwise.core.errors import ModelFileError

MAX_VIDEOS = 1_000_000
_ALL, _SOME = "learned_from.all", "learned_from.some"
_HEX_DIGITS = 16


@dataclass(frozen=True, eq=False)
class LearnedFrom:
    """The videos that a model learned from; travels in the model file beside the weights.

    A video is known again under any name and in any folder, but not once it is encoded anew: its bytes are others then.

    Args:
        contents: (N,) uint64, rising: the first 8 bytes of the SHA-256 of each file, read as one big-endian number.
        whole: Whether it learned from no other; False after a start (``--from``) from a file that does not say.
    """

    contents: np.ndarray
    whole: bool = True

    @classmethod
    def of(cls, contents: Iterable[str]) -> "LearnedFrom":
        """Those of these files.

        Args:
            contents: SHA-256 of each in hexadecimal, as ``CacheFill.contents`` has them; any order, some twice.

        Example:
            >>> LearnedFrom.of(["00000000000000ff" + "0" * 48]).contents.tolist()
            [255]
        """
        return _bounded(np.unique(_numbers(contents)), whole=True)

    def joined(self, earlier: "LearnedFrom") -> "LearnedFrom":
        """With what the model learned from that this one started from."""
        return _bounded(np.union1d(self.contents, earlier.contents), self.whole and earlier.whole)

    def count(self, contents: Iterable[str]) -> int | None:
        """How many of these files it learned from; None where it is none that is known of, and others may be.

        Args:
            contents: SHA-256 of each in hexadecimal; a file that stands there twice counts twice.
        """
        found = int(np.isin(_numbers(contents), self.contents).sum())
        return found if found or self.whole else None

    def to_arrays(self) -> dict[str, np.ndarray]:
        """One array for the model file; its name says whether the list is whole."""
        return {_ALL if self.whole else _SOME: self.contents}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> "LearnedFrom":
        """What a model file says, trusting nothing in it; of an older file nothing is known.

        Args:
            arrays: Of the file.

        Raises:
            ModelFileError: The array is not as :meth:`to_arrays` writes it, or there are two.
        """
        found = [name for name in (_ALL, _SOME) if name in arrays]
        if not found:
            return cls(np.zeros(0, np.uint64), whole=False)
        contents = arrays[found[0]]
        if len(found) > 1 or contents.dtype != np.uint64 or contents.ndim != 1 or len(contents) > MAX_VIDEOS:
            told = f"{' and '.join(found)}: {contents.dtype} {contents.shape}"
            text = (
                f"What the model learned from is not a list of videos ({told}, expected uint64, at most {MAX_VIDEOS})."
            )
            raise ModelFileError(text, hint="Train it again, or copy it again from where it came from.")
        if (contents[1:] <= contents[:-1]).any():
            text = f"What the model learned from is not in order ({found[0]})."
            raise ModelFileError(text, hint="Train it again, or copy it again from where it came from.")
        return cls(contents, whole=found[0] == _ALL)


def _numbers(contents: Iterable[str]) -> np.ndarray:
    return np.array([int(content[:_HEX_DIGITS], 16) for content in contents], np.uint64)


def _bounded(contents: np.ndarray, whole: bool) -> LearnedFrom:
    return LearnedFrom(contents[:MAX_VIDEOS], whole and len(contents) <= MAX_VIDEOS)
