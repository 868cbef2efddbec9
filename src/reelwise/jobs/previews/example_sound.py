"""The sound of a few stretches of videos, decoded for a report; never a reason to fail."""

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from reelwise.cache.scratch import scratch_folder
from reelwise.core.errors import ReelwiseError
from reelwise.core.sound import Sound
from reelwise.media.limits import WORKER_LIMITS
from reelwise.media.requests.sound import SoundSettings, SoundTask, SoundTrack, open_sound
from reelwise.media.workers.pool import DecodePool

SAMPLE_RATE = 24_000
MAX_SECONDS = 60.0
MAX_TASK_SECONDS = 20.0
_SLACK_SECONDS = 5
NO_TIME = "Its sound was left out: reading it took too long."


@dataclass(frozen=True)
class Stretch:
    """[start, end) of a video in seconds on the clock of its frames.

    Args:
        path: The video.
        start: First moment.
        end: Where it ends.
    """

    path: Path
    start: Fraction
    end: Fraction


def hear(stretches: Mapping[int, Stretch | str], scratch: Path) -> dict[int, Sound | str]:
    """The sound of each stretch, or a sentence that says why there is none; within a minute.

    Args:
        stretches: By any number; a sentence instead of a stretch is handed on.
        scratch: The cache folder.
    """
    wanted = {place: stretch for place, stretch in stretches.items() if isinstance(stretch, Stretch)}
    found: dict[int, Sound | str] = {}
    reason = NO_TIME
    try:
        if wanted:
            _hear(wanted, scratch, found)
    except (ReelwiseError, OSError) as problem:
        reason = f"Its sound could not be read ({problem})."
    told = {place: stretch for place, stretch in stretches.items() if isinstance(stretch, str)}
    return dict.fromkeys(wanted, reason) | found | told


def _hear(wanted: Mapping[int, Stretch], scratch: Path, found: dict[int, Sound | str]) -> None:
    stop_at = time.monotonic() + MAX_SECONDS
    limits = replace(WORKER_LIMITS, task_seconds=MAX_TASK_SECONDS, stall_seconds=MAX_TASK_SECONDS, max_tries=1)
    with (
        scratch_folder(scratch, "report") as folder,
        DecodePool(limits=limits) as pool,
    ):
        outputs = {folder / f"{place}.sound": place for place in wanted}
        tasks = (SoundTask(wanted[place].path, _settings(wanted[place]), output) for output, place in outputs.items())
        for task, answer in pool.run(tasks):
            if isinstance(task, SoundTask):
                place = outputs[task.output]
                found[place] = _sound_of(wanted[place], task.output, answer)
                task.output.unlink(missing_ok=True)
            if time.monotonic() > stop_at:
                return


def _settings(stretch: Stretch) -> SoundSettings:
    """Nothing behind the stretch is read; a track may begin some seconds before the picture."""
    return SoundSettings(SAMPLE_RATE, max_seconds=max(1, math.ceil(stretch.end)) + _SLACK_SECONDS)


def _sound_of(stretch: Stretch, output: Path, answer: object) -> Sound | str:
    if not isinstance(answer, SoundTrack):
        return "Its sound could not be read."
    if not answer.num_samples:
        return f"This video has {answer.missing}" if answer.missing else "This video has no usable sound."
    part = open_sound(answer, output).between(stretch.start, stretch.end)
    if not part.num_present:
        return "There is no sound in this part of the video."
    return Sound(part.samples.copy(), part.sample_rate, part.start, part.present)
