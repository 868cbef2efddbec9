"""Test a model on any labelled videos and compare it with the baselines in its file."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from reelwise.cache.folder import cache_root
from reelwise.cache.frame_cache import FrameCache
from reelwise.core.backend import backend_environment
from reelwise.core.errors import DataError, ModelFileError, UsageError
from reelwise.core.files import write_json
from reelwise.core.frames import DecodedVideo
from reelwise.core.progress import Progress
from reelwise.core.records import Record, SkippedFile
from reelwise.datasets.dataset import require_clear_labels
from reelwise.datasets.reading import read_dataset
from reelwise.inference.picture_rates import rates_as_in_training
from reelwise.jobs.runs.decoding import VideoSet, decode_dataset, decode_sound
from reelwise.jobs.runs.device_notes import naming_device_faults, warn_of_unused_device
from reelwise.jobs.runs.folder import claim_folder, write_csv, write_skipped
from reelwise.jobs.runs.folder_lock import folder_in_use
from reelwise.jobs.runs.frame_rate import with_frame_rate
from reelwise.jobs.runs.loading import load_model, model_path
from reelwise.jobs.runs.option_checks import check_data, check_numbers, refuse_other_options
from reelwise.jobs.runs.options import EvaluateOptions
from reelwise.jobs.runs.synthetic_data import data_folder
from reelwise.jobs.runs.views_ahead import head_outputs_in_order
from reelwise.media.frame_rates import use_frame_rates
from reelwise.sampling.frame_order import FrameOrder

if TYPE_CHECKING:
    from reelwise.tasks import Metrics


_FOR_LABELS = (
    "model", "data", "out", "views", "group", "label_from", "ablate", "seed", "backend", "device", "threads",
    "cache_dir", "cache_gb", "frame_rate",
)  # fmt: skip
"""Options that models of labels have a use for."""


@with_frame_rate
def evaluate_job(options: EvaluateOptions, progress: Progress) -> "Metrics":
    """metrics.json of a model on labelled videos; written with report and predictions when ``out`` is given.

    Raises:
        ModelFileError: The model cannot be used.
        DataError: None of the labels is one of the model's.
    """
    check_numbers(options)
    check_data(_model_and_data(options)[1])
    root = cache_root(options.cache_dir)
    with backend_environment(options.backend, options.threads, root, options.device), naming_device_faults():
        warn_of_unused_device(progress, options.device)
        return _evaluate(options, progress)


def _model_and_data(options: EvaluateOptions) -> tuple[Path, str]:
    """The model and the data, which only --shots goes without."""
    if options.shots is not None:
        hint = "Use `reelwise evaluate --shots TRUTH.csv` or rw.evaluate_shots."
        raise UsageError("--shots judges boundaries, not a model.", hint=hint)
    if options.model is None or options.data is None:
        missing = "MODEL" if options.model is None else "DATA"
        raise UsageError(
            f"{missing} is missing.", hint="Example: reelwise evaluate runs/clips-1/model.keras more-clips/"
        )
    return options.model, options.data


def _evaluate(options: EvaluateOptions, progress: Progress) -> "Metrics":
    if options.ablate not in ("off", "mask"):
        raise UsageError(f"--ablate is {options.ablate!r}, expected mask or off.", hint="Leave --ablate out.")
    model_file, data_name = _model_and_data(options)
    model_path(model_file)
    with ExitStack() as stack:
        if options.out is not None:
            stack.enter_context(folder_in_use(options.out))
            claim_folder(options.out)
        model = load_model(
            model_file,
            backend=options.backend,
            threads=options.threads,
            cache_dir=options.cache_dir,
            device=options.device,
        )
        with use_frame_rates(rates_as_in_training(model.contract)):
            return EVALUATIONS[model.contract.output.gives](options, model, data_name, progress)


def _evaluate_labels(options: EvaluateOptions, model: Any, data_name: str, progress: Progress) -> "Metrics":
    refuse_other_options(options, _FOR_LABELS, "models of labels")
    root = cache_root(options.cache_dir)
    data = data_folder(data_name, root, options.seed, progress)
    contract = model.contract
    dataset = read_dataset(data, label_from=options.label_from, group=options.group, strict=False, task=contract.task)
    require_clear_labels(dataset)
    usable, strangers = dataset.for_labels(contract.labels)
    if not usable.records:
        raise DataError(
            f"{dataset.root}: none of its labels ({', '.join(dataset.labels[:5])}) is one of the model's.",
            hint=f"The model knows {', '.join(contract.labels[:10])}.",
        )
    if strangers:
        videos = "1 video has a label" if len(strangers) == 1 else f"{len(strangers)} videos have labels"
        progress.warn(f"{videos} that the model does not know: not counted, and listed in skipped.csv.")
    cache = FrameCache(root, options.cache_gb)
    video_set = decode_dataset(usable, cache, contract.input.decode, options.threads, progress, strict=False)
    if contract.input.sound is not None:
        video_set = decode_sound(video_set, contract.input.sound, options.threads, progress)
    if contract.input.images is not None:
        from reelwise.jobs.runs.image_features import extract_images

        video_set = extract_images(video_set, contract.input.images, options.threads, progress)
    skipped_files = (*video_set.dataset.skipped, *strangers)
    return _predict_and_score(model, video_set, skipped_files, options, progress)


def _predict_and_score(
    model: Any,
    video_set: VideoSet,
    skipped_files: tuple[SkippedFile, ...],
    options: EvaluateOptions,
    progress: Progress,
) -> "Metrics":
    from reelwise.evaluation.evaluate import evaluation_metrics
    from reelwise.inference.model import describe_missing_modalities
    from reelwise.inference.predictor import Predictor
    from reelwise.jobs.runs.learned_from import num_learned_from
    from reelwise.jobs.runs.recordings import units_of
    from reelwise.tasks import LabeledPredictions

    records, contract = video_set.dataset.records, model.contract
    learned_from = num_learned_from(model, video_set, progress)
    predictor = Predictor(model.keras, contract, options.views)
    progress.stage("evaluate")
    probs, lacking = [], []
    videos = ((video, record.name) for record, video in _with_videos(video_set))
    for done, (video, head_outputs) in enumerate(head_outputs_in_order(predictor, videos), start=1):
        probs.append(predictor.probs_of_heads(head_outputs))
        lacking.append(describe_missing_modalities(contract, video))
        progress.update(done, len(records), "videos")
    if any(lacking):
        _warn_of_guesses(list(filter(None, lacking)), progress)
    predictions = LabeledPredictions(
        tuple(record.name for record in records),
        contract.labels,
        replace(video_set.dataset, labels=contract.labels).targets(records),
        np.array(probs),
        units_of(video_set),
        task=contract.task,
        thresholds=contract.output.calibration.thresholds,
    )
    baseline_probs = _predict_baselines(model, video_set, progress)
    ablation = None
    if options.ablate == "mask":
        ablation = _predict_masked(predictor, contract.modalities, video_set, progress)
    metrics = evaluation_metrics(
        predictions,
        baseline_probs,
        seed=options.seed,
        split="test",
        modalities=contract.modalities,
        ablation=ablation,
        learned_from=learned_from,
    )
    if options.out is not None:
        _write(options, options.out, model, video_set, (skipped_files, predictions, metrics))
    return metrics


def _predict_baselines(model: Any, video_set: VideoSet, progress: Progress) -> dict[str, np.ndarray] | None:
    """{baseline: (N, C)} of the baselines in the model file; None when it has none that can be used."""
    from reelwise.evaluation.baselines import Baselines, extract_features

    contract = model.contract
    columns = [column.name for column in contract.input.metadata]
    try:
        baselines = Baselines.from_arrays(model.arrays, len(contract.labels), task=contract.task)
        videos = (video for _, video in _with_videos(video_set))
        return baselines.predict(
            extract_features(videos, reads_sound=contract.input.sound is not None, columns=columns)
        )
    except ModelFileError as problem:
        progress.warn(f"no baselines beside the score: {problem.message}")
        return None


def _warn_of_guesses(lacking: list[str], progress: Progress) -> None:
    have, they, they_count = ("has", "it", "counts") if len(lacking) == 1 else ("have", "them", "count")
    videos = "1 video" if len(lacking) == 1 else f"{len(lacking)} videos"
    progress.warn(
        f"{videos} {have} {lacking[0]}, and the model reads nothing else: its prediction for {they} is a guess that"
        f" {they_count} here, and `reelwise predict` refuses {they}."
    )


def _predict_masked(predictor: Any, modalities: tuple[str, ...], video_set: VideoSet, progress: Progress) -> Any:
    """Predictions for all videos with each modality masked in turn."""
    from reelwise.evaluation.modality_ablation import AblatedPredictions, predict_ablations

    def predict(index: int, masked_modalities: frozenset[str], frame_order: FrameOrder) -> np.ndarray:
        (video,) = video_set.videos([index])
        name = video_set.dataset.records[index].name
        return predictor.predict(video, name, masked_modalities=masked_modalities, frame_order=frame_order)

    indices = range(len(video_set.dataset.records))
    progress.stage("mask modalities")
    probs = predict_ablations(predict, indices, modalities, lambda done, of: progress.update(done, of, "videos"))
    return AblatedPredictions(modalities, probs, np.arange(len(indices))) if probs else None


def _with_videos(video_set: VideoSet) -> Iterator[tuple[Record, DecodedVideo]]:
    """Each record with its video, one at a time."""
    for index, record in enumerate(video_set.dataset.records):
        (video,) = video_set.videos([index])
        yield record, video


def _write(
    options: EvaluateOptions,
    out: Path,
    model: Any,
    video_set: VideoSet,
    results: tuple[tuple[SkippedFile, ...], Any, Any],
) -> None:
    from reelwise.evaluation.evaluate import prediction_rows
    from reelwise.jobs.classifier.report import write_evaluation_report

    skipped_files, predictions, metrics = results
    rows = prediction_rows(predictions)
    write_csv(out / "predictions.csv", rows[0], rows[1:])
    write_skipped(out, skipped_files)
    write_json(out / "metrics.json", metrics)
    write_evaluation_report(options, model, video_set, skipped_files, predictions, metrics)


def _evaluate_frames(options: EvaluateOptions, model: Any, data_name: str, progress: Progress) -> "Metrics":
    from reelwise.jobs.predictor.evaluate import evaluate_predictor  # loads Keras

    return evaluate_predictor(options, model, data_name, progress)


def _evaluate_clips(options: EvaluateOptions, model: Any, data_name: str, progress: Progress) -> "Metrics":
    from reelwise.jobs.generator.evaluate import evaluate_generator  # loads Keras

    return evaluate_generator(options, model, data_name, progress)


EVALUATIONS: dict[str, Callable[[EvaluateOptions, Any, str, Progress], "Metrics"]] = {
    "labels": _evaluate_labels,
    "frames": _evaluate_frames,
    "clips": _evaluate_clips,
}
"""By what a model gives."""
