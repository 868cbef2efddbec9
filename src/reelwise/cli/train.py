"""``reelwise train``: a folder of videos in, a judged model out."""

import shlex
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from reelwise.cli import output
from reelwise.cli.progress import make_progress
from reelwise.cli.visible_text import visible
from reelwise.jobs.runs.options import TrainOptions

if TYPE_CHECKING:
    from reelwise.tasks import Score


def command(options: Annotated[TrainOptions, Parameter(name="*")], *, json: bool = False, quiet: bool = False) -> None:
    """Train a model on labelled videos, compare it with simple baselines, and write the run folder.

    `--model shots` trains a detector of shot boundaries instead, on the videos of a folder without labels.

    Example: `reelwise train clips/ --folds 4 --budget 10m`

    Args:
        options: What to train on and how.
        json: Print metrics.json and nothing else on stdout.
        quiet: No progress, only warnings.
    """
    from reelwise.jobs.detector.job import MODEL_NAME, train_shots
    from reelwise.jobs.train import train_job

    is_detector = options.model == MODEL_NAME
    progress = make_progress(quiet)
    try:
        run = train_shots(options, progress) if is_detector else train_job(options, progress)
    finally:
        progress.close()
    if json:
        output.print_json(run.metrics)
    elif is_detector:
        print_detector(run)
    else:
        print_run(run)


def print_detector(run: Any) -> None:
    """How good the detector is beside the shipped one, on edits of videos that were held back."""
    screen = output.console()
    rows = [
        (
            name,
            output.ratio(metrics["boundaries"]["1"]["f1"]),
            output.ratio(metrics["cuts"]["1"]["f1"]),
            output.ratio(metrics["gradual"]["f1"]),
        )
        for name, metrics in (("this detector", run.metrics), ("shipped", run.metrics["baselines"]["shipped_detector"]))
    ]
    columns = ("F1 within a frame", "boundaries", "cuts", "gradual")
    screen.print(output.table("Edits of held-out videos", columns, rows, numbers=(1, 2, 3)))
    screen.print(f"detector {visible(str(run.weights_path))}", soft_wrap=True)


def print_run(run: Any) -> None:
    """The verdict, the score beside the baselines, and where things are."""
    screen = output.console()
    if run.leaderboard:
        from reelwise.tasks import task_of

        score = task_of(run.metrics).score
        key = score.name
        rows = [
            (
                row["model"],
                "–" if row[key] is None else _number(score, row[key]),
                f"{row['clips_per_second']:.1f}",
                output.file_size(row["size"]),
            )
            for row in run.leaderboard
        ]
        screen.print(output.table("Leaderboard", ("model", key, "clips/s", "size"), rows, numbers=(1, 2, 3)))
    print_metrics(run.metrics)
    screen.print(f"report   {visible(str(run.path / 'report.html'))}", soft_wrap=True)
    screen.print(f"model    {visible(str(run.path / 'model.keras'))}", soft_wrap=True)
    from reelwise.tasks import task_of

    command = task_of(run.metrics).wording.next_command.format(model=shlex.quote(str(run.path / "model.keras")))
    screen.print(f"next     {visible(command)}", soft_wrap=True, style="dim")


def print_metrics(metrics: dict[str, Any]) -> None:
    """The verdict and one line per score, then what each part of the videos is worth."""
    from reelwise.evaluation.verdict import shown_baselines
    from reelwise.tasks import Metrics, task_of

    screen, score = output.console(), task_of(metrics).score
    key = score.name
    screen.print()
    screen.print(visible(metrics["verdict"]), style="bold")
    if metrics[key] is None:  # the verdict says why
        return
    interval = metrics[f"{key}_ci95"]  # none of very few clips
    ends = " to ".join(_number(score, edge) for edge in interval) if interval else ""
    rows = [("this model", metrics[key], f"95 % interval {ends}" if ends else "")]
    rows += [(name.replace("_", " "), entry[key], "") for name, entry in shown_baselines(Metrics(metrics)).items()]
    videos = "1 video" if metrics["num_videos"] == 1 else f"{metrics['num_videos']} videos"
    title = f"{score.words[:1].upper()}{score.words[1:]} on {videos} ({metrics['split'].replace('_', ' ')})"
    screen.print(_table(title, score, rows))
    if parts := _worth_rows(metrics, key):
        screen.print(_table("How much each modality helps", score, parts))


def _worth_rows(metrics: dict[str, Any], key: str) -> list[tuple[str, float, str]]:
    entries = [(name.replace("+", " + "), entry) for name, entry in metrics.get("modalities", {}).items()]
    if len(entries) < 2:
        return []
    return [(name, entry[key], "together" if place == 0 else "") for place, (name, entry) in enumerate(entries)]


def _table(title: str, score: "Score", rows: list[tuple[str, float, str]]) -> Any:
    most = max((value for _, value, _ in rows), default=0.0) or 1.0
    share = (lambda value: value) if score.is_share else (lambda value: value / most)
    lines = [(name, _number(score, value), output.bar(share(value)), note) for name, value, note in rows]
    return output.table(title, ("", score.name, "", ""), lines, numbers=(1,))


def _number(score: "Score", value: float) -> str:
    return output.percent(value) if score.is_share else f"{value:.4g}{score.unit}"
