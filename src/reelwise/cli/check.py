"""``reelwise check``: the dataset doctor."""

from typing import Annotated

from cyclopts import Parameter

from reelwise.cli import output
from reelwise.cli.check_report import print_report
from reelwise.cli.progress import make_progress
from reelwise.jobs.runs.options import CheckOptions


def command(options: Annotated[CheckOptions, Parameter(name="*")], *, json: bool = False, quiet: bool = False) -> int:
    """Decode every video and list what is wrong with the data set, and what to do about it.

    Finds unreadable, too short, duplicate and near-duplicate files, the same recording on both sides of a split, label
    typos and imbalance; shows sound, metadata and what could be the label.

    Ends with 1 where more than half of the videos cannot be used: training refuses such data.

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
    else:
        print_report(report)
    return int(not report["num_usable"] or 2 * report["num_usable"] < report["num_videos"])
