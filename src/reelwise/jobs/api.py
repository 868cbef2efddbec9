"""The verbs as Python functions; their keyword arguments are the fields of the command's options."""

import difflib
import weakref
from collections.abc import Generator, Sequence
from contextlib import ExitStack
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, Unpack, get_args, get_type_hints

from reelwise.cache.folder import cache_root
from reelwise.cache.scratch import scratch_folder
from reelwise.core.errors import UsageError
from reelwise.core.interrupt import StoppableProgress, StopToken
from reelwise.core.progress import Progress, Silent
from reelwise.jobs.runs.keywords import (
    AnalyzeKeywords,
    CheckKeywords,
    EvaluateKeywords,
    EvaluateShotsKeywords,
    FindKeywords,
    GenerateKeywords,
    InfoKeywords,
    PredictKeywords,
    TrainKeywords,
    TrainShotsKeywords,
)
from reelwise.jobs.runs.options import (
    AnalyzeOptions,
    CheckOptions,
    EvaluateOptions,
    FindOptions,
    GenerateOptions,
    InfoOptions,
    PredictOptions,
    TrainOptions,
)

if TYPE_CHECKING:
    from reelwise.analysis.results import LiveItem
    from reelwise.analysis.similarity.results import Matches
    from reelwise.core.results import Prediction
    from reelwise.datasets.doctor.findings import CheckReport
    from reelwise.inference.model import Model
    from reelwise.jobs.analyze import AnalyzeRun
    from reelwise.jobs.detector.job import DetectorRun
    from reelwise.jobs.documents import Info, ShotEvaluation
    from reelwise.jobs.generate import GeneratedSamples
    from reelwise.jobs.runs.folder import Run
    from reelwise.tasks import Metrics

Options = TypeVar("Options")


def train(
    data: str | Path,
    *,
    progress: Progress | None = None,
    stop: StopToken | None = None,
    **options: Unpack[TrainKeywords],
) -> "Run":
    """Split, decode once, train, evaluate against baselines, and write the run folder.

    Args:
        data: Folder of class folders, a CSV, JSON or Parquet list, or ``synthetic:motion``.
        progress: Receives what a progress bar shows; None shows nothing.
        stop: Set it in another thread, and the work ends between two of its steps.
        **options: Fields of :class:`reelwise.jobs.runs.options.TrainOptions`.

    Returns:
        The finished run with its ``path``, ``metrics`` and ``model``.

    Raises:
        UsageError: An option does not exist or makes no sense, or ``out`` is in use.
        DataError: The videos or their list cannot be used for training.
        TrainingError: Training cannot go on; the run can be resumed.
        Interruption: Ctrl-C or ``stop``; ``resume=True`` goes on where it was.
    """
    from reelwise.jobs.detector.job import MODEL_NAME
    from reelwise.jobs.train import train_job

    train_options = make_options(TrainOptions, data=str(data), **options)
    if train_options.model == MODEL_NAME:
        raise UsageError("train gives a classifier, and shots is a detector.", hint="Call train_shots instead.")
    return train_job(train_options, _listener(progress, stop))


def train_shots(
    data: str | Path,
    *,
    progress: Progress | None = None,
    stop: StopToken | None = None,
    **options: Unpack[TrainShotsKeywords],
) -> "DetectorRun":
    """Train a detector of shot boundaries on videos without labels, as ``reelwise train FOLDER --model shots`` does.

    Args:
        data: A folder of videos.
        progress: Receives what a progress bar shows; None shows nothing.
        stop: Set it in another thread, and the work ends between two of its steps.
        **options: Those fields of :class:`reelwise.jobs.runs.options.TrainOptions` that make sense for a detector.

    Returns:
        The finished run with its ``path`` and ``metrics``; ``analyze(..., model=run.weights_path)`` takes the detector.

    Raises:
        UsageError: An option does not exist or makes no sense, or ``out`` is in use.
        DataError: Fewer than two videos can be used.
        Interruption: Ctrl-C or ``stop``.
    """
    from reelwise.jobs.detector import job

    train_options = make_options(TrainOptions, data=str(data), model=job.MODEL_NAME, **options)
    return job.train_shots(train_options, _listener(progress, stop))


def evaluate(
    model: str | Path,
    data: str | Path,
    *,
    progress: Progress | None = None,
    stop: StopToken | None = None,
    **options: Unpack[EvaluateKeywords],
) -> "Metrics":
    """Metrics of a model on any labelled videos, beside the baselines that its file carries.

    Args:
        model: The model file or a run folder.
        data: Labelled videos, as for train.
        progress: Receives what a progress bar shows; None shows nothing.
        stop: Set it in another thread, and the work ends between two of its steps.
        **options: Fields of :class:`reelwise.jobs.runs.options.EvaluateOptions`.

    Returns:
        The content of metrics.json.

    Raises:
        ModelFileError: The model file cannot be used.
        DataError: The videos cannot be read, or none of their labels is one of the model's.
    """
    from reelwise.jobs.evaluate import evaluate_job

    return evaluate_job(
        make_options(EvaluateOptions, model=model, data=str(data), **options), _listener(progress, stop)
    )


