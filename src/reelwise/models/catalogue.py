"""The catalogue: one line per model family, read without Keras."""

from reelwise.catalog.entry import Entry
from reelwise.core.catalogues import load_catalogue
from reelwise.core.errors import UsageError

FAMILIES = (
    "motion",
    "cnn",
    "cnn_rnn",
    "lstm",
    "application_lstm",
    "r2plus1d",
    "convlstm",
    "simvp",
    "flowdit",
    "audio_cnn",
    "audio_lstm",
    "metadata_mlp",
)
"""Folders of ``models``; each has an ``entry.py`` with one entry or more."""

CATALOG: tuple[Entry, ...] = load_catalogue(Entry, "reelwise.models.{}.entry", FAMILIES)
"""Every entry, in the order in which `reelwise models` shows them."""

_MANY_CLIPS_PER_CLASS = 200
"""With fewer, a network on colours memorises the backgrounds of the training clips (LOG.md: with 16 clips per class its
accuracy on other clips was that of chance)."""


def find_entry(name: str, gives: str = "") -> Entry:
    """The entry of that name.

    Args:
        name: Of the entry; also its short name, where ``gives`` is what it gives.
        gives: ``labels`` or ``frames``, where that is known; what an entry gives that has no short name is not checked.

    Raises:
        UsageError: There is none; the hint gives similar names.

    Example:
        >>> find_entry("convlstm").name, find_entry("convlstm", gives="frames").name
        ('convlstm', 'convlstm_prediction')
    """
    import difflib

    for entry in CATALOG:
        if entry.short_name == name and entry.gives == gives:
            return entry
    for entry in CATALOG:
        if entry.name == name:
            return entry
    names = [entry.name for entry in CATALOG]
    near = difflib.get_close_matches(name, names, n=2) or names
    raise UsageError(
        f"there is no model {name[:60]!r}.", hint=f"Use {' or '.join(near)}; `reelwise models` lists them all."
    )


def parse_model_name(text: str, gives: str = "") -> tuple[Entry, str]:
    """``cnn_lstm`` or ``cnn_lstm:base`` as an entry and a preset's name.

    Args:
        text: What ``--model`` takes.
        gives: As for :func:`find_entry`.

    Raises:
        UsageError: No such model or preset.

    Example:
        >>> entry, preset = parse_model_name("cnn_lstm:base")
        >>> entry.name, preset
        ('cnn_lstm', 'base')
    """
    name, _, preset = text.strip().partition(":")
    entry = find_entry(name, gives)
    entry.preset(preset or None)
    return entry, preset or entry.default_preset


def choose_auto(num_clips: int, num_classes: int) -> str:
    """The model of ``--model auto`` for a set of this size: ``motion`` for few clips, else ``cnn_lstm``.

    Args:
        num_clips: Labelled clips to train on.
        num_classes: Different labels.

    Example:
        >>> choose_auto(num_clips=96, num_classes=6)
        'motion'
    """
    return "motion" if num_clips < _MANY_CLIPS_PER_CLASS * num_classes else "cnn_lstm"
