"""One video on one page: facts, pictures with their times, and its sound."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from markupsafe import Markup

from reelwise.core.files import write_text
from reelwise.core.video import VideoFacts
from reelwise.features.mel_filters import hz_to_mel
from reelwise.reports.page import data_uri, human_bytes, render
from reelwise.reports.sound_look import SoundLook
from reelwise.reports.spectrogram import spectrogram_png
from reelwise.reports.spectrogram_image import HatchedGap, SpectrogramImage, clock, spectrogram_image

_JPEG_QUALITY = 80
_SPECTROGRAM_HEIGHT = 128
_LOWEST_DB = -60.0
_PITCHES_HZ = (500, 2000, 8000)
_MOST_SILENCES = 40


@dataclass(frozen=True, eq=False)
class Shot:
    """One picture of a video.

    Args:
        seconds: When it is shown; the first frame is at 0.
        picture: (H, W, 3) uint8 RGB.
    """

    seconds: float
    picture: np.ndarray


@dataclass(frozen=True, eq=False)
class VideoLook:
    """What was seen and heard of one video.

    Args:
        name: Its path, as given.
        facts: What decoding showed.
        shots: Pictures, rising in time.
        shots_note: Why they are not spread over all of it; may be empty.
        sound: None where there is none.
        sound_missing: Why.
    """

    name: str
    facts: VideoFacts
    shots: tuple[Shot, ...] = ()
    shots_note: str = ""
    sound: SoundLook | None = None
    sound_missing: str = ""

    @property
    def warnings(self) -> tuple[str, ...]:
        """Of the pictures, the sheet and the sound."""
        heard = tuple(f"sound: {text}" for text in self.sound.warnings) if self.sound else ()
        of_pictures = [warning.text for warning in self.facts.warnings]
        return (*of_pictures, *((self.shots_note,) if self.shots_note else ()), *heard)


@dataclass(frozen=True)
class _SoundShown:
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


def write_video_page(path: Path, look: VideoLook, facts: tuple[tuple[str, str], ...], size_bytes: int) -> None:
    """Write the page, whole or not at all.

    Args:
        path: The file; its folder is made.
        look: What it shows.
        facts: Rows of the table, name and value.
        size_bytes: Of the video file.

    Raises:
        OSError: The disk is full or the folder cannot be written.
    """
    write_text(path, render_video_page(look, facts, size_bytes))


def render_video_page(look: VideoLook, facts: tuple[tuple[str, str], ...], size_bytes: int) -> str:
    """The page as text: no script, nothing loaded from elsewhere, light and dark, from phone to desktop."""
    return render(
        "video_page.html",
        "report.css",
        look=look,
        title=Path(look.name).name,
        look_length=clock(look.facts.duration_seconds),
        sound_note=_sentence(look.sound_missing) or "This video has no sound.",
        facts=(*facts, ("file", human_bytes(size_bytes))),
        tags=tuple(look.facts.tags.items()),
        shots=[(clock(shot.seconds), _jpeg(shot.picture)) for shot in look.shots],
        aspect=look.shots[0].picture.shape[1::-1] if look.shots else (4, 3),
        sound=_shown(look.sound) if look.sound else None,
    )


def _sentence(text: str) -> str:
    return text and f"{text[0].upper()}{text[1:].rstrip('.')}."


def _jpeg(picture: np.ndarray) -> str:
    bgr = cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_RGB2BGR)
    _, encoded = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    return data_uri(encoded.tobytes(), "image/jpeg")


def _shown(sound: SoundLook) -> _SoundShown:
    shown = sound.spectrogram
    image = spectrogram_image(
        spectrogram_png(shown, _SPECTROGRAM_HEIGHT), (shown.start_seconds, shown.end_seconds), shown.holes, shown.top_hz
    )
    spans = tuple(f"{clock(float(a))} – {clock(float(b))}" for a, b in sound.silences[:_MOST_SILENCES])
    quiet = tuple(
        HatchedGap(100 * float(silence.start) / shown.seconds, 100 * float(silence.length) / shown.seconds, False)
        for silence in sound.silences
    )
    top = float(hz_to_mel(shown.top_hz, "slaney"))
    pitches = tuple(
        (100 - 100 * float(hz_to_mel(hz, "slaney")) / top, f"{hz / 1000:g} kHz" if hz >= 1000 else f"{hz} Hz")
        for hz in _PITCHES_HZ
        if hz < 0.8 * shown.top_hz
    )
    return _SoundShown(
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


def sound_facts(sound: SoundLook) -> tuple[tuple[str, str], ...]:
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
