"""The dataset doctor: decodes every file once and says what is wrong, and what to do about it."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from reelwise.core.clip import DecodeSettings
from reelwise.core.errors import DataError
from reelwise.core.progress import Progress, Silent
from reelwise.core.records import Record
from reelwise.core.video import VideoFacts
from reelwise.datasets.cache import FrameCache
from reelwise.datasets.dataset import Dataset
from reelwise.datasets.examinations import examine
from reelwise.datasets.findings import CheckReport, Finding, worst_first
from reelwise.datasets.recordings import SameRecording, find_same_recordings
from reelwise.datasets.splits import SplitPlan, plan_splits


def check(
    dataset: Dataset,
    cache: FrameCache,
    settings: DecodeSettings | None = None,
    *,
    seed: int = 0,
    splits_csv: Path | None = None,
    num_workers: int | None = None,
    progress: Progress | None = None,
) -> CheckReport:
    """Examine a data set.

    Args:
        dataset: Read with ``strict=False``, so that nothing stops at the first trouble.
        cache: Where the frames go; a later ``train`` with the same settings finds them there.
        settings: How frames are kept; the default of training if None.
        seed: Of the split that ``train`` would make.
        splits_csv: A list ``file,split`` to look for leaks in.
        num_workers: Decoding processes.
        progress: Hears what is done.

    Raises:
        CacheError: The frames cannot be written.
    """
    settings, progress = settings or DecodeSettings(), progress or Silent()
    progress.stage("decode")
    filled = cache.fill(
        dataset.records,
        settings,
        num_workers=num_workers,
        progress=lambda done, of, frames, seconds: progress.update(
            done, of, "videos", f"{frames:,} frames" if frames else ""
        ),
    )
    sound = dataset.without(filled.failures, strict=False)
    progress.stage("compare")
    same = find_same_recordings(
        sound.records,
        cache,
        settings,
        filled.contents,
        filled.facts,
        lambda done, of: progress.update(done, of, "videos"),
    )
    plan, trouble = _plan(sound, seed, splits_csv, same)
    findings = [*trouble, *examine(sound, filled.facts, same, plan)]
    facts = [filled.facts[record.name] for record in sound.records]
    return _report(sound, facts, plan, same, findings)


def _plan(
    dataset: Dataset, seed: int, splits_csv: Path | None, same: Sequence[SameRecording]
) -> tuple[SplitPlan | None, list[Finding]]:
    try:
        return plan_splits(dataset, seed=seed, splits_csv=splits_csv, same=[item.names for item in same]), []
    except DataError as error:
        return None, [Finding("no_split", "error", (), error.message, error.hint)]


def _report(
    dataset: Dataset,
    facts: Sequence[VideoFacts],
    plan: SplitPlan | None,
    same: Sequence[SameRecording],
    findings: Sequence[Finding],
) -> CheckReport:
    records = dataset.records
    counts = Counter(record.label for record in records if record.label)
    return CheckReport(
        data=str(dataset.root),
        layout=dataset.layout,
        num_videos=len(records) + len(dataset.skipped),
        num_usable=len(records),
        labels={label: counts[label] for label in dataset.labels},
        durations=_durations(facts),
        frame_rates=_counted(f"{float(fact.frame_rate):.3g}" for fact in facts),
        sizes=_counted(f"{fact.width}x{fact.height}" for fact in facts),
        sound={"with": sum(fact.sound is not None for fact in facts), "without": sum(not fact.sound for fact in facts)},
        groups={"source": dataset.group_source, "count": len({record.group for record in records if record.group})},
        splits=_split_counts(plan, records),
        findings=worst_first(findings),
        skipped=dataset.skipped,
        notes=dataset.notes,
        same=tuple(item.names for item in same),
    )


def _durations(facts: Sequence[VideoFacts]) -> dict[str, float]:
    seconds = [fact.duration_seconds for fact in facts] or [0.0]
    values = {"min": min(seconds), "median": median(seconds), "max": max(seconds), "total": sum(seconds)}
    return {name: round(value, 3) for name, value in values.items()}


def _counted(words: Any) -> dict[str, int]:
    return dict(Counter(words).most_common())


def _split_counts(plan: SplitPlan | None, records: Sequence[Record]) -> dict[str, Any]:
    if plan is None:
        return {"method": "", "warnings": []}
    counts = Counter(plan.split)
    return {"method": plan.method, **{word: counts[word] for word in sorted(counts)}, "warnings": list(plan.warnings)}
