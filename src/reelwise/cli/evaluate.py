"""``reelwise evaluate``: how good is this model on these labelled videos."""

from typing import Annotated

from cyclopts import Parameter

from reelwise.cli import output
from reelwise.cli.progress import make_progress
from reelwise.cli.train import print_metrics
from reelwise.jobs.runs.options import EvaluateOptions


def command(
    options: Annotated[EvaluateOptions, Parameter(name="*")], *, json: bool = False, quiet: bool = False
) -> None:
    """Test a model on labelled videos and compare it with the baselines in its file.

    Example: `reelwise evaluate runs/clips-1/model.keras more-clips/ --out evaluation/`

    Args:
        options: The model, the videos and where to write.
        json: Print metrics.json and nothing else on stdout.
        quiet: No progress, only warnings.
    """
    from reelwise.jobs.evaluate import evaluate_job

    progress = make_progress(quiet)
    try:
        metrics = evaluate_job(options, progress)
    finally:
        progress.close()
    if json:
        output.print_json(metrics)
        return
    print_metrics(metrics)
    if options.out is not None:
        output.console().print(f"report   {output.escape(str(options.out / 'report.html'))}", soft_wrap=True)
