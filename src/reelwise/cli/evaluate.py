"""``reelwise evaluate``: how good is this model on these labelled videos, or how good are shot boundaries."""

from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from reelwise.cli import output
from reelwise.cli.progress import make_progress
from reelwise.cli.threads import use_one_thread
from reelwise.cli.train import print_metrics
from reelwise.cli.visible_text import visible
from reelwise.jobs.runs.options import EvaluateOptions

if TYPE_CHECKING:
    from reelwise.jobs.documents import ShotEvaluation
    from reelwise.metrics.match_counts import MatchScores

NO_OPTIONS = EvaluateOptions()
"""What stands where nothing was given; the job then says what is missing."""


def command(
    options: Annotated[EvaluateOptions, Parameter(name="*")] = NO_OPTIONS, *, json: bool = False, quiet: bool = False
) -> int:
    """Test a model on labelled videos and compare it with the baselines in its file; with --shots test boundaries.

    Example: `reelwise evaluate runs/clips-1/model.keras more-clips/ --out evaluation/`

    Args:
        options: The model, the videos and where to write.
        json: Print metrics.json and nothing else on stdout.
        quiet: No progress, only warnings.
    """
    return _evaluate_model(options, json, quiet) if options.shots is None else _evaluate_shots(options, json, quiet)


def _evaluate_model(options: EvaluateOptions, json: bool, quiet: bool) -> int:
    from reelwise.jobs.evaluate import evaluate_job

    progress = make_progress(quiet)
    try:
        metrics = evaluate_job(options, progress)
    finally:
        progress.close()
    if json:
        output.print_json(metrics)
        return 0
    print_metrics(metrics)
    if options.out is not None:
        output.console().print(f"report   {visible(str(options.out / 'report.html'))}", soft_wrap=True)
    return 0


def _evaluate_shots(options: EvaluateOptions, json: bool, quiet: bool) -> int:
    """1 where a video of the list failed."""
    use_one_thread()
    from reelwise.jobs.evaluate_shots import evaluate_shots_job

    progress = make_progress(quiet)
    try:
        document = evaluate_shots_job(options, progress)
    finally:
        progress.close()
    if json:
        output.print_json(document)
    else:
        print_shot_scores(document)
    return int(any(video["status"] == "failed" for video in document["videos"]))


def print_shot_scores(document: "ShotEvaluation") -> None:
    """Precision, recall and F1 by tolerance, of cuts and of gradual transitions, and what the scores are worth."""
    tolerances = {"0": "exact", "1": "1 frame off", "2": "2 frames off"}
    rows = [_row(f"all boundaries, {tolerances[key]}", scores) for key, scores in document["boundaries"].items()]
    rows += [_row(f"cuts, {tolerances[key]}", scores) for key, scores in document["cuts"].items()]
    if document["gradual"]["num_truths"] or document["gradual"]["num_predictions"]:
        rows.append(_row("gradual, by interval", document["gradual"]))
    screen = output.console()
    videos = "1 video" if document["num_videos"] == 1 else f"{document['num_videos']} videos"
    columns = ("", "precision", "recall", "F1", "right", "predicted", "true")
    screen.print(output.table(f"Shot boundaries of {videos}", columns, rows, numbers=range(1, 7)))
    if document["type_accuracy"] is not None:
        screen.print(f"type of gradual transitions right: {output.percent(document['type_accuracy'])}")
    if document["calibration_error"] is not None:
        screen.print(f"scores differ from how often they are right by {document['calibration_error']:.3f}")
    for video in document["videos"]:
        if video["error"] is not None:
            screen.print(visible(f"failed   {video['file']}: {video['error']}"), soft_wrap=True)


def _row(name: str, scores: "MatchScores") -> tuple[str, ...]:
    ratios = (output.ratio(scores[key]) for key in ("precision", "recall", "f1"))
    counts = (str(scores[key]) for key in ("num_matches", "num_predictions", "num_truths"))
    return (name, *ratios, *counts)
