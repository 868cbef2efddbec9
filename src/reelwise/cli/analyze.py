"""``reelwise analyze``: what happens when in whole videos."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from json import dumps
from typing import Annotated, Any

from cyclopts import Parameter

from reelwise.cli import output
from reelwise.cli.progress import make_progress
from reelwise.cli.threads import use_one_thread
from reelwise.jobs.runs.options import AnalyzeOptions

_MAX_FILES = 3
"""Files that are named beside a remark; all stand in index.json."""

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
    for remark, files in files_by_remark(run.index["videos"]).items():
        names, num_more = ", ".join(files[:_MAX_FILES]), len(files) - _MAX_FILES
        if num_more > 0:
            names += f" and {num_more} more"
        kind, text = remark
        screen.print(f"[yellow]{kind}[/yellow] {output.escape(names)}: {output.escape(text)}")


def files_by_remark(videos: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str], list[str]]:
    """Files by what is to be said of them: kind and text, so that each thing is said once.

    Args:
        videos: Entries of index.json.

    Example:
        >>> refused = {"edl": "no timecode.", "fcpxml": "no timecode."}
        >>> videos = [{"file": name, "warnings": [], "refused_exports": refused} for name in ("a.mp4", "b.mp4")]
        >>> files_by_remark(videos)
        {('not written', 'edl, fcpxml: no timecode.'): ['a.mp4', 'b.mp4']}
    """
    files: dict[tuple[str, str], list[str]] = {}
    for video in videos:
        remarks = [("warning", warning) for warning in video["warnings"]]
        reasons = video["refused_exports"]
        for reason in dict.fromkeys(reasons.values()):
            formats = ", ".join(name for name, own in reasons.items() if own == reason)
            remarks.append(("not written", f"{formats}: {reason}"))
        for remark in remarks:
            files.setdefault(remark, []).append(video["file"])
    return files
