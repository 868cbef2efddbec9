"""Keys of cache entries, from content, settings, segment and version of the decoder."""

import hashlib
import json
from dataclasses import asdict
from fractions import Fraction
from typing import Any

from reelwise.core.clip import DecodeSettings
from reelwise.core.intervals import TimeRange
from reelwise.core.modalities import ImageInput, SoundInput

FORMAT_VERSION = 1
"""Raised when the entry files change, so that old entries are never misread."""

SOUND_VERSION = 1
"""Raised when the same file and settings would give another spectrogram."""


def entry_key(content: str, settings: DecodeSettings, segment: TimeRange | None, decoder: str) -> str:
    """The name of a cache entry: 64 hexadecimal digits.

    Args:
        content: SHA-256 of the file's bytes, so that copies and moved files are found again.
        settings: Size, rate and format of the frames. Fit and number of stills count only where they are not the
            default, so that the entries of before there were any stay valid.
        segment: The part of the file, or None for all.
        decoder: Version of the code that decodes; other versions may give other pixels.

    Example:
        >>> entry_key("ab", DecodeSettings(), None, "1") == entry_key("ab", DecodeSettings(size=64), None, "1")
        False
    """
    fields = {name: _text(value) for name, value in asdict(settings).items()}
    for name in ("fit", "num_stills"):
        if getattr(settings, name) == getattr(DecodeSettings, name):
            del fields[name]
    parts = {
        "format": FORMAT_VERSION,
        "content": content,
        "settings": fields,
        "segment": None if segment is None else [_text(segment.start), _text(segment.end)],
        "decoder": decoder,
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def sound_key(content: str, sound: SoundInput, decoder: str) -> str:
    """The name of the entry of a spectrogram; of the whole file, so that all of its segments share one.

    Args:
        content: SHA-256 of the file's bytes.
        sound: Settings of the spectrogram; ``max_seconds``, the length of a network input, does not count.
        decoder: Version of the code that decodes.

    Example:
        >>> sound_key("ab", SoundInput(), "1") == sound_key("ab", SoundInput(max_seconds=Fraction(2)), "1")
        True
    """
    settings = {name: value for name, value in asdict(sound).items() if name != "max_seconds"}
    parts = {"sound": SOUND_VERSION, "content": content, "settings": settings, "decoder": decoder}
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def features_key(stills: str, images: ImageInput, backend: str) -> str:
    """The name of the entry of image features.

    Args:
        stills: The key of the stills.
        images: Which network made them.
        backend: Keras back end: others give other last bits.

    Example:
        >>> images = ImageInput("net", "ab")
        >>> features_key("cd", images, "jax") == features_key("cd", images, "torch")
        False
    """
    parts = {"features": [images.extractor, images.sha256], "stills": stills, "backend": backend}
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def print_key(content: str, version: str, decoder: str) -> str:
    """The name of the entry of a print.

    Args:
        content: SHA-256 of the file's bytes.
        version: What describes the frames; another one gives other numbers.
        decoder: Version of the code that decodes.

    Example:
        >>> print_key("ab", "reelwise.similarity/1", "1") == print_key("ab", "reelwise.similarity/2", "1")
        False
    """
    parts = {"print": version, "content": content, "decoder": decoder}
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _text(value: Any) -> Any:
    return str(value) if isinstance(value, Fraction) else value