def evaluate_shots(
    shots: str | Path,
    data: str | Path | None = None,
    *,
    progress: Progress | None = None,
    stop: StopToken | None = None,
    **options: Unpack[EvaluateShotsKeywords],
) -> "ShotEvaluation":
    """How good the shot boundaries of :func:`analyze` are on videos with a list of the true ones.

    Args:
        shots: List with the columns ``file,cut_frame`` or ``file,start_frame,end_frame,type``.
        data: Folder that the files of the list lie in; None for the folder of the list.
        progress: Receives what a progress bar shows; None shows nothing.
        stop: Set it in another thread, and the work ends between two of its steps.
        **options: ``model`` is the detector that is judged, shots.safetensors of :func:`train_shots` or its run folder,
            instead of the shipped one; ``out`` keeps the analyses and shot-metrics.json; ``threads`` and ``cache_dir``
            are those of :class:`reelwise.jobs.runs.options.EvaluateOptions`.

    Returns:
        The document reelwise/shot-metrics/1; a video that cannot be used has its reason in ``videos``.

    Raises:
        UsageError: ``out`` is in use, a number is out of its range, or ``model`` is no shot detector.
        ModelFileError: The detector's file is damaged.
        DataError: The list cannot be used, or none of its videos.
    """
    from reelwise.jobs.evaluate_shots import evaluate_shots_job

    folder = None if data is None else str(data)
    evaluate_options = make_options(EvaluateOptions, shots=shots, data=folder, **options)
    return evaluate_shots_job(evaluate_options, _listener(progress, stop))


def predict(
    model: str | Path,
    *inputs: str | Path,
    progress: Progress | None = None,
    stop: StopToken | None = None,
    **options: Unpack[PredictKeywords],
) -> "list[Prediction]":
    """One prediction per video, in the order of the inputs.

    Args:
        model: The model file or a run folder.
        *inputs: Videos, folders or globs.
        progress: Receives what a progress bar shows; None shows nothing.
        stop: Set it in another thread, and the work ends between two of its steps.
        **options: Fields of :class:`reelwise.jobs.runs.options.PredictOptions`.

    Returns:
        The predictions; a video that cannot be used has its reason in ``error``.

    Raises:
        UsageError: There is no model or no video, or an output exists already.
    """
    from reelwise.jobs.predict import predict_job

    paths = tuple(map(str, inputs))
    return list(
        predict_job(make_options(PredictOptions, model=model, inputs=paths, **options), _listener(progress, stop))
    )


def generate(
    model: str | Path,
    *inputs: str | Path,
    out: str | Path,
    progress: Progress | None = None,
    stop: StopToken | None = None,
    **options: Unpack[GenerateKeywords],
) -> "GeneratedSamples":
    """New video from a model: a sample for each video that it goes on from, in a folder with a manifest.

    Args:
        model: The model file or a run folder.
        *inputs: Videos, folders or globs to go on from.
        out: Folder for the samples; must be new or empty.
        progress: Receives what a progress bar shows; None shows nothing.
        stop: Set it in another thread, and the work ends between two samples.
        **options: Fields of :class:`reelwise.jobs.runs.options.GenerateOptions`.

    Returns:
        The ``files`` of the samples and the ``manifest``; a video that cannot be used has its reason there.

    Raises:
        UsageError: An option makes no sense for this model, or ``out`` is in use.
        VideoError: None of the videos can be used.
        ModelFileError: The model file cannot be used.
        Interruption: Ctrl-C or ``stop``; ``resume=True`` goes on.
    """
    from reelwise.jobs.generate import generate_job

    paths = tuple(map(str, inputs))
    generate_options = make_options(GenerateOptions, model=model, from_inputs=paths, out=out, **options)
    return generate_job(generate_options, _listener(progress, stop))


def check(
    data: str | Path,
    *,
    progress: Progress | None = None,
    stop: StopToken | None = None,
    **options: Unpack[CheckKeywords],
) -> "CheckReport":
    """The dataset doctor: unusable files with their reasons, leaks, duplicates, typos, class balance.

    Args:
        data: Labelled videos, as for train.
        progress: Receives what a progress bar shows; None shows nothing.
        stop: Set it in another thread, and the work ends between two of its steps.
        **options: Fields of :class:`reelwise.jobs.runs.options.CheckOptions`.

    Returns:
        The report; ``.to_json()`` is the document reelwise/check/1.

    Raises:
        DataError: There is no list or folder to examine.
    """
    from reelwise.jobs.check import check_job

    return check_job(make_options(CheckOptions, data=str(data), **options), _listener(progress, stop))


