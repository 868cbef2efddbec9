"""The verbs as Python functions; their keyword arguments are the fields of the command's options."""

import weakref
from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from reelwise.cache.folder import cache_root
from reelwise.cache.scratch import scratch_folder
from reelwise.core.errors import UsageError
from reelwise.core.interrupt import StoppableProgress, StopToken, whole_imports
from reelwise.core.progress import Progress
from reelwise.jobs.python_progress import PythonProgress
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
from reelwise.jobs.runs.option_values import make_options
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
        progress: Receives what a progress bar shows; None gives Python warnings and, at a terminal, a line of progress.
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
    with whole_imports():
        from reelwise.jobs.detector.job import MODEL_NAME
        from reelwise.jobs.train import train_job

    train_options = make_options(TrainOptions, data=str(data), **options)
    if train_options.model == MODEL_NAME:
        raise UsageError("train gives a classifier, and shots is a detector.", hint="Call train_shots instead.")
    with _listener(progress, stop) as listener:
        return train_job(train_options, listener)


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
        progress: Receives what a progress bar shows; None gives Python warnings and, at a terminal, a line of progress.
        stop: Set it in another thread, and the work ends between two of its steps.
        **options: Those fields of :class:`reelwise.jobs.runs.options.TrainOptions` that make sense for a detector.

    Returns:
        The finished run with its ``path`` and ``metrics``; ``analyze(..., model=run.weights_path)`` takes the detector.

    Raises:
        UsageError: An option does not exist or makes no sense, or ``out`` is in use.
        DataError: Fewer than two videos can be used.
        Interruption: Ctrl-C or ``stop``.
    """
    with whole_imports():
        from reelwise.jobs.detector import job

    train_options = make_options(TrainOptions, data=str(data), model=job.MODEL_NAME, **options)
    with _listener(progress, stop) as listener:
        return job.train_shots(train_options, listener)


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
        progress: Receives what a progress bar shows; None gives Python warnings and, at a terminal, a line of progress.
        stop: Set it in another thread, and the work ends between two of its steps.
        **options: Fields of :class:`reelwise.jobs.runs.options.EvaluateOptions`.

    Returns:
        The content of metrics.json.

    Raises:
        ModelFileError: The model file cannot be used.
        DataError: The videos cannot be read, or none of their labels is one of the model's.
    """
    with whole_imports():
        from reelwise.jobs.evaluate import evaluate_job

    evaluate_options = make_options(EvaluateOptions, model=model, data=str(data), **options)
    with _listener(progress, stop) as listener:
        return evaluate_job(evaluate_options, listener)


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
        progress: Receives what a progress bar shows; None gives Python warnings and, at a terminal, a line of progress.
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
    with whole_imports():
        from reelwise.jobs.evaluate_shots import evaluate_shots_job

    folder = None if data is None else str(data)
    evaluate_options = make_options(EvaluateOptions, shots=shots, data=folder, **options)
    with _listener(progress, stop) as listener:
        return evaluate_shots_job(evaluate_options, listener)


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
        progress: Receives what a progress bar shows; None gives Python warnings and, at a terminal, a line of progress.
        stop: Set it in another thread, and the work ends between two of its steps.
        **options: Fields of :class:`reelwise.jobs.runs.options.PredictOptions`.

    Returns:
        The predictions; a video that cannot be used has its reason in ``error``.

    Raises:
        UsageError: There is no model or no video, or an output exists already.
    """
    with whole_imports():
        from reelwise.jobs.predict import predict_job

    predict_options = make_options(PredictOptions, model=model, inputs=tuple(map(str, inputs)), **options)
    with _listener(progress, stop) as listener:
        return list(predict_job(predict_options, listener))


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
        progress: Receives what a progress bar shows; None gives Python warnings and, at a terminal, a line of progress.
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
    with whole_imports():
        from reelwise.jobs.generate import generate_job

    paths = tuple(map(str, inputs))
    generate_options = make_options(GenerateOptions, model=model, from_inputs=paths, out=out, **options)
    with _listener(progress, stop) as listener:
        return generate_job(generate_options, listener)


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
        progress: Receives what a progress bar shows; None gives Python warnings and, at a terminal, a line of progress.
        stop: Set it in another thread, and the work ends between two of its steps.
        **options: Fields of :class:`reelwise.jobs.runs.options.CheckOptions`.

    Returns:
        The report; ``.to_json()`` is the document reelwise/check/1.

    Raises:
        DataError: There is no list or folder to examine.
    """
    with whole_imports():
        from reelwise.jobs.check import check_job

    check_options = make_options(CheckOptions, data=str(data), **options)
    with _listener(progress, stop) as listener:
        return check_job(check_options, listener)


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
        progress: Receives what a progress bar shows; None gives Python warnings and, at a terminal, a line of progress.
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
    with whole_imports():
        from reelwise.jobs.analyze import analyze_job

    paths = tuple(map(str, inputs))
    models, loaded_models = _models(model)
    analyze_options = make_options(AnalyzeOptions, inputs=paths, model=models, **options)
    if analyze_options.out is not None or analyze_options.from_analysis is not None or not paths:
        with _listener(progress, stop) as listener:
            return analyze_job(analyze_options, listener, loaded_models=loaded_models)
    if analyze_options.split or analyze_options.overlay or analyze_options.resume:
        raise UsageError("split, overlay and resume need out.", hint="Give a folder as out.")
    with ExitStack() as stack:
        folder = stack.enter_context(scratch_folder(cache_root(analyze_options.cache_dir), "analysis"))
        analyze_options = replace(analyze_options, out=folder / "out")
        with _listener(progress, stop) as listener:
            run = analyze_job(analyze_options, listener, loaded_models=loaded_models)
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
    models, loaded_models = _models(model)
    analyze_options = make_options(AnalyzeOptions, inputs=(str(source),), model=models, **options)
    return _stream(analyze_options, loaded_models, progress, stop)


def _stream(
    options: AnalyzeOptions, loaded_models: "dict[Path, Model]", progress: Progress | None, stop: StopToken | None
) -> "Generator[LiveItem]":
    with whole_imports():
        from reelwise.jobs.analyze import stream_items
    with _listener(progress, stop) as listener:
        yield from stream_items(options, listener, loaded_models)


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
        progress: Receives what a progress bar shows; None gives Python warnings and, at a terminal, a line of progress.
        stop: Set it in another thread, and the work ends between two of its steps.
        **options: Fields of :class:`reelwise.jobs.runs.options.FindOptions`.

    Returns:
        The matches, the most certain first; a video that cannot be used has its reason in ``failures``.

    Raises:
        UsageError: There is no clip or nothing to search.
        VideoError: The clip cannot be used.
        CacheError: The cache cannot be written.
    """
    with whole_imports():
        from reelwise.jobs.find import find_job

    paths = tuple(map(str, inputs))
    find_options = make_options(FindOptions, clip=clip, inputs=paths, **options)
    with _listener(progress, stop) as listener:
        return find_job(find_options, listener)


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
    with whole_imports():
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
    with whole_imports():
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


@contextmanager
def _listener(progress: Progress | None, stop: StopToken | None) -> Iterator[Progress]:
    """What receives the progress of a call."""
    with ExitStack() as stack:
        receiver = stack.enter_context(PythonProgress()) if progress is None else progress
        yield receiver if stop is None else StoppableProgress(receiver, stop)
