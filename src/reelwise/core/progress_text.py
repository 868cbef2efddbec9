"""How far work is, in words."""


def rate_text(done: float, total: float, unit: str, seconds: float) -> str:
    """Rate and time left, such as ``12.5 clips/s, 0:31 left``; the rate alone at the end, nothing at the beginning."""
    if done <= 0 or seconds <= 0:
        return ""
    rate = done / seconds
    left = max(0.0, total - done) / rate
    text = f"{_three_digits(rate)} {unit}/s"
    return text if done >= total else f"{text}, {clock(left)} left"


def done_text(done: float, total: float, unit: str) -> str:
    """How much is done, such as ``5/14 videos``; a part of one thing as a share of all.

    Example:
        >>> done_text(5, 14, "videos"), done_text(1, 1, "videos"), done_text(5.25, 14, "videos")
        ('5/14 videos', '1/1 video', '37 % of 14 videos')
    """
    noun = unit.removesuffix("s") if total == 1 else unit
    if done == int(done):
        return f"{done:g}/{total:g} {noun}"
    return f"{int(100 * done / total)} % of {total:g} {noun}"


def _three_digits(rate: float) -> str:
    return f"{rate:,.0f}" if rate >= 100 else f"{rate:.3g}"


def clock(seconds: float) -> str:
    """Seconds as ``m:ss`` or ``h:mm:ss``."""
    whole = round(seconds)
    hours, minutes = whole // 3600, whole // 60 % 60
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"
