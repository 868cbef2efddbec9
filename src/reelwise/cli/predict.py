"""``reelwise predict``: labels with probabilities for files, folders and globs, as they come."""

from typing import Annotated, Any

from cyclopts import Parameter

from reelwise.cli import output
from reelwise.cli.progress import make_progress
from reelwise.jobs.runs.options import PredictOptions


def command(options: Annotated[PredictOptions, Parameter(name="*")], *, json: bool = False, quiet: bool = False) -> int:
    """Predict what videos show, with probabilities; "unsure" where the best one is too low to rely on.

    Example: `reelwise predict runs/clips-1/model.keras new/*.mp4 --csv predictions.csv`

    Args:
        options: The model, the videos and where to write.
        json: Print one JSON document (reelwise/predictions/1) and nothing else on stdout.
        quiet: No progress, only warnings.
    """
    from reelwise.jobs.predict import predict_job, predictions_document

    progress = make_progress(quiet)
    predictions = []
    try:
        for prediction in predict_job(options, progress):
            predictions.append(prediction)
            if not json:
                print(line_of(prediction, options.top), flush=True)
    finally:
        progress.close()
    if json:
        output.print_json(predictions_document(options, predictions))
    return int(any(prediction.error for prediction in predictions))


def line_of(prediction: Any, top: int) -> str:
    """One line for one video."""
    from reelwise.tasks import find_task

    name = "".join(
        c if c.isprintable() else c.encode("unicode_escape", "backslashreplace").decode() for c in prediction.file
    )
    if prediction.error:
        return f"{name}: failed: {prediction.error}"
    if prediction.value is not None:
        return f"{name}: {prediction.labels[0]} {prediction.value:.4g}"
    scores = ", ".join(f"{score.label} {100 * score.prob:.1f} %" for score in prediction.top(top))
    labels = f"{' and '.join(prediction.labels_given) or 'none'}: " if find_task(prediction.task).has_label_sets else ""
    return f"{name}: {'unsure: ' if prediction.unsure else ''}{labels}{scores}"
