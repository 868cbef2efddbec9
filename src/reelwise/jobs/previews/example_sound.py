"""The sound of a few excerpts of videos, decoded for a report; a failure gives a sentence, never an error."""

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from reelwise.cache.scratch import scratch_folder
from reelwise.core.errors import ReelwiseError
from reelwise.core.intervals import Interval
from reelwise.core.sound import Sound
from reelwise.media.decode_many import decode_many
from reelwise.media.limits import WORKER_LIMITS
from reelwise.media.requests.sound import SoundTask
from reelwise.media.sound.track import SoundSettings, SoundTrack, open_sound
from reelwise.media.workers.pool import WorkerPool

SAMPLE_RATE = 24_000
"""Samples per second: speech and music up to 12 kHz, at half the size of 48 kHz."""

MAX_SECONDS = 60.0
"""Of wall time for all excerpts; a report may not wait longer for its sound."""

MAX_TASK_SECONDS = 20.0
"""Of wall time for one excerpt."""

_SLACK_SECONDS = 5
"""Seconds that are decoded behind an excerpt, since a track may begin earlier than the picture."""

NO_TIME = "Its sound was left out: reading it took too long."


@dataclass(frozen=True)
class SoundExcerpt:
    """Some seconds of the sound of a video.

    Args:
        path: The video.
        interval: In seconds on the clock of its frames.
    """

    path: Path
    interval: Interval[Fraction]


def decode_excerpts(excerpts: Mapping[int, SoundExcerpt | str], scratch: Path) -> dict[int, Sound | str]:
    """The sound of each excerpt, or a sentence that says why there is none; within a minute.

    Args:
        excerpts: By any number; a sentence instead of an excerpt is returned as it is.
        scratch: The cache folder.
    """
    excerpts_to_decode = {place: excerpt for place, excerpt in excerpts.items() if isinstance(excerpt, SoundExcerpt)}
    sounds: dict[int, Sound | str] = {}
    reason = NO_TIME
    try:
        if excerpts_to_decode:
            _decode_into(sounds, excerpts_to_decode, scratch)
    except (ReelwiseError, OSError) as problem:
        reason = f"Its sound could not be read ({problem})."
    reasons = {place: excerpt for place, excerpt in excerpts.items() if isinstance(excerpt, str)}
    return dict.fromkeys(excerpts_to_decode, reason) | sounds | reasons


def _decode_into(sounds: dict[int, Sound | str], excerpts: Mapping[int, SoundExcerpt], scratch: Path) -> None:
    """Add each sound as soon as it is decoded, so that those before a failure or the end of the time remain."""
    stop_at = time.monotonic() + MAX_SECONDS
    limits = replace(WORKER_LIMITS, task_seconds=MAX_TASK_SECONDS, stall_seconds=MAX_TASK_SECONDS, max_tries=1)
    with (
        scratch_folder(scratch, "report") as folder,
        WorkerPool(limits=limits) as pool,
    ):
        for item in decode_many(excerpts.items(), _tasks, pool, folder=folder):
            place, excerpt = item.item
            sounds[place] = _sound_of(excerpt, item.stem, item.results[SoundTask])
            if time.monotonic() > stop_at:
                return


def _tasks(item: tuple[int, SoundExcerpt], output: Path) -> list[SoundTask]:
    _, excerpt = item
    return [SoundTask(excerpt.path, _settings(excerpt), output)]


def _settings(excerpt: SoundExcerpt) -> SoundSettings:
    """The track from its beginning to some seconds after the excerpt."""
    return SoundSettings(SAMPLE_RATE, max_seconds=max(1, math.ceil(excerpt.interval.end)) + _SLACK_SECONDS)


def _sound_of(excerpt: SoundExcerpt, output: Path, track: object) -> Sound | str:
    if not isinstance(track, SoundTrack):
        return "Its sound could not be read."
    if not track.num_samples:
        return f"This video has {track.missing}" if track.missing else "This video has no usable sound."
    part = open_sound(track, output).between(*excerpt.interval)
    if not part.num_present:
        return "There is no sound in this part of the video."
    return Sound(part.samples.copy(), part.sample_rate, part.start, part.present)
