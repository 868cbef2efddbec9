"""The analyzers: one line each, in the order in which they look at a frame."""

from reelwise.analysis.analyzer import AnalyzerEntry
from reelwise.core.catalogues import load_catalogue
from reelwise.core.errors import UsageError

MODULES = (
    "shots.analyzer",
    "keyframes",
    "motion.analyzer",
    "quality.analyzer",
    "sound.analyzer",
    "onsets",
    "similarity.analyzer",
)  # fmt: skip
"""Modules of ``analysis``, one line each; each defines one entry."""

CATALOGUE: tuple[AnalyzerEntry, ...] = load_catalogue(AnalyzerEntry, "reelwise.analysis.{}", MODULES)
"""Every analyzer; one that needs another stands behind it."""


def choose_analyzers(names: str | None) -> tuple[AnalyzerEntry, ...]:
    """The analyzers of ``--do``, and those that they need.

    Args:
        names: With commas; None for all.

    Raises:
        UsageError: There is no such analyzer.

    Example:
        >>> [entry.name for entry in choose_analyzers("shots")]
        ['shots']
    """
    if names is None:
        return CATALOGUE
    wanted_names = {name.strip() for name in names.split(",") if name.strip()}
    entry_by_name = {entry.name: entry for entry in CATALOGUE}
    if unknown := wanted_names - set(entry_by_name) or ({""} if not wanted_names else set()):
        name = min(unknown)
        raise UsageError(
            f"no analyzer is called {name[:60]!r}.",
            hint=f"--do takes {', '.join(entry_by_name)}, and actions beside --model, with commas.",
        )
    for entry in reversed(CATALOGUE):
        if entry.name in wanted_names:
            wanted_names.update(entry.needs)
    return tuple(entry for entry in CATALOGUE if entry.name in wanted_names)
