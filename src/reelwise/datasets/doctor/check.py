"""The dataset doctor: decodes every file once and says what is wrong, and what to do about it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

from reelwise.cache.frame_cache import FrameCache
from reelwise.core.clip import DecodeSettings
from reelwise.core.errors import DataError
from reelwise.core.modalities import SoundInput
from reelwise.core.progress import Progress, Silent
from reelwise.core.records import Record
from reelwise.core.video import VideoFacts
from reelwise.datasets.dataset import Dataset
from reelwise.datasets.doctor.examinations import examine, unusable_sound
from reelwise.datasets.doctor.findings import CheckReport, Finding, FindingKind, worst_first
from reelwise.datasets.doctor.lengths import seconds_of
from reelwise.datasets.doctor.metadata_report import (
    candidates_json,
    metadata_columns,
    metadata_findings,
    point_to_labels,
)
from reelwise.datasets.doctor.tags import with_tags
from reelwise.datasets.labels.tasks import count_labels
from reelwise.datasets.recordings.same import SameRecording, find_same_recordings
from reelwise.datasets.splits.plan import SplitPlan, plan_splits
from reelwise.sampling.metadata_codes import parse_number
from reelwise.tasks import find_task


@dataclass(frozen=True)
class SplitOptions:
    """The split that is looked at.

    Args:
        seed: Of the split that ``train`` would make.
        splits_csv: A list ``file,split`` to look for leaks in, in its place.
        no_join: Whether files that show the same recording may stand on both sides, as with ``train --no-join``.
    """

    seed: int = 0
    splits_csv: Path | None = None
    no_join: bool = False


SPLIT_OF_TRAIN = SplitOptions()


def check(
    dataset: Dataset,
    cache: FrameCache,
    settings: DecodeSettings | None = None,
    *,
    split: SplitOptions = SPLIT_OF_TRAIN,
    num_workers: int | None = None,
    progress: Progress | None = None,
) -> CheckReport:
    """Examine a data set.

    Args:
        dataset: Read with ``strict=False``, so that reading does not stop at the first error.
        cache: The cache for the frames; a later ``train`` with the same settings uses them.
        settings: Size, rate and format of the frames; the default of training if None.
        split: Which split is looked at; the usual one of ``train``.
        num_workers: Decoding processes.
        progress: Gets stages and counts.

    Raises:
        CacheError: The frames cannot be written.
    """
    settings, progress = settings or DecodeSettings(), progress or Silent()
    progress.stage("decode")
    cache_fill = cache.fill(
        dataset.records,
        settings,
        num_workers=num_workers,
        progress=lambda done, of, frames, seconds: progress.update(
            done, of, "videos", f"{frames:,} frames" if frames else ""
        ),
    )
    usable = with_tags(dataset.without(cache_fill.failures, strict=False), cache_fill.facts)
    missing = _no_sound(usable, cache, cache_fill.facts, num_workers, progress)
    progress.stage("compare")
    same = find_same_recordings(
        usable.records,
        cache,
        settings,
        cache_fill.contents,
        cache_fill.facts,
        lambda done, of: progress.update(done, of, "videos"),
        num_workers,
    )
    plan, trouble = _plan(usable, split, same)
    findings = [*trouble, *examine(usable, cache_fill.facts, same, plan), *metadata_findings(usable)]
    findings += unusable_sound(usable, cache_fill.facts, missing)
    facts = [cache_fill.facts[record.name] for record in usable.records]
    report = _report(usable, facts, plan, same, findings)
    sound = {**report.sound, "usable": len(usable.records) - len(missing)}
    return replace(report, sound=sound, findings=point_to_labels(report.findings, report.label_candidates))


def _no_sound(
    dataset: Dataset, cache: FrameCache, facts: Mapping[str, VideoFacts], num_workers: int | None, progress: Progress
) -> dict[str, str]:
    """Why there is no usable sound, by name; the sound of all others is then in the cache for the training."""
    with_track = [record for record in dataset.records if facts[record.name].sound is not None]
    missing = {record.name: "no sound track" for record in dataset.records if facts[record.name].sound is None}
    if not with_track:
        return missing
    progress.stage("decode sound")
    sound_fill = cache.fill_sound(
        with_track,
        SoundInput(),
        num_workers=num_workers,
        progress=lambda done, of, frames, seconds: progress.update(done, of, "videos"),
    )
    return missing | sound_fill.missing


def _plan(
    dataset: Dataset, split: SplitOptions, same: Sequence[SameRecording]
) -> tuple[SplitPlan | None, list[Finding]]:
    if not dataset.records:
        return None, []  # the reasons of each file are findings already
    try:
        same_names = [] if split.no_join else [item.names for item in same]
        return plan_splits(dataset, seed=split.seed, splits_csv=split.splits_csv, same=same_names), []
    except DataError as error:
        return None, [Finding(FindingKind.NO_SPLIT, "error", (), error.message, error.hint)]


def _report(
    dataset: Dataset,
    facts: Sequence[VideoFacts],
    plan: SplitPlan | None,
    same: Sequence[SameRecording],
    findings: Sequence[Finding],
) -> CheckReport:
    records = dataset.records
    counts = count_labels(records, dataset.task)
    return CheckReport(
        data=str(dataset.root),
        layout=dataset.layout.text,
        num_videos=len(records) + len(dataset.skipped),
        num_usable=len(records),
        labels={label: counts[label] for label in dataset.labels if find_task(dataset.task).has_classes},
        durations=_durations([seconds_of(record, fact) for record, fact in zip(records, facts, strict=True)]),
        frame_rates=_frequencies(f"{float(fact.frame_rate):.3g}" for fact in facts),
        sizes=_frequencies(f"{fact.width}x{fact.height}" for fact in facts),
        sound={"with": sum(fact.sound is not None for fact in facts), "without": sum(not fact.sound for fact in facts)},
        groups=_groups(dataset),
        splits=_split_counts(plan, records),
        findings=worst_first(findings),
        skipped=dataset.skipped,
        notes=dataset.notes,
        same=tuple(item.names for item in same),
        task=dataset.task,
        target=_target(dataset),
        metadata=tuple(metadata_columns(dataset)),
        label_candidates=tuple(candidates_json(dataset)),
    )


def _groups(dataset: Dataset) -> dict[str, Any]:
    source = dataset.group_source
    fields = {"kind": source.kind.value, "name": source.name, "place": source.place}
    return {"source": source.text, "count": len({r.group for r in dataset.records if r.group}), **fields}


def _target(dataset: Dataset) -> dict[str, Any] | None:
    values = [value for record in dataset.records if (value := parse_number(record.label)) is not None]
    if find_task(dataset.task).has_classes or not values:
        return None
    return {"name": dataset.labels[0], "min": min(values), "median": median(values), "max": max(values)}


def _durations(lengths: Sequence[float]) -> dict[str, float]:
    seconds = lengths or [0.0]
    values = {"min": min(seconds), "median": median(seconds), "max": max(seconds), "total": sum(seconds)}
    return {name: round(value, 3) for name, value in values.items()}


def _frequencies(words: Any) -> dict[str, int]:
    return dict(Counter(words).most_common())


def _split_counts(plan: SplitPlan | None, records: Sequence[Record]) -> dict[str, Any]:
    if plan is None:
        return {"method": "", "warnings": []}
    counts = Counter(plan.split)
    return {"method": plan.method, **{word: counts[word] for word in sorted(counts)}, "warnings": list(plan.warnings)}
