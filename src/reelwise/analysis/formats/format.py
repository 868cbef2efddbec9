"""What an export format is, and how it refuses what it cannot hold."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from reelwise.analysis.results import Analysis
from reelwise.core.errors import ReelwiseError

Files = dict[str, str | bytes]
"""Content by file name; most formats give one file, some give one per track."""


class FormatError(ReelwiseError):
    """A format cannot hold this analysis; the other formats can."""


@dataclass(frozen=True)
class ExportFormat:
    """One format, as data and one function.

    Args:
        name: Its name in the catalogue, such as ``edl``.
        files: Names of its files, with ``*`` where the name of a track or a number stands.
        summary: What it is for, in one line.
        write: Gives the files. Its arguments are the analysis and the folder that analysis.json lies in, which holds
            the pictures and signals. It writes nothing.

    ``write`` raises FormatError where the format cannot hold the times exactly.
    """

    name: str
    files: tuple[str, ...]
    summary: str
    write: Callable[[Analysis, Path], Files]
