"""What train, evaluate and check do first: read the list, decode every video once, set aside what cannot be used."""

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from reelwise.core.clip import DecodeSettings
from reelwise.core.errors import UsageError
from reelwise.core.frames import DecodedVideo
from reelwise.core.modalities import SoundInput
from reelwise.core.progress import Progress
from reelwise.core.records import Record
from reelwise.datasets.cache import FrameCache
from reelwise.datasets.cache_fill import CacheFill, FillProgress, SoundFill
from reelwise.datasets.dataset import Dataset
from reelwise.datasets.facts_columns import facts_metadata

SYNTHETIC_PREFIX = "synthetic:"
SYNTHETIC_CLIPS = 48
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


def cache_root(cache_dir: Path | None) -> Path:
    """The cache folder: as told, else ``REELWISE_CACHE``, else ``~/.cache/reelwise``."""
    if cache_dir is not None:
        return cache_dir
    if told := os.environ.get("REELWISE_CACHE"):
        return Path(told)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "reelwise"


def data_folder(data: str, root: Path, seed: int, progress: Progress) -> str:
    """``data`` itself; for ``synthetic:…`` the folder of clips that is made for it in the cache, once."""
    if not data.startswith(SYNTHETIC_PREFIX):
        return data
    kind = check_synthetic(data)
    folder = root / "synthetic" / f"{kind}-{SYNTHETIC_CLIPS}-{seed}"
    if not (folder / "labels.csv").exists():  # Written last, so the set is whole when it is there.
        make_clips(folder, SYNTHETIC_CLIPS, seed, progress, kind)
    return str(folder)


def check_synthetic(data: str) -> str:
    """The kind of a ``synthetic:…`` set.

    Raises:
        UsageError: There is no such kind.
    """
    from reelwise.media.synthetic import KINDS

    kind = data.removeprefix(SYNTHETIC_PREFIX)
    if kind not in KINDS:
        hint = f"Use {' or '.join(SYNTHETIC_PREFIX + name for name in KINDS)}."
        raise UsageError(f"{data}: no such synthetic set.", hint=hint)
    return kind


def make_clips(folder: Path, num_clips: int, seed: int, progress: Progress, kind: str = "motion") -> None:
    """Write a set of made-up clips, by default such whose class can be told only from motion."""
    from reelwise.media.synthetic import write_synthetic_set

    progress.stage("make clips")
    write_synthetic_set(kind, folder, num_clips, seed, progress=lambda done: progress.update(done, num_clips, "clips"))


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
