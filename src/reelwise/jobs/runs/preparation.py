"""What train, evaluate and check do first: read the list, decode every video once, set aside what cannot be used."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from reelwise.cache.fill import CacheFill, FillProgress, SoundFill
from reelwise.cache.frame_cache import FrameCache
from reelwise.core.clip import DecodeSettings
from reelwise.core.frames import DecodedVideo
from reelwise.core.modalities import SoundInput
from reelwise.core.progress import Progress
from reelwise.core.records import Record
from reelwise.datasets.dataset import Dataset
from reelwise.datasets.metadata.facts import facts_metadata

MAX_WARNINGS = 3


@dataclass(frozen=True, eq=False)
class Prepared:
    """A data set whose every record has been decoded.

    Args:
        dataset: The list, without the records that failed; those are in its ``skipped``.
        cache: Where the frames are.
        settings: How they are kept.
        filled: What decoding did and showed.
        sound: How the sound is heard; None where no model hears.
        heard: What decoding the sound did, with the videos that have no usable sound.
    """

    dataset: Dataset
    cache: FrameCache
    settings: DecodeSettings
    filled: CacheFill
    sound: SoundInput | None = None
    heard: SoundFill | None = None

    @property
    def contents(self) -> dict[str, str]:
        """SHA-256 of each record's file, by ``Record.name``."""
        return self.filled.contents

    @property
    def missing_sound(self) -> dict[str, str]:
        """Why there is no usable sound, by ``Record.name``; empty where nobody asked."""
        return {} if self.heard is None else self.heard.missing

    @property
    def sound_note(self) -> str:
        """How many videos have no usable sound and why; empty where all have, or nobody asked."""
        names = {record.name for record in self.dataset.records}
        reasons = Counter(reason.rstrip(".") for name, reason in self.missing_sound.items() if name in names)
        if not reasons:
            return ""
        common = ", ".join(f"{reason} ({count})" for reason, count in reasons.most_common(MAX_WARNINGS))
        shown = common if len(reasons) <= MAX_WARNINGS else f"{common}, …"
        have = "has" if reasons.total() == 1 else "have"
        return f"{reasons.total()} of {len(names)} videos {have} no usable sound: {shown}. The model is told so."

    def videos(self, indices: Sequence[int] | None = None) -> list[DecodedVideo]:
        """The decoded videos of these records (all by default), as memory maps, with what is known of each."""
        records = self.dataset.records
        chosen = range(len(records)) if indices is None else indices
        return [self._video(records[i]) for i in chosen]

    def _video(self, record: Record) -> DecodedVideo:
        video = self.cache.open(record, self.settings)
        log_mel = None if self.sound is None else self.cache.open_sound(record, self.sound)
        metadata = facts_metadata(video.facts, container=True) | record.metadata
        return replace(video, log_mel=log_mel, metadata=metadata)


def decode_all(
    dataset: Dataset,
    cache: FrameCache,
    settings: DecodeSettings,
    threads: int | None,
    progress: Progress,
    *,
    strict: bool = True,
) -> Prepared:
    """Fill the cache and set aside what failed.

    Args:
        dataset: What was read.
        cache: Where frames are kept.
        settings: How they are kept.
        threads: Decoding processes; None for one per core.
        progress: Who hears how far it is.
        strict: Whether to refuse what is then too little to learn from.

    Raises:
        DataError: More than half of the records cannot be used.
    """
    progress.stage("decode")
    filled = cache.fill(dataset.records, settings, num_workers=threads, progress=_told(progress, "frames/s"))
    kept = dataset.without(filled.failures, strict=strict)
    failed = kept.skipped[len(dataset.skipped) :]
    for item in failed[:MAX_WARNINGS]:
        progress.warn(f"{item.file} is skipped: {item.reason}")
    if len(failed) > MAX_WARNINGS:
        progress.warn(f"{len(failed) - MAX_WARNINGS} more files are skipped; skipped.csv names them.")
    return Prepared(kept, cache, settings, filled)


def add_sound(prepared: Prepared, sound: SoundInput, threads: int | None, progress: Progress) -> Prepared:
    """The same videos with their sound; one without usable sound stays, with a spectrogram without frames.

    Args:
        prepared: What was decoded.
        sound: How it is heard.
        threads: Decoding processes; None for one per core.
        progress: Who hears how far it is.
    """
    progress.stage("decode sound")
    records, told = prepared.dataset.records, _told(progress, "")
    heard = prepared.cache.fill_sound(records, sound, num_workers=threads, progress=told)
    return replace(prepared, sound=sound, heard=heard)


def _told(progress: Progress, unit: str) -> FillProgress:
    def told(done: int, of: int, frames: int, seconds: float) -> None:
        rate = f"{frames / seconds:,.0f} {unit}" if unit and seconds > 0 and frames else ""
        progress.update(done, of, "videos", rate)

    return told
