"""A spectrogram on a page: the picture, hatched gaps where there is no sound, and words for who cannot see it."""

from dataclasses import dataclass
from fractions import Fraction

from reelwise.core.intervals import Interval
from reelwise.reports.page import data_uri

_MIN_LABEL_WIDTH = 0.22
"""Share of the width at which the words "no sound" fit on a phone."""

_MIN_DESCRIBED_SECONDS = 0.1
"""Shorter gaps are drawn, but not described."""

_MAX_DESCRIBED = 3
"""Gaps that the description names; further ones are counted."""


@dataclass(frozen=True)
class HatchedGap:
    """Where the picture is hatched because there is no sound.

    Args:
        x: Where it begins, in percent of the width.
        width: In percent.
        has_label: Whether there is room for words in it.
    """

    x: float
    width: float
    has_label: bool

    @property
    def middle(self) -> float:
        """In percent of the width."""
        return self.x + self.width / 2


@dataclass(frozen=True)
class SpectrogramImage:
    """What the template needs.

    Args:
        source: The picture, a ``data:`` address.
        holes: Where there is no sound.
        description: What a person who cannot see it should know.
        start: The time at its left edge.
        end: The time at its right edge.
    """

    source: str
    holes: tuple[HatchedGap, ...]
    description: str
    start: str
    end: str


def spectrogram_image(
    png: bytes, span_seconds: tuple[float, float], holes: tuple[Interval[Fraction], ...], top_hz: float
) -> SpectrogramImage:
    """Ready for the macro ``spectrogram`` of ``sound.html``.

    Args:
        png: The picture; its width is the span.
        span_seconds: From when to when.
        holes: Where there is no sound, as shares of the width.
        top_hz: The pitch at the upper edge.

    Example:
        >>> spectrogram_image(b"", (0.0, 6.0), (Interval(Fraction(1, 2), Fraction(1)),), 12000.0).description
        'Spectrogram of the sound from 0 s to 6.0 s, pitch up to 12 kHz. No sound from 3.0 s to 6.0 s.'
    """
    start, end = span_seconds
    length = end - start
    text = f"Spectrogram of the sound from {clock(start)} to {clock(end)}, pitch up to {top_hz / 1000:.3g} kHz."
    long = [hole for hole in holes if hole.length * length >= _MIN_DESCRIBED_SECONDS]
    spans = [f"from {clock(start + a * length)} to {clock(start + b * length)}" for a, b in long]
    if spans:
        more = f" and in {len(spans) - _MAX_DESCRIBED} more places" if len(spans) > _MAX_DESCRIBED else ""
        text += f" No sound {', '.join(spans[:_MAX_DESCRIBED])}{more}."
    gaps = tuple(
        HatchedGap(100 * float(hole.start), 100 * float(hole.length), hole.length >= _MIN_LABEL_WIDTH) for hole in holes
    )
    return SpectrogramImage(data_uri(png, "image/png"), gaps, text, clock(start), clock(end))


def clock(seconds: float) -> str:
    """A time as people read it.

    Example:
        >>> clock(0), clock(6.25), clock(75.5), clock(3725), clock(-1.5)
        ('0 s', '6.2 s', '1:15.5', '1:02:05', '-1.5 s')
    """
    sign, seconds = ("-" if seconds < 0 else ""), abs(seconds)
    if round(seconds * 10) < 600:
        return f"{sign}{seconds:.1f} s" if seconds else "0 s"
    tenths = round(seconds * 10)
    minutes, rest = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{sign}{hours}:{minutes:02d}:{rest // 10:02d}"
    return f"{sign}{minutes}:{rest // 10:02d}.{rest % 10}"
