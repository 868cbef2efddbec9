"""What every report says of data, split and timings, whatever was trained."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from statistics import median

from reelwise.core.records import SPLITS
from reelwise.datasets.splits.plan import SplitPlan
from reelwise.jobs.runs.decoding import VideoSet
from reelwise.reports.report_data import SplitRow

_TIMING_TITLES = {
    "scan": "finding the videos",
    "compare": "looking for the same recording twice",
    "hide parts": "masking modalities",
}
"""What the report calls the keys of ``timings`` that do not speak for themselves."""


def data_facts(video_set: VideoSet, *own: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    """The data set in a few rows.

    Args:
        video_set: Decoded.
        *own: Rows of the task, such as the classes.
    """
    dataset = video_set.dataset
    facts = [video_set.frames_fill.facts[record.name] for record in dataset.records]
    seconds = [fact.duration_seconds for fact in facts]
    sizes = {(fact.width, fact.height) for fact in facts}
    examples = ", ".join(f"{width}×{height}" for width, height in sorted(sizes)[:3])
    return (
        ("found as", dataset.layout.text),
        ("videos used", str(len(facts))),
        *own,
        ("groups", dataset.group_source.text),
        ("length", f"{min(seconds):.1f} to {max(seconds):.1f} s, median {median(seconds):.1f} s"),
        ("picture sizes", examples if len(sizes) <= 3 else f"{len(sizes)} different, such as {examples}"),
        ("with sound", f"{sum(fact.sound is not None for fact in facts)} of {len(facts)}"),
        ("frames kept at", f"{video_set.settings.size}×{video_set.settings.size} pixels"),
    )


def split_rows(plan: SplitPlan, groups: Sequence[str | None]) -> tuple[SplitRow, ...]:
    """The parts of a split, how many videos each has and of how many groups.

    Args:
        plan: The split.
        groups: Of each video.
    """
    words = [f"fold {fold + 1}" for fold in plan.fold] if plan.fold else list(plan.split)
    rows = []
    for word in sorted(set(words), key=lambda word: (SPLITS.index(word) if word in SPLITS else len(SPLITS), word)):
        inside = [group for group, here in zip(groups, words, strict=True) if here == word]
        rows.append(SplitRow(word, len(inside), len(set(inside)) if any(inside) else None))
    return tuple(rows)


def timing_facts(timings: Mapping[str, float]) -> tuple[tuple[str, str], ...]:
    """What took how long.

    Args:
        timings: Seconds by stage, as in run.json.
    """
    return tuple((_TIMING_TITLES.get(name, name), f"{seconds:.1f} s") for name, seconds in timings.items())


def now() -> str:
    """The local time, for people."""
    return datetime.now().astimezone().strftime("%Y-%m-%d %H:%M %Z")
