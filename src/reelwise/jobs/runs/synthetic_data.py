"""Synthetic data sets that DATA may name (``synthetic:motion``), written once into the cache folder."""

from pathlib import Path

from reelwise.cache.file_lock import FileLock
from reelwise.cache.folder import cannot_write_cache
from reelwise.core.errors import UsageError
from reelwise.core.progress import Progress
from reelwise.jobs.runs.folder_lock import acquire_within

SYNTHETIC_PREFIX = "synthetic:"

_SECONDS_TO_WAIT = 120.0
"""For another job that makes the same clips, which takes it a few seconds; then they are made here."""


def data_folder(data: str, root: Path, seed: int, progress: Progress) -> str:
    """``data`` itself; for ``synthetic:…`` the folder of clips that is made for it in the cache, once.

    Args:
        data: As in the command.
        root: The cache folder.
        seed: Of the clips.
        progress: Shows how far it is.
    """
    if not data.startswith(SYNTHETIC_PREFIX):
        return data
    from reelwise.media.synthetic import KINDS

    kind = check_synthetic(data)
    num_clips = KINDS[kind].num_clips
    folder = root / "synthetic" / f"{kind}-{num_clips}-{seed}"
    whole = folder / "labels.csv"  # written last
    if whole.exists():
        return str(folder)
    lock = FileLock(folder.with_name(f"{folder.name}.lock"))
    try:
        acquire_within(lock, _SECONDS_TO_WAIT)  # another job may be making the same
        if not whole.exists():
            make_clips(folder, num_clips, seed, progress, kind)
    except OSError as error:
        raise cannot_write_cache(root, error) from error
    finally:
        lock.release()
    return str(folder)


def check_synthetic(data: str) -> str:
    """The kind of a ``synthetic:…`` set.

    Raises:
        UsageError: There is no such kind.
    """
    from reelwise.media.synthetic import KINDS

    kind = data.removeprefix(SYNTHETIC_PREFIX)
    if kind not in KINDS:
        hint = f"Use {' or '.join(SYNTHETIC_PREFIX + name for name in KINDS)}."
        raise UsageError(f"{data}: no such synthetic set.", hint=hint)
    return kind


def make_clips(folder: Path, num_clips: int, seed: int, progress: Progress, kind: str = "motion") -> None:
    """Write a set of synthetic clips, by default one whose classes differ in motion alone."""
    from reelwise.media.synthetic import write_synthetic_set

    progress.stage("make clips")
    write_synthetic_set(kind, folder, num_clips, seed, progress=lambda done: progress.update(done, num_clips, "clips"))
