"""The column of a list that says the rate of folders of numbered pictures."""

from collections.abc import Sequence
from fractions import Fraction

from reelwise.core.label_sets import NO_LABEL
from reelwise.core.records import SkippedFile
from reelwise.datasets.lists.columns import canonical
from reelwise.datasets.lists.records_from_rows import Rules, path_of
from reelwise.datasets.lists.rows import Row
from reelwise.media.frame_folders import is_frame_folder
from reelwise.media.frame_rates import frame_rates_in_use, parse_rate

RATE_NAMES = ("frame_rate", "fps", "framerate", "frames_per_second")


def note_frame_rates(rows: Sequence[Row], rules: Rules) -> tuple[list[Row], list[SkippedFile]]:
    """Note the rate that a list gives each folder of pictures; what it says of video files is no more than metadata.

    An empty cell says nothing. The rates hold for the rest of the job (``media.frame_rates``).

    Args:
        rows: Whose files are there.
        rules: Where paths may lead.

    Returns:
        The rows, without those whose rate cannot be understood, and these.
    """
    with_rate = [(row, column) for row in rows if (column := _rate_column(row))]
    refusals: dict[int, SkippedFile] = {}
    rates = frame_rates_in_use()
    first_rates: dict[str, Fraction] = {}
    for row, column in with_rate:
        path = path_of(row, rules)
        if path is None or not is_frame_folder(path):
            continue
        text = row.values[column].strip()
        rate = parse_rate(text)
        if rate is None or first_rates.setdefault(str(path), rate) != rate:
            refusals[id(row)] = _without_use(row, column, rate, first_rates.get(str(path)))
            continue
        rates.add(path, rate, f"the column {column!r}")
    return [row for row in rows if id(row) not in refusals], list(refusals.values())


def _rate_column(row: Row) -> str:
    """The column that holds a rate in this row; empty where none does."""
    columns = {canonical(column): column for column, text in row.values.items() if text.strip() and text != NO_LABEL}
    return next((columns[name] for name in RATE_NAMES if name in columns), "")


def _without_use(row: Row, column: str, rate: Fraction | None, first_rate: Fraction | None) -> SkippedFile:
    text = row.values[column].strip()
    place = f"{row.where}: " if row.where else ""
    if rate is not None:
        return SkippedFile(
            row.file, f"{place}{column} is {text}, and {first_rate} in a row before", "Keep one of them."
        )
    hint = "Write frames per second, more than 0 and up to 1000, such as 25 or 30000/1001."
    return SkippedFile(row.file, f"{place}{column} is {text[:40]!r}, which is no frame rate", hint)
