"""``metadata.csv`` and ``metadata.jsonl`` beside clips, as in the VideoFolder layout of Hugging Face."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from reelwise.core.errors import DataError
from reelwise.core.records import Skipped
from reelwise.datasets.columns import FILE_NAMES, canonical, column_for, split_word
from reelwise.datasets.rows import Row
from reelwise.datasets.tables import read_table

METADATA_FILES = ("metadata.csv", "metadata.jsonl")


def add_metadata(
    root: Path, rows: Sequence[Row], files: Sequence[Path], label_column: str | None = None
) -> tuple[list[Row], list[Skipped], list[str]]:
    """Rows with the columns of the nearest metadata file above each video.

    A column ``label`` decides over the class folder, and a column ``split`` over the split folder.

    Args:
        root: The data folder.
        rows: Found in folders; ``file`` is relative to ``root``.
        files: All files under ``root``.
        label_column: Another column that holds the label.

    Returns:
        Rows, metadata lines that name no video, and notes.
    """
    known: dict[str, dict[str, str]] = {}
    skipped: list[Skipped] = []
    notes: list[str] = []
    videos = {row.file for row in rows}
    # Deeper files come last and win: what stands nearer to a clip knows it better.
    found = sorted((path for path in files if path.name in METADATA_FILES), key=lambda path: len(path.parts))
    for path in found:
        folder = path.parent.relative_to(root).as_posix()
        try:
            table = read_table(path)
            column = column_for(table.header, FILE_NAMES, "file")
        except DataError as error:
            notes.append(f"{error.message} It is not used.")
            continue
        skipped += table.refused
        notes.append(f"metadata comes from {path.relative_to(root).as_posix()}")
        for line, cells in zip(table.lines, table.cells, strict=True):
            name = _join(folder, cells[column] if column else "")
            if name not in videos:
                reason = f"{path.name} line {line}: there is no such video"
                skipped.append(Skipped(name, reason, "Its file_name is relative to the metadata file."))
                continue
            known[name] = {key: text for key, text in cells.items() if key and key != column}
    return [_with(row, known.get(row.file, {}), label_column) for row in rows], skipped, notes


def _join(folder: str, file: str) -> str:
    return PurePosixPath(folder, file.strip().replace("\\", "/").removeprefix("./")).as_posix()


def _with(row: Row, values: dict[str, str], label_column: str | None) -> Row:
    name = label_column or "label"
    split = next((text for name, text in values.items() if canonical(name) == "split" and split_word(text)), "")
    row = replace(row, split=split or row.split, values={**row.values, **values})
    if name not in values or (row.label and not label_column and not values[name].strip()):
        return row
    others = {key: text for key, text in row.values.items() if key != name}
    return replace(row, label=values[name], label_column=name, values=others)
