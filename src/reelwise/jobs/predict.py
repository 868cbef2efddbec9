"""Predictions for files, folders and globs, each as soon as it is made."""

from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

from reelwise.cache.folder import cache_root
from reelwise.core.column_names import prob_columns
from reelwise.core.contract import Contract
from reelwise.core.errors import UsageError
from reelwise.core.label_sets import join_labels
from reelwise.core.progress import Progress
from reelwise.core.results import Prediction
from reelwise.jobs.documents import Predictions, VideoPrediction
from reelwise.jobs.runs.device_notes import naming_device_faults, warn_of_unused_device
from reelwise.jobs.runs.folder import claim_file, write_csv
from reelwise.jobs.runs.frame_rate import check_frame_rate, with_frame_rate_at_each_step
from reelwise.jobs.runs.inputs import expand_inputs
from reelwise.jobs.runs.loading import load_model, model_path
from reelwise.jobs.runs.option_checks import check_numbers
from reelwise.jobs.runs.options import PredictOptions
from reelwise.tasks import find_task

if TYPE_CHECKING:
    from reelwise.inference.model import Model


@with_frame_rate_at_each_step
def predict_job(options: PredictOptions, progress: Progress) -> Generator[Prediction]:
    """Predictions in the order of the inputs, each as soon as it is made; a bad video fails by itself.

    Raises:
        UsageError: Nothing to predict, or an output that cannot be.
    """
    check_numbers(options)
    paths = expand_inputs(options.inputs)
    if options.annotate is not None and len(paths) != 1:
        raise UsageError(f"--annotate writes one video, {len(paths)} were named.", hint="Name one video.")
    if options.annotate is not None and options.annotate.suffix.lower() != ".mp4":
        raise UsageError(f"{options.annotate}: --annotate writes MP4.", hint="Choose a name that ends in .mp4.")
    for target in (options.csv, options.annotate):
        if target is not None and target.exists():
            raise UsageError(f"{target}: exists, and nothing is ever overwritten.", hint="Choose another name.")
    check_frame_rate(options, paths, progress)
    warn_of_unused_device(progress, options.device)
    with naming_device_faults():
        model = load_model(
            options.model,
            backend=options.backend,
            threads=options.threads,
            cache_dir=options.cache_dir,
            device=options.device,
        )
    return _predict(model, paths, options, progress)


def _predict(model: "Model", paths: list[Path], options: PredictOptions, progress: Progress) -> Generator[Prediction]:
    predictions = []
    metadata = _metadata(model.contract, paths, options, progress)
    progress.stage("predict")
    predict_kwargs = {
        "num_views": options.views,
        "scratch": cache_root(options.cache_dir),
        "num_workers": options.threads,
    }
    with claim_file(options.csv), claim_file(options.annotate):
        with naming_device_faults():
            for prediction in model.predict_many(paths, metadata, **predict_kwargs):
                predictions.append(prediction)
                progress.update(len(predictions), len(paths), "videos")
                yield prediction
        if options.csv is not None:
            write_predictions(options.csv, model.labels, predictions)
        if options.annotate is not None and not predictions[0].error:
            annotate(paths[0], predictions[0], options.annotate, progress)


def _metadata(
    contract: Contract, paths: list[Path], options: PredictOptions, progress: Progress
) -> dict[str, dict[str, str]]:
    """The metadata of each video, for a model that reads metadata."""
    if "metadata" not in contract.modalities:
        if options.metadata is not None:
            progress.warn("--metadata was given, but this model reads no metadata.")
        return {}
    # Only models of metadata need lists and JSON files beside videos, and with them the package of data sets.
    from reelwise.datasets.metadata.given import given_metadata

    metadata, notes = given_metadata(paths, options.metadata)
    for text in notes:
        progress.log(text)
    return metadata


def write_predictions(path: Path, labels: tuple[str, ...], predictions: list[Prediction]) -> None:
    """A CSV with one row per video and one probability column per label, in full precision."""
    numbers = any(not find_task(prediction.task).has_classes for prediction in predictions)
    header = ("file", "status", "error", "predicted", "unsure", *(() if numbers else prob_columns(labels)))
    rows = []
    for prediction in predictions:
        if prediction.error:
            rows.append((prediction.file, "failed", prediction.error, "", "", *([""] * (len(header) - 5))))
            continue
        predicted_text = str(prediction.value) if numbers else join_labels(prediction.labels_given)
        probs = () if numbers else map(float, prediction.probs)
        rows.append((prediction.file, "ok", "", predicted_text, str(prediction.unsure).lower(), *probs))
    write_csv(path, header, rows)


def predictions_document(options: PredictOptions, predictions: list[Prediction]) -> Predictions:
    """Schema reelwise/predictions/1."""
    videos = [_document_of(prediction, options.top) for prediction in predictions]
    return {"schema": "reelwise/predictions/1", "model": {"file": str(model_path(options.model))}, "videos": videos}


def _document_of(prediction: Prediction, num_top: int) -> VideoPrediction:
    top = [] if prediction.error else prediction.top(num_top)
    document: VideoPrediction = {
        "file": prediction.file,
        "status": "failed" if prediction.error else "ok",
        "error": prediction.error or None,
        "top": [{"label": score.label, "prob": score.prob} for score in top],
        "unsure": prediction.unsure,
        "seconds": prediction.seconds,
    }
    task = find_task(prediction.task)
    if task.has_label_sets:
        document["labels"] = [] if prediction.error else list(prediction.labels_given)
    if not task.has_classes:
        document["value"] = prediction.value
    return document


def annotate(source: Path, prediction: Prediction, target: Path, progress: Progress) -> None:
    """A copy of the video with the prediction drawn into every frame.

    Raises:
        VideoError: The source cannot be read.
    """
    from reelwise.media.annotated import write_annotated

    lines = [f"{score.label}  {100 * score.prob:.0f} %" for score in prediction.top(3)]
    if prediction.value is not None:
        lines = [f"{prediction.labels[0]}  {prediction.value:.4g}"]
    result = write_annotated(source, target, ["unsure", *lines] if prediction.unsure else lines)
    if result.sound_missing:
        progress.warn(f"{source.name}: the copy has no sound: {result.sound_missing}")
