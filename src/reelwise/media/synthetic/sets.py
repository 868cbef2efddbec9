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
from reelwise.media.synthetic.scene import DEFAULT_LOOK, Look, SyntheticClip
from reelwise.media.synthetic.sprites import sprite_clips
from reelwise.media.writers.writer import Encoding, write_video

_SAMPLE_RATE = 22_050
KINDS: dict[str, Callable[[int, int, Look], Iterator[SyntheticClip]]] = {
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
    look: Look = DEFAULT_LOOK,
    labels: Sequence[str] = MOTIONS,
    progress: Callable[[int], None] | None = None,
) -> Path:
    """A small labelled set whose classes can only be told from motion: see ``write_clips`` and ``motion_clips``."""
    return write_clips(root, motion_clips(num_clips, seed, look, labels), seed, look=look, progress=progress)


def write_synthetic_set(
    kind: str,
    root: Path,
    num_clips: int,
    seed: int,
    *,
    look: Look = DEFAULT_LOOK,
    progress: Callable[[int], None] | None = None,
) -> Path:
    """The set that DATA calls ``synthetic:<kind>``.

    Args:
        kind: One of ``KINDS``.
        root: Folder to make.
        num_clips: How many videos.
        seed: The same seed gives the same videos.
        look: Size, length, groups.
        progress: Called with the number of videos written.

    Returns:
        The path of ``labels.csv``.

    Raises:
        UsageError: There is no such kind.
    """
    if kind not in KINDS:
        raise UsageError(f"no made-up set is called {kind}.", hint=f"There are: {', '.join(KINDS)}.")
    return write_clips(root, KINDS[kind](num_clips, seed, look), seed, look=look, progress=progress)


def write_clips(
    root: Path,
    clips: Iterable[SyntheticClip],
    seed: int,
    *,
    look: Look = DEFAULT_LOOK,
    progress: Callable[[int], None] | None = None,
) -> Path:
    """A small labelled video set with sound and metadata: class folders and a ``labels.csv`` with groups.

    The tone of the sound and the columns ``camera`` and ``hour`` are drawn without regard to the class, so they are of
    no use to a model, and an honest report says so.

    Args:
        root: Folder to make; files of the same name in it are replaced. ``labels.csv`` is written last.
        clips: The videos.
        seed: Of sound and metadata.
        look: What the clips were made with.
        progress: Called with the number of videos written.

    Returns:
        The path of ``labels.csv``.
    """
    rows = []
    for index, clip in enumerate(clips):
        rng = np.random.default_rng([seed, 3, index])
        file = f"{clip.label}/{clip.label}_{index:04d}.mp4"
        _write_clip(root / file, clip, look, rng)
        rows.append((file, clip.label, f"place_{clip.group}", str(rng.choice(_CAMERAS)), int(rng.integers(6, 22))))
        if progress:
            progress(index + 1)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("file", "label", "group", "camera", "hour"))
    writer.writerows(rows)
    write_text(root / "labels.csv", text.getvalue())
    return root / "labels.csv"


def _write_clip(path: Path, clip: SyntheticClip, look: Look, rng: np.random.Generator) -> None:
    frame_rate = Fraction(look.frame_rate).limit_denominator(1001)
    seconds = look.num_frames / look.frame_rate
    time = np.arange(int(seconds * _SAMPLE_RATE)) / _SAMPLE_RATE
    tone = rng.uniform(0.05, 0.3) * np.sin(2 * np.pi * rng.uniform(200, 900) * time)
    sound = Sound(tone.astype(np.float32), _SAMPLE_RATE)
    encoding = Encoding(crf=20, tags=(("title", "a clip by Reelwise"),))
    write_video(path, clip.frames, frame_rate, sound=sound, encoding=encoding)
