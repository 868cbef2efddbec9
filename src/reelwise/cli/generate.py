"""``reelwise generate``: new video from a model."""

from typing import Annotated, Any

from cyclopts import Parameter

from reelwise.cli import output
from reelwise.cli.progress import make_progress
from reelwise.jobs.runs.options import GenerateOptions

_COPY_LAST = ("psnr_copy_last", "last frame repeated, dB")
_BLEND = ("psnr_blend", "linear blend of both ends, dB")
"""The rule that a sample is compared with where the truth is known: its field, and the title of its column."""


def command(
    options: Annotated[GenerateOptions, Parameter(name="*")], *, json: bool = False, quiet: bool = False
) -> int:
    """Make new video: go on from videos with a model that predicts frames, or draw clips with a model of generation.

    A model of generation draws clips of a class or of any, goes on from a video or a picture, fills the gap between two
    of them, and makes videos longer than a clip.

    Each sample is an MP4 of its own; grid.mp4 and grid.gif show all of them, and manifest.json says how to make the
    same samples again. Where a video goes on behind --at, compare_000.mp4 shows the truth beside the sample.

    Example: `reelwise generate runs/clips-1/model.keras --from video.mp4 --out new`, or with a model of generation
    `reelwise generate runs/clips-2/model.keras --label jump --num 8 --out new`, `--from picture.png`, or
    `--between first.png last.png`

    Args:
        options: The model, what it goes on from, and where the samples go.
        json: Print manifest.json (reelwise/samples/1) and nothing else on stdout.
        quiet: No progress, only warnings.
    """
    from reelwise.jobs.generate import generate_job

    progress = make_progress(quiet)
    try:
        result = generate_job(options, progress)
    finally:
        progress.close()
    if json:
        output.print_json(result.manifest)
    else:
        print_samples(result)
    return int(result.has_failures)


def print_samples(result: Any) -> None:
    """A line per sample, then where all of them are."""
    screen = output.console()
    samples = result.manifest["samples"]
    columns = ["sample", "frames", "goes on from" if any(sample["source"] for sample in samples) else "class"]
    rule, title = _COPY_LAST if any(sample["end"] is None for sample in samples) else _BLEND
    if any(sample["truth"] for sample in samples):
        columns += ["PSNR, dB", title]
    rows = [_row(sample, rule)[: len(columns)] for sample in samples]
    screen.print(output.table("", columns, rows, numbers=(1, 3, 4)))
    if failures := [(failure["file"], failure["error"]) for failure in result.manifest["failures"]]:
        screen.print(output.table("Left out", ("file", "why"), failures))
    screen.print(output.paragraph(f"All of them: {result.path / result.manifest['grid']}"))


def _row(sample: Any, rule: str) -> tuple[str, ...]:
    source, truth = sample["source"], sample["truth"]
    given = f"{source['file']}, {source['context'][-1]['seconds']:.2f} s" if source else sample["label"] or "any"
    if end := sample["end"]:
        given += f", to {end['file']}, {end['context'][0]['seconds']:.2f} s"
    scores = (f"{truth['psnr']:.1f}", f"{truth[rule]:.1f}") if truth else ("", "")
    return sample["file"], str(sample["num_frames"]), given, *scores
