"""The 95 % interval of a score in a sentence, or why there is none; and that a verdict stands on few videos."""

from collections.abc import Callable, Mapping
from typing import Any

from reelwise.core.number_text import count_text

FEW_VIDEOS = 20
"""A verdict on fewer videos is called weak."""


def interval_words(metrics: Mapping[str, Any], field: str, text: Callable[[float, float], str]) -> str:
    """Between what a score likely lies, or that there are too few units for an interval.

    Args:
        metrics: The fields of metrics.json.
        field: Which of them is the interval.
        text: From both ends to what stands behind "likely between".

    Example:
        >>> def percents(low, high):
        ...     return f"{100 * low:.0f} and {100 * high:.0f} %"
        >>> interval_words({"accuracy_ci95": [0.74, 0.89]}, "accuracy_ci95", percents)
        'likely between 74 and 89 %'
        >>> interval_words({"accuracy_ci95": None, "num_videos": 80, "num_units": 2}, "accuracy_ci95", percents)
        'how far off this may be cannot be told from 80 videos of 2 groups'
    """
    interval = metrics[field]
    if interval is None:
        return f"how far off this may be cannot be told from {_videos_of_units(metrics)}"
    return f"likely between {text(*interval)}"


def too_few_words(metrics: Mapping[str, Any]) -> str:
    """That a verdict stands on few videos, or on videos of few groups, as a clause.

    Example:
        >>> too_few_words({"num_videos": 1})
        '1 video is too few for a firm verdict'
        >>> too_few_words({"num_videos": 80, "num_units": 8})
        '80 videos of 8 groups are too few for a firm verdict'
    """
    return f"{_videos_of_units(metrics)} {'is' if metrics['num_videos'] == 1 else 'are'} too few for a firm verdict"


def _videos_of_units(metrics: Mapping[str, Any]) -> str:
    """Groups are named where several videos are of one recording, person or file."""
    videos = count_text(metrics["num_videos"], "video")
    num_units = metrics.get("num_units", metrics["num_videos"])
    return f"{videos} of {count_text(num_units, 'group')}" if num_units < metrics["num_videos"] else videos
