"""``reelwise analyze``: what happens when in whole videos."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Annotated, Any

from cyclopts import Parameter

from reelwise.cli import output
from reelwise.cli.progress import make_progress
from reelwise.cli.streams import print_error_line
from reelwise.cli.threads import use_one_thread
from reelwise.jobs.runs.options import AnalyzeOptions

_MAX_FILES = 3
"""Files that are named beside a remark; all stand in index.json."""

_NUMBER = re.compile(r"\d+(?:\.\d+)?")

NO_OPTIONS = AnalyzeOptions()
"""What stands where nothing was given; the job then says what is missing."""


def command(
    options: Annotated[AnalyzeOptions, Parameter(name="*")] = NO_OPTIONS, *, json: bool = False, quiet: bool = False
) -> int:
    """Say what happens when in whole videos, each finding with exact times, a score and a picture.

    Shots and how they begin, keyframes, the motion of the camera, faults of the picture, sound and its onsets; with
    --model what a trained classifier recognizes. Every video is decoded once. No model is needed.

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
    elif is_live:
        print_problems(run)
    else:
        print_run(run)
    return int(run.has_failures)


def print_item(live_item: Any) -> None:
    """A finding as one JSON line (reelwise/finding/1): its track, then the item as in analysis.json without its id."""
    fields = asdict(live_item.item)
    del fields["id"]
    line = {"schema": "reelwise/finding/1", "track": live_item.track} | fields
    output.print_json_line(line)


def print_problems(run: Any) -> None:
    """Why a video failed, on stderr: stdout holds JSON lines alone."""
    for video in run.videos:
        if video["error"]:
            print_error_line(f"error: {video['file']}: {video['error']}")


def print_run(run: Any) -> None:
    """A line per video: how much was found of what, and where its page is, or why it failed; then what was odd."""
    screen = output.console()
    rows = []
    for video in run.videos:
        if video["folder"] is None:
            rows.append((video["file"], "failed", video["error"]))
            continue
        counts = ", ".join(f"{name} {number}" for name, number in video["found"].items())
        rows.append((video["file"], counts or "nothing", str(run.path / video["folder"] / "timeline.html")))
    screen.print(output.table("", ("video", "found", "where"), rows))
    for video in run.videos:
        if video["error"] and video["folder"]:  # the analysis is whole, a copy beside it is not
            screen.print(output.Paragraph(output.with_word("failed", "red", f"{video['file']}: {video['error']}")))
    for kind, text in remarks_on(run.videos):
        screen.print(output.Paragraph(output.with_word(kind, "yellow", text)))


def remarks_on(videos: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """What is odd, as kind and text: each thing once, with the files that it is true of.

    What differs in its numbers alone is one thing.

    Args:
        videos: Entries of index.json.

    Example:
        >>> refused = {"edl": "no timecode.", "fcpxml": "no timecode."}
        >>> warnings = {"a.mp4": ["gaps: 1 frame is missing."], "b.mp4": ["gaps: 7 frames are missing."], "c.mp4": []}
        >>> videos = [{"file": name, "warnings": own, "refused_exports": refused} for name, own in warnings.items()]
        >>> for kind, text in remarks_on(videos):
        ...     print(kind, "|", text)
        warning | a.mp4: gaps: 1 frame is missing.
        not written | a.mp4, b.mp4, c.mp4: edl, fcpxml: no timecode.
        warning | b.mp4: gaps: 7 frames are missing.
    """
    alike: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for video in videos:
        remarks = [("warning", warning) for warning in video["warnings"]]
        reasons = video["refused_exports"]
        for reason in dict.fromkeys(reasons.values()):
            formats = ", ".join(name for name, own in reasons.items() if own == reason)
            remarks.append(("not written", f"{formats}: {reason}"))
        for kind, text in remarks:
            alike.setdefault((kind, _NUMBER.sub("0", text)), []).append((video["file"], text))
    return [(kind, _remark(pairs)) for (kind, _), pairs in alike.items()]


def _remark(pairs: Sequence[tuple[str, str]]) -> str:
    """Files with what is true of them, as one sentence."""
    files, texts = (list(dict.fromkeys(each)) for each in zip(*pairs, strict=True))
    names, num_more = ", ".join(files[:_MAX_FILES]), len(files) - _MAX_FILES
    if num_more > 0:
        names += f" and {num_more} more"
    where = "" if len(texts) == 1 else " These are the numbers of the first; index.json has all."
    return f"{names}: {texts[0]}{where}"
