"""``reelwise find``: which videos hold a clip, and where."""

from typing import Annotated, Any

from cyclopts import Parameter

from reelwise.cli import output
from reelwise.cli.progress import make_progress
from reelwise.cli.threads import use_one_thread
from reelwise.jobs.runs.options import FindOptions


def command(options: Annotated[FindOptions, Parameter(name="*")], *, json: bool = False, quiet: bool = False) -> int:
    """Find the videos that hold a passage of a clip: re-encoded, scaled, cropped, mirrored, slower or faster.

    By picture alone. Every video is decoded once; what is learned about it stays in the cache.

    Example: `reelwise find clip.mp4 films/ --out matches.html`

    Args:
        options: The clip, where to search, and a page to write.
        json: Print one JSON document (reelwise/matches/1) and nothing else on stdout.
        quiet: No progress, only warnings.
    """
    use_one_thread()
    from reelwise.jobs.find import find_job

    progress = make_progress(quiet)
    try:
        matches = find_job(options, progress)
    finally:
        progress.close()
    if json:
        output.print_json(matches.to_json())
    else:
        print_matches(matches)
    return int(matches.has_failures)


def print_matches(matches: Any) -> None:
    """A line per match: where it is in the video and in the clip, in frames and seconds."""
    screen = output.console()
    if matches.matches:
        rows = [
            (match.file, span_text(match.video), span_text(match.clip), remark_of(match), output.percent(match.score))
            for match in matches.matches
        ]
        columns = ("video", "in the video", "in the clip", "", "score")
        screen.print(output.table("", columns, rows, numbers=(4,)))
        if matches.num_matches > len(rows):
            screen.print(f"{len(rows)} of {matches.num_matches} passages; --top {matches.num_matches} shows all.")
    elif not matches.num_videos:
        clip = matches.clip.file
        why = "no video there could be read" if matches.failures else "there is no other video there"
        screen.print(output.paragraph(f"Nothing could be searched for {clip}: {why}."))
    else:
        videos = "the one video" if matches.num_videos == 1 else f"any of {matches.num_videos} videos"
        screen.print(output.paragraph(f"No passage of {matches.clip.file} is in {videos}."))
    if matches.failures:
        rows = [(failure.file, failure.error) for failure in matches.failures]
        screen.print(output.table("Not searched", ("video", "why"), rows))


def span_text(span: Any) -> str:
    """Such as ``frames 100–249, 4.00–10.00 s, 12 %``."""
    start, end = span.start, span.end
    return (
        f"frames {start.frame}–{end.frame - 1}, {start.seconds:.2f}–{end.seconds:.2f} s, {output.percent(span.share)}"
    )


def remark_of(match: Any) -> str:
    """What was done to the picture or its speed."""
    words = ["mirrored"] if match.is_mirrored else []
    if match.speed != 1:
        words.append(f"{1 / match.speed:.2f} × speed")
    return ", ".join(words)
