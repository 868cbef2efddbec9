"""The verbs as Python functions; their keywords are the fields of the command's options."""

import difflib
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args, get_type_hints

from reelwise.core.errors import UsageError
from reelwise.core.progress import Progress, Silent
from reelwise.jobs.runs.options import CheckOptions, EvaluateOptions, InfoOptions, PredictOptions, TrainOptions


def train(data: str | Path, *, progress: Progress | None = None, **options: Any) -> Any:
    """Split, decode once, train, evaluate against baselines, and write the run folder.

    Args:
        data: Folder of class folders, a CSV/JSON list, or ``synthetic:motion``.
        progress: Who hears how far the work is; nobody by default.
        **options: Fields of :class:`reelwise.jobs.runs.options.TrainOptions`.

    Returns:
        A Run with ``path``, ``metrics`` and ``model``.
    """
    from reelwise.jobs.train import train_job

    return train_job(make_options(TrainOptions, data=str(data), **options), progress or Silent())


def evaluate(
    model: str | Path, data: str | Path, *, progress: Progress | None = None, **options: Any
) -> dict[str, Any]:
    """Metrics of a model on any labelled data, as in metrics.json.

    Args:
        model: The model file or a run folder.
        data: Labelled videos, as for train.
        progress: Who hears how far the work is; nobody by default.
        **options: Fields of :class:`reelwise.jobs.runs.options.EvaluateOptions`.

    Returns:
        The content of metrics.json.
    """
    from reelwise.jobs.evaluate import evaluate_job

    return evaluate_job(make_options(EvaluateOptions, model=model, data=str(data), **options), progress or Silent())


def predict(model: str | Path, *inputs: str | Path, progress: Progress | None = None, **options: Any) -> list[Any]:
    """One Prediction per video, in the order in which they were found.

    Args:
        model: The model file or a run folder.
        *inputs: Videos, folders or globs.
        progress: Who hears how far the work is; nobody by default.
        **options: Fields of :class:`reelwise.jobs.runs.options.PredictOptions`.

    Returns:
        Predictions; one that failed has its ``error``.
    """
    from reelwise.jobs.predict import predict_job

    chosen = make_options(PredictOptions, model=model, inputs=tuple(map(str, inputs)), **options)
    return list(predict_job(chosen, progress or Silent()))


def check(data: str | Path, *, progress: Progress | None = None, **options: Any) -> Any:
    """The dataset doctor: every file decoded or its reason, leaks, duplicates, typos, balance.

    Args:
        data: Labelled videos, as for train.
        progress: Who hears how far the work is; nobody by default.
        **options: Fields of :class:`reelwise.jobs.runs.options.CheckOptions`.

    Returns:
        A CheckReport; ``.to_json()`` is schema reelwise/check/1.
    """
    from reelwise.jobs.check import check_job

    return check_job(make_options(CheckOptions, data=str(data), **options), progress or Silent())


def info(path: str | Path, **options: Any) -> dict[str, Any]:
    """What a video, a model or a run is, as schema reelwise/info/1.

    Args:
        path: A video, a model file or a run folder.
        **options: Fields of :class:`reelwise.jobs.runs.options.InfoOptions`.

    Returns:
        The document; ``status`` is ``refused`` with a ``reason`` when the file cannot be used.
    """
    from reelwise.jobs.info import info_job

    return info_job(make_options(InfoOptions, path=path, **options))


def load_model(path: str | Path) -> Any:
    """A model file, checked and rebuilt without running anything that it names.

    Args:
        path: The model file or a run folder.

    Returns:
        A Model: ``.predict("new.mp4").top(3)``.

    Raises:
        ModelFileError: The file is damaged, foreign, or asks for more than it may.
    """
    from reelwise.jobs.runs.loading import load_model as load

    return load(Path(path))


def make_options(kind: Any, **given: Any) -> Any:
    """The options of a verb from keywords: paths may be text, and what does not fit is refused by name.

    Args:
        kind: The dataclass of the verb.
        **given: Its fields.

    Raises:
        UsageError: No such option, or a value of the wrong type.

    Example:
        >>> make_options(TrainOptions, data="clips", out="runs/first").out.name
        'first'
    """
    verb, types = kind.__name__.removesuffix("Options").lower(), get_type_hints(kind)
    for name in given:
        if name not in types:
            nearest = difflib.get_close_matches(name, types, n=1)
            known = ", ".join(item.name for item in fields(kind))
            hint = f"Did you mean {nearest[0]}?" if nearest else f"There are: {known}."
            raise UsageError(f"{verb}: no option is called {name!r}.", hint=hint)
    return kind(**{name: _fitting(verb, name, value, types[name]) for name, value in given.items()})


def _fitting(verb: str, name: str, value: Any, wanted: Any) -> Any:
    kinds = get_args(wanted) if type(None) in get_args(wanted) else (wanted,)
    if Path in kinds and isinstance(value, str):
        return Path(value)
    if float in kinds and type(value) is int:
        return float(value)
    # A bool is an int to Python, but nobody means it so.
    fits = any(isinstance(value, getattr(one, "__origin__", one)) for one in kinds)
    if not fits or (isinstance(value, bool) and bool not in kinds):
        told = " or ".join(getattr(one, "__name__", str(one)) for one in kinds if one is not type(None))
        raise UsageError(f"{verb}: {name} is {value!r}, expected {told}.")
    return value
