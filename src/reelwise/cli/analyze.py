"""``reelwise analyze``: what happens when in whole videos."""

from collections.abc import Mapping
from dataclasses import asdict
from json import dumps
from typing import Annotated, Any

from cyclopts import Parameter

from reelwise.cli import output
from reelwise.cli.progress import make_progress
from reelwise.cli.threads import use_one_thread
from reelwise.jobs.runs.options import AnalyzeOptions

NO_OPTIONS = AnalyzeOptions()
"""What stands where nothing was given; the job then says what is missing."""


def command(
    options: Annotated[AnalyzeOptions, Parameter(name="*")] = NO_OPTIONS, *, json: bool = False, quiet: bool = False
) -> int:
    """Say what happens when in whole videos: shots, and how they begin; each with exact times, a score and a picture.

    Every video is decoded once. No model is needed.

    Example: `reelwise analyze holiday.mp4 --out holiday-analysis`

    Args:
        options: The videos, where the results go, and what to look for.
        json: Print index.json (reelwise/analyses/1) and nothing else on stdout.
        quiet: No progress, only warnings.
    """
    use_one_thread()
    from reelwise.jobs.analyze import analyze_job

    is_live = not json and (options.follow or "stdin:" in options.inputs)
    progress = make_progress(quiet)
    try:
        run = analyze_job(options, progress, print_item if is_live else None)
    finally:
        progress.close()
    if json:
        output.print_json(run.index)
    elif not is_live or run.has_failures:
        print_run(run)
    return int(run.has_failures)


def print_item(live_item: Any) -> None:
    """A finding as one JSON line: the name of its track, then the item as in analysis.json without its id."""
    fields = asdict(live_item.item)
    del fields["id"]
    print(dumps({"track": live_item.track} | fields, ensure_ascii=False, allow_nan=False), flush=True)


def print_run(run: Any) -> None:
    """A line per video: how much was found of what, and where its page is, or why it failed; then what was odd."""
    screen = output.console()
    rows = []
    for video in run.index["videos"]:
        if video["status"] != "ok":
            rows.append((video["file"], "failed", video["error"]))
            continue
        counts = ", ".join(f"{name} {number}" for name, number in video["found"].items())
        rows.append((video["file"], counts or "nothing", str(run.path / video["folder"] / "timeline.html")))
    screen.print(output.table("", ("video", "found", "where"), rows))
    for video in run.index["videos"]:
        name = output.escape(video["file"])
        for warning in video["warnings"]:
            screen.print(f"[yellow]warning[/yellow] {name}: {output.escape(warning)}")
        for reason, formats in formats_by_reason(video["refused_exports"]).items():
            screen.print(f"[yellow]not written[/yellow] {name}: {', '.join(formats)}: {output.escape(reason)}")


def formats_by_reason(refused_exports: Mapping[str, str]) -> dict[str, list[str]]:
    """Names of formats by why they were not written.

    Example:
        >>> formats_by_reason({"edl": "no timecode.", "fcpxml": "no timecode."})
        {'no timecode.': ['edl', 'fcpxml']}
    """
    by_reason: dict[str, list[str]] = {}
    for name, reason in refused_exports.items():
        by_reason.setdefault(reason, []).append(name)
    return by_reason
