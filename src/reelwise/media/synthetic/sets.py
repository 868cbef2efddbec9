"""Folders of made-up videos, laid out like a person's own."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np

from reelwise.core.errors import UsageError
from reelwise.core.files import write_text
from reelwise.core.sound import Sound
from reelwise.media.synthetic.digits import digit_clips
from reelwise.media.synthetic.motion import MOTIONS, motion_clips
from reelwise.media.synthetic.scene import DEFAULT_STYLE, Style, SyntheticClip
from reelwise.media.synthetic.sprites import sprite_clips
from reelwise.media.writers.writer import Encoding, write_video

_SAMPLE_RATE = 22_050
"""Samples per second of the tone; a rate that no default expects, so that resampling is exercised."""

KINDS: dict[str, Callable[[int, int, Style], Iterator[SyntheticClip]]] = {
    "motion": motion_clips,
    "sprites": sprite_clips,
    "digits": digit_clips,
}
"""What ``synthetic:<kind>`` may name."""

_CAMERAS = ("phone", "webcam", "action camera")


def write_motion_set(
    root: Path,
    num_clips: int,
    seed: int,
    *,
    style: Style = DEFAULT_STYLE,
    labels: Sequence[str] = MOTIONS,
    progress: Callable[[int], None] | None = None,
) -> Path:
    """A small labelled set whose classes can only be told from motion: see ``write_clips`` and ``motion_clips``."""
    return write_clips(root, motion_clips(num_clips, seed, style, labels), seed, style=style, progress=progress)


def write_synthetic_set(
    kind: str,
    root: Path,
    num_clips: int,
    seed: int,
    *,
    style: Style = DEFAULT_STYLE,
    progress: Callable[[int], None] | None = None,
) -> Path:
    """The set that DATA calls ``synthetic:<kind>``.

    Args:
        kind: One of ``KINDS``.
        root: Folder to make.
        num_clips: How many videos.
        seed: The same seed gives the same videos.
        style: Size, length, groups.
        progress: Called with the number of videos written.

    Returns:
        The path of ``labels.csv``.

    Raises:
        UsageError: There is no such kind.
    """
    if kind not in KINDS:
        raise UsageError(f"no made-up set is called {kind}.", hint=f"There are: {', '.join(KINDS)}.")
    return write_clips(root, KINDS[kind](num_clips, seed, style), seed, style=style, progress=progress)


def write_clips(
    root: Path,
    clips: Iterable[SyntheticClip],
    seed: int,
    *,
    style: Style = DEFAULT_STYLE,
    progress: Callable[[int], None] | None = None,
) -> Path:
    """A small labelled video set with sound and metadata: class folders and a ``labels.csv`` with groups.

    The tone of the sound and the columns ``camera`` and ``hour`` are drawn independently of the class, so they are of
    no use to a model, and an honest report says so.

    Args:
        root: Folder to make; files of the same name in it are replaced. ``labels.csv`` is written last.
        clips: The videos.
        seed: Of sound and metadata.
        style: What the clips were made with.
        progress: Called with the number of videos written.

    Returns:
        The path of ``labels.csv``.
    """
    rows = []
    for index, clip in enumerate(clips):
        rng = np.random.default_rng([seed, 3, index])
        file = f"{clip.label}/{clip.label}_{index:04d}.mp4"
        _write_clip(root / file, clip, style, rng)
        rows.append((file, clip.label, f"place_{clip.group}", str(rng.choice(_CAMERAS)), int(rng.integers(6, 22))))
        if progress:
            progress(index + 1)
    return write_list(root, ("file", "label", "group", "camera", "hour"), rows)


def write_list(root: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Path:
    """Write ``labels.csv`` of a set and give its path.

    Args:
        root: The set's folder.
        columns: Their names, ``file`` and ``label`` first.
        rows: A value for each column.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    path = root / "labels.csv"
    write_text(path, text.getvalue())
    return path


def _write_clip(path: Path, clip: SyntheticClip, style: Style, rng: np.random.Generator) -> None:
    frame_rate = Fraction(style.frame_rate).limit_denominator(1001)
    seconds = style.num_frames / style.frame_rate
    time = np.arange(int(seconds * _SAMPLE_RATE)) / _SAMPLE_RATE
    tone = rng.uniform(0.05, 0.3) * np.sin(2 * np.pi * rng.uniform(200, 900) * time)
    sound = Sound(tone.astype(np.float32), _SAMPLE_RATE)
    encoding = Encoding(crf=20, tags=(("title", "a clip by Reelwise"),))
    write_video(path, clip.frames, frame_rate, sound=sound, encoding=encoding)
