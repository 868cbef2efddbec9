"""One function per thing that can be wrong with a data set; each gives findings."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np

from reelwise.core.video import VideoFacts, WarningKind
from reelwise.datasets.dataset import Dataset
from reelwise.datasets.doctor.findings import Finding, FindingKind
from reelwise.datasets.doctor.lengths import frames_of, seconds_of
from reelwise.datasets.doctor.typos import find_label_typos
from reelwise.datasets.labels.tasks import count_labels
from reelwise.datasets.lists.folder_words import role_of_labels
from reelwise.datasets.lists.levels import in_words
from reelwise.datasets.recordings.same import SameRecording
from reelwise.datasets.splits.plan import SplitPlan
from reelwise.sampling.metadata_codes import parse_number
from reelwise.tasks import find_task

MIN_FRAMES = 16
"""Frames; the default --num-frames, under which frames of a clip would have to be repeated."""

MIN_SEGMENT_SECONDS = 0.5
"""Half a step of a walking person; chosen by reasoning."""

MIN_PER_LABEL = 5
"""Videos; with fewer, a split by 60, 20 and 20 % leaves a class without a validation or test video."""

IMBALANCE = 5
"""Times as many videos of one class as of another: from here on accuracy mostly shows the frequent class."""

_FAR = 5.0
"""Interquartile ranges beyond the quartiles; in a box plot 3 already count as far out (Tukey 1977)."""

_TELLS_LABEL = 0.8
"""Difference of the shares of two classes from which on a property of videos nearly tells the class."""

_MANY_REASONS = 20
"""More reasons than this are shown as one finding, because a report of hundreds would hide all others."""

Facts = Mapping[str, VideoFacts]


def examine(dataset: Dataset, facts: Facts, same: Sequence[SameRecording], plan: SplitPlan | None) -> Iterator[Finding]:
    """All findings on a data set whose videos have decoded."""
    yield from _unusable(dataset)
    yield from _labels(dataset)
    yield from _label_source(dataset)
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
    if len(by_reason) > _MANY_REASONS:
        files = tuple(item.file for item in dataset.skipped)
        first = dataset.skipped[0]
        message = f"{len(files)} files or rows cannot be used (the first: {first.reason})."
        yield Finding(
            FindingKind.UNREADABLE,
            "error",
            files,
            message,
            "Run `reelwise check --json`: `skipped` has the reason of each.",
        )
        return
    for reason, files in by_reason.items():
        yield Finding(
            FindingKind.UNREADABLE,
            "error",
            tuple(files),
            f"{_files(files)} cannot be used: {reason.rstrip('.')}.",
            hints[reason],
        )


def _labels(dataset: Dataset) -> Iterator[Finding]:
    counts = count_labels(dataset.records, dataset.task)
    names = _names_by_label(dataset)
    without_label = tuple(record.name for record in dataset.records if not record.label)
    if without_label:
        message = f"{_files(without_label)} {_have(without_label)} no label."
        yield Finding(
            FindingKind.NO_LABEL,
            "error",
            without_label,
            message,
            "Move each into a class folder, or list it in labels.csv.",
        )
    task = find_task(dataset.task)
    if not task.has_classes:
        yield from _numbers(dataset)
        return
    if len(counts) < task.fewest_labels:
        yield Finding(
            FindingKind.ONE_LABEL,
            "error",
            (),
            "There is only one class, so there is nothing to tell apart." if counts else "There are no labels.",
            "Put the clips of each class into a folder of its own, or give a CSV with the columns file,label.",
        )
        return
    for typo in find_label_typos(counts):
        yield Finding(
            FindingKind.LABEL_TYPO,
            "warning",
            names[typo.label],
            f"The label {typo.label!r} ({counts[typo.label]} videos) looks like {typo.likely_label!r}"
            f" ({counts[typo.likely_label]}): {typo.reason}.",
            f"If they are one class, rename {typo.label!r} to {typo.likely_label!r}; Reelwise never merges labels.",
        )
    yield from _balance(counts, names)


def _label_source(dataset: Dataset) -> Iterator[Finding]:
    """Findings on where labels come from: folders of two levels that may be classes, and names of no classes."""
    if dataset.is_label_in_doubt:
        message = f"{dataset.layout.doubt[:1].upper()}{dataset.layout.doubt[1:]}"
        yield Finding(FindingKind.LABEL_LEVEL, "error", (), message, dataset.layout.doubt_hint)
    role = role_of_labels(dataset.labels) if find_task(dataset.task).has_classes else None
    if role is not None:
        message = f"The labels ({in_words(dataset.labels)}) name {role.plural}, and no classes of what is to be seen."
        hint = "If they are not what you want to tell apart, say with --label-from where the labels are."
        yield Finding(FindingKind.LABEL_WORDS, "warning", (), message, hint)


def _numbers(dataset: Dataset) -> Iterator[Finding]:
    """Findings on numbers: all the same, or a few far from all others."""
    records = [record for record in dataset.records if record.label]
    values = np.array([parse_number(record.label) or 0.0 for record in records])
    if len(np.unique(values)) < 2:
        message = "All labels are the same number, so there is nothing to learn."
        yield Finding(FindingKind.ONE_LABEL, "error", (), message, "Name the column of the number with --label-from.")
        return
    low, high = np.quantile(values, [0.25, 0.75])
    far = np.flatnonzero((values < low - _FAR * (high - low)) | (values > high + _FAR * (high - low)))
    if high > low and 0 < len(far) <= 0.05 * len(values):
        files = tuple(records[i].name for i in far)
        examples = ", ".join(f"{values[i]:g}" for i in far[:3])
        usual = f"half of all numbers lie from {low:g} to {high:g}"
        message = f"{_files(files)} {_have(files)} a number far from all others ({examples}; {usual})."
        hint = "Check for typing errors: training squares errors, so that a few such numbers outweigh the others."
        yield Finding(FindingKind.FAR_NUMBER, "warning", files, message, hint)


def _balance(counts: Mapping[str, int], names: Mapping[str, tuple[str, ...]]) -> Iterator[Finding]:
    few = sorted(label for label, count in counts.items() if count < MIN_PER_LABEL)
    if few:
        files = tuple(name for label in few for name in names[label])
        examples = ", ".join(f"{label!r} ({counts[label]})" for label in few[:5]) + (", …" if len(few) > 5 else "")
        yield Finding(
            FindingKind.FEW_VIDEOS,
            "warning",
            files,
            f"{len(few)} of {len(counts)} classes have fewer than {MIN_PER_LABEL} videos: {examples}.",
            "Collect more of them, or leave these classes out: their scores mean little.",
        )
    most, least = max(counts, key=counts.__getitem__), min(counts, key=counts.__getitem__)
    if counts[most] >= IMBALANCE * counts[least] and counts[most] >= 10:
        yield Finding(
            FindingKind.IMBALANCE,
            "warning",
            (),
            f"{most!r} has {counts[most]} videos and {least!r} has {counts[least]}:"
            f" {counts[most] / counts[least]:.0f} times as many.",
            "Read macro F1 beside accuracy. Training gives rare classes more weight; more videos of them help more.",
        )


def _recordings(same: Sequence[SameRecording]) -> Iterator[Finding]:
    for item in same:
        names = _names_in_words(item.names)
        if item.exact:
            message, kind = f"{names} are the same file, byte for byte.", FindingKind.EXACT_DUPLICATE
        else:
            message, kind = f"{names} show the same recording ({item.how}).", FindingKind.NEAR_DUPLICATE
        yield Finding(kind, "warning", item.names, message, "Keep one of them, or give all of them the same group.")
        labels = sorted({record.label for record in item.records if record.label})
        if len(labels) > 1:
            yield Finding(
                FindingKind.LABEL_CONFLICT,
                "error",
                item.names,
                f"{names} show the same recording but are labelled {' and '.join(map(repr, labels))}.",
                "Watch them and keep the right label.",
            )


def _leaks(dataset: Dataset, same: Sequence[SameRecording], plan: SplitPlan | None) -> Iterator[Finding]:
    """Recordings and groups in more than one part of a split; only a given split can have them."""
    if plan is None:
        return
    side = {record.name: word for record, word in zip(dataset.records, plan.split, strict=True)}
    for item in same:
        sides = sorted({side[name] for name in item.names})
        if len(sides) > 1:
            message = f"{_names_in_words(item.names)} show the same recording but are in {' and '.join(sides)}."
            yield Finding(
                FindingKind.SPLIT_LEAK,
                "error",
                item.names,
                message,
                "Move them into the same part of the split, else the test score is too good.",
            )
    groups: dict[str, set[str]] = defaultdict(set)
    for record in dataset.records:
        if record.group:
            groups[record.group].add(side[record.name])
    split_groups = sorted(group for group, sides in groups.items() if len(sides) > 1)
    if split_groups:
        files = tuple(record.name for record in dataset.records if record.group in split_groups)
        where = _names_in_words(split_groups)
        message = f"{len(split_groups)} of {len(groups)} groups are in more than one part of the given split: {where}."
        yield Finding(
            FindingKind.SPLIT_LEAK,
            "error",
            files,
            message,
            "Correct the split, or remove it: Reelwise then splits by group.",
        )


def _too_short(dataset: Dataset, facts: Facts) -> Iterator[Finding]:
    seconds = {record.name: seconds_of(record, facts[record.name]) for record in dataset.records if record.segment}
    brief = tuple(name for name, value in seconds.items() if value < MIN_SEGMENT_SECONDS)
    if brief:
        word = "segment lasts" if len(brief) == 1 else "segments last"
        yield Finding(
            FindingKind.SHORT_SEGMENT,
            "warning",
            brief,
            f"{len(brief)} {word} less than {MIN_SEGMENT_SECONDS:g} s (the shortest {min(seconds.values()):.2g} s):"
            " hardly anything moves in so short a time.",
            "Check where they start and end in the list; make them longer, or leave the rows out.",
        )
    num_frames = {record.name: frames_of(record, facts[record.name]) for record in dataset.records}
    short = tuple(name for name, number in num_frames.items() if number < MIN_FRAMES and name not in brief)
    if short:
        shortest = min(num_frames[name] for name in short)
        yield Finding(
            FindingKind.TOO_SHORT,
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
        message = f"{files[0]} decodes with a warning: {examples[group]}"
        if len(files) > 1:
            message = f"{len(files)} files decode with a warning; that of the first is: {examples[group]}"
        yield Finding(FindingKind.ODD_FILE, "info", tuple(files), message)


def _sound(dataset: Dataset, facts: Facts) -> Iterator[Finding]:
    silent = tuple(record.name for record in dataset.records if facts[record.name].sound is None)
    if not silent or len(silent) == len(dataset.records):
        return
    message = f"{len(silent)} of {len(dataset.records)} videos have no sound track."
    yield Finding(
        FindingKind.MISSING_SOUND, "info", silent, message, "That is fine for models that look at frames only."
    )
    if _tells_label(dataset, frozenset(silent)):
        yield Finding(
            FindingKind.SOUND_TELLS_LABEL,
            "warning",
            (),
            "Whether a video has a sound track nearly tells its class, and a model may learn just that.",
            "Record all classes in the same way, and compare the score with that of the `container` baseline.",
        )


def _tells_label(dataset: Dataset, names: Collection[str]) -> bool:
    """Whether nearly all videos of one class, and hardly any of another, are among some."""
    shares = [sum(name in names for name in of_label) / len(of_label) for of_label in _names_by_label(dataset).values()]
    return len(shares) > 1 and len(dataset.records) >= 10 and max(shares) - min(shares) > _TELLS_LABEL


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
        yield Finding(FindingKind.UNUSABLE_SOUND, "info", tuple(files), message, hint)
    without_track = {record.name for record in dataset.records if facts[record.name].sound is None}
    if _tells_label(dataset, missing.keys()) and not _tells_label(dataset, without_track):
        yield Finding(
            FindingKind.SOUND_TELLS_LABEL,
            "warning",
            tuple(name for files in by_reason.values() for name in files),
            "Whether the sound of a video can be used nearly tells its class, and a model of sound may learn that.",
            "Convert the sound of all videos alike (`ffmpeg -i in.mkv -c:v copy -c:a aac out.mkv`), or train with"
            " --modalities frames.",
        )


def _sizes_and_rates(dataset: Dataset, facts: Facts) -> Iterator[Finding]:
    shapes = Counter(facts[r.name].width / facts[r.name].height for r in dataset.records)
    if shapes and max(shapes) > 1.5 * min(shapes):
        message = f"Picture shapes differ from {min(shapes):.2f} to {max(shapes):.2f} (width to height)."
        yield Finding(
            FindingKind.MIXED_SIZES,
            "info",
            (),
            message,
            "Every frame is resized to the same square, so that shapes are distorted.",
        )
    rates = [float(facts[record.name].frame_rate) for record in dataset.records]
    if rates and max(rates) > 1.5 * min(rates):
        message = f"Frame rates differ from {min(rates):.3g} to {max(rates):.3g} a second."
        yield Finding(
            FindingKind.MIXED_RATES,
            "info",
            (),
            message,
            "Frames of a clip are chosen by time, so that this does no harm by itself.",
        )


def _names_by_label(dataset: Dataset) -> dict[str, tuple[str, ...]]:
    names: dict[str, list[str]] = defaultdict(list)
    for record in dataset.records:
        for label in find_task(dataset.task).single_labels(record.label):
            names[label].append(record.name)
    return {label: tuple(of_label) for label, of_label in names.items()}


def _names_in_words(names: Sequence[str]) -> str:
    """Up to three names, such as ``"a.mp4, b.mp4 and c.mp4"`` or ``"a.mp4, b.mp4, c.mp4 and 4 more"``."""
    parts = [*names[:3], *([f"{len(names) - 3} more"] if names[3:] else [])]
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else parts[0]


def _files(files: Sequence[str]) -> str:
    return files[0] if len(files) == 1 else f"{len(files)} files"


def _have(files: Sequence[str]) -> str:
    return "has" if len(files) == 1 else "have"