def analyze(
    *inputs: str | Path,
    model: "str | Path | Model | Sequence[str | Path | Model]" = (),
    progress: Progress | None = None,
    stop: StopToken | None = None,
    **options: Unpack[AnalyzeKeywords],
) -> "AnalyzeRun":
    """What happens when in whole videos: shots, keyframes, motion, sound; each with exact times and a picture.

    Args:
        *inputs: Videos, folders or globs.
        model: A classifier whose labels become a track, or several: files, run folders, or what ``load_model`` gave;
            shots.safetensors finds the shots in place of the shipped detector.
        progress: Receives what a progress bar shows; None shows nothing.
        stop: Set it in another thread, and the work ends between two of its steps.
        **options: Fields of :class:`reelwise.jobs.runs.options.AnalyzeOptions`. Without ``out`` the folder lies in the
            cache and is gone when nothing holds the run any more, or the process ends.

    Returns:
        The run with its ``path``, ``index`` and ``analyses``; a video that cannot be used has its reason in the index.

    Raises:
        UsageError: There is no video, or ``out`` is in use.
        CacheError: A result cannot be written; ``resume=True`` goes on.

    Example:
        ``rw.analyze("long.mp4", model="model.keras").to_html("timeline.html")``
    """
    from reelwise.jobs.analyze import analyze_job

    paths = tuple(map(str, inputs))
    models, loaded_models = _models(model)
    analyze_options = make_options(AnalyzeOptions, inputs=paths, model=models, **options)
    if analyze_options.out is not None or analyze_options.from_analysis is not None or not paths:
        return analyze_job(analyze_options, _listener(progress, stop), loaded_models=loaded_models)
    if analyze_options.split or analyze_options.overlay or analyze_options.resume:
        raise UsageError("split, overlay and resume need out.", hint="Give a folder as out.")
    with ExitStack() as stack:
        folder = stack.enter_context(scratch_folder(cache_root(analyze_options.cache_dir), "analysis"))
        analyze_options = replace(analyze_options, out=folder / "out")
        run = analyze_job(analyze_options, _listener(progress, stop), loaded_models=loaded_models)
        weakref.finalize(run, stack.pop_all().close)
    return run


def analyze_stream(
    source: str | Path,
    *,
    model: "str | Path | Model | Sequence[str | Path | Model]" = (),
    progress: Progress | None = None,
    stop: StopToken | None = None,
    **options: Unpack[AnalyzeKeywords],
) -> "Generator[LiveItem]":
    """What happens when in one video, each finding as soon as it is certain; of a whole file, a growing one or stdin.

    The findings are those of :func:`analyze` on the finished file. Shots come while frames go by, in order of time;
    what is made of the whole, such as the loudness, comes at the end. The generator may be closed early, by ``close``
    or by leaving the loop and letting it go: its worker ends and no folder is left.

    Args:
        source: The video; ``-`` for the one that comes on stdin.
        model: As for :func:`analyze`.
        progress: Receives what a progress bar shows.
        stop: Set it in another thread, and the work ends between two of its steps.
        **options: Fields of :class:`reelwise.jobs.runs.options.AnalyzeOptions`. ``follow=True`` waits for more at the
            end of a file that is still being written. With ``out`` the folder is written as by :func:`analyze`; without
            it nothing is, and ``picture`` of the items is None. ``resume`` and ``from_analysis`` are refused.

    Returns:
        A generator of findings with the names of their tracks. Work begins when the first one is asked for, and errors
        are raised there.

    Raises:
        UsageError: There is not one video, an option makes no sense, or ``out`` is in use.
        VideoError: The video cannot be used, maybe after some findings.
        CacheError: A result or the copy of stdin cannot be written.
        Interruption: Ctrl-C or ``stop``.
    """
    from reelwise.jobs.analyze import stream_items

    models, loaded_models = _models(model)
    analyze_options = make_options(AnalyzeOptions, inputs=(str(source),), model=models, **options)
    return stream_items(analyze_options, _listener(progress, stop), loaded_models)


