"""The folder of the cache."""

import os
from pathlib import Path

from reelwise.core.errors import CacheError
from reelwise.core.files import CACHE_DIR_HINT, write_hint
from reelwise.core.local_paths import refuse_url

_TAG = (
    "Signature: 8a477f597d28d172789f06886806bc55\n# Decoded frames and sound of Reelwise; may be deleted at any time.\n"
)


def cache_root(cache_dir: Path | None) -> Path:
    """The cache folder: ``cache_dir`` if given, else ``REELWISE_CACHE``, else ``~/.cache/reelwise``.

    Raises:
        UsageError: It is a URL.
    """
    if root := cache_dir or os.environ.get("REELWISE_CACHE"):
        refuse_url(root)
        return Path(root)
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
        raise cannot_write_cache(root, error) from error


def cannot_write_cache(place: Path, error: OSError) -> CacheError:
    """The error for a cache that cannot be written, with what to do about it.

    Args:
        place: The cache folder, or the file in it.
        error: Why it cannot be written.
    """
    hint = f"{write_hint(error)} {CACHE_DIR_HINT}"
    return CacheError(f"{place}: cannot be written: {error.strerror or error}.", hint=hint)
