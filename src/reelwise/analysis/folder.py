"""The folder of one analyzed video: whole or not there."""

import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from reelwise.analysis.analyzer import Signal
from reelwise.analysis.assemble import PICTURES, SIGNALS
from reelwise.analysis.document import analysis_text
from reelwise.analysis.results import Analysis
from reelwise.core.files import atomic_write, fsync_folder, write_text

_COMPRESS_LEVEL = 1
"""Of zlib, 0 to 9: of signals 6 makes files 6 % smaller than 1 and takes five times as long."""

PARTIAL_SUFFIX = ".partial"
"""Of a folder that is not finished; a later run may remove it, and nobody else makes one."""


class AnalysisFolder:
    """Collects the files of one video beside their place, and moves them there when they are whole.

    Args:
        target: Where the folder shall be; it must not be there.
    """

    def __init__(self, target: Path) -> None:
        self.target = target
        self.partial = target.with_name(f".{target.name}{PARTIAL_SUFFIX}")
        shutil.rmtree(self.partial, ignore_errors=True)

    @property
    def pictures(self) -> Path:
        """Where pictures are written."""
        return self.partial / PICTURES

    def write(self, analysis: Analysis, signals: Mapping[str, Signal], clock_arrays: Mapping[str, np.ndarray]) -> None:
        """Write analysis.json and signals.npz.

        Args:
            analysis: The document.
            signals: By name.
            clock_arrays: ``pts`` of every frame, and what else belongs to all signals.

        Raises:
            OSError: The disk is full, or the folder cannot be written.
        """
        arrays = dict(clock_arrays) | {name: signal.values for name, signal in signals.items()}
        write_arrays(self.partial / SIGNALS, arrays)
        write_text(self.partial / "analysis.json", analysis_text(analysis))

    def finish(self) -> None:
        """Move the folder to its place."""
        self.partial.rename(self.target)
        fsync_folder(self.target.parent)

    def discard(self) -> None:
        """Remove what there is."""
        shutil.rmtree(self.partial, ignore_errors=True)


def write_arrays(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """An .npz whose bytes depend on the arrays alone: numpy's own holds the time of writing."""
    with (
        atomic_write(path) as stream,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=_COMPRESS_LEVEL) as archive,
    ):
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as member:  # its time of writing is 1980
                np.lib.format.write_array(member, np.ascontiguousarray(array), allow_pickle=False)


def read_arrays(path: Path, max_bytes: int = 1 << 30) -> dict[str, np.ndarray]:
    """The arrays of ``write_arrays``; a stranger may have written the file.

    Raises:
        OSError: The file cannot be read.
        ValueError: It is no such archive, holds objects, or unpacks to more than ``max_bytes``.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if sum(member.file_size for member in members) > max_bytes:
                raise ValueError(f"{path.name}: unpacks to more than {max_bytes >> 20} MiB")
            return {member.filename.removesuffix(".npy"): _read_array(archive, member) for member in members}
    except (zipfile.BadZipFile, EOFError) as error:
        raise ValueError(f"{path.name}: {error}") from None


def _read_array(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> np.ndarray:
    with archive.open(member) as stream:
        return np.lib.format.read_array(stream, allow_pickle=False)
