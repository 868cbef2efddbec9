"""Other possible labels of a data set, and the flags that choose them."""

import shlex
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TypeVar

from reelwise.core.records import Record
from reelwise.datasets.dataset import Dataset
from reelwise.datasets.labels.groups import sounds_like_group
from reelwise.datasets.labels.tasks import decide_task
from reelwise.datasets.lists.folder_words import FolderRole, role_of_labels
from reelwise.datasets.lists.levels import in_words, label_pattern
from reelwise.datasets.lists.patterns import MAX_FIELDS, make_pattern
from reelwise.datasets.lists.rows import Row
from reelwise.datasets.metadata.rules import is_container_fact, names_video, sounds_like_label
from reelwise.tasks import find_task

MOST_SHOWN = 8
"""Ways to label that are listed; as many lines as a terminal shows beside the rest of the report."""

_FEWEST_EACH = 2
"""Videos that a value of a column must have on average to be a class, not a name."""

_MOST_CLASSES = 1000
"""More values than this are taken for names; the largest sets of actions have 700 classes."""

_EXAMPLES = 5
_LEAST_SHARE = 0.5
"""Share of the videos that must have a value."""

_SAMPLE = 4000
"""Videos that are looked at, so that a million file names take less than a second."""

_Item = TypeVar("_Item")
_FIELDS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")


@dataclass(frozen=True)
class LabelCandidate:
    """One way to label the videos.

    Args:
        source: Where the label would come from, in words.
        flag: The flag that chooses it; empty for the label that is used without one.
        in_use: Whether this is the label now.
        task: The task that it would give: ``classification``, ``multilabel`` or ``regression``.
        num_labels: Different classes, single labels or numbers.
        num_videos: Videos that would have a label.
        examples: The most frequent labels.
        score: Likelier candidates have a higher one; used for the order alone.
    """

    source: str
    flag: str
    in_use: bool
    task: str
    num_labels: int
    num_videos: int
    examples: tuple[str, ...]
    score: float


def label_candidates(dataset: Dataset) -> tuple[LabelCandidate, ...]:
    """Ways to label these videos, the one in use first, then the likelier ones.

    A column counts when its values repeat, or when they are numbers; one that only names each video, says who belongs
    together or is a fact of the file does not. Of file names every part between ``_``, ``-`` and blanks is tried.

    Args:
        dataset: With tags among its metadata, as ``with_tags`` gives it.
    """
    records = dataset.records
    if not records:
        return ()
    current = _candidate(_words(dataset), "", [record.label for record in records], dataset.label_column)
    candidates = [*_columns(dataset), *_folders(dataset), *_names(records)]
    others = sorted((item for item in candidates if item is not None), key=lambda item: -item.score)
    if current is None or not current.num_labels:
        return tuple(others[:MOST_SHOWN])
    task = dataset.task
    now = LabelCandidate(
        current.source, "", True, task, len(dataset.labels) if find_task(task).has_classes else current.num_labels,
        current.num_videos, current.examples, current.score,
    )  # fmt: skip
    return (now, *others[: MOST_SHOWN - 1])


def _words(dataset: Dataset) -> str:
    if dataset.label_column:
        return f"the column {dataset.label_column!r}"
    return repr(dataset.label_from) if dataset.label_from else dataset.layout.text


def _columns(dataset: Dataset) -> Iterator[LabelCandidate | None]:
    names = dict.fromkeys(name for record in dataset.records for name in record.metadata)
    for name in names:
        if name in dataset.reserved_columns or is_container_fact(name) or sounds_like_group(name):
            continue
        values = [record.metadata.get(name, "") for record in dataset.records]
        if _says_more(values, dataset.records):
            yield _candidate(f"the column {name!r}", f"--label-from {_quote(name)}", values, name)


def _folders(dataset: Dataset) -> Iterator[LabelCandidate | None]:
    """Every level of folders that is not the label now."""
    paths = [PurePosixPath(record.file) for record in dataset.records]
    if any(path.is_absolute() for path in paths):
        return
    folders = [path.parts[:-1] for path in paths]
    depth = max(map(len, folders))
    for level in range(min(depth, MAX_FIELDS - 1)):
        values = [names[level] if len(names) > level else "" for names in folders]
        if _says_more(values, dataset.records) and role_of_labels({*values}) is not FolderRole.SPLIT:
            is_flat = depth == 1 and all(folders)
            source = "the folders" if depth == 1 else f"folders such as {in_words(sorted({*values} - {''}), 2)}"
            pattern = "{label}/{clip}" if is_flat else label_pattern(level)
            yield _candidate(source, f'--label-from "{pattern}"', values, "")


