"""The report of the dataset doctor on a terminal: labels, sound, metadata, label candidates, findings, worst first."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reelwise.cli import output
from reelwise.cli.visible_text import visible

MAX_FILES_SHOWN = 4
"""Files under one finding; --json has all."""
MAX_LABELS_SHOWN = 40
"""Rows of the table of labels: one screen."""
MAX_COLUMNS_SHOWN = 20
"""Rows of the table of metadata."""
_MAX_VALUES = 48
"""Characters of the examples in a cell, so that the table fits 100 columns."""


def print_report(report: Mapping[str, Any]) -> None:
    """Print the report, as wide as the terminal."""
    screen = output.console()
    _print_labels(report, screen)
    for line in _facts(report):
        screen.print(visible(line))
    _print_metadata(report, screen)
    _print_candidates(report, screen)
    if not report["findings"]:
        screen.print("Nothing wrong was found.", style="bold")
    for finding in report["findings"]:
        _print_finding(finding, screen)


def _print_labels(report: Mapping[str, Any], screen: Any) -> None:
    title = f"{report['num_usable']} of {report['num_videos']} videos can be used"
    if report["target"]:
        target = report["target"]
        row = (target["name"], *(f"{target[key]:.4g}" for key in ("min", "median", "max")))
        screen.print(output.table(title, ("number", "lowest", "median", "highest"), [row], numbers=(1, 2, 3)))
        return
    if not report["labels"]:
        screen.print(title, style="bold")
        return
    most = max(report["labels"].values())
    rows = [(label, str(count), output.bar(count / most)) for label, count in report["labels"].items()]
    if len(rows) > MAX_LABELS_SHOWN:
        rows = [*rows[:MAX_LABELS_SHOWN], (f"and {len(rows) - MAX_LABELS_SHOWN} more", "", "")]
    screen.print(output.table(title, ("label", "videos", ""), rows, numbers=(1,)))


def _facts(report: Mapping[str, Any]) -> Iterator[str]:
    from reelwise.tasks import find_task

    yield f"read as: {report['layout']}; {find_task(report['task']).wording.labels}"
    groups = report["groups"]
    yield f"groups: {'none, ' if groups['kind'] == 'none' else ''}{groups['place']}"
    sound, num_usable = report["sound"], report["num_usable"]
    if num_usable:
        usable = f", {sound['usable']} of them usable" if sound["with"] else ""
        yield f"sound: {sound['with']} of {num_usable} videos have a track{usable}"
    split = report.get("splits", {})
    if split.get("method"):
        yield f"split: {split['method']}"
    for note in (*report["notes"], *split.get("warnings", ())):
        yield f"note: {note}"


def _print_metadata(report: Mapping[str, Any], screen: Any) -> None:
    columns = report["metadata"]
    if not columns:
        return
    shown_columns = sorted(columns, key=lambda item: bool(item["not_read"]))
    # Constant columns and facts of the file are only listed by name below.
    shown_columns = [item for item in shown_columns if item["num_values"] > 1 and item["not_read_kind"] != "file_fact"]
    rows = [(item["name"], item["kind"], _values(item), _missing(item)) for item in shown_columns[:MAX_COLUMNS_SHOWN]]
    screen.print()
    if rows:
        screen.print(output.table("Metadata", ("column", "kind", "values", "missing"), rows, numbers=(3,)))
    if len(shown_columns) > MAX_COLUMNS_SHOWN:
        screen.print(f"and {len(shown_columns) - MAX_COLUMNS_SHOWN} more columns (--json has all)", style="dim")
    reasons: dict[str, list[str]] = {}
    for item in columns:
        if item["not_read"]:
            reasons.setdefault(item["not_read"], []).append(item["name"])
    for reason, names in reasons.items():
        screen.print(visible(f"not read by --modalities metadata: {_joined_names(names)} ({reason})"), style="dim")


def _print_candidates(report: Mapping[str, Any], screen: Any) -> None:
    candidates = [item for item in report["label_candidates"] if not item["in_use"]]
    if not candidates:
        return
    rows = [
        (item["flag"], _num_classes_text(item), _joined_names(item["examples"], _MAX_VALUES, item["num_labels"]))
        for item in candidates
    ]
    screen.print()
    screen.print(output.table("What else could be the label", ("add to the command", "", "such as"), rows))


def _print_finding(finding: Mapping[str, Any], screen: Any) -> None:
    colour = {"error": "red", "warning": "yellow"}.get(finding["severity"], "cyan")
    screen.print(output.with_word(finding["severity"], colour, finding["message"]))
    files = finding["files"]
    for name in files[:MAX_FILES_SHOWN]:
        screen.print(f"    {visible(name)}", style="dim", soft_wrap=True)
    if len(files) > MAX_FILES_SHOWN:
        screen.print(f"    and {len(files) - MAX_FILES_SHOWN} more (--json names all)", style="dim")
    if finding["suggestion"]:
        screen.print(f"    → {visible(finding['suggestion'])}")


def _values(item: Mapping[str, Any]) -> str:
    if item["kind"] == "number":
        return f"{item['lowest']:.4g} to {item['highest']:.4g}"
    if not item["num_values"]:
        return "–"
    return _joined_names(item["examples"], _MAX_VALUES, item["num_values"])


def _missing(item: Mapping[str, Any]) -> str:
    return output.percent(item["num_missing"] / max(1, item["num_missing"] + item["num_given"]))


def _num_classes_text(item: Mapping[str, Any]) -> str:
    from reelwise.tasks import find_task

    return f"{item['num_labels']} {find_task(item['task']).wording.counted_labels}"


def _joined_names(names: Sequence[str], most: int = 200, total: int | None = None) -> str:
    """As many names as fit into ``most`` characters, and how many of ``total`` (or of ``names``) are left."""
    total = len(names) if total is None else total
    text, num_shown = "", 0
    for name in names:
        longer = f"{text}, {name}" if text else name[:most]
        if len(longer) > most:
            break
        text, num_shown = longer, num_shown + 1
    return f"{text} and {total - num_shown} more" if total > num_shown else text
