"""``reelwise check``: the dataset doctor."""

from typing import Annotated, Any

from cyclopts import Parameter

from reelwise.cli import output
from reelwise.cli.progress import make_progress
from reelwise.jobs.options import CheckOptions

MAX_FILES_SHOWN = 4


def command(options: Annotated[CheckOptions, Parameter(name="*")], *, json: bool = False, quiet: bool = False) -> None:
    """Decode every video and say what is wrong with the data set, and what to do about it.

    Finds unreadable, too short, duplicate and near-duplicate files, the same recording on both sides of a split, label
    typos and imbalance.

    Example: `reelwise check clips/`

    Args:
        options: The videos and how to read them.
        json: Print one JSON document (reelwise/check/1) and nothing else on stdout.
        quiet: No progress, only warnings.
    """
    from reelwise.jobs.check import check_job

    progress = make_progress(quiet)
    try:
        report = check_job(options, progress).to_json()
    finally:
        progress.close()
    if json:
        output.print_json(report)
        return
    print_report(report)


def print_report(report: dict[str, Any]) -> None:
    """Labels as bars, then one paragraph per finding, worst first."""
    screen = output.console()
    most = max(report["labels"].values(), default=1)
    rows = [(label, str(count), output.bar(count / most)) for label, count in report["labels"].items()]
    title = f"{report['num_usable']} of {report['num_videos']} videos can be used"
    screen.print(output.table(title, ("label", "videos", ""), rows, numbers=(1,)))
    if not report["findings"]:
        screen.print("Nothing wrong was found.", style="bold")
    for finding in report["findings"]:
        colour = {"error": "red", "warning": "yellow"}.get(finding["severity"], "cyan")
        screen.print(f"[{colour}]{finding['severity']}[/{colour}] {output.escape(finding['message'])}")
        files = finding["files"]
        for name in files[:MAX_FILES_SHOWN]:
            screen.print(f"    {output.escape(name)}", style="dim", soft_wrap=True)
        if len(files) > MAX_FILES_SHOWN:
            screen.print(f"    and {len(files) - MAX_FILES_SHOWN} more (--json names all)", style="dim")
        if finding["suggestion"]:
            screen.print(f"    → {output.escape(finding['suggestion'])}")
