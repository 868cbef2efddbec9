"""Findings of the doctor, and its report (reelwise/check/1)."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Literal

from reelwise.core.records import SkippedFile
from reelwise.core.short_repr import ShortRepr
from reelwise.tasks import CLASSIFICATION

SCHEMA = "reelwise/check/1"
Severity = Literal["error", "warning", "info"]
_ORDER = {"error": 0, "warning": 1, "info": 2}


class FindingKind(StrEnum):
    """What a finding is about; docs/guides/check.md explains each."""

    UNREADABLE = "unreadable"
    NO_LABEL = "no_label"
    ONE_LABEL = "one_label"
    LABEL_LEVEL = "label_level"
    LABEL_WORDS = "label_words"
    LABEL_TYPO = "label_typo"
    LABEL_CONFLICT = "label_conflict"
    FEW_VIDEOS = "few_videos"
    IMBALANCE = "imbalance"
    FAR_NUMBER = "far_number"
    EXACT_DUPLICATE = "exact_duplicate"
    NEAR_DUPLICATE = "near_duplicate"
    SPLIT_LEAK = "split_leak"
    NO_SPLIT = "no_split"
    TOO_SHORT = "too_short"
    SHORT_SEGMENT = "short_segment"
    ODD_FILE = "odd_file"
    MISSING_SOUND = "missing_sound"
    UNUSABLE_SOUND = "unusable_sound"
    SOUND_TELLS_LABEL = "sound_tells_label"
    METADATA_TELLS_LABEL = "metadata_tells_label"
    MIXED_SIZES = "mixed_sizes"
    MIXED_RATES = "mixed_rates"


@dataclass(frozen=True)
class Finding:
    """One thing that a person should know of their data.

    Args:
        kind: What it is about; code decides by this alone.
        severity: ``error`` spoils training or its score, ``warning`` may, ``info`` is good to know.
        files: The records concerned, by ``Record.name``.
        message: The finding, as a sentence; no code reads it.
        suggestion: What to do, as a sentence; may be empty.
    """

    kind: FindingKind
    severity: Severity
    files: tuple[str, ...]
    message: str
    suggestion: str = ""


@dataclass(frozen=True, repr=False)
class CheckReport(ShortRepr):
    """The report on a data set.

    Args:
        data: What was checked.
        layout: The recognized layout, in words.
        num_videos: Rows and files in all.
        num_usable: Those that can be trained on.
        labels: Usable videos per label, in the order of labels; of sets every single one; empty for numbers.
        durations: ``min``, ``median``, ``max`` and ``total`` seconds, of segments where the list has them.
        frame_rates: Videos per rounded frame rate.
        sizes: Videos per ``"WIDTHxHEIGHT"``.
        sound: Videos ``with`` and ``without`` a sound track, and those whose sound is ``usable``.
        groups: ``source`` sentence and ``count``, and the fields of ``GroupSource``.
        splits: ``method``, videos per split, and ``warnings``.
        findings: Worst first.
        skipped: What cannot be used, with reasons.
        notes: Sentences for a person on how the data was read.
        same: Sets of ``Record.name`` that show one recording; for ``plan_splits``.
        task: What the labels are, the name of one of ``tasks.TASKS``.
        target: Of numbers ``name``, ``min``, ``median`` and ``max``; else None.
        metadata: Every column with its kind, values and share missing, and why a model would not read it.
        label_candidates: What could be the label, with the flag for it; the one in use first.
    """

    data: str
    layout: str
    num_videos: int
    num_usable: int
    labels: dict[str, int]
    durations: dict[str, float]
    frame_rates: dict[str, int]
    sizes: dict[str, int]
    sound: dict[str, int]
    groups: dict[str, Any]
    splits: dict[str, Any]
    findings: tuple[Finding, ...]
    skipped: tuple[SkippedFile, ...] = ()
    notes: tuple[str, ...] = ()
    same: tuple[tuple[str, ...], ...] = field(default=())
    task: str = CLASSIFICATION.name
    target: dict[str, Any] | None = None
    metadata: tuple[dict[str, Any], ...] = ()
    label_candidates: tuple[dict[str, Any], ...] = ()

    def facts(self) -> dict[str, str]:
        """How many videos can be used, and how much is wrong."""
        usable = f"{self.num_usable} of {self.num_videos}"
        return {"data": self.data, "usable": usable, "findings": str(len(self.findings))}

    def details(self) -> dict[str, str]:
        """The findings, worst first."""
        return {f"{place}. {item.severity}": item.message for place, item in enumerate(self.findings, 1)}

    def to_json(self) -> dict[str, Any]:
        """The document ``reelwise/check/1``: plain values."""
        value = asdict(self)
        value["findings"] = [
            {**asdict(finding), "kind": finding.kind.value, "files": list(finding.files)} for finding in self.findings
        ]
        value["skipped"] = [asdict(item) for item in self.skipped]
        value["notes"] = list(self.notes)
        value["same"] = [list(names) for names in self.same]
        value["metadata"], value["label_candidates"] = list(self.metadata), list(self.label_candidates)
        return {"schema": SCHEMA, **value}


def worst_first(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Errors, then warnings, then the rest; else in the order found."""
    return tuple(sorted(findings, key=lambda finding: _ORDER[finding.severity]))
