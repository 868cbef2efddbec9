"""Which of the known layouts a folder or file has, and the rows in it."""

from dataclasses import dataclass
from pathlib import Path

from reelwise.core.errors import DataError
from reelwise.core.records import SkippedFile
from reelwise.datasets.lists.columns import FILE_NAMES
from reelwise.datasets.lists.csv_form import has_header
from reelwise.datasets.lists.folders import class_rows, walk
from reelwise.datasets.lists.metadata_files import METADATA_FILES, add_metadata
from reelwise.datasets.lists.other_kinds import PARQUET_SUFFIXES, refuse_other_kinds
from reelwise.datasets.lists.rows import Layout, Row
from reelwise.datasets.lists.table_rows import KINETICS, is_kinetics, table_rows
from reelwise.datasets.lists.tables import read_table
from reelwise.datasets.lists.text_file import read_list_text
from reelwise.datasets.lists.text_lists import find_text_list, is_text_list, text_list_rows
from reelwise.media.find import find_videos

OWN_LISTS = ("labels.csv", "labels.tsv", "labels.json", "labels.jsonl", "labels.parquet")


@dataclass(frozen=True)
class Source:
    """The rows of a folder or a list, before they are checked.

    Args:
        root: The folder that names are relative to.
        rows: One per video or segment.
        layout: How it was understood.
        is_confined: Whether paths must stay inside ``root``.
        skipped: Lines that cannot be read as rows.
        notes: Sentences for a person; no code reads them.
        lists: Files that were read as lists.
    """

    root: Path
    rows: list[Row]
    layout: Layout
    is_confined: bool
    skipped: tuple[SkippedFile, ...] = ()
    notes: tuple[str, ...] = ()
    lists: tuple[Path, ...] = ()


def read_source(path: Path, label_column: str | None = None) -> Source:
    """The rows of a folder or list.

    Args:
        path: DATA of the command.
        label_column: The column that holds the label, when named.

    Raises:
        DataError: There is no such file or folder, or it has no known layout.
    """
    if path.is_file():
        return _list(path, None, label_column)
    if not path.is_dir():
        raise DataError(f"{path}: there is no such file or folder.", hint="Check the name; quote it if it has blanks.")
    own = next((path / name for name in OWN_LISTS if (path / name).is_file()), None)
    if own:
        return _list(own, path, label_column)
    lists = find_text_list(path)
    if lists and is_text_list(lists):
        return _text_list(lists, path)
    return _folder(path, label_column)


def _list(path: Path, folder: Path | None, label_column: str | None) -> Source:
    if path.suffix.lower() == ".txt" and not has_header(read_list_text(path)):
        return _text_list(path, folder)
    try:
        table = read_table(path, KINETICS)
    except DataError:
        # Lists without a header: SlowFast's `path label` and the like.
        if path.suffix.lower() in (".json", ".jsonl", *PARQUET_SUFFIXES) or not is_text_list(path):
            raise
        return _text_list(path, folder)
    rows = table_rows(table, path, label_column)
    layout = Layout(f"Kinetics list {path.name}" if is_kinetics(table) else f"list {path.name}")
    return Source(folder or path.parent, rows, layout, folder is not None, table.bad_rows, table.notes, (path,))


def _text_list(path: Path, folder: Path | None) -> Source:
    refuse_other_kinds(path)
    if not is_text_list(path):
        raise DataError(
            f"{path}: neither a list with named columns nor `path label` lines.",
            hint=f"Give a header with a column for the file ({FILE_NAMES[0]}) and one for the label.",
        )
    rows, notes, lists = text_list_rows(path, folder)
    root = folder or (rows[0].base if rows[0].base.is_relative_to(path.parent) else path.parent.parent)
    return Source(root, rows, Layout(f"text list {path.name}"), folder is not None, (), tuple(notes), tuple(lists))


def _folder(path: Path, label_column: str | None) -> Source:
    files = list(walk(path))
    videos = find_videos(path)
    if videos == [path]:  # the folder itself is a video
        layout = Layout("one folder of numbered pictures")
        return Source(path.parent, [Row(path.name, path.parent, "")], layout, False)
    video_files = set(videos)
    frame_folders = [video for video in videos if video.is_dir()]
    rows, layout = class_rows(path, [*frame_folders, *(file for file in files if file in video_files)])
    rows, skipped, notes = add_metadata(path, rows, files, label_column)
    if layout.note:
        notes.insert(0, layout.note)
    outside = sum(not video.resolve().is_relative_to(path.resolve()) for video in videos)
    if outside:
        notes.append(f"{outside} videos are links to files outside {path}")
    lists = tuple(file for file in files if file.name in METADATA_FILES)
    return Source(path, rows, layout, True, tuple(skipped), tuple(notes), lists)
