"""Whatever a person calls their data, as one data set."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from reelwise.core.errors import UsageError
from reelwise.core.records import Record, Skipped
from reelwise.datasets.dataset import Dataset, require_two_labels, require_usable, sorted_labels
from reelwise.datasets.groups import assign_groups
from reelwise.datasets.layouts import Source, read_source
from reelwise.datasets.patterns import NamePattern, make_pattern
from reelwise.datasets.records_from_rows import Rules, make_records
from reelwise.datasets.rows import Row


def read_dataset(
    data: str | Path, *, label_from: str | None = None, group: str | None = None, strict: bool = True
) -> Dataset:
    """Read a folder or a list of labelled videos; nothing is decoded.

    Understood are: a folder of class folders; ``train|val|test`` folders of them, with ``metadata.csv`` or
    ``metadata.jsonl``; a folder with ``labels.csv``; a CSV, JSON or JSON lines list with columns ``file,label`` and
    optionally ``group,split,start_seconds,end_seconds``; Kinetics' lists; UCF's and mmaction2's text lists.

    Labels are kept as written: ``handshake `` is another label than ``handshake``, and the doctor says so.
    Paths in a list that was found inside a named folder must stay in that folder; a list that was named itself may
    point anywhere.

    Args:
        data: The folder or list.
        label_from: A pattern over file names such as ``"{label}_{take}"``, or the column that holds the label.
        group: A column, or a pattern with ``{group}``, whose videos stay together; None looks for one.
        strict: Whether unlabelled rows are skipped and a data set that cannot be learned from is refused; False for
            the doctor, which reports instead.

    Returns:
        Records in natural order of their names, whatever the order on disk.

    Raises:
        DataError: There is no such data, it cannot be understood, or more than half of it cannot be used.
        UsageError: ``label_from`` or ``group`` does not fit the data.
    """
    path = Path(data).expanduser()
    pattern = make_pattern(label_from) if label_from and "{" in label_from else None
    if pattern and "label" not in pattern.fields:
        raise UsageError(f"--label-from {label_from!r} has no field {{label}}.", hint='Write "{label}_{take}".')
    column = label_from if label_from and not pattern else None
    source = read_source(path, column)
    if column and not any(column in row.values or row.label for row in source.rows):
        raise UsageError(
            f"there is no column {column!r} to take labels from.", hint='Write a pattern "{label}_{take}".'
        )
    rows, unfit = _apply(pattern, source.rows) if pattern else (source.rows, [])
    records, skipped = make_records(rows, Rules(source.root, source.confined, require_labels=strict))
    if pattern:
        records = [_with_group(record) for record in records]
    grouped, group_source = assign_groups(records, group)
    notes = source.notes + ((f"labels come from {label_from!r}",) if label_from else ())
    return _finish(source, grouped, [*source.skipped, *unfit, *skipped], (group_source, notes), strict)


def _apply(pattern: NamePattern, rows: Sequence[Row]) -> tuple[list[Row], list[Skipped]]:
    fitting, unfit = [], []
    for row in rows:
        fields = pattern.match(PurePosixPath(row.file.replace("\\", "/")).as_posix())
        if fields is None:
            unfit.append(Skipped(row.file, f"the name does not fit the pattern {pattern.text!r}", "Rename it."))
        else:
            fitting.append(replace(row, label=fields.pop("label"), values={**row.values, **fields}))
    return fitting, unfit


def _with_group(record: Record) -> Record:
    group = record.metadata.get("group", "").strip()
    return replace(record, group=group) if group else record


def _finish(
    source: Source,
    records: tuple[Record, ...],
    skipped: Sequence[Skipped],
    words: tuple[str, tuple[str, ...]],
    strict: bool,
) -> Dataset:
    group_source, notes = words
    labels = sorted_labels(records)
    dataset = Dataset(source.root, records, labels, source.layout, group_source, tuple(skipped), notes)
    if strict:
        require_usable(dataset)
        require_two_labels(dataset)
    return dataset
