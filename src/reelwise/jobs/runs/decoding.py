"""Decode every video of a data set once, and set aside what cannot be used."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from reelwise.cache.fill import CacheFill, FillProgress, SoundFill
from reelwise.cache.frame_cache import FrameCache
from reelwise.core.clip import DecodeSettings
from reelwise.core.errors import CacheError
from reelwise.core.frames import DecodedVideo
from reelwise.core.modalities import ImageInput, SoundInput
from reelwise.core.progress import Progress, Silent
from reelwise.core.records import Record
from reelwise.core.video_metadata import facts_metadata
from reelwise.datasets.dataset import Dataset

MAX_WARNINGS = 3
"""Failed files, or reasons for missing sound, that are named one by one; skipped.csv has all of them."""


@dataclass(frozen=True, eq=False)
class VideoSet:
    """A data set whose every record has been decoded into the cache.

    Args:
        dataset: The list, without the records that failed; those are in its ``skipped``.
        cache: Where the frames are.
        settings: How they were decoded.
        frames_fill: What decoding did, with contents and facts of each file.
        sound: How the sound was decoded; None where no model reads sound.
        sound_fill: What decoding the sound did, with the videos that have no usable sound.
        images: Which image features the videos have; None where no model reads any.
        images_backend: The Keras back end that made them.
    """

    dataset: Dataset
    cache: FrameCache
    settings: DecodeSettings
    frames_fill: CacheFill
    sound: SoundInput | None = None
    sound_fill: SoundFill | None = None
    images: ImageInput | None = None
    images_backend: str = ""

    @property
    def contents(self) -> dict[str, str]:
        """SHA-256 of each record's file, by ``Record.name``."""
        return self.frames_fill.contents

    @property
    def missing_sound(self) -> dict[str, str]:
        """Why there is no usable sound, by ``Record.name``; empty where no sound was decoded."""
        return {} if self.sound_fill is None else self.sound_fill.missing

    @property
    def sound_note(self) -> str:
        """How many videos have no usable sound and why; empty where all have, or no sound was decoded."""
        names = {record.name for record in self.dataset.records}
        reasons = Counter(reason.rstrip(".") for name, reason in self.missing_sound.items() if name in names)
        if not reasons:
            return ""
        common = ", ".join(f"{reason} ({count})" for reason, count in reasons.most_common(MAX_WARNINGS))
        examples = common if len(reasons) <= MAX_WARNINGS else f"{common}, …"
        have = "has" if reasons.total() == 1 else "have"
        return (
            f"{reasons.total()} of {len(names)} videos {have} no usable sound: {examples}. It is marked as missing, so"
            " the model does not take it for silence."
        )

    def videos(self, indices: Sequence[int] | None = None) -> list[DecodedVideo]:
        """The decoded videos of these records (all by default), as memory maps, with their metadata."""
        records = self.dataset.records
        positions = range(len(records)) if indices is None else indices
        return [self._video(records[i]) for i in positions]

    def _video(self, record: Record) -> DecodedVideo:
        video = self.cache.open(record, self.settings)
        log_mel = None if self.sound is None else self.cache.open_sound(record, self.sound)
        features = None if self.images is None else self._image_features(record, self.images)
        # Columns of the list win over what the file says of itself.
        metadata = facts_metadata(video.facts, container=True) | record.metadata
        return replace(video, log_mel=log_mel, metadata=metadata, image_features=features)

    def _image_features(self, record: Record, images: ImageInput) -> np.ndarray:
        features = self.cache.read_features(record, images, self.images_backend)
        if features is None:  # damaged, or evicted by another job
            from reelwise.jobs.runs.image_features import extract_images

            alone = replace(self, dataset=replace(self.dataset, records=(record,)))
            extract_images(alone, images, 1, Silent())
            features = self.cache.read_features(record, images, self.images_backend)
        if features is None:
            raise CacheError(
                f"{self.cache.root}: the image features of {record.name} are damaged even after they were made again.",
                hint="Check the disk, or use --cache-dir on another one.",
            )
        return features


def decode_dataset(
    dataset: Dataset,
    cache: FrameCache,
    settings: DecodeSettings,
    threads: int | None,
    progress: Progress,
    *,
    strict: bool = True,
) -> VideoSet:
    """Decode the frames of every record into the cache, and set aside the records that failed.

    Args:
        dataset: The list of records.
        cache: Where frames are kept.
        settings: How they are decoded.
        threads: Decoding processes; None for one per core.
        progress: Shows how far it is.
        strict: Whether to refuse a data set that is then too small to train on.

    Raises:
        DataError: More than half of the records cannot be used.
    """
    progress.stage("decode")
    report = _fill_progress(progress, "frames/s")
    frames_fill = cache.fill(dataset.records, settings, num_workers=threads, progress=report)
    usable = dataset.without(frames_fill.failures, strict=strict)
    failures = usable.skipped[len(dataset.skipped) :]
    for item in failures[:MAX_WARNINGS]:
        progress.warn(f"{item.file} is skipped: {item.reason}")
    if len(failures) > MAX_WARNINGS:
        progress.warn(f"{len(failures) - MAX_WARNINGS} more files are skipped; skipped.csv names them.")
    return VideoSet(usable, cache, settings, frames_fill)


def decode_sound(video_set: VideoSet, sound: SoundInput, threads: int | None, progress: Progress) -> VideoSet:
    """The same videos with their sound; one without usable sound stays, with a spectrogram without frames.

    Args:
        video_set: Frames, decoded.
        sound: How the sound is decoded.
        threads: Decoding processes; None for one per core.
        progress: Shows how far it is, where any of it is not in the cache: several models may need the same sound.
    """
    records, report = video_set.dataset.records, _sound_progress(progress)
    sound_fill = video_set.cache.fill_sound(records, sound, num_workers=threads, progress=report)
    return replace(video_set, sound=sound, sound_fill=sound_fill)


def _sound_progress(progress: Progress) -> FillProgress:
    """The cache's progress function that begins a stage with the first sound that must be decoded."""
    report = _fill_progress(progress, "")
    has_begun = False

    def update(done: int, of: int, frames: int, seconds: float) -> None:
        nonlocal has_begun
        if not has_begun and done == of:
            return
        if not has_begun:
            progress.stage("decode sound")
        has_begun = True
        report(done, of, frames, seconds)

    return update


def _fill_progress(progress: Progress, unit: str) -> FillProgress:
    """The cache's progress function that shows a rate in ``unit``."""

    def update(done: int, of: int, frames: int, seconds: float) -> None:
        rate = f"{frames / seconds:,.0f} {unit}" if unit and seconds > 0 and frames else ""
        progress.update(done, of, "videos", rate)

    return update
