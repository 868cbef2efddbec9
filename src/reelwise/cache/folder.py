"""The folder of the cache."""

import os
from pathlib import Path

from reelwise.core.errors import CacheError

_TAG = (
    "Signature: 8a477f597d28d172789f06886806bc55\n# Decoded frames and sound of Reelwise; may be deleted at any time.\n"
)


def cache_root(cache_dir: Path | None) -> Path:
    """The cache folder: ``cache_dir`` if given, else ``REELWISE_CACHE``, else ``~/.cache/reelwise``."""
    if cache_dir is not None:
        return cache_dir
    if from_environment := os.environ.get("REELWISE_CACHE"):
        return Path(from_environment)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "reelwise"


def mark_cache(root: Path) -> None:
    """Make the cache folder, and mark it as one for programs that make backups.

    Source: the Cache Directory Tagging Specification, B. Ford, 2004.

    Raises:
        CacheError: It cannot be made.
    """
    try:
        root.mkdir(parents=True, exist_ok=True)
        tag = root / "CACHEDIR.TAG"
        if not tag.exists():
            tag.write_text(_TAG)
    except OSError as error:
        raise CacheError(f"{root}: cannot be made ({error.strerror}).", hint="Use --cache-dir.") from error
