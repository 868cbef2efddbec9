"""The main job: split, decode once, train, judge against baselines, refit, write the run folder."""

import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from reelwise.core.backend import choose_backend
from reelwise.core.errors import Interrupted, ReelwiseError
from reelwise.core.progress import Progress
from reelwise.jobs.classifier.option_checks import check_options
from reelwise.jobs.runs.folder import Run, configuration_of, latest_run_path, new_run_path, read_run, start_run
from reelwise.jobs.runs.options import TrainOptions


def train_job(options: TrainOptions, progress: Progress) -> Run:
    """Do the whole job, or with ``resume`` what is left of it.

    Raises:
        UsageError: Options that make no sense, or an --out that is in use.
        DataError: Videos that nothing can be learned from.
        TrainingError: Training cannot go on; the run can be resumed.
    """
    check_options(options)
    path = options.out or (latest_run_path(options.data) if options.resume else new_run_path(options.data))
    backend = choose_backend(options.backend, options.threads, options.cache_dir)
    begun = start_run(path, configuration_of(options), options.resume)
    if begun.get("status") == "finished":
        progress.log(f"{path} is finished already; nothing is left to do.")
        return finished_run(path)
    # Everything below loads Keras, so it is imported only once a back end is chosen.
    from reelwise.jobs.classifier.folds import train_model
    from reelwise.jobs.classifier.material import gather
    from reelwise.jobs.classifier.results import finish_run
    from reelwise.jobs.runs.context import RunContext

    context = RunContext(options, path, backend, progress)
    try:
        start = _start_model(options)
        _try_extractors(options, start)
        gathered = gather(context, start.contract if start else None)
        _warn_of_start(context, start, [material for _, material in gathered])
        share = context.budget_seconds / len(gathered) if context.budget_seconds else None
        return finish_run(context, [train_model(context, *item, start, share) for item in gathered])
    except Interrupted:
        _save(context, "interrupted")
        raise
    except KeyboardInterrupt as stop:
        _save(context, "interrupted")
        number = getattr(stop, "signal_number", 2)
        text = f"{path}: stopped; what was done is kept."
        raise Interrupted(text, hint="Go on with --resume.", signal_number=number) from None
    except ReelwiseError as problem:
        _save(context, "failed", error=str(problem))
        raise


def _save(context: Any, status: str, **more: Any) -> None:
    # On a full disk the reason of the failure matters more than its note in run.json.
    with suppress(OSError):
        context.save(status, **more)


def finished_run(path: Path) -> Run:
    """The Run of a folder whose job is done."""
    metrics = json.loads((path / "metrics.json").read_text(encoding="utf-8"))
    board = tuple(read_run(path).get("leaderboard", ()))
    return Run(path, metrics, board if len(board) > 1 else ())


def _start_model(options: TrainOptions) -> Any:
    if options.from_model is None:
        return None
    from reelwise.evaluation.learned_from import LearnedFrom
    from reelwise.jobs.runs.loading import load_model

    start = load_model(
        options.from_model, backend=options.backend, threads=options.threads, cache_dir=options.cache_dir
    )
    LearnedFrom.from_arrays(start.arrays)  # a list that is refused is refused before hours are spent
    return start


def _warn_of_start(context: Any, start: Any, materials: Sequence[Any]) -> None:
    """A score on videos that the model of ``--from`` learned from is no score on new ones."""
    if start is None:
        return
    from reelwise.evaluation.learned_from import LearnedFrom

    known = LearnedFrom.from_arrays(start.arrays)
    for material in materials:
        asked = material.contents(material.asked)
        if found := known.count(asked):
            context.warn(
                f"the model of --from learned from {found} of the {len(asked)} test videos: the score flatters."
            )


def _try_extractors(options: TrainOptions, start: Any) -> None:
    """Weights that do not fit are found out before hours are spent on decoding."""
    from reelwise.jobs.classifier.recipe import find_extractor

    names = [name.strip() for name in options.model.split(",") if name.strip() not in ("", "auto")]
    found = [find_extractor(options, name, start.contract if start else None) for name in names]
    for known in {extractor for extractor in found if extractor is not None}:
        from reelwise.models.weights import read_application

        read_application(known.application, known.path, known.download)
