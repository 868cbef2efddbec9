"""The folder of the cache."""

import os
from pathlib import Path


def cache_root(cache_dir: Path | None) -> Path:
    """The cache folder: ``cache_dir`` if given, else ``REELWISE_CACHE``, else ``~/.cache/reelwise``."""
    if cache_dir is not None:
        return cache_dir
    if from_environment := os.environ.get("REELWISE_CACHE"):
        return Path(from_environment)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "reelwise"