def _names(records: Sequence[Record]) -> Iterator[LabelCandidate | None]:
    sample = _sample(records)
    for pattern in _patterns([PurePosixPath(record.file).stem for record in sample]):
        values = _labels_by_pattern(pattern, sample)
        source, flag = f"the file names as {pattern}", f"--label-from {_quote(pattern)}"
        if _says_more(values, sample) and _candidate(source, flag, values, "") is not None:
            yield _candidate(source, flag, _labels_by_pattern(pattern, records), "")


def _labels_by_pattern(text: str, records: Sequence[Record]) -> list[str]:
    pattern = make_pattern(text)
    return [match["label"] if (match := pattern.match(record.file)) else "" for record in records]


def _sample(items: Sequence[_Item]) -> Sequence[_Item]:
    """All items, or some thousand of very many at even distances."""
    return items if len(items) <= _SAMPLE else items[:: -(-len(items) // _SAMPLE)]


def _says_more(values: Sequence[str], records: Sequence[Record]) -> bool:
    """Whether these are other labels than those in use, and not the groups again."""
    values, records = _sample(values), _sample(records)
    same = sum(value.strip() == record.label.strip() for value, record in zip(values, records, strict=True))
    groups = {(value.strip(), record.group) for value, record in zip(values, records, strict=True)}
    if len(groups) == len({value for value, _ in groups}) == len({group for _, group in groups}) > 1:
        return False
    return same < 0.95 * len(records) or not any(record.label for record in records)


def _patterns(stems: Sequence[str]) -> Iterator[str]:
    """Patterns that might fit: the first part, the last part, and each part of names with equally many."""
    for mark in ("_", "-", " "):
        counts = {stem.count(mark) for stem in stems}
        if 0 in counts:
            continue
        if len(counts) > 1 or counts == {1}:
            yield f"{{label}}{mark}{{take}}"
            yield f"{{take}}{mark}{{label}}"
        elif (num_parts := counts.pop() + 1) <= MAX_FIELDS:
            for place in range(num_parts):
                yield mark.join(f"{{{'label' if i == place else _FIELDS[i]}}}" for i in range(num_parts))


def _candidate(source: str, flag: str, values: Sequence[str], column: str) -> LabelCandidate | None:
    """The candidate with its score; None for values that cannot be labels."""
    filled_values = [value.strip() for value in values if value.strip()]
    name, _ = decide_task([Row("", Path(), value, label_column=column) for value in _sample(filled_values)])
    task = find_task(name)
    is_number = not task.has_classes
    singles = ((value,) if is_number else task.single_labels(value) for value in filled_values)
    counts = Counter(label for labels in singles for label in labels)
    repeats = len(filled_values) >= (_FEWEST_EACH if column else _FEWEST_EACH + 1) * len(counts)
    few = len(filled_values) < _LEAST_SHARE * len(values) or len(counts) < 2
    names_each = not repeats or len(counts) > _MOST_CLASSES or names_video(column)
    if flag and (few or (not is_number and names_each)):
        return None
    score = 2.0 * len(filled_values) / len(values) + 3.0 * bool(column and sounds_like_label(column))
    score += (is_number or repeats) - 0.5 * is_number - 1.0 * (not column)
    score -= 1.0 * all(value.isdigit() for value in counts) + 0.5 * names_video(column)
    examples = tuple(text[:60] for text, _ in counts.most_common(_EXAMPLES))
    return LabelCandidate(source, flag, False, name, len(counts), len(filled_values), examples, score)


def _quote(name: str) -> str:
    """As a word of a command line, in double quotes where these are enough: Windows knows no others."""
    if name.replace(".", "").replace("_", "").replace("-", "").isalnum():
        return name
    return shlex.quote(name) if set(name) & set('"$`\\!') else f'"{name}"'
