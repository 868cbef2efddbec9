"""The verbs as Python functions; their keywords are the fields of the command's options."""

from pathlib import Path
from typing import Any

from reelwise.core.progress import Progress, Silent
from reelwise.jobs.options import CheckOptions, EvaluateOptions, InfoOptions, PredictOptions, TrainOptions


def train(data: str | Path, *, progress: Progress | None = None, **options: Any) -> Any:
    """Split, decode once, train, evaluate against baselines, and write the run folder.

    Args:
        data: Folder of class folders, a CSV/JSON list, or ``synthetic:motion``.
        progress: Who hears how far the work is; nobody by default.
        **options: Fields of :class:`reelwise.jobs.options.TrainOptions`.

    Returns:
        A Run with ``path``, ``metrics`` and ``model``.
    """
    from reelwise.jobs.train import train_job

    return train_job(TrainOptions(data=str(data), **options), progress or Silent())


def evaluate(
    model: str | Path, data: str | Path, *, progress: Progress | None = None, **options: Any
) -> dict[str, Any]:
    """Metrics of a model on any labelled data, as in metrics.json.

    Args:
        model: The model file or a run folder.
        data: Labelled videos, as for train.
        progress: Who hears how far the work is; nobody by default.
        **options: Fields of :class:`reelwise.jobs.options.EvaluateOptions`.

    Returns:
        The content of metrics.json.
    """
    from reelwise.jobs.evaluate import evaluate_job

    return evaluate_job(EvaluateOptions(model=Path(model), data=str(data), **options), progress or Silent())


def predict(model: str | Path, *inputs: str | Path, progress: Progress | None = None, **options: Any) -> list[Any]:
    """One Prediction per video, in the order in which they were found.

    Args:
        model: The model file or a run folder.
        *inputs: Videos, folders or globs.
        progress: Who hears how far the work is; nobody by default.
        **options: Fields of :class:`reelwise.jobs.options.PredictOptions`.

    Returns:
        Predictions; one that failed has its ``error``.
    """
    from reelwise.jobs.predict import predict_job

    chosen = PredictOptions(model=Path(model), inputs=tuple(map(str, inputs)), **options)
    return list(predict_job(chosen, progress or Silent()))


def check(data: str | Path, *, progress: Progress | None = None, **options: Any) -> Any:
    """The dataset doctor: every file decoded or its reason, leaks, duplicates, typos, balance.

    Args:
        data: Labelled videos, as for train.
        progress: Who hears how far the work is; nobody by default.
        **options: Fields of :class:`reelwise.jobs.options.CheckOptions`.

    Returns:
        A CheckReport; ``.to_json()`` is schema reelwise/check/1.
    """
    from reelwise.jobs.check import check_job

    return check_job(CheckOptions(data=str(data), **options), progress or Silent())


def info(path: str | Path, **options: Any) -> dict[str, Any]:
    """What a video, a model or a run is, as schema reelwise/info/1.

    Args:
        path: A video, a model file or a run folder.
        **options: Fields of :class:`reelwise.jobs.options.InfoOptions`.

    Returns:
        The document; ``status`` is ``refused`` with a ``reason`` when the file cannot be used.
    """
    from reelwise.jobs.info import info_job

    return info_job(InfoOptions(path=Path(path), **options))


def load_model(path: str | Path) -> Any:
    """A model file, checked and rebuilt without running anything that it names.

    Args:
        path: The model file or a run folder.

    Returns:
        A Model: ``.predict("new.mp4").top(3)``.

    Raises:
        ModelFileError: The file is damaged, foreign, or asks for more than it may.
    """
    from reelwise.jobs.loading import load_model as load

    return load(Path(path))
