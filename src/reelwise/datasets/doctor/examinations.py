"""One function per thing that can be wrong with a data set; each gives findings."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from reelwise.core.video import VideoFacts, WarningKind
from reelwise.datasets.dataset import Dataset
from reelwise.datasets.doctor.findings import Finding
from reelwise.datasets.doctor.typos import find_label_typos
from reelwise.datasets.labels.tasks import count_labels
from reelwise.datasets.recordings.same import SameRecording
from reelwise.datasets.splits.plan import SplitPlan
from reelwise.sampling.metadata_codes import parse_number
from reelwise.tasks import find_task

MIN_FRAMES = 16
MIN_PER_LABEL = 5
IMBALANCE = 5
_FAR = 5.0
Facts = Mapping[str, VideoFacts]


def examine(dataset: Dataset, facts: Facts, same: Sequence[SameRecording], plan: SplitPlan | None) -> Iterator[Finding]:
    """All findings on a data set whose videos have decoded."""
    yield from _unusable(dataset)
    yield from _labels(dataset)
    yield from _recordings(same)
    yield from _leaks(dataset, same, plan)
    yield from _too_short(dataset, facts)
    yield from _odd_files(dataset, facts)
    yield from _sound(dataset, facts)
    yield from _sizes_and_rates(dataset, facts)


def _unusable(dataset: Dataset) -> Iterator[Finding]:
    by_reason: dict[str, list[str]] = defaultdict(list)
    hints: dict[str, str] = {}
    for item in dataset.skipped:
        by_reason[item.reason].append(item.file)
        hints.setdefault(item.reason, item.hint)
    if len(by_reason) > 20:
        files = tuple(item.file for item in dataset.skipped)
        first = dataset.skipped[0]
        message = f"{len(files)} files or rows cannot be used (the first: {first.reason})."
        yield Finding("unreadable", "error", files, message, "See `skipped` for the reason of each.")
        return
    for reason, files in by_reason.items():
        yield Finding(
            "unreadable", "error", tuple(files), f"{_files(files)} cannot be used: {reason.rstrip('.')}.", hints[reason]
        )


def _labels(dataset: Dataset) -> Iterator[Finding]:
    counts = count_labels(dataset.records, dataset.task)
    names = _names_by_label(dataset)
    unlabelled = tuple(record.name for record in dataset.records if not record.label)
    if unlabelled:
        message = f"{_files(unlabelled)} {_have(unlabelled)} no label."
        yield Finding(
            "no_label", "error", unlabelled, message, "Move each into a class folder, or list it in labels.csv."
        )
    task = find_task(dataset.task)
    if not task.has_classes:
        yield from _numbers(dataset)
        return
    if len(counts) < task.fewest_labels:
        yield Finding(
            "one_label",
            "error",
            (),
            f"There {'is one class only' if counts else 'are no labels'}: nothing to tell apart.",
            "Put the clips of each class into a folder of its own, or give a CSV with the columns file,label.",
        )
        return
    for typo in find_label_typos(counts):
        yield Finding(
            "label_typo",
            "warning",
            names[typo.label],
            f"The label {typo.label!r} ({counts[typo.label]} videos) looks like {typo.meant!r}"
            f" ({counts[typo.meant]}): {typo.reason}.",
            f"If they are one class, rename {typo.label!r} to {typo.meant!r}; Reelwise never merges labels by itself.",
        )
    yield from _balance(counts, names)


def _numbers(dataset: Dataset) -> Iterator[Finding]:
    """Numbers that hardly differ, and single ones far from all others, which squared errors follow."""
    records = [record for record in dataset.records if record.label]
    values = np.array([parse_number(record.label) or 0.0 for record in records])
    if len(np.unique(values)) < 2:
        message = "There is one number only: nothing to tell apart."
        yield Finding("one_label", "error", (), message, "Give a column with the number to learn.")
        return
    low, high = np.quantile(values, [0.25, 0.75])
    far = np.flatnonzero((values < low - _FAR * (high - low)) | (values > high + _FAR * (high - low)))
    if high > low and 0 < len(far) <= 0.05 * len(values):
        files = tuple(records[i].name for i in far)
        shown = ", ".join(f"{values[i]:g}" for i in far[:3])
        message = (
            f"{_files(files)} {_have(files)} a number far from all others ({shown}; half lie from {low:g} to {high:g})."
        )
        yield Finding("far_number", "warning", files, message, "Look whether it is a slip: errors are squared.")


def _balance(counts: Mapping[str, int], names: Mapping[str, tuple[str, ...]]) -> Iterator[Finding]:
    few = sorted(label for label, count in counts.items() if count < MIN_PER_LABEL)
    if few:
        files = tuple(name for label in few for name in names[label])
        listed = ", ".join(f"{label!r} ({counts[label]})" for label in few[:5]) + (", …" if len(few) > 5 else "")
        yield Finding(
            "few_videos",
            "warning",
            files,
            f"{len(few)} of {len(counts)} classes have fewer than {MIN_PER_LABEL} videos: {listed}.",
            "Collect more of them, or leave these classes out: their scores mean little.",
        )
    most, least = max(counts, key=counts.__getitem__), min(counts, key=counts.__getitem__)
    if counts[most] >= IMBALANCE * counts[least] and counts[most] >= 10:
        yield Finding(
            "imbalance",
            "warning",
            (),
            f"{most!r} has {counts[most]} videos, {least!r} {counts[least]}: {counts[most] / counts[least]:.0f} times.",
            "Look at macro F1 beside accuracy; training weighs classes, but more videos of the rare ones help more.",
        )


def _recordings(same: Sequence[SameRecording]) -> Iterator[Finding]:
    for item in same:
        listed = _listed(item.names)
        if item.exact:
            message, kind = f"{listed} are the same file, byte for byte.", "exact_duplicate"
        else:
            message, kind = f"{listed} show the same recording ({item.how}).", "near_duplicate"
        yield Finding(kind, "warning", item.names, message, "Keep one of them, or give them the same group.")
        labels = sorted({record.label for record in item.records if record.label})
        if len(labels) > 1:
            yield Finding(
                "label_conflict",
                "error",
                item.names,
                f"{listed} show the same recording but are labelled {' and '.join(map(repr, labels))}.",
                "Watch it and keep the right label.",
            )


def _leaks(dataset: Dataset, same: Sequence[SameRecording], plan: SplitPlan | None) -> Iterator[Finding]:
    """Recordings and groups on two sides of a split; only a split that was given can have them."""
    if plan is None:
        return
    side = {record.name: word for record, word in zip(dataset.records, plan.split, strict=True)}
    for item in same:
        sides = sorted({side[name] for name in item.names})
        if len(sides) > 1:
            message = f"{_listed(item.names)} show the same recording and stand in {' and '.join(sides)}."
            yield Finding(
                "split_leak", "error", item.names, message, "Move them to one side: the test knows the answer."
            )
    groups: dict[str, set[str]] = defaultdict(set)
    for record in dataset.records:
        if record.group:
            groups[record.group].add(side[record.name])
    torn = sorted(group for group, sides in groups.items() if len(sides) > 1)
    if torn:
        files = tuple(record.name for record in dataset.records if record.group in torn)
        message = f"{len(torn)} of {len(groups)} groups stand on several sides of the given split: {_listed(torn)}."
        yield Finding("split_leak", "error", files, message, "Leave the split out: Reelwise splits by group.")


def _too_short(dataset: Dataset, facts: Facts) -> Iterator[Finding]:
    short = tuple(record.name for record in dataset.records if facts[record.name].num_frames < MIN_FRAMES)
    if short:
        shortest = min(facts[name].num_frames for name in short)
        yield Finding(
            "too_short",
            "warning",
            short,
            f"{_files(short)} {_have(short)} fewer than {MIN_FRAMES} frames (the shortest {shortest}).",
            "Leave them out, or train with a smaller --num-frames.",
        )


def _odd_files(dataset: Dataset, facts: Facts) -> Iterator[Finding]:
    by_kind: dict[str, list[str]] = defaultdict(list)
    examples: dict[str, str] = {}
    for record in dataset.records:
        for warning in facts[record.name].warnings:
            # What has no kind of its own is only the same where the sentences are.
            group = warning.text if warning.kind is WarningKind.OTHER else warning.kind
            by_kind[group].append(record.name)
            examples.setdefault(group, warning.text)
    for group, files in by_kind.items():
        message = f"{_files(files)} decode{'s' if len(files) == 1 else ''} with a warning: {examples[group]}"
        yield Finding("odd_file", "info", tuple(files), message)


def _sound(dataset: Dataset, facts: Facts) -> Iterator[Finding]:
    silent = tuple(record.name for record in dataset.records if facts[record.name].sound is None)
    if not silent or len(silent) == len(dataset.records):
        return
    message = f"{len(silent)} of {len(dataset.records)} videos have no sound track."
    yield Finding("missing_sound", "info", silent, message, "That is fine for models that look at frames only.")
    shares = {}
    for label, names in _names_by_label(dataset).items():
        shares[label] = sum(facts[name].sound is not None for name in names) / len(names)
    if len(shares) > 1 and max(shares.values()) - min(shares.values()) > 0.8 and len(dataset.records) >= 10:
        yield Finding(
            "sound_tells_label",
            "warning",
            (),
            "Whether a video has sound nearly tells its class: a model may learn that instead.",
            "Record all classes in the same way; compare with the `container` baseline.",
        )


def unusable_sound(dataset: Dataset, facts: Facts, missing: Mapping[str, str]) -> Iterator[Finding]:
    """Sound tracks that are of no use to a model: silent ones, and those that do not decode.

    Args:
        dataset: Videos that decode.
        facts: By name.
        missing: Why there is no usable sound, by name.
    """
    by_reason: dict[str, list[str]] = defaultdict(list)
    for record in dataset.records:
        if record.name in missing and facts[record.name].sound is not None:
            by_reason[missing[record.name]].append(record.name)
    for reason, files in by_reason.items():
        message = f"{_files(files)} {_have(files)} {reason.rstrip('.')}."
        hint = "To a model that uses sound, these videos are videos without sound."
        yield Finding("unusable_sound", "info", tuple(files), message, hint)


def _sizes_and_rates(dataset: Dataset, facts: Facts) -> Iterator[Finding]:
    shapes = Counter(facts[r.name].width / facts[r.name].height for r in dataset.records)
    if shapes and max(shapes) > 1.5 * min(shapes):
        message = f"Picture shapes differ from {min(shapes):.2f} to {max(shapes):.2f} (width to height)."
        yield Finding("mixed_sizes", "info", (), message, "Frames are resized to one square, so shapes are distorted.")
    rates = [float(facts[record.name].frame_rate) for record in dataset.records]
    if rates and max(rates) > 1.5 * min(rates):
        message = f"Frame rates differ from {min(rates):.3g} to {max(rates):.3g} a second."
        yield Finding("mixed_rates", "info", (), message, "Clips are taken by time, so this does no harm by itself.")


def _names_by_label(dataset: Dataset) -> dict[str, tuple[str, ...]]:
    names: dict[str, list[str]] = defaultdict(list)
    for record in dataset.records:
        for label in find_task(dataset.task).single_labels(record.label):
            names[label].append(record.name)
    return {label: tuple(listed) for label, listed in names.items()}


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:3])
    return (
        shown.replace(", ", " and ")
        if len(names) == 2
        else shown + (f" and {len(names) - 3} more" if names[3:] else "")
    )


def _files(files: Sequence[str]) -> str:
    return files[0] if len(files) == 1 else f"{len(files)} files"


def _have(files: Sequence[str]) -> str:
    return "has" if len(files) == 1 else "have"
