"""The sound of a few excerpts of videos, decoded for a report; never a reason to fail."""

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
MAX_SECONDS = 60.0
MAX_TASK_SECONDS = 20.0
_SLACK_SECONDS = 5
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
        excerpts: By any number; a sentence instead of an excerpt is handed on.
        scratch: The cache folder.
    """
    wanted = {place: excerpt for place, excerpt in excerpts.items() if isinstance(excerpt, SoundExcerpt)}
    found: dict[int, Sound | str] = {}
    reason = NO_TIME
    try:
        if wanted:
            _decode_into(wanted, scratch, found)
    except (ReelwiseError, OSError) as problem:
        reason = f"Its sound could not be read ({problem})."
    reasons = {place: excerpt for place, excerpt in excerpts.items() if isinstance(excerpt, str)}
    return dict.fromkeys(wanted, reason) | found | reasons


def _decode_into(wanted: Mapping[int, SoundExcerpt], scratch: Path, found: dict[int, Sound | str]) -> None:
    stop_at = time.monotonic() + MAX_SECONDS
    limits = replace(WORKER_LIMITS, task_seconds=MAX_TASK_SECONDS, stall_seconds=MAX_TASK_SECONDS, max_tries=1)
    with (
        scratch_folder(scratch, "report") as folder,
        WorkerPool(limits=limits) as pool,
    ):
        for decoded in decode_many(wanted.items(), _tasks, pool, folder=folder):
            place, excerpt = decoded.item
            found[place] = _sound_of(excerpt, decoded.stem, decoded.results[SoundTask])
            if time.monotonic() > stop_at:
                return


def _tasks(numbered: tuple[int, SoundExcerpt], output: Path) -> list[SoundTask]:
    _, excerpt = numbered
    return [SoundTask(excerpt.path, _settings(excerpt), output)]


def _settings(excerpt: SoundExcerpt) -> SoundSettings:
    """Nothing behind the excerpt is read; a track may begin some seconds before the picture."""
    return SoundSettings(SAMPLE_RATE, max_seconds=max(1, math.ceil(excerpt.interval.end)) + _SLACK_SECONDS)


def _sound_of(excerpt: SoundExcerpt, output: Path, answer: object) -> Sound | str:
    if not isinstance(answer, SoundTrack):
        return "Its sound could not be read."
    if not answer.num_samples:
        return f"This video has {answer.missing}" if answer.missing else "This video has no usable sound."
    part = open_sound(answer, output).between(*excerpt.interval)
    if not part.num_present:
        return "There is no sound in this part of the video."
    return Sound(part.samples.copy(), part.sample_rate, part.start, part.present)
