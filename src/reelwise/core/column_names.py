"""Names of the probability columns of tables of predictions: the labels, none of them twice or like a fixed column."""

from collections.abc import Sequence

FIXED_COLUMNS = ("file", "fold", "label", "predicted", "status", "error", "unsure")
"""Of predictions.csv and of ``reelwise predict --csv``. All of them count for both, so that a class has one name."""

_PREFIX = "prob_"


def prob_columns(labels: Sequence[str]) -> tuple[str, ...]:
    """One column name per label: the label itself, with ``prob_`` before it where a fixed column is called so.

    Case and blanks around a name do not count, since some readers of tables leave both out.

    Args:
        labels: All different.

    Example:
        >>> prob_columns(["walk", "file", "Label"])
        ('walk', 'prob_file', 'prob_Label')
    """
    fixed_names = {_plain(name) for name in FIXED_COLUMNS}
    names_in_use = {_plain(label) for label in labels} | fixed_names
    names = []
    for label in labels:
        name = label
        if _plain(label) in fixed_names:
            while _plain(name) in names_in_use:
                name = _PREFIX + name
            names_in_use.add(_plain(name))
        names.append(name)
    return tuple(names)


def _plain(name: str) -> str:
    return name.strip().casefold()
