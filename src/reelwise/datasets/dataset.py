"""A data set as it was read: records, labels, what was skipped and how it was understood."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from reelwise.core.errors import DataError, VideoError
from reelwise.core.records import Record, Skipped


@dataclass(frozen=True)
class Dataset:
    """Labelled videos and how they were found.

    Args:
        root: The folder that ``Record.file`` is relative to.
        records: The usable rows, in natural order of their names.
        labels: The classes in use, sorted; the order of a model's outputs.
        layout: How the data was understood, in words: ``"class folders"``, ``"list labels.csv"``.
        group_source: One sentence that says where groups come from, or that there are none.
        skipped: Rows and files that cannot be used, each with its reason.
        notes: Sentences that a person should read once.
    """

    root: Path
    records: tuple[Record, ...]
    labels: tuple[str, ...]
    layout: str
    group_source: str = "no groups"
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[str, ...] = field(default=())

    def without(self, failures: Mapping[str, VideoError], *, strict: bool = True) -> "Dataset":
        """The data set less the records that failed to decode, which move to ``skipped``.

        Args:
            failures: Error by ``Record.name``, as ``CacheFill.failures`` gives it.
            strict: Whether to refuse what is then too little to learn from.

        Raises:
            DataError: More than half cannot be used, or only one class is left.
        """
        kept = tuple(record for record in self.records if record.name not in failures)
        lost = tuple(
            Skipped(record.name, _reason(failures[record.name], record), failures[record.name].hint)
            for record in self.records
            if record.name in failures
        )
        smaller = replace(self, records=kept, labels=sorted_labels(kept), skipped=self.skipped + lost)
        if strict:
            require_usable(smaller)
            require_two_labels(smaller)
        return smaller


def sorted_labels(records: tuple[Record, ...]) -> tuple[str, ...]:
    """The different labels: sorted as numbers when all are whole numbers, else as text; empty ones do not count."""
    labels = {record.label for record in records if record.label}
    if labels and all(label.isascii() and label.isdigit() for label in labels):
        return tuple(sorted(labels, key=lambda label: (int(label), label)))
    return tuple(sorted(labels))


def require_usable(dataset: Dataset) -> None:
    """Refuse a data set of which more than half cannot be used.

    A few bad files are life; more than half means that the list, the folder or the disk is not what one thinks.

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
    hint = next((item.hint for item in dataset.skipped if item.hint), "Run `reelwise check` on it and mend the files.")
    raise DataError(f"{dataset.root}: {skipped} of {usable + skipped} videos cannot be used ({examples}).", hint=hint)


def require_two_labels(dataset: Dataset) -> None:
    """Refuse a data set with fewer than two classes.

    Raises:
        DataError: There is nothing to tell apart.
    """
    if len(dataset.labels) >= 2:
        return
    found = f"only the class {dataset.labels[0]!r}" if dataset.labels else "no labelled video"
    raise DataError(
        f"{dataset.root}: {found} was found, two or more classes are needed.",
        hint="Put the clips of each class into a folder of its own, or give a CSV with the columns file,label.",
    )


def _reason(error: VideoError, record: Record) -> str:
    return error.reason_for(record.path, record.file, record.name)
