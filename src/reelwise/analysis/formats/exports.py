"""The folder ``exports`` of an analysis: every format that can hold it, without decoding.

``write_exports(analysis, folder)`` needs what is in the folder of analysis.json and nothing else, so exports can be
made again at any time.
"""

import itertools
from pathlib import Path

from reelwise.analysis.formats.catalogue import FORMATS
from reelwise.analysis.formats.format import ExportFormat, FormatError
from reelwise.analysis.results import Analysis
from reelwise.core.files import atomic_write


def write_exports(analysis: Analysis, folder: Path) -> dict[str, tuple[Path, ...] | FormatError]:
    """Write all formats that can hold this analysis into ``folder/exports``; the older files of all formats go.

    Args:
        analysis: What was found.
        folder: The folder of analysis.json, with the pictures and signals that the analysis names.

    Returns:
        By the name of the format: its files, or why it cannot hold this analysis (``message`` and ``hint``).

    Raises:
        DataError: The analysis has no time base.
        OSError: The disk is full or the folder cannot be written; every file is whole or not there.
    """
    results = {each.name: _write(analysis, folder, each) for each in FORMATS}
    new_paths = {path for paths in results.values() if not isinstance(paths, FormatError) for path in paths}
    for pattern in itertools.chain(*(each.files for each in FORMATS)):
        for path in set((folder / "exports").glob(pattern)) - new_paths:  # of a track that is gone
            path.unlink()
    return results


def _write(analysis: Analysis, folder: Path, export: ExportFormat) -> tuple[Path, ...] | FormatError:
    try:
        files = export.write(analysis, folder)
    except FormatError as error:
        return error
    paths = []
    for name, content in files.items():
        path = folder / "exports" / name
        with atomic_write(path) as stream:
            stream.write(content if isinstance(content, bytes) else content.encode("utf-8"))
        paths.append(path)
    return tuple(paths)
