"""A data set as it was read: records, labels, skipped files and the layout that was recognized."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from reelwise.core.errors import DataError, VideoError
from reelwise.core.records import Record, SkippedFile
from reelwise.datasets.labels.groups import NO_GROUPS, GroupSource
from reelwise.datasets.labels.tasks import labels_of, targets_of
from reelwise.datasets.lists.rows import Layout
from reelwise.tasks import CLASSIFICATION, find_task


@dataclass(frozen=True)
class Dataset:
    """Labelled videos, and where their labels and groups come from.

    Args:
        root: The folder that ``Record.file`` is relative to.
        records: The usable rows, in natural order of their names.
        labels: The classes in use, sorted; the order of a model's outputs. For sets of labels the single ones, for a
            number its name alone.
        layout: How the data was understood.
        group_source: Where groups come from, or that there are none.
        skipped: Rows and files that cannot be used, each with its reason.
        notes: Sentences that a person should read once; no code reads them.
        task: What the labels are, the name of one of ``tasks.TASKS``.
        label_column: The column that labels come from; empty for folders and patterns.
        label_from: The column, tag or pattern that the person named for the label; empty where they named none.
    """

    root: Path
    records: tuple[Record, ...]
    labels: tuple[str, ...]
    layout: Layout
    group_source: GroupSource = NO_GROUPS
    skipped: tuple[SkippedFile, ...] = ()
    notes: tuple[str, ...] = field(default=())
    task: str = CLASSIFICATION.name
    label_column: str = ""
    label_from: str = ""

    def targets(self, records: Sequence[Record] | None = None) -> np.ndarray:
        """The training targets of these records (all if None).

        Returns:
            (N,) int64 classes; (N, C) float32 of 0 and 1 for sets of labels; (N,) float64 for numbers.

        Raises:
            DataError: A record has no label, or one that is not in ``labels``.
        """
        return targets_of(self.records if records is None else records, self.task, self.labels)

    @property
    def reserved_columns(self) -> tuple[str, ...]:
        """Columns of the metadata that hold the label or the group, which a model must not read."""
        return tuple(name for name in (self.label_column, self.group_source.column) if name)

    @property
    def is_label_in_doubt(self) -> bool:
        """Whether two levels of folders may be the classes, and no column or pattern says the label."""
        return self.layout.is_in_doubt and not (self.label_column or self.label_from)

    def for_labels(self, labels: Sequence[str]) -> tuple["Dataset", tuple[SkippedFile, ...]]:
        """The part of the data set that a model with these labels can be tested on, and the records left out.

        A video without a label, or of a class that the model does not have, is left out. Of a set of labels only those
        that the model does not have are.
        """
        left_out = tuple(item for record in self.records if (item := _why_left_out(record, self.task, labels)))
        names = {item.file for item in left_out}
        records = [record for record in self.records if record.name not in names]
        known_part = find_task(self.task).known_part
        records = [replace(record, label=known_part(record.label, labels)) for record in records]
        return replace(self, records=tuple(records), labels=tuple(labels)), left_out

    def without(self, failures: Mapping[str, VideoError], *, strict: bool = True) -> "Dataset":
        """The data set less the records that failed to decode, which move to ``skipped``.

        Args:
            failures: Error by ``Record.name``, as ``CacheFill.failures`` gives it.
            strict: Whether to refuse a data set that is then too small to train on.

        Raises:
            DataError: More than half cannot be used, or only one class is left.
        """
        records = tuple(record for record in self.records if record.name not in failures)
        failed_files = tuple(
            SkippedFile(record.name, _reason(failures[record.name], record), failures[record.name].hint)
            for record in self.records
            if record.name in failures
        )
        labels = labels_of(records, self.task, self.label_column)
        smaller = replace(self, records=records, labels=labels, skipped=self.skipped + failed_files)
        if strict:
            require_usable(smaller)
            require_two_labels(smaller)
        return smaller


def require_usable(dataset: Dataset) -> None:
    """Refuse a data set of which more than half cannot be used.

    A few bad files are normal; more than half means that the list, the folder or the disk is the wrong one.

    Raises:
        DataError: Nothing is usable, or fewer rows than were skipped; the first reasons are named.
    """
    usable, skipped = len(dataset.records), len(dataset.skipped)
    if usable and skipped <= usable:
        return
    if not skipped:
        raise DataError(
            f"{dataset.root}: no video was found.",
            hint="Give a folder of class folders with videos, or a CSV with the columns file,label.",
        )
    examples = "; ".join(f"{item.file}: {item.reason}" for item in dataset.skipped[:3])
    hint = next(
        (item.hint for item in dataset.skipped if item.hint),
        "Run `reelwise check` on it: it names the reason of every file.",
    )
    raise DataError(f"{dataset.root}: {skipped} of {usable + skipped} videos cannot be used ({examples}).", hint=hint)


def require_clear_labels(dataset: Dataset) -> None:
    """Refuse folders of which two levels may be the classes.

    Raises:
        DataError: It is in doubt; the hint has a flag for each.
    """
    if dataset.is_label_in_doubt:
        raise DataError(f"{dataset.root}: {dataset.layout.doubt}", hint=dataset.layout.doubt_hint)


def require_two_labels(dataset: Dataset) -> None:
    """Refuse a data set with nothing to tell apart: one class, sets that are all alike, or one number.

    Raises:
        DataError: All labels are the same, or there are none.
    """
    labels = {record.label for record in dataset.records if record.label}
    if len(labels) >= 2:
        return
    labels_in_use = f"only the class {next(iter(labels))!r}" if labels else "no labelled video"
    raise DataError(
        f"{dataset.root}: {labels_in_use} was found, {find_task(dataset.task).wording.requirement} needed.",
        hint=_label_hint(dataset.records),
    )


def _label_hint(records: Sequence[Record]) -> str:
    names = sorted({name for record in records[:1000] for name in record.metadata if "." not in name})
    if names:
        flag = f"--label-from {shlex.quote(names[0])}"
        return f"Name the column that holds the label, such as {flag} (columns: {', '.join(names[:8])})."
    return "Put the clips of each class into a folder of its own, or give a CSV with the columns file,label."


def _why_left_out(record: Record, task: str, labels: Sequence[str]) -> SkippedFile | None:
    if not record.label:
        return SkippedFile(record.name, "no label", "Fill in the label, or move the clip into a class folder.")
    if find_task(task).is_known(record.label, labels):
        return None
    reason = f"its label {record.label!r} is not one of the model's"
    return SkippedFile(record.name, reason, f"Its labels are {', '.join(labels[:10])}.")


def _reason(error: VideoError, record: Record) -> str:
    return error.reason_for(record.path, record.file, record.name)
