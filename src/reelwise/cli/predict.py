"""``reelwise predict``: labels with probabilities for files, folders and globs, as they come."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from reelwise.cli import output
from reelwise.cli.progress import make_progress
from reelwise.cli.streams import nobody_reads
from reelwise.cli.visible_text import visible
from reelwise.jobs.runs.options import PredictOptions

if TYPE_CHECKING:
    from reelwise.core.results import Prediction


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
    only_prints = options.csv is None and options.annotate is None
    try:
        with closing(predict_job(options, progress)) as job:
            predictions = list(_as_they_come(job, None if json else options.top, only_prints=only_prints))
    finally:
        progress.close()
    if json:
        output.print_json(predictions_document(options, predictions))
    return int(any(prediction.error for prediction in predictions))


def _as_they_come(
    predictions: "Iterable[Prediction]", num_printed: int | None, *, only_prints: bool
) -> "Iterator[Prediction]":
    """The predictions, each after its line is printed; where they are for nothing else, as long as somebody reads."""
    for prediction in predictions:
        if num_printed is not None:
            print(line_of(prediction, num_printed), flush=True)
        yield prediction
        if only_prints and nobody_reads():
            return


def line_of(prediction: Any, top: int) -> str:
    """One line for one video."""
    return visible(f"{prediction.file}: {_text_of(prediction, top)}")


def _text_of(prediction: Any, top: int) -> str:
    from reelwise.tasks import find_task

    if prediction.error:
        return f"failed: {prediction.error}"
    if prediction.value is not None:
        return f"{prediction.labels[0]} {prediction.value:.4g}"
    scores = ", ".join(f"{score.label} {100 * score.prob:.1f} %" for score in prediction.top(top))
    labels = f"{' and '.join(prediction.labels_given) or 'none'}: " if find_task(prediction.task).has_label_sets else ""
    return f"{'unsure: ' if prediction.unsure else ''}{labels}{scores}"
