"""Finds the file that a list means where its name is written otherwise: case, accents, suffix, folder."""

import difflib
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath

from reelwise.media.suffixes import has_video_suffix

_MOST_COMPARED = 5000
"""Names that are compared letter by letter with one that is not there: some milliseconds."""

_MOST_LIKE = 20
"""Names for which similar ones are looked for letter by letter; a list may miss tens of thousands."""

_LIKENESS = 0.8
"""Share of letters that a near name has in common with the one that is not there."""

_NUM_NEAR = 3


class Difference(StrEnum):
    """In what the name in a list differs from that of the file."""

    CASE = "upper and lower case"
    ACCENTS = "accents in another Unicode form"
    NO_SUFFIX = "without the suffix"
    OTHER_SUFFIX = "another suffix"
    DEEPER = "in a folder that the list leaves out"
    HIGHER = "without folders that the list names"


@dataclass(frozen=True)
class Match:
    """What was found for a name.

    Args:
        name: The only file that can be meant; None where there is none, or more than one.
        difference: In what it differs; None without a name.
        near: Names of files that are similar, or among which nothing decides.
    """

    name: str | None
    difference: Difference | None = None
    near: tuple[str, ...] = ()


class NameIndex:
    """Names of files, found without regard to case, Unicode form, suffix and outer folders.

    Args:
        names: Paths with ``/``, relative to one folder.

    Example:
        >>> index = NameIndex(["train/walk.MP4", "78687.webm"])
        >>> index.find("walk.mp4").name, index.find("78687").name, index.find("run.mp4").name
        ('train/walk.MP4', '78687.webm', None)
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._num_compared = 0
        self._by_path: dict[str, list[str]] = defaultdict(list)
        self._by_last: dict[str, list[str]] = defaultdict(list)
        self._by_stem: dict[str, list[str]] = defaultdict(list)
        for name in names:
            key = name_key(name)
            last = key.rpartition("/")[2]
            self._by_path[key].append(name)
            self._by_last[last].append(name)
            if has_video_suffix(last):
                self._by_stem[PurePosixPath(last).stem].append(name)

    def find(self, name: str, preferred_folders: Collection[str] = ()) -> Match:
        """The one file that a name can mean.

        Args:
            name: As a list writes it.
            preferred_folders: Folders that decide between several, such as ``train`` for a list ``train.csv``.
        """
        key = name_key(name)
        if not key.strip("/"):
            return Match(None)
        for candidates in self._stages(key):
            only_one = _choose(candidates, preferred_folders)
            if only_one is not None:
                return Match(only_one, _difference(name, only_one))
            if candidates:
                return Match(None, near=tuple(sorted(candidates)[:_NUM_NEAR]))
        return Match(None, near=self._near(key))

    def _stages(self, key: str) -> Iterable[list[str]]:
        """Files that a name may mean, the surest first."""
        yield self._by_path.get(key, [])
        stems = self._with_stem(key)
        yield [name for name in stems if _without_suffix(name_key(name)) == _bare(key)]
        yield [name for name in self._by_last.get(key.rpartition("/")[2], []) if _ends_alike(name_key(name), key)]
        yield [name for name in stems if _ends_alike(_without_suffix(name_key(name)), _bare(key))]
        # ActivityNet's lists leave out the first two letters of its files, too.
        folder, slash, last = _bare(key).rpartition("/")
        yield [] if last.startswith("v_") else self._with_stem(f"{folder}{slash}v_{last}")

    def _with_stem(self, key: str) -> list[str]:
        return self._by_stem.get(_bare(key).rpartition("/")[2], [])

    def _near(self, key: str) -> tuple[str, ...]:
        last = key.rpartition("/")[2]
        elsewhere = self._by_last.get(last) or self._with_stem(key)
        if elsewhere or len(self._by_last) > _MOST_COMPARED or self._num_compared >= _MOST_LIKE:
            return tuple(sorted(elsewhere)[:_NUM_NEAR])
        self._num_compared += 1
        close = difflib.get_close_matches(last, self._by_last, _NUM_NEAR, _LIKENESS)
        return tuple(name for other in close for name in self._by_last[other])[:_NUM_NEAR]


def name_key(name: str) -> str:
    r"""A name for comparison: composed accents, lower case, ``/`` between folders, no ``./`` before it.

    Example:
        >>> name_key(".\\Walk\\CAFE\u0301.MP4") == name_key("walk/café.mp4")
        True
    """
    plain = unicodedata.normalize("NFC", name.strip().replace("\\", "/")).casefold()
    return "/".join(part for part in plain.split("/") if part not in ("", "."))


def _bare(key: str) -> str:
    """A name without its suffix, if it has one; a dot alone makes none."""
    return _without_suffix(key) if has_video_suffix(key) else key


def _without_suffix(key: str) -> str:
    folder, slash, last = key.rpartition("/")
    return f"{folder}{slash}{PurePosixPath(last).stem}"


def _ends_alike(key: str, text_in_list: str) -> bool:
    """Whether one of two paths is the end of the other, folder by folder."""
    return key == text_in_list or key.endswith(f"/{text_in_list}") or text_in_list.endswith(f"/{key}")


def _choose(candidates: Sequence[str], preferred_folders: Collection[str]) -> str | None:
    if len(candidates) > 1:
        folders = {name_key(folder) for folder in preferred_folders if folder}
        candidates = [name for name in candidates if folders.intersection(name_key(name).split("/")[:-1])]
    return candidates[0] if len(candidates) == 1 else None


def _difference(text_in_list: str, name: str) -> Difference:
    key, other = name_key(text_in_list), name_key(name)
    if key == other:
        forms = (unicodedata.normalize("NFC", text.strip()) for text in (text_in_list.replace("\\", "/"), name))
        return Difference.ACCENTS if len(set(forms)) == 1 else Difference.CASE
    if _ends_alike(key, other):
        return Difference.HIGHER if len(key) > len(other) else Difference.DEEPER
    return Difference.OTHER_SUFFIX if has_video_suffix(key) else Difference.NO_SUFFIX
