"""One video on one page: facts, pictures with their times, and its sound."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from markupsafe import Markup

from reelwise.core.files import write_text
from reelwise.core.video import VideoFacts
from reelwise.features.mel_filters import hz_to_mel
from reelwise.reports.page import data_uri, human_bytes, render, sentence
from reelwise.reports.sound_overview import SoundOverview
from reelwise.reports.spectrogram import spectrogram_png
from reelwise.reports.spectrogram_image import HatchedGap, SpectrogramImage, clock, spectrogram_image

_JPEG_QUALITY = 80
"""OpenCV's scale of 0 to 100; 24 thumbnails then take some 300 kB of the page."""

_SPECTROGRAM_HEIGHT = 128
"""Pixels: two for each mel band."""

_LOWEST_DB = -60.0
"""The lower edge of the level chart, in dB of full scale: about where people hear silence."""

_PITCHES_HZ = (500, 2000, 8000)
"""Marks at the side of the spectrogram; one that is near the upper edge is left out."""

_MOST_SILENCES = 40
"""Silent intervals that are listed; further ones are counted."""


@dataclass(frozen=True, eq=False)
class Thumbnail:
    """A small picture of a video and when it is spectrogram.

    Args:
        seconds: When it is shown; the first frame is at 0.
        picture: (H, W, 3) uint8 RGB.
    """

    seconds: float
    picture: np.ndarray


@dataclass(frozen=True, eq=False)
class VideoOverview:
    """What decoding showed of one video.

    Args:
        name: Its path, as given.
        facts: What decoding showed.
        thumbnails: In order of time.
        thumbnails_note: Why they do not cover the whole video; may be empty.
        sound: None without usable sound.
        sound_missing: Why there is none.
    """

    name: str
    facts: VideoFacts
    thumbnails: tuple[Thumbnail, ...] = ()
    thumbnails_note: str = ""
    sound: SoundOverview | None = None
    sound_missing: str = ""

    @property
    def warnings(self) -> tuple[str, ...]:
        """Warnings about pictures, thumbnails and sound."""
        sound_warnings = tuple(f"sound: {text}" for text in self.sound.warnings) if self.sound else ()
        of_pictures = [warning.text for warning in self.facts.warnings]
        return (*of_pictures, *((self.thumbnails_note,) if self.thumbnails_note else ()), *sound_warnings)


@dataclass(frozen=True)
class _SoundView:
    """The sound of a video as the template shows it."""

    loudness: str
    facts: tuple[tuple[str, str], ...]
    spectrogram: SpectrogramImage
    pitches: tuple[tuple[float, str], ...]
    levels: Markup
    levels_description: str
    holes: tuple[HatchedGap, ...]
    quiet: tuple[HatchedGap, ...]
    silences: tuple[str, ...]
    num_more: int


def write_video_page(path: Path, overview: VideoOverview, facts: tuple[tuple[str, str], ...], size_bytes: int) -> None:
    """Write the page, whole or not at all.

    Args:
        path: The file; its folder is made.
        overview: What it shows.
        facts: Rows of the table, name and value.
        size_bytes: Of the video file.

    Raises:
        OSError: The disk is full or the folder cannot be written.
    """
    write_text(path, render_video_page(overview, facts, size_bytes))


def render_video_page(overview: VideoOverview, facts: tuple[tuple[str, str], ...], size_bytes: int) -> str:
    """The page as text: no script, nothing loaded from elsewhere, light and dark, from phone to desktop."""
    return render(
        "video_page.html",
        "report.css",
        overview=overview,
        title=Path(overview.name).name,
        length=clock(overview.facts.duration_seconds),
        sound_note=sentence(overview.sound_missing) or "This video has no sound.",
        facts=(*facts, ("file", human_bytes(size_bytes))),
        tags=tuple(overview.facts.tags.items()),
        thumbnails=[(clock(thumbnail.seconds), _jpeg(thumbnail.picture)) for thumbnail in overview.thumbnails],
        aspect=overview.thumbnails[0].picture.shape[1::-1] if overview.thumbnails else (4, 3),
        sound=_sound_view(overview.sound) if overview.sound else None,
    )


def _jpeg(picture: np.ndarray) -> str:
    bgr = cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_RGB2BGR)
    _, jpeg = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    return data_uri(jpeg.tobytes(), "image/jpeg")


def _sound_view(sound: SoundOverview) -> _SoundView:
    spectrogram = sound.spectrogram
    image = spectrogram_image(
        spectrogram_png(spectrogram, _SPECTROGRAM_HEIGHT),
        (spectrogram.start_seconds, spectrogram.end_seconds),
        spectrogram.holes,
        spectrogram.top_hz,
    )
    spans = tuple(f"{clock(float(a))} – {clock(float(b))}" for a, b in sound.silences[:_MOST_SILENCES])
    quiet = tuple(
        HatchedGap(
            100 * float(silence.start) / spectrogram.seconds, 100 * float(silence.length) / spectrogram.seconds, False
        )
        for silence in sound.silences
    )
    top = float(hz_to_mel(spectrogram.top_hz, "slaney"))
    pitches = tuple(
        (100 - 100 * float(hz_to_mel(hz, "slaney")) / top, f"{hz / 1000:g} kHz" if hz >= 1000 else f"{hz} Hz")
        for hz in _PITCHES_HZ
        if hz < 0.8 * spectrogram.top_hz
    )
    return _SoundView(
        loudness=f"{sound.loudness_lufs:.1f}".replace("-", "−"),
        facts=sound_facts(sound),
        spectrogram=image,
        pitches=pitches,
        levels=_area(sound.levels_db),
        levels_description=f"How loud it is over time, from {_LOWEST_DB:.0f} to 0 dB of full scale.",
        holes=image.holes,
        quiet=quiet,
        silences=spans,
        num_more=max(0, len(sound.silences) - _MOST_SILENCES),
    )


def sound_facts(sound: SoundOverview) -> tuple[tuple[str, str], ...]:
    """How loud, how silent and how much is missing, in a few rows."""
    rows = [
        ("loudness", f"{sound.loudness_lufs:.1f} LUFS (EBU R128)"),
        ("silent", _share(sound.silent_share, len(sound.silences), "stretch", "stretches")),
    ]
    if sound.missing_share >= 0.001:
        rows.append(("without sound", f"{100 * sound.missing_share:.1f} % of the video"))
    return tuple(rows)


def _share(share: float, count: int, one: str, more: str) -> str:
    return f"{100 * share:.0f} % in {count} {one if count == 1 else more}" if count else "nowhere"


def _area(levels_db: np.ndarray) -> Markup:
    """The level as a filled shape in a box of C x 60 units; numbers of our own only."""
    heights = np.clip(np.nan_to_num(levels_db, nan=_LOWEST_DB), _LOWEST_DB, 0) - _LOWEST_DB
    points = " ".join(f"{x:g},{-_LOWEST_DB - height:.1f}" for x, height in enumerate(heights.tolist()))
    width = max(1, len(heights) - 1)
    box = f'viewBox="0 0 {width} {-_LOWEST_DB:g}" preserveAspectRatio="none" width="100%" height="100%"'
    shape = f'<polygon points="0,{-_LOWEST_DB:g} {points} {width},{-_LOWEST_DB:g}"/>'
    return Markup(f"<svg {box}>{shape}</svg>")
