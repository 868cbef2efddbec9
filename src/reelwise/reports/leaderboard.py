"""Several trained models side by side, best first."""

from collections.abc import Sequence

from reelwise.core.number_text import plain_number
from reelwise.reports.report_data import LeaderboardRow
from reelwise.tasks import CLASSIFICATION


def rank_models(rows: Sequence[LeaderboardRow]) -> list[LeaderboardRow]:
    """Rows from the best to the worst; of equals the smaller network, then the name.

    Example:
        >>> rows = [LeaderboardRow("big", 0.8, (0.7, 0.9), num_parameters=900),
        ...         LeaderboardRow("small", 0.8, (0.7, 0.9), num_parameters=100)]
        >>> [row.name for row in rank_models(rows)]
        ['small', 'big']
    """
    return sorted(rows, key=lambda row: (_badness(row), row.num_parameters or 0, row.name))


def leaderboard_text(rows: Sequence[LeaderboardRow]) -> str:
    """The same as a plain table for a terminal or a log.

    Example:
        >>> print(leaderboard_text([LeaderboardRow("cnn", 0.8, (0.7, 0.9), 120.0, 50_000)]))
        model  accuracy  likely      clips/s  parameters
        cnn    80.0 %    70 to 90 %  120      50,000
    """
    score = rows[0].score if rows else CLASSIFICATION.score
    header = ("model", score.name, "likely", "clips/s", "parameters")
    table = [header, *(_cells(row) for row in rank_models(rows))]
    widths = [max(len(row[i]) for row in table) for i in range(len(header))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in table]
    return "\n".join(line.rstrip() for line in lines)


def _cells(row: LeaderboardRow) -> tuple[str, str, str, str, str]:
    speed = "" if row.clips_per_second is None else f"{row.clips_per_second:.0f}"
    weights = "" if row.num_parameters is None else f"{row.num_parameters:,}"
    score = f"{100 * row.accuracy:.1f} %" if row.score.is_share else plain_number(row.accuracy)
    return row.name, score, row.range_text, speed, weights


def _badness(row: LeaderboardRow) -> float:
    return -row.accuracy if row.score.rises else row.accuracy
