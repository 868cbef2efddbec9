"""What makes two decodings the same: content, settings, segment and the version of what decodes."""

import hashlib
import json
from dataclasses import asdict
from fractions import Fraction
from typing import Any

from reelwise.core.clip import DecodeSettings
from reelwise.core.records import Record

FORMAT_VERSION = 1
"""Raised when the entry files change, so that old entries are never misread."""

Segment = tuple[Fraction | None, Fraction | None]


def segment_of(record: Record) -> Segment | None:
    """The record's [start, end) or None for the whole file."""
    if record.start_seconds is None and record.end_seconds is None:
        return None
    return (record.start_seconds, record.end_seconds)


def entry_key(content: str, settings: DecodeSettings, segment: Segment | None, decoder: str) -> str:
    """The name of a cache entry: 64 hexadecimal digits.

    Args:
        content: SHA-256 of the file's bytes, so that copies and moved files are found again.
        settings: How frames are kept.
        segment: The part of the file, or None for all.
        decoder: Version of the code that decodes; other versions may give other pixels.

    Example:
        >>> entry_key("ab", DecodeSettings(), None, "1") == entry_key("ab", DecodeSettings(size=64), None, "1")
        False
    """
    parts = {
        "format": FORMAT_VERSION,
        "content": content,
        "settings": {name: _text(value) for name, value in asdict(settings).items()},
        "segment": None if segment is None else [_text(moment) for moment in segment],
        "decoder": decoder,
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _text(value: Any) -> Any:
    return str(value) if isinstance(value, Fraction) else value
