"""Folders of made-up videos, laid out like a person's own."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from reelwise.core.errors import UsageError
from reelwise.core.files import write_text
from reelwise.core.sound import Sound
from reelwise.media.synthetic.digits import digit_clips
from reelwise.media.synthetic.motion import MOTIONS, motion_clips
from reelwise.media.synthetic.moving_digits import MOVING_STYLE, moving_digit_clips, moving_digits_clips
from reelwise.media.synthetic.moving_sprites import moving_sprites_clips
from reelwise.media.synthetic.scene import DEFAULT_STYLE, Style, SyntheticClip
from reelwise.media.synthetic.sprites import sprite_clips
from reelwise.media.synthetic.tracks import tracks_to_text
from reelwise.media.writers.writer import Encoding, write_video

_SAMPLE_RATE = 22_050
"""Samples per second of the tone; a rate that no default expects, so that resampling is exercised."""

_ENCODING = Encoding(crf=20)

_FINE_ENCODING = Encoding(crf=10, max_b_frames=0)
"""Of clips that are predicted pixel by pixel: what the encoder loses would count as an error of the prediction.

With B-frames x264 gives other bytes from run to run: in 6 of 177 clips of 32 pixels.
"""


@dataclass(frozen=True)
class SyntheticKind:
    """One kind of set.

    Args:
        make_clips: The clips, from their number, the seed and the style.
        style: Size, length and so on where none is given.
        num_clips: Videos of the set that DATA names: several of each class in every part of a 60/20/20 split.
        encoding: How they are compressed.
        has_distractors: Whether clips get a tone and the columns ``group``, ``camera`` and ``hour``.
    """

    make_clips: Callable[[int, int, Style], Iterator[SyntheticClip]]
    style: Style = DEFAULT_STYLE
    num_clips: int = 48
    encoding: Encoding = _ENCODING
    has_distractors: bool = True


KINDS: dict[str, SyntheticKind] = {
    "motion": SyntheticKind(motion_clips),
    "sprites": SyntheticKind(sprite_clips),
    "digits": SyntheticKind(digit_clips),
    # 150 clips of each digit, since new ones are drawn like them; 10 of each pair of digits and of each kind of way.
    "moving_digit": SyntheticKind(moving_digit_clips, MOVING_STYLE, 1500, _FINE_ENCODING, has_distractors=False),
    "moving_digits": SyntheticKind(moving_digits_clips, MOVING_STYLE, 550, _FINE_ENCODING, has_distractors=False),
    "moving_sprites": SyntheticKind(moving_sprites_clips, MOVING_STYLE, 320, _FINE_ENCODING, has_distractors=False),
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
    style: Style | None = None,
    progress: Callable[[int], None] | None = None,
) -> Path:
    """The set that DATA calls ``synthetic:<kind>``.

    Args:
        kind: One of ``KINDS``.
        root: Folder to make.
        num_clips: How many videos.
        seed: The same seed gives the same videos.
        style: Size, length, groups; None for those of the kind.
        progress: Called with the number of videos written.

    Returns:
        The path of ``labels.csv``.

    Raises:
        UsageError: There is no such kind.
    """
    if kind not in KINDS:
        raise UsageError(f"no made-up set is called {kind}.", hint=f"There are: {', '.join(KINDS)}.")
    entry = KINDS[kind]
    style = style or entry.style
    clips = entry.make_clips(num_clips, seed, style)
    return write_clips(
        root,
        clips,
        seed,
        style=style,
        encoding=entry.encoding,
        has_distractors=entry.has_distractors,
        progress=progress,
    )


def write_clips(
    root: Path,
    clips: Iterable[SyntheticClip],
    seed: int,
    *,
    style: Style = DEFAULT_STYLE,
    encoding: Encoding = _ENCODING,
    has_distractors: bool = True,
    progress: Callable[[int], None] | None = None,
) -> Path:
    """A small labelled video set: class folders and a ``labels.csv`` with the columns of the clips.

    Distractors are a group, a tone and the columns ``camera`` and ``hour``. The latter three are drawn independently of
    the class, so they are of no use to a model, and an honest report says so.

    Args:
        root: Folder to make; files of the same name in it are replaced. ``labels.csv`` is written last.
        clips: The videos; all with the same columns.
        seed: Of sound and metadata.
        style: What the clips were made with.
        encoding: How they are compressed; a title is added.
        has_distractors: Whether clips get them.
        progress: Called with the number of videos written.

    Returns:
        The path of ``labels.csv``.
    """
    columns: tuple[str, ...] = ()
    encoding = replace(encoding, tags=(("title", "a clip by Reelwise"),))
    frame_rate = Fraction(style.frame_rate).limit_denominator(1001)
    rows = []
    for index, clip in enumerate(clips):
        rng = np.random.default_rng([seed, 3, index])
        file = f"{clip.label}/{clip.label}_{index:04d}.mp4"
        tone = _tone(style, rng) if has_distractors else None
        write_video(root / file, clip.frames, frame_rate, sound=tone, encoding=encoding)
        values = _distractors(clip, rng) if has_distractors else _own_columns(clip)
        columns = tuple(values)
        rows.append((file, clip.label, *values.values()))
        if progress:
            progress(index + 1)
    return write_list(root, ("file", "label", *columns), rows)


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


def _tone(style: Style, rng: np.random.Generator) -> Sound:
    seconds = style.num_frames / style.frame_rate
    time = np.arange(int(seconds * _SAMPLE_RATE)) / _SAMPLE_RATE
    tone = rng.uniform(0.05, 0.3) * np.sin(2 * np.pi * rng.uniform(200, 900) * time)
    return Sound(tone.astype(np.float32), _SAMPLE_RATE)


def _distractors(clip: SyntheticClip, rng: np.random.Generator) -> Mapping[str, object]:
    return {"group": f"place_{clip.group}", "camera": str(rng.choice(_CAMERAS)), "hour": int(rng.integers(6, 22))}


def _own_columns(clip: SyntheticClip) -> Mapping[str, object]:
    tracks = {} if clip.tracks is None else {"tracks": tracks_to_text(clip.tracks)}
    return {**clip.columns, **tracks}
