"""Whatever a person calls their data, as one data set."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from reelwise.core.errors import DataError, UsageError
from reelwise.core.records import Record, SkippedFile
from reelwise.datasets.dataset import Dataset, require_clear_labels, require_two_labels, require_usable
from reelwise.datasets.labels.groups import GroupSource, assign_groups
from reelwise.datasets.labels.label_columns import label_rows
from reelwise.datasets.labels.tag_labels import add_tags, is_tag
from reelwise.datasets.labels.tasks import decide_task, fit_rows, labels_of
from reelwise.datasets.lists.folder_words import role_of_labels
from reelwise.datasets.lists.frame_folder_notes import on_frame_folders
from reelwise.datasets.lists.frame_rates import note_frame_rates
from reelwise.datasets.lists.frame_spans import frames_to_seconds
from reelwise.datasets.lists.layouts import Source, read_source
from reelwise.datasets.lists.levels import in_words
from reelwise.datasets.lists.named_files import find_named_files
from reelwise.datasets.lists.patterns import NamePattern, make_pattern
from reelwise.datasets.lists.records_from_rows import Rules, make_records
from reelwise.datasets.lists.rows import FolderGroups, Row
from reelwise.datasets.lists.sidecars import add_sidecars
from reelwise.datasets.lists.unread_files import as_hint, sidecars_of, unread_files
from reelwise.datasets.metadata.unused_columns import unused_columns
from reelwise.tasks import find_task


def read_dataset(
    data: str | Path,
    *,
    label_from: str | None = None,
    group: str | None = None,
    strict: bool = True,
    task: str = "auto",
) -> Dataset:
    """Read a folder or a list of labelled videos; nothing is decoded, save one frame of each for labels from tags.

    Understood are: a folder of class folders; ``train|val|test`` folders of them, with ``metadata.csv``, ``.jsonl`` or
    ``.parquet``; a folder with ``labels.csv``; a CSV, JSON, JSON lines or Parquet list with columns ``file,label`` and
    optionally ``group,split,start_seconds,end_seconds``; Kinetics' lists; UCF's and mmaction2's text lists. What JSON
    files beside the videos say is added to any of them.

    Labels are kept as written: ``handshake `` is another label than ``handshake``, and the doctor says so.
    Paths in a list that was found inside a named folder must stay in that folder; a list that was named itself may
    point anywhere.

    Args:
        data: The folder or list.
        label_from: A pattern over file names such as ``"{label}_{take}"``, or what holds the label: a column, a key of
            the JSON files beside the videos, or a tag of the files such as ``tags.title``.
        group: A column, or a pattern with ``{group}``, whose videos stay together; None looks for one.
        strict: Whether unlabelled rows are skipped and a data set that cannot be learned from is refused; False for
            the doctor, which reports instead.
        task: What the labels are, one of ``TASKS``; ``auto`` sees it by the labels, and a note says so.

    Returns:
        Records in natural order of their names, whatever the order on disk.

    Raises:
        DataError: There is no such data, it cannot be understood, more than half of it cannot be used, or two levels of
            folders may be the classes.
        UsageError: ``label_from``, ``group`` or ``task`` does not fit the data.
    """
    pattern = _label_pattern(label_from)
    column = None if pattern else label_from
    source = read_source(Path(data).expanduser(), column or None)
    rules = Rules(source.root, source.is_confined, require_labels=strict)
    rows, without_moment, notes = _complete(source.rows, rules)
    unread = _unread(source, rows) if source.is_confined else []
    rows, unfit = _with_labels(rows, pattern, column or None, rules)
    task, on_task = decide_task(rows, task)
    records, skipped = make_records(fit_rows(rows, task), replace(rules, task=task))
    if pattern:
        records = [_with_group(record) for record in records]
    with_groups, group_source = _group(records, group, task, source.layout.groups)
    label_column = next((row.label_column for row in rows if row.label_column), "")
    labels = labels_of(with_groups, task, label_column)
    on_labels = f"labels come from {label_from!r}" if label_from else ""
    on_words = _on_words(labels, task) if strict else ""  # the doctor has a finding on them
    on_columns = unused_columns([record.metadata for record in with_groups], (label_column, group_source.column))
    on_frames = on_frame_folders(records, source.root)
    notes = [*source.notes, *notes, *on_frames, on_labels, on_task, on_words, *on_columns, *unread]
    dataset = Dataset(
        source.root,
        with_groups,
        labels,
        source.layout,
        group_source,
        (*source.skipped, *without_moment, *unfit, *skipped),
        tuple(dict.fromkeys(filter(None, notes))),
        task,
        label_column,
        label_from or "",
    )
    if strict:
        _require_videos(dataset, unread)
        require_usable(dataset)
        require_clear_labels(dataset)
        require_two_labels(dataset)
    return dataset


def _on_words(labels: Sequence[str], task: str) -> str:
    """A note on labels that name people, cameras or parts of a split."""
    role = role_of_labels(labels) if find_task(task).has_classes else None
    return f"the labels ({in_words(labels)}) name {role.plural}: are they what you want to tell apart?" if role else ""


def _complete(rows: list[Row], rules: Rules) -> tuple[list[Row], list[SkippedFile], list[str]]:
    """Rows with the files that are there, times in seconds, and the values of the JSON files beside the videos."""
    rows, on_names = find_named_files(rows, rules)
    rows, without_rate = note_frame_rates(rows, rules)
    rows, skipped, on_frames = frames_to_seconds(rows, rules)
    rows, on_sidecars = add_sidecars(rows, rules.root, is_confined=rules.is_confined)
    return rows, [*without_rate, *skipped], [*on_names, *on_frames, *on_sidecars]


def _unread(source: Source, rows: Sequence[Row]) -> list[str]:
    """What lies in a data folder besides the videos of its rows, and the files that say something of them."""
    videos = {Path(row.base, file) for row in rows for file in {row.file, row.file.replace("\\", "/").strip()}}
    return unread_files(source.root, {*videos, *source.lists, *sidecars_of(videos)})


def _require_videos(dataset: Dataset, unread: Sequence[str]) -> None:
    """Refuse a folder that holds no video, and say what it holds."""
    if unread and not dataset.records and not dataset.skipped:
        raise DataError(f"{dataset.root}: no video was found.", hint=as_hint(unread))


def _label_pattern(label_from: str | None) -> NamePattern | None:
    pattern = make_pattern(label_from) if label_from and "{" in label_from else None
    if pattern and "label" not in pattern.fields:
        raise UsageError(f"--label-from {label_from!r} has no field {{label}}.", hint='Write "{label}_{take}".')
    return pattern


def _with_labels(
    rows: list[Row], pattern: NamePattern | None, column: str | None, rules: Rules
) -> tuple[list[Row], list[SkippedFile]]:
    if pattern:
        return _apply(pattern, rows)
    unfit: list[SkippedFile] = []
    if is_tag(column):
        rows, unfit = add_tags(rows, rules)
    return label_rows(rows, column), unfit


def _group(
    records: Sequence[Record], group: str | None, task: str, folders: FolderGroups | None
) -> tuple[tuple[Record, ...], GroupSource]:
    """Groups are looked for without labels where these are no classes: every number is another one."""
    if find_task(task).finds_groups_by_label:
        return assign_groups(records, group, folders)
    bare, source = assign_groups([replace(record, label="") for record in records], group, folders)
    return tuple(replace(r, group=with_group.group) for r, with_group in zip(records, bare, strict=True)), source


def _apply(pattern: NamePattern, rows: Sequence[Row]) -> tuple[list[Row], list[SkippedFile]]:
    fitting, unfit = [], []
    for row in rows:
        fields = pattern.match(PurePosixPath(row.file.replace("\\", "/")).as_posix())
        if fields is None:
            unfit.append(SkippedFile(row.file, f"the name does not fit the pattern {pattern.text!r}", "Rename it."))
        else:
            label = fields.pop("label")
            fitting.append(replace(row, label=label, label_column="", values={**row.values, **fields}))
    return fitting, unfit


def _with_group(record: Record) -> Record:
    group = record.metadata.get("group", "").strip()
    return replace(record, group=group) if group else record
