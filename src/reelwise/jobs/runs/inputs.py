"""The videos that a command is to look at: files, folders and globs."""

import functools
import glob
from collections.abc import Callable
from pathlib import Path

from reelwise.analysis.document import is_analysis
from reelwise.core.errors import UsageError
from reelwise.media.find import find_videos


def expand_inputs(inputs: tuple[str, ...]) -> list[Path]:
    """Files as named, globs in natural order, folders as the videos below them.

    The clips and overlays that an analysis wrote are no videos of a folder: they would be analyzed again and again.
    Named themselves, or by their own folder, they are. A folder below another one that cannot be listed is an input
    that fails by itself, so that what it holds is not lost in silence.

    Raises:
        UsageError: Nothing but globs that match nothing and folders without a video; beside others they fail by
            themselves, as a named file does that is missing.
    """
    holds_analysis = functools.cache(is_analysis)  # of the videos of one folder, each looks at the same parents
    paths: list[Path] = []
    empty: dict[Path, UsageError] = {}
    closed_folders: list[Path] = []

    def note_error(error: OSError) -> None:
        closed_folders.append(Path(str(error.filename)))

    for text in inputs:
        path = Path(text)
        if path.is_dir():
            inside = [
                video for video in find_videos(path, note_error) if not _is_of_analysis(video, path, holds_analysis)
            ]
            if not inside:
                empty[path] = _no_video(path)
            paths += inside
        elif not path.exists() and glob.has_magic(text):
            matches = sorted(glob.glob(text, recursive=True))  # noqa: PTH207 - absolute patterns too
            if not matches:
                empty[path] = UsageError(f"{text}: nothing matches.", hint="Check the pattern.")
            paths += [Path(match) for match in matches]
        else:
            paths.append(path)
    if empty and not paths:
        raise next(iter(empty.values()))
    # Beside others, an empty folder or pattern is an input that fails by itself, as a missing file does.
    return list(dict.fromkeys([*paths, *closed_folders, *empty]))


def _no_video(folder: Path) -> UsageError:
    from reelwise.datasets.lists.unread_files import as_hint, unread_files  # predicting needs no data sets

    hint = as_hint(["name another folder or a file", *unread_files(folder, ())])
    return UsageError(f"{folder}: no video below this folder.", hint=hint)


def _is_of_analysis(video: Path, root: Path, holds_analysis: Callable[[Path], bool]) -> bool:
    """Whether one of the folders from a video up to below ``root`` is that of an analysis."""
    if video == root:
        return False  # a folder of numbered pictures that is named itself
    folders = video.parents[: len(video.parts) - len(root.parts) - 1]
    return any(holds_analysis(folder) for folder in folders)
