"""Groups, which a split never divides: from a column, else from a clear pattern in the file names."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import PurePosixPath

from reelwise.core.errors import UsageError
from reelwise.core.records import Record
from reelwise.datasets.lists.columns import canonical
from reelwise.datasets.lists.patterns import make_pattern
from reelwise.datasets.lists.rows import FolderGroups

_COLUMNS = (
    *("group", "recording", "session", "subject", "actor", "person", "participant", "performer", "speaker", "signer"),
    *("patient", "user", "youtube", "video", "source_video", "source", "original", "sequence", "scene"),
)
_WHO = "person|subject|subj|actor|participant|performer|speaker|signer|patient|user"
_WHEN = "recording|rec|session|sess|sequence|seq|scene|group"
_SURE = ("group", "recording", "youtube", "source_video")
_RECORDING = "the recording in the file names"
_KEYED = (
    (re.compile(r"_g(\d+)_c\d+$"), "g", "the numbers after _g in the file names (as in UCF101)"),
    (re.compile(r"^S\d{3}C\d{3}P(\d{3})R\d{3}A\d{3}"), "P", "the performer in the file names (as in NTU RGB+D)"),
    (re.compile(rf"(?:^|[_\-. ])((?:{_WHO})[_-]?\d+)(?=[_\-. ]|$)", re.I), "", "the person in the file names"),
    # Alone in a name (`scene_07.mp4`) such a number only counts the files of a class.
    (re.compile(rf"(?:[_\-. ]|^(?!(?:{_WHEN})[_-]?\d+$))((?:{_WHEN})[_-]?\d+)(?=[_\-. ]|$)", re.I), "", _RECORDING),
)
_TAKE = re.compile(r"[_\-. ]*(?:take|clip|part|seg|segment|chunk|cut|piece|split)?[_\-. ]?\(?\d+\)?$", re.I)
_MOST = 0.95
"""Share of the file names that a pattern must fit; single files are often named otherwise."""
_Key = Callable[[Record], str | None]
_Guess = tuple[_Key, "GroupSource"]


class GroupKind(StrEnum):
    """The origin of a data set's groups."""

    NONE = "none"
    COLUMN = "column"
    PATTERN = "pattern"
    FILE_NAMES = "file_names"
    FOLDERS = "folders"


@dataclass(frozen=True)
class GroupSource:
    """Where the groups of a data set come from.

    Args:
        kind: Their origin.
        name: The column, or the pattern over file names; empty for the other kinds.
        place: The place for a person, such as ``"the person in the file names"``; no code reads it.
    """

    kind: GroupKind = GroupKind.NONE
    name: str = ""
    place: str = "no column and no clear pattern in the file names says which videos belong together"

    @property
    def column(self) -> str:
        """The column; empty where groups come from elsewhere.

        Example:
            >>> of_column("person").column, GroupSource().column
            ('person', '')
        """
        return self.name if self.kind is GroupKind.COLUMN else ""

    @property
    def text(self) -> str:
        """The sentence for a person.

        Example:
            >>> of_column("person").text
            "groups come from the column 'person'"
        """
        return f"no groups: {self.place}" if self.kind is GroupKind.NONE else f"groups come from {self.place}"


NO_GROUPS = GroupSource()


def of_column(name: str) -> GroupSource:
    """The source of groups that a column names."""
    return GroupSource(GroupKind.COLUMN, name, f"the column {name!r}")


def assign_groups(
    records: Sequence[Record], group: str | None = None, folders: FolderGroups | None = None
) -> tuple[tuple[Record, ...], GroupSource]:
    """Give every record its group.

    Args:
        records: As read; a group that a record has already stays.
        group: A column, or a pattern with ``{group}`` over file names; None searches for one.
        folders: The folders that name people, recordings and the like, where there are any.

    Returns:
        The records, and where their groups come from.

    Raises:
        UsageError: There is no such column, or the pattern fits no file.
    """
    if group is not None:
        return _named_groups(records, group)
    if any(record.group for record in records):
        return tuple(records), GroupSource(GroupKind.PATTERN, place="the pattern over file names")
    by_folder = _folder_guess_of(folders) if folders else None
    for key, source in _guesses(records, folders, by_folder):
        groups = [key(record) for record in records]
        is_named = by_folder is not None and key is by_folder[0]
        if _is_clear(records, groups, source.column, is_named=is_named):
            return _with(records, groups), source
    return tuple(records), NO_GROUPS


def sounds_like_group(name: str) -> bool:
    """Whether a column has a usual name of groups: ``person``, ``recording_id``."""
    return _bare(name) in _COLUMNS


def _named_groups(records: Sequence[Record], group: str) -> tuple[tuple[Record, ...], GroupSource]:
    if "{" in group:
        pattern = make_pattern(group if "{group}" in group else group.replace("{}", "{group}"))
        if "group" not in pattern.fields:
            raise UsageError(f"--group {group!r} has no field {{group}}.", hint='Write one such as "{group}_{take}".')
        groups = [(pattern.match(record.file) or {}).get("group") for record in records]
        if records and not any(groups):
            raise UsageError(
                f"--group {group!r} fits no file (the first is {records[0].file!r}).",
                hint="The pattern is held against the name without its suffix.",
            )
        return _with(records, groups), GroupSource(GroupKind.PATTERN, group, f"the pattern {group!r}")
    columns = sorted({name for record in records for name in record.metadata})
    if records and group not in columns:
        examples = ", ".join(columns[:12]) or "none"
        raise UsageError(
            f"there is no column {group!r} (columns: {examples}).",
            hint='Name a column, or a pattern like "{group}_{take}".',
        )
    groups = [record.metadata.get(group, "").strip() or None for record in records]
    return _with(records, groups), of_column(group)