def find(
    clip: str | Path,
    *inputs: str | Path,
    progress: Progress | None = None,
    stop: StopToken | None = None,
    **options: Unpack[FindKeywords],
) -> "Matches":
    """Which videos hold a passage of this clip, and where; by picture alone.

    Args:
        clip: The video that is looked for, or that holds a scene that is.
        *inputs: Videos, folders or globs to search.
        progress: Receives what a progress bar shows; None shows nothing.
        stop: Set it in another thread, and the work ends between two of its steps.
        **options: Fields of :class:`reelwise.jobs.runs.options.FindOptions`.

    Returns:
        The matches, the most certain first; a video that cannot be used has its reason in ``failures``.

    Raises:
        UsageError: There is no clip or nothing to search.
        VideoError: The clip cannot be used.
        CacheError: The cache cannot be written.
    """
    from reelwise.jobs.find import find_job

    paths = tuple(map(str, inputs))
    return find_job(make_options(FindOptions, clip=clip, inputs=paths, **options), _listener(progress, stop))


def info(path: str | Path, **options: Unpack[InfoKeywords]) -> "Info":
    """What a video, a model or a run is, as the document reelwise/info/1.

    Args:
        path: A video, a model file or a run folder.
        **options: Fields of :class:`reelwise.jobs.runs.options.InfoOptions`.

    Returns:
        The document; ``status`` is ``refused`` with a ``reason`` when the file cannot be used.

    Raises:
        UsageError: ``out`` exists, does not end in .html, or the path is not a video.
    """
    from reelwise.jobs.info import info_job

    return info_job(make_options(InfoOptions, path=path, **options))


def load_model(path: str | Path) -> "Model":
    """A model from its file, checked and rebuilt without running anything that the file names.

    Args:
        path: The model file or a run folder.

    Returns:
        The model: ``.predict("new.mp4").top(3)``.

    Raises:
        UsageError: There is no such file.
        ModelFileError: The file is damaged, was not written by Reelwise, or exceeds a limit.
    """
    from reelwise.jobs.runs.loading import load_model as load

    return load(Path(path))


def _models(
    model: "str | Path | Model | Sequence[str | Path | Model]",
) -> "tuple[tuple[Path, ...], dict[Path, Model]]":
    """The paths of models, and those of them that are loaded already.

    Raises:
        UsageError: It is no model, or a model without a file.
    """
    paths: list[Path] = []
    loaded_models: dict[Path, Model] = {}
    for each in (model,) if isinstance(model, str) or not isinstance(model, Sequence) else model:
        file = Path(each) if isinstance(each, str | Path) else getattr(each, "file", None)
        if not isinstance(file, Path):
            hint = "Give a path, or what load_model gave."
            raise UsageError(f"analyze: model is {each!r}, which has no file.", hint=hint)
        paths.append(file)
        if not isinstance(each, str | Path):
            loaded_models[file] = each
    return tuple(paths), loaded_models


def make_options(kind: type[Options], **kwargs: object) -> Options:
    """The options of a verb from keyword arguments; paths may be text.

    Args:
        kind: The dataclass of the verb.
        **kwargs: Its fields.

    Raises:
        UsageError: There is no such option, or a value has the wrong type.

    Example:
        >>> make_options(TrainOptions, data="clips", out="runs/first").out.name
        'first'
    """
    verb, types = kind.__name__.removesuffix("Options").lower(), get_type_hints(kind)
    for name in kwargs:
        if name not in types:
            raise _no_such_option(verb, name, kind)
    return kind(**{name: _convert(verb, name, value, types[name]) for name, value in kwargs.items()})


def _listener(progress: Progress | None, stop: StopToken | None) -> Progress:
    return StoppableProgress(progress or Silent(), stop) if stop is not None else progress or Silent()


def _no_such_option(verb: str, name: str, kind: Any) -> UsageError:
    names = [item.name for item in fields(kind)]
    nearest = difflib.get_close_matches(name, names, n=1)
    hint = f"Did you mean {nearest[0]}?" if nearest else f"The options are: {', '.join(names)}."
    return UsageError(f"{verb}: no option is called {name!r}.", hint=hint)


def _convert(verb: str, name: str, value: object, annotation: Any) -> object:
    """The value as its field has it: a path of text, a float of a whole number."""
    kinds = get_args(annotation) if type(None) in get_args(annotation) else (annotation,)
    if Path in kinds and isinstance(value, str):
        return Path(value)
    if float in kinds and type(value) is int:
        return float(value)
    fits = any(isinstance(value, getattr(kind, "__origin__", kind)) for kind in kinds)
    # A bool is an int to Python, but no user who writes epochs=True means epochs=1.
    if not fits or (isinstance(value, bool) and bool not in kinds):
        names = " or ".join(getattr(kind, "__name__", str(kind)) for kind in kinds if kind is not type(None))
        raise UsageError(f"{verb}: {name} is {value!r}, expected {names}.")
    return value
