"""Judge a model on any labelled videos, beside the baselines that it carries."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from reelwise.core.errors import DataError, ModelFileError
from reelwise.core.files import write_json
from reelwise.core.progress import Progress
from reelwise.core.records import Skipped
from reelwise.datasets.cache import FrameCache
from reelwise.datasets.reading import read_dataset
from reelwise.jobs.loading import load_model, model_path
from reelwise.jobs.option_checks import check_data, check_numbers
from reelwise.jobs.options import EvaluateOptions
from reelwise.jobs.preparation import Prepared, cache_root, data_folder, decode_all
from reelwise.jobs.run_folder import claim_folder, write_csv, write_skipped


def evaluate_job(options: EvaluateOptions, progress: Progress) -> dict[str, Any]:
    """metrics.json of a model on labelled videos; written with report and predictions when ``out`` is given.

    Raises:
        ModelFileError: The model cannot be used.
        DataError: None of the labels is one of the model's.
    """
    check_numbers(options)
    check_data(options.data)
    model_path(options.model)
    if options.out is not None:
        claim_folder(options.out)
    model = load_model(options.model, backend=options.backend, threads=options.threads, cache_dir=options.cache_dir)
    root = cache_root(options.cache_dir)
    data = data_folder(options.data, root, options.seed, progress)
    dataset = read_dataset(data, label_from=options.label_from, group=options.group, strict=False)
    known, strangers = _known_labels(dataset, model.labels)
    if strangers:
        videos = "1 video has a label" if len(strangers) == 1 else f"{len(strangers)} videos have labels"
        progress.warn(f"{videos} that the model does not know: not counted, and listed in skipped.csv.")
    cache = FrameCache(root, options.cache_gb)
    prepared = decode_all(known, cache, model.contract.decode, options.threads, progress, strict=False)
    skipped = (*prepared.dataset.skipped, *strangers)
    return _judge(model, prepared, skipped, options, progress)


def _known_labels(dataset: Any, labels: tuple[str, ...]) -> tuple[Any, tuple[Skipped, ...]]:
    known = tuple(record for record in dataset.records if record.label in labels)
    if not known:
        raise DataError(
            f"{dataset.root}: none of its labels ({', '.join(dataset.labels[:5])}) is one of the model's.",
            hint=f"The model knows {', '.join(labels[:10])}.",
        )
    hint = f"The model knows {', '.join(labels[:10])}."
    strangers = tuple(
        Skipped(record.name, f"its label {record.label!r} is not one of the model's", hint)
        for record in dataset.records
        if record.label not in labels
    )
    return replace(dataset, records=known), strangers


def _judge(
    model: Any, prepared: Prepared, skipped: tuple[Skipped, ...], options: EvaluateOptions, progress: Progress
) -> dict[str, Any]:
    from reelwise.evaluation.baselines import Baselines, extract_features
    from reelwise.evaluation.evaluate import Judged, evaluation_metrics
    from reelwise.inference.predictor import Predictor

    records = prepared.dataset.records
    predictor = Predictor(model.keras, model.contract, options.views)
    progress.stage("evaluate")
    probs = []
    for done, record in enumerate(records, start=1):
        probs.append(predictor.predict(prepared.cache.open(record, prepared.settings), record.name))
        progress.update(done, len(records), "videos")
    y = np.array([model.labels.index(record.label) for record in records], np.int64)
    judged = Judged(
        tuple(record.name for record in records), model.labels, y, np.array(probs), tuple(r.group for r in records)
    )
    try:
        baselines = Baselines.from_arrays(model.arrays, len(model.labels))
        answers = baselines.predict(extract_features(prepared.cache.open(r, prepared.settings) for r in records))
    except ModelFileError as problem:
        progress.warn(f"no baselines beside the score: {problem.message}")
        answers = None
    metrics = evaluation_metrics(judged, answers, seed=options.seed, split="test")
    if options.out is not None:
        _write(options, options.out, model, prepared, (skipped, judged, metrics))
    return metrics


def _write(
    options: EvaluateOptions, out: Path, model: Any, prepared: Prepared, found: tuple[tuple[Skipped, ...], Any, Any]
) -> None:
    from reelwise.evaluation.evaluate import prediction_rows
    from reelwise.jobs.run_report import write_evaluation_report

    skipped, judged, metrics = found
    rows = prediction_rows(judged)
    write_csv(out / "predictions.csv", rows[0], rows[1:])
    write_skipped(out, skipped)
    write_json(out / "metrics.json", metrics)
    write_evaluation_report(options, model, prepared, skipped, judged, metrics)
