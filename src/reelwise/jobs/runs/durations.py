"""Durations as people write them: 90s, 5m, 1.5h."""

import re

from reelwise.core.errors import UsageError

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|min|h)?")

_UNIT_SECONDS = {None: 1.0, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}


def parse_duration(text: str | None, flag: str = "--budget", example: str = "5m") -> float | None:
    """Seconds from ``90s``, ``5m``, ``1h`` or a plain number of seconds; None stays None.

    Raises:
        UsageError: It is none of these.

    Example:
        >>> parse_duration("5m")
        300.0
    """
    if text is None:
        return None
    match = _DURATION.fullmatch(text.strip().lower())
    seconds = float(match[1]) * _UNIT_SECONDS[match[2]] if match else 0.0
    if seconds <= 0:
        raise UsageError(f"{flag} is {text!r}, expected a time such as 90s, 5m or 1h.", hint=f"Use {flag} {example}.")
    return seconds
