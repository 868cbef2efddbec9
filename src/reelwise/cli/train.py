"""``reelwise train``: a folder of videos in, a judged model out."""

from typing import Annotated, Any

from cyclopts import Parameter

from reelwise.cli import output
from reelwise.cli.progress import make_progress
from reelwise.jobs.options import TrainOptions


def command(options: Annotated[TrainOptions, Parameter(name="*")], *, json: bool = False, quiet: bool = False) -> None:
    """Train a model on labelled videos, judge it against simple baselines, and write the run folder.

    Example: `reelwise train clips/ --folds 4 --budget 10m`

    Args:
        options: What to train on and how.
        json: Print metrics.json and nothing else on stdout.
        quiet: No progress, only warnings.
    """
    from reelwise.jobs.train import train_job

    progress = make_progress(quiet)
    try:
        run = train_job(options, progress)
    finally:
        progress.close()
    if json:
        output.print_json(run.metrics)
        return
    print_run(run)


def print_run(run: Any) -> None:
    """The verdict, the score beside the baselines, and where things are."""
    screen = output.console()
    if run.leaderboard:
        rows = [
            (
                row["model"],
                output.percent(row["accuracy"]),
                f"{row['clips_per_second']:.1f}",
                output.file_size(row["size"]),
            )
            for row in run.leaderboard
        ]
        screen.print(output.table("Leaderboard", ("model", "accuracy", "clips/s", "size"), rows, numbers=(1, 2, 3)))
    print_metrics(run.metrics)
    screen.print(f"report   {output.escape(str(run.path / 'report.html'))}", soft_wrap=True)
    screen.print(f"model    {output.escape(str(run.path / 'model.keras'))}", soft_wrap=True)
    screen.print(
        f"predict  reelwise predict {output.escape(str(run.path / 'model.keras'))} new.mp4", soft_wrap=True, style="dim"
    )


def print_metrics(metrics: dict[str, Any]) -> None:
    """The verdict and one line per score."""
    screen = output.console()
    low, high = metrics["accuracy_ci95"]
    rows = [("this model", metrics["accuracy"], f"95 % interval {100 * low:.0f}–{100 * high:.0f} %")]
    rows += [(name.replace("_", " "), entry["accuracy"], "") for name, entry in metrics.get("baselines", {}).items()]
    screen.print()
    screen.print(output.escape(metrics["verdict"]), style="bold")
    lines = [(name, output.percent(value), output.bar(value), note) for name, value, note in rows]
    videos = "1 video" if metrics["num_videos"] == 1 else f"{metrics['num_videos']} videos"
    title = f"Accuracy on {videos} ({metrics['split'].replace('_', ' ')})"
    screen.print(output.table(title, ("", "accuracy", "", ""), lines, numbers=(1,)))