def _with(records: Sequence[Record], groups: Sequence[str | None]) -> tuple[Record, ...]:
    return tuple(replace(record, group=group) for record, group in zip(records, groups, strict=True))


def _guesses(records: Sequence[Record], folders: FolderGroups | None, by_folder: _Guess | None) -> Iterator[_Guess]:
    columns = {_bare(name): name for record in reversed(records) for name in record.metadata}
    for usual_name in _COLUMNS:
        if usual_name in columns:
            name = columns[usual_name]
            yield (lambda record, name=name: record.metadata.get(name, "").strip() or None), of_column(name)
    if folders is not None and by_folder is not None and folders.is_sure:
        yield by_folder
    stems = {record.file: PurePosixPath(record.file).stem for record in records}
    for regex, prefix, place in _KEYED:
        matches = {file: regex.search(stem) for file, stem in stems.items()}
        if sum(match is not None for match in matches.values()) >= _MOST * len(stems):
            group_of_file = {file: prefix + match[1].lower() if match else None for file, match in matches.items()}
            yield (lambda record, group_of_file=group_of_file: group_of_file[record.file]), _of_names(place)
    if folders is not None and by_folder is not None and not folders.is_sure:
        yield by_folder
    yield from _folder_guess(records)
    position = _number_position(records, stems)
    if position is not None:
        num = len(_numbers(next(iter(stems.values()))))
        place = f"number {position + 1} of {num} in the file names"
        yield (lambda record: _numbers(stems[record.file])[position]), _of_names(place)
    cut = {file: _TAKE.sub("", stem) for file, stem in stems.items()}
    if all(cut.values()) and _tells_recordings_apart(records, cut):
        yield (lambda record: cut[record.file]), _of_names("the file names up to the number of the take")


def _of_names(place: str) -> GroupSource:
    return GroupSource(GroupKind.FILE_NAMES, place=place)


def _bare(name: str) -> str:
    return canonical(name).removesuffix("_id").removesuffix("_name")


def _folder_guess_of(folders: FolderGroups) -> _Guess:
    return lambda record: folders.group_of(record.file), GroupSource(GroupKind.FOLDERS, place=folders.place)


def _folder_guess(records: Sequence[Record]) -> Iterator[tuple[_Key, GroupSource]]:
    """A folder between class and clip, such as ``boxing/person01/3.avi``."""
    parents = {record.file: PurePosixPath(record.file).parent for record in records}
    if all(
        len(parent.parts) >= 2 and parent.name != r.label for r, parent in zip(records, parents.values(), strict=False)
    ):
        source = GroupSource(GroupKind.FOLDERS, place="the folders inside the class folders")
        yield (lambda record: parents[record.file].name), source


def _is_clear(records: Sequence[Record], groups: Sequence[str | None], column: str, *, is_named: bool = False) -> bool:
    """Whether the groups are useful: several, most with more than one file, and not the same as the classes."""
    files: dict[str, set[str]] = defaultdict(set)
    labels: dict[str, set[str]] = defaultdict(set)
    for record, group in zip(records, groups, strict=True):
        if group:
            files[group].add(record.name)
            labels[group].add(record.label)
    num_labels = len({record.label for record in records})
    if column and _bare(column) in _SURE:
        return len(files) >= 2 and (len(files) < len(records) or _bare(column) == "group")
    if len(files) < 2 or len(files) == len(records):
        return False
    one_label_each = all(len(of_group) == 1 for of_group in labels.values())
    if one_label_each and len(files) < 2 * num_labels:
        return False
    if column or is_named:
        return True
    together = sum(len(of_group) for of_group in files.values() if len(of_group) > 1)
    largest = max(len(of_group) for of_group in files.values())
    return len(files) >= 3 and together >= 0.3 * len(records) and largest <= 0.6 * len(records)


def _numbers(stem: str) -> list[str]:
    return re.split(r"[_\-. ]+", stem)


def _number_position(records: Sequence[Record], stems: dict[str, str]) -> int | None:
    """The one number in names of numbers only (``27_15_2``) that groups files of several classes; None if in doubt."""
    rows = [_numbers(stem) for stem in stems.values()]
    if not rows or len(rows[0]) < 2 or any(len(row) != len(rows[0]) or not all(map(str.isdigit, row)) for row in rows):
        return None
    fitting = [position for position in range(len(rows[0])) if _groups_classes(records, rows, position)]
    return fitting[0] if len(fitting) == 1 else None


def _groups_classes(records: Sequence[Record], rows: Sequence[list[str]], position: int) -> bool:
    labels: dict[str, list[str]] = defaultdict(list)
    for record, row in zip(records, rows, strict=False):
        labels[row[position]].append(record.label)
    if not 3 <= len(labels) <= len(rows) / 2 or min(map(len, labels.values())) < 2:
        return False
    return sum(len(set(of_value)) > 1 for of_value in labels.values()) >= 0.8 * len(labels)


def _tells_recordings_apart(records: Sequence[Record], cut: dict[str, str]) -> bool:
    """Whether the shortened names differ between recordings: several of them in (nearly) every class."""
    names_by_label: dict[str, Counter[str]] = defaultdict(Counter)
    for record in records:
        names_by_label[record.label][cut[record.file].lower()] += 1
    several = sum(len(names) >= 2 for names in names_by_label.values())
    return several >= 0.8 * len(names_by_label)
