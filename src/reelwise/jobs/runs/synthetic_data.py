"""Synthetic data sets that DATA may name (``synthetic:motion``), written once into the cache folder."""

from pathlib import Path

from reelwise.core.errors import UsageError
from reelwise.core.progress import Progress

SYNTHETIC_PREFIX = "synthetic:"


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
    if not (folder / "labels.csv").exists():  # Written last, so the set is whole when it is there.
        make_clips(folder, num_clips, seed, progress, kind)
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
