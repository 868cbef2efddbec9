"""An overview of a video: facts, a few thumbnails and its sound, decoded in workers within a deadline."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from reelwise.cache.scratch import scratch_folder
from reelwise.core.errors import CacheError, VideoError
from reelwise.core.video import VideoFacts
from reelwise.media.decode_many import Results, decode_many, perform_one
from reelwise.media.requests.kind import Task
from reelwise.media.requests.scan import ScanTask
from reelwise.media.requests.sound import SoundTask
from reelwise.media.sound.track import SoundSettings, SoundTrack, open_sound
from reelwise.media.workers.pool import WorkerPool
from reelwise.media.writers.sheet import Sheet, SheetTask, open_sheet
from reelwise.reports.sound_overview import SoundMeasures, SoundOverview, measure_sound, summarize_sound
from reelwise.reports.video_page import Thumbnail, VideoOverview

PICTURE_SIDE = 360
"""Pixels along the longer side of a thumbnail."""


@dataclass(frozen=True)
class OverviewTimes:
    """Seconds of wall time for each part of an overview; None for no limit.

    Args:
        scan: Counting frames by decoding; after it the rest is counted by packets.
        sound: Decoding the track; after it the rest of the track is left out.
        pictures: Decoding thumbnails; after it the rest of them is left out.
    """

    scan: float | None = 15.0
    sound: float | None = 9.0
    pictures: float = 8.0


QUICK = OverviewTimes()
"""For a person who waits at the terminal."""

FULL = OverviewTimes(None, None, 60.0)
"""Exact facts and loudness, however long the video is."""


def summarize_video(path: Path, scratch: Path, *, num_pictures: int = 0, times: OverviewTimes = QUICK) -> VideoOverview:
    """Facts, thumbnails and sound of one video, decoded in parallel by workers.

    Only the facts are required: where thumbnails or sound are missing, the overview has the reason.

    Args:
        path: The video.
        scratch: The cache folder, for pictures and sound while they are needed.
        num_pictures: At most; 0 for none.
        times: How long each part may take.

    Raises:
        VideoError: The file is refused.
    """
    try:
        with scratch_folder(scratch, "info") as folder, WorkerPool(num_workers=3) as pool:
            return _overview(path, folder, pool, num_pictures, times)
    except (CacheError, OSError) as problem:
        facts: VideoFacts = perform_one(ScanTask(path, times.scan))
        return VideoOverview(str(path), facts, sound_missing=f"its sound was not read ({problem})")


def _overview(path: Path, folder: Path, pool: WorkerPool, num_pictures: int, times: OverviewTimes) -> VideoOverview:
    settings = SoundSettings(sample_rate=None, mono=False)
    measures: list[SoundMeasures | SoundOverview] = []

    def tasks(path: Path, _: Path) -> list[Task]:
        requests: list[Task] = [ScanTask(path, times.scan), SoundTask(path, settings, folder / "sound", times.sound)]
        if num_pictures:
            requests.append(SheetTask(path, num_pictures, PICTURE_SIDE, folder / "pictures", times.pictures))
        return requests

    def take_early(_: object, task: Task, result: object) -> None:
        if isinstance(task, ScanTask):
            _facts(path, result)  # a refused file is refused at once
        if isinstance(result, SoundTrack):  # here, while the frames of a long video are still being counted
            measures.extend(_measure(result, folder / "sound"))

    (item,) = decode_many([path], tasks, pool, on_result=take_early)
    results = item.results
    facts = _facts(path, results[ScanTask])
    thumbnails, note = _thumbnails(results, folder / "pictures")
    overview = _sound(facts, results, folder / "sound", measures[0] if measures else None)
    if isinstance(overview, str):
        return VideoOverview(str(path), facts, thumbnails, note, sound_missing=overview)
    return VideoOverview(str(path), facts, thumbnails, note, overview)


def _facts(path: Path, result: object) -> VideoFacts:
    if isinstance(result, VideoFacts):
        return result
    raise result if isinstance(result, VideoError) else VideoError(f"{path}: the worker gave no facts.")


def _thumbnails(results: Results, output: Path) -> tuple[tuple[Thumbnail, ...], str]:
    sheet = results.get(SheetTask)
    if not isinstance(sheet, Sheet):
        return (), f"there are no pictures ({sheet.message})" if isinstance(sheet, VideoError) else ""
    pictures = open_sheet(sheet, output)
    return tuple(
        Thumbnail(seconds, picture) for seconds, picture in zip(sheet.seconds, pictures, strict=True)
    ), sheet.note


def _measure(track: SoundTrack, output: Path) -> Iterator[SoundMeasures | SoundOverview]:
    """What can be measured before the length of the video is known; nothing for a track without samples."""
    if not track.num_samples:
        return
    sound = open_sound(track, output)
    measures = measure_sound(sound)
    has_length = not track.complete and sound.end > 0
    yield summarize_sound(sound, sound.end, track.warnings, measures) if has_length else measures


def _sound(
    facts: VideoFacts,
    results: Results,
    output: Path,
    measures: SoundMeasures | SoundOverview | None,
) -> SoundOverview | str:
    """The overview of the sound, or why there is none."""
    track = results[SoundTask]
    if not isinstance(track, SoundTrack):
        return f"its sound could not be read ({track.message})" if isinstance(track, VideoError) else "no usable sound"
    if isinstance(measures, SoundOverview):
        return measures
    if not track.num_samples:
        return track.missing or "no usable sound"
    return summarize_sound(open_sound(track, output), Fraction(facts.duration_seconds), track.warnings, measures)
