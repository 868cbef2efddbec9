"""What the doctor says of metadata: every column, whether a model would read it, and what tells the label."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from reelwise.datasets.dataset import Dataset
from reelwise.datasets.doctor.findings import Finding, FindingKind
from reelwise.datasets.doctor.label_candidates import label_candidates
from reelwise.datasets.metadata.columns import MAX_CHOSEN, Column, candidate_columns
from reelwise.datasets.metadata.rules import NotRead, find_giveaway, how_it_tells, is_container_fact, why_not_read
from reelwise.tasks import find_task

_FEW_VALUES = 4
_ON_LABELS = (FindingKind.NO_LABEL, FindingKind.ONE_LABEL, FindingKind.LABEL_WORDS)


def metadata_columns(dataset: Dataset) -> list[dict[str, Any]]:
    """One plain dictionary per column: kind, values, how many are missing, and why a model would not read it."""
    rows = [record.metadata for record in dataset.records]
    return [_column_json(column, dataset, len(rows)) for column in candidate_columns(rows)]


def candidates_json(dataset: Dataset) -> list[dict[str, Any]]:
    """What could be the label, as plain values, best first."""
    candidates = [asdict(item) for item in label_candidates(dataset)]
    return [{**item, "examples": list(item["examples"]), "score": round(item["score"], 2)} for item in candidates]


def metadata_findings(dataset: Dataset) -> Iterator[Finding]:
    """Columns from which the label can be told: in other words, or because each value goes with one label."""
    labels = [record.label for record in dataset.records]
    names = dict.fromkeys(name for record in dataset.records for name in record.metadata)
    for name in list(names)[: 4 * MAX_CHOSEN]:
        if name in dataset.reserved_columns or not find_task(dataset.task).has_classes or is_container_fact(name):
            continue
        values = [record.metadata.get(name, "").strip() for record in dataset.records]
        if giveaway := find_giveaway(name, values, labels):
            yield Finding(FindingKind.METADATA_TELLS_LABEL, "warning", (), giveaway.message, giveaway.suggestion)
        elif how_it_tells(values, labels) and _FEW_VALUES * len(set(values)) <= len(values):
            message = f"Each value of the column {name!r} goes with one label only."
            hint = "A model that reads metadata can tell the label by it alone: is that so for new videos too?"
            yield Finding(FindingKind.METADATA_TELLS_LABEL, "info", (), message, hint)


def point_to_labels(findings: Sequence[Finding], candidates: Sequence[Mapping[str, Any]]) -> tuple[Finding, ...]:
    """Findings on labels that are missing, with the flag that would give some."""
    flag = next((item["flag"] for item in candidates if not item["in_use"]), "")
    return tuple(
        replace(finding, suggestion=f"Add {flag} if that is the label. {finding.suggestion}".strip())
        if flag and finding.kind in _ON_LABELS
        else finding
        for finding in findings
    )


def _column_json(column: Column, dataset: Dataset, num_rows: int) -> dict[str, Any]:
    reason = _why_not_read(column, dataset, num_rows)
    return {
        "name": column.name,
        "kind": column.kind,
        "num_given": column.num_given,
        "num_missing": column.num_missing,
        "num_values": column.num_values,
        "examples": list(column.examples),
        "lowest": column.lowest,
        "highest": column.highest,
        "not_read": reason.text if reason else "",
        "not_read_kind": reason.value if reason else "",
    }


def _why_not_read(column: Column, dataset: Dataset, num_rows: int) -> NotRead | None:
    if column.name == dataset.label_column:
        return NotRead.LABEL
    if column.name == dataset.group_source.column:
        return NotRead.GROUP
    return why_not_read(column.name, column.kind, column.num_given, column.num_values, num_rows)
