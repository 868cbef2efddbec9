"""The main job: decode once, split, train, compare with baselines, refit, write the run folder."""

import json
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reelwise.cache.folder import cache_root
from reelwise.core.backend import BackendInfo, backend_environment, device_in_use, running_backend
from reelwise.core.devices import unused_device_warning
from reelwise.core.errors import Interruption, ReelwiseError, UsageError
from reelwise.core.interrupt import Termination
from reelwise.core.progress import Progress
from reelwise.jobs.detector.job import refuse_detector
from reelwise.jobs.runs.context import RunContext
from reelwise.jobs.runs.device_notes import device_change, naming_device_faults
from reelwise.jobs.runs.folder import (
    Run,
    begun_backend,
    configuration_of,
    latest_run_path,
    make_run_folder,
    read_run,
    start_run,
)
from reelwise.jobs.runs.folder_lock import folder_in_use
from reelwise.jobs.runs.frame_rate import with_frame_rate
from reelwise.jobs.runs.options import TrainOptions
from reelwise.jobs.training_kinds import TrainingKind, training_kind

if TYPE_CHECKING:
    from reelwise.inference.model import Model


@with_frame_rate
def train_job(options: TrainOptions, progress: Progress) -> Run:
    """Do the whole job, or with ``resume`` what is left of it.

    Raises:
        UsageError: Options that make no sense, or an --out that is in use.
        DataError: Videos that no model can be trained on.
        TrainingError: Training cannot continue; the run can be resumed.
    """
    refuse_detector(options.model)
    kind = training_kind(options)
    kind.check_options(options)
    path = options.out or (latest_run_path(options.data) if options.resume else None)
    name = options.backend
    if options.resume and path is not None:
        name = name or _backend_of_run(path)
        read_run(path)  # says that there is no run, before a folder is made
    root = cache_root(options.cache_dir)
    with backend_environment(name, options.threads, root, options.device) as backend:
        path = path or make_run_folder(options.data)
        with folder_in_use(path):
            return _train(kind, options, path, backend, progress)


def _backend_of_run(path: Path) -> str | None:
    """The back end that a run began on; None where that does not matter.

    Raises:
        UsageError: Keras runs on another one in this process, as in a notebook that imported it before.
    """
    name, running = begun_backend(path), running_backend()
    if name is not None and running not in (None, name):
        raise UsageError(
            f"{path}: was begun on {name}, and its checkpoints need that; Keras runs on {running} here already.",
            hint=f"Start Python anew (in a notebook: restart the kernel) with KERAS_BACKEND={name}, then resume.",
        )
    return name


def _train(kind: TrainingKind, options: TrainOptions, path: Path, backend: BackendInfo, progress: Progress) -> Run:
    document = start_run(path, configuration_of(options), options.resume)
    if document.get("status") == "finished":
        progress.log(f"{path} is finished already; nothing is left to do.")
        return finished_run(path)
    changes = list(document.get("changes", ()))
    context = RunContext(
        path, backend, options.seed, progress,
        notes=changes.copy(), precisions=dict(document.get("precision", {})), changes=changes,
    )  # fmt: skip
    with _status_on_failure(context), naming_device_faults():
        context.warn(unused_device_warning(options.device))
        start = _load_start(options, kind)
        _note_change(context, document)
        return kind.train()(options, context, backend, start)


def _note_change(context: RunContext, document: Mapping[str, Any]) -> None:
    """Say that a resumed run goes on on another device or with other threads, in this and every later resume."""
    if change := device_change(document, device_in_use(), context.backend.threads):
        context.changes.append(change)
        context.warn(change)


@contextmanager
def _status_on_failure(context: RunContext) -> Iterator[None]:
    """Write to run.json why a run ended early."""
    try:
        yield
    except Interruption:
        _save(context, "interrupted")
        raise
    except KeyboardInterrupt as stop:
        _save(context, "interrupted")
        number = stop.signal_number if isinstance(stop, Termination) else signal.SIGINT.value
        message = f"{context.path}: stopped; what was done is kept."
        raise Interruption(message, hint="Go on with --resume.", signal_number=number) from None
    except ReelwiseError as problem:
        _save(context, "failed", error=str(problem))
        raise


def _save(context: RunContext, status: str, **fields: Any) -> None:
    # On a full disk the reason of the failure matters more than its note in run.json.
    with suppress(OSError):
        context.save(status, **fields)


def finished_run(path: Path) -> Run:
    """The Run of a folder whose job is done."""
    from reelwise.tasks import read_metrics

    metrics = json.loads((path / "metrics.json").read_text(encoding="utf-8"))
    board = tuple(read_run(path).get("leaderboard", ()))
    return Run(path, read_metrics(metrics), board if len(board) > 1 else ())


def _load_start(options: TrainOptions, kind: TrainingKind) -> "Model | None":
    """The model of ``--from``.

    Raises:
        UsageError: It gives something else than what is trained, so that no weights of it would fit.
    """
    if options.from_model is None:
        return None
    from reelwise.evaluation.training_videos import TrainingVideos
    from reelwise.jobs.runs.loading import load_model

    start = load_model(
        options.from_model,
        backend=options.backend,
        threads=options.threads,
        cache_dir=options.cache_dir,
        device=options.device,
    )
    gives = start.contract.output.gives
    if gives != kind.gives:
        raise UsageError(
            f"--from {options.from_model} is a model for {start.contract.task} and gives {gives}; this training needs"
            f" one that gives {kind.gives}.",
            hint="Leave --from out, or name another model.",
        )
    TrainingVideos.from_arrays(start.arrays)  # A damaged list is refused here, before hours are spent.
    return start
