"""A video at a glance: facts, a few pictures and its sound, all decoded in workers and within a deadline."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from reelwise.cache.scratch import scratch_folder
from reelwise.core.errors import CacheError, VideoError
from reelwise.core.video import VideoFacts
from reelwise.media.requests.sheet import Sheet, SheetTask, open_sheet
from reelwise.media.requests.sound import SoundSettings, SoundTask, SoundTrack, open_sound
from reelwise.media.requests.video import ScanTask
from reelwise.media.workers.pool import DecodePool
from reelwise.media.workers.wire import Result, Task
from reelwise.reports.sound_overview import SoundMeasures, SoundOverview, measure_sound, summarize_sound
from reelwise.reports.video_page import Thumbnail, VideoOverview

PICTURE_SIDE = 360


@dataclass(frozen=True)
class OverviewTimes:
    """Seconds that each part may decode for; None for as long as it takes.

    Args:
        scan: For the facts; the rest is counted by packets.
        sound: What comes later in the track is left out.
        pictures: Then there are as many as were found.
    """

    scan: float | None = 15.0
    sound: float | None = 9.0
    pictures: float = 8.0


QUICK = OverviewTimes()
FULL = OverviewTimes(None, None, 60.0)


def summarize_video(path: Path, scratch: Path, *, num_pictures: int = 0, times: OverviewTimes = QUICK) -> VideoOverview:
    """Facts, pictures and sound of one video, decoded side by side in workers.

    Only the facts are needed: where pictures or sound cannot be had, the look says why.

    Args:
        path: The video.
        scratch: The cache folder, for pictures and sound while they are looked at.
        num_pictures: At most; 0 for none.
        times: How long each part may take.

    Raises:
        VideoError: The file is refused.
    """
    try:
        with scratch_folder(scratch, "info") as folder, DecodePool(num_workers=3) as pool:
            return _look(path, folder, pool, num_pictures, times)
    except (CacheError, OSError) as problem:
        with DecodePool(num_workers=1) as pool:
            ((_, facts),) = pool.run([ScanTask(path, times.scan)])
        return VideoOverview(str(path), _facts(path, facts), sound_missing=f"its sound was not looked at ({problem})")


def _look(path: Path, folder: Path, pool: DecodePool, num_pictures: int, times: OverviewTimes) -> VideoOverview:
    settings = SoundSettings(sample_rate=None, mono=False)
    tasks: list[Task] = [
        ScanTask(path, times.scan),
        SoundTask(path, settings, folder / "sound", times.sound),
    ]
    if num_pictures:
        tasks.append(SheetTask(path, num_pictures, PICTURE_SIDE, folder / "pictures", times.pictures))
    answers: dict[type, Result | VideoError] = {}
    heard = None
    for task, answer in pool.run(tasks):
        answers[type(task)] = answer
        if isinstance(task, ScanTask):
            _facts(path, answer)  # a refused file is refused at once
        if isinstance(answer, SoundTrack):  # here, while the frames of a long video are still being counted
            heard = _listen(answer, folder / "sound")
    facts = _facts(path, answers[ScanTask])
    thumbnails, note = _thumbnails(answers, folder / "pictures")
    look = _sound(facts, answers, folder / "sound", heard)
    if isinstance(look, str):
        return VideoOverview(str(path), facts, thumbnails, note, sound_missing=look)
    return VideoOverview(str(path), facts, thumbnails, note, look)


def _facts(path: Path, answer: object) -> VideoFacts:
    if isinstance(answer, VideoFacts):
        return answer
    raise answer if isinstance(answer, VideoError) else VideoError(f"{path}: the worker gave another answer.")


def _thumbnails(answers: Mapping[type, Result | VideoError], output: Path) -> tuple[tuple[Thumbnail, ...], str]:
    sheet = answers.get(SheetTask)
    if not isinstance(sheet, Sheet):
        return (), f"there are no pictures ({sheet.message})" if isinstance(sheet, VideoError) else ""
    pictures = open_sheet(sheet, output)
    return tuple(
        Thumbnail(seconds, picture) for seconds, picture in zip(sheet.seconds, pictures, strict=True)
    ), sheet.note


def _listen(track: SoundTrack, output: Path) -> SoundMeasures | SoundOverview | None:
    """All that can be said before the length of the video is known."""
    if not track.num_samples:
        return None
    sound = open_sound(track, output)
    measured = measure_sound(sound)
    if track.complete or sound.end <= 0:
        return measured
    return summarize_sound(sound, sound.end, track.warnings, measured)


def _sound(
    facts: VideoFacts,
    answers: Mapping[type, Result | VideoError],
    output: Path,
    heard: SoundMeasures | SoundOverview | None,
) -> SoundOverview | str:
    """The look, or why there is none."""
    track = answers[SoundTask]
    if not isinstance(track, SoundTrack):
        return f"its sound could not be read ({track.message})" if isinstance(track, VideoError) else "no usable sound"
    if isinstance(heard, SoundOverview):
        return heard
    if not track.num_samples:
        return track.missing or "no usable sound"
    return summarize_sound(open_sound(track, output), Fraction(facts.duration_seconds), track.warnings, heard)
