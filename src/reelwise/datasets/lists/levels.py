"""Which level of folders holds the classes, and what the levels above and below it say."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto

from reelwise.datasets.lists.folder_words import FolderRole, are_numbers, are_splits, role_of_level, split_in_name

Parts = tuple[str, ...]
"""Folders and name of one file, from the data folder on."""

_SHARED = 0.5
"""Share of the folders within others whose name returns elsewhere, from which on two levels cross each other. Whole
grids have 1; the clips of a class, a folder each, next to 0."""

_PRIORITY = (FolderRole.FOLD, FolderRole.PERSON, FolderRole.RECORDING, FolderRole.SERIES, FolderRole.CAMERA)
"""Of several levels that could be groups, the first of these: what leaks most if it is split."""


@dataclass(frozen=True)
class Level:
    """One level of folders.

    Args:
        index: Its place in the path, from 0.
        names: The folders there, sorted.
        role: What their names stand for, where they are no classes.
    """

    index: int
    names: tuple[str, ...]
    role: FolderRole | None = None


@dataclass(frozen=True)
class Levels:
    """The levels of a folder.

    Args:
        first: The first level with more than one folder.
        label: The level of the classes; None where there are no folders for them.
        split: The level that names the parts of a split.
        group: The level whose folders a split must not divide.
        other_label: Where in doubt, the level that may hold the classes as well, right below ``label``.
        crosses: Where in doubt, whether the folders of the two levels have the same names throughout.
    """

    first: int
    label: Level | None = None
    split: Level | None = None
    group: Level | None = None
    other_label: Level | None = None
    crosses: bool = False


class _Verdict(Enum):
    """Which of two levels, one below the other, holds the classes."""

    UPPER = auto()
    LOWER = auto()
    DOUBT = auto()


@dataclass(frozen=True)
class _Tree:
    """Files by their folders.

    Args:
        parts: Folders and name of each file.
    """

    parts: Sequence[Parts]
    _cached_names: dict[int, tuple[str, ...]] = field(default_factory=dict)

    def names(self, index: int) -> tuple[str, ...]:
        """The folders of a level, sorted."""
        if index not in self._cached_names:
            self._cached_names[index] = tuple(sorted({part[index] for part in self.parts if len(part) > index + 1}))
        return self._cached_names[index]

    def level(self, index: int) -> Level:
        """A level with the role of its names; one that is no whole split but counts its parts is a series."""
        names = self.names(index)
        role = role_of_level(names)
        return Level(index, names, FolderRole.SERIES if role is FolderRole.SPLIT else role)

    def below(self, index: int, lower: int) -> Mapping[str, set[str]]:
        """The names on a lower level within each folder of a level."""
        inside: dict[str, set[str]] = defaultdict(set)
        for part in self.parts:
            if len(part) > lower + 1:
                inside[part[index]].add(part[lower])
        return inside

    def share_deeper(self, index: int) -> float:
        """Of the files within folders of a level, the share that lies in folders within those."""
        num_inside = sum(len(part) > index + 1 for part in self.parts)
        return sum(len(part) > index + 2 for part in self.parts) / max(1, num_inside)


def read_levels(parts: Sequence[Parts]) -> Levels:
    """What each level of folders stands for.

    A level of folders is passed over where its names say that they are no classes (parts of a split, people, cameras)
    and a level below has the same names in each of them. Where neither of two such levels says what it is, both could
    be the classes.

    Args:
        parts: Folders and name of each video.

    Example:
        >>> tree = [(f"subject{i}", word, "1.mp4") for i in range(3) for word in ("run", "walk")]
        >>> levels = read_levels(tree)
        >>> levels.label.names, levels.group.names
        (('run', 'walk'), ('subject0', 'subject1', 'subject2'))
    """
    tree = _Tree(parts)
    index = _pass_single(tree, 0)
    levels = Levels(index)
    while tree.names(index):
        level = tree.level(index)
        if levels.split is None and _are_parts(tree, level):
            levels = replace(levels, split=replace(level, role=FolderRole.SPLIT))
            index = _pass_single(tree, index + 1)
            continue
        verdict, other = _compare(tree, level)
        if verdict is _Verdict.DOUBT:
            crosses = other is not None and _cross(tree.below(index, other.index))
            return replace(levels, label=level, other_label=other, crosses=crosses)
        if verdict is _Verdict.UPPER:
            return _with_lower(tree, replace(levels, label=level), index + 1)
        levels = replace(levels, group=_safer(levels.group, level))
        index = _pass_single(tree, index + 1)
    return levels


def _pass_single(tree: _Tree, index: int) -> int:
    """The first level from ``index`` on that has several folders; ``index`` where there is none."""
    place = index
    while len(tree.names(place)) == 1 and tree.share_deeper(place) >= _SHARED:
        place += 1
    return place if len(tree.names(place)) > 1 else index


def _are_parts(tree: _Tree, level: Level) -> bool:
    if are_splits(level.names):
        return True
    # `train_kinetics` and `test_ucf` are parts too where they hold the same folders.
    inside = tree.below(level.index, level.index + 1)
    return all(map(split_in_name, level.names)) and len(inside) == len(level.names) and _cross(inside)


def _cross(inside: Mapping[str, set[str]]) -> bool:
    """Whether the folders within several others mostly have the same names, two or more of them."""
    homes: dict[str, int] = defaultdict(int)
    for names in inside.values():
        for name in {name.strip().casefold() for name in names}:  # `Walk` and `walk` are a typing error, no sign
            homes[name] += 1
    num_shared = sum(count for count in homes.values() if count > 1)
    return len(inside) > 1 and len(homes) > 1 and num_shared >= _SHARED * sum(homes.values())


def _compare(tree: _Tree, level: Level) -> tuple[_Verdict, Level | None]:
    """Whether the classes are on this level or deeper, and the deeper level that may hold them."""
    if len(level.names) < 2 or tree.share_deeper(level.index) < _SHARED:
        return _Verdict.UPPER, None
    plain = _plain_level(tree, level.index + 1)
    crosses = plain is not None and _cross(tree.below(level.index, plain.index))
    if level.role is None:
        return (_Verdict.DOUBT if crosses else _Verdict.UPPER), plain
    if plain is not None:
        if crosses:
            return _Verdict.LOWER, plain
        return (_Verdict.UPPER if level.role is FolderRole.SERIES else _Verdict.DOUBT), plain
    return _compare_numbers(tree, level, tree.level(level.index + 1))


def _compare_numbers(tree: _Tree, level: Level, lower: Level) -> tuple[_Verdict, Level | None]:
    """The same where the lower level only counts: the numbers of gestures under people, or the clips of a person."""
    if not _cross(tree.below(level.index, lower.index)):
        return _Verdict.UPPER, None
    if are_numbers(lower.names):
        return (_Verdict.DOUBT if level.role is FolderRole.SERIES else _Verdict.LOWER), lower
    is_surer = level.role is not FolderRole.SERIES and lower.role is FolderRole.SERIES
    return (_Verdict.DOUBT if is_surer else _Verdict.UPPER), lower


def _plain_level(tree: _Tree, index: int) -> Level | None:
    """From ``index`` on the first level of several folders that may be classes by their names."""
    while tree.names(index):
        level = tree.level(index)
        speaks = level.role is not None or are_splits(level.names) or are_numbers(level.names)
        if len(level.names) > 1 and not speaks:
            return level
        if tree.share_deeper(index) < _SHARED:
            return None
        index += 1
    return None


def _with_lower(tree: _Tree, levels: Levels, index: int) -> Levels:
    """The same with what levels below the classes say: parts of a split, folds and people."""
    while tree.names(index):
        level = tree.level(index)
        if levels.split is None and len(level.names) > 1 and are_splits(level.names):
            levels = replace(levels, split=replace(level, role=FolderRole.SPLIT))
        elif level.role in (FolderRole.FOLD, FolderRole.PERSON) and len(level.names) > 1:
            levels = replace(levels, group=_safer(levels.group, level))
        index += 1
    return levels


def _safer(first: Level | None, second: Level) -> Level:
    """The level that is rather a group; of equal ones the outer."""
    if first is None or first.role is None or second.role is None:
        return first or second
    return second if _PRIORITY.index(second.role) < _PRIORITY.index(first.role) else first


def label_pattern(index: int, group: int | None = None) -> str:
    """A pattern for ``--label-from`` that takes the label from a level of folders.

    Args:
        index: The level of the label, from 0.
        group: The level of the groups, above it; None for no groups.

    Example:
        >>> label_pattern(0), label_pattern(2, group=0)
        ('{label}/{rest}', '{group}/{level_2}/{label}/{rest}')
    """
    fields = (_field(place, index, group) for place in range(index + 1))
    return "/".join((*fields, "{rest}"))


def _field(place: int, label: int, group: int | None) -> str:
    if place == label:
        return "{label}"
    return "{group}" if place == group else f"{{level_{place + 1}}}"


def in_words(names: Iterable[str], most: int = 3) -> str:
    """A few names with commas, and that there are more."""
    words = list(names)
    return ", ".join([*words[:most], *(["…"] if len(words) > most else [])])
