"""The main job: split, decode once, train, judge against baselines, refit, write the run folder."""

import json
from pathlib import Path
from typing import Any

from reelwise.core.backend import choose_backend
from reelwise.core.errors import Interrupted, ReelwiseError, UsageError
from reelwise.core.progress import Progress
from reelwise.jobs.options import TrainOptions
from reelwise.jobs.run_folder import Run, configuration_of, latest_run_path, new_run_path, read_run, start_run


def train_job(options: TrainOptions, progress: Progress) -> Run:
    """Do the whole job, or with ``resume`` what is left of it.

    Raises:
        UsageError: Options that make no sense, or an --out that is in use.
        DataError: Videos that nothing can be learned from.
        TrainingError: Training cannot go on; the run can be resumed.
    """
    check_options(options)
    path = options.out or (latest_run_path(options.data) if options.resume else new_run_path(options.data))
    backend = choose_backend(options.backend, options.threads)
    begun = start_run(path, configuration_of(options), options.resume)
    if begun.get("status") == "finished":
        progress.say(f"{path} is finished already; nothing is left to do.")
        return finished_run(path)
    # Everything below loads Keras, so it is imported only once a back end is chosen.
    from reelwise.jobs.material import gather
    from reelwise.jobs.run_context import RunContext
    from reelwise.jobs.run_results import finish_run
    from reelwise.jobs.train_model import train_model

    context = RunContext(options, path, backend, progress)
    try:
        start = _start_model(options)
        gathered = gather(context, start.contract if start else None)
        share = context.budget_seconds / len(gathered) if context.budget_seconds else None
        return finish_run(context, [train_model(context, *item, start, share) for item in gathered])
    except Interrupted:
        context.save("interrupted")
        raise
    except KeyboardInterrupt:
        context.save("interrupted")
        raise Interrupted(f"{path}: stopped; what was done is kept.", hint="Go on with --resume.") from None
    except ReelwiseError as problem:
        context.save("failed", error=str(problem))
        raise


def finished_run(path: Path) -> Run:
    """The Run of a folder whose job is done."""
    metrics = json.loads((path / "metrics.json").read_text(encoding="utf-8"))
    return Run(path, metrics, tuple(read_run(path).get("leaderboard", ())))


def check_options(options: TrainOptions) -> None:
    """Refuse early what can be known to be wrong before any work.

    Raises:
        UsageError: An option out of its range, or a model that is not in the catalogue.
    """
    from reelwise.catalog import parse_model_name
    from reelwise.jobs.recipe import parse_duration

    for name in options.model.split(","):
        if name.strip() not in ("", "auto"):
            parse_model_name(name)
    for field in ("epochs", "batch_size", "num_frames", "frame_stride", "threads"):
        value = getattr(options, field)
        if value is not None and value < 1:
            flag = field.replace("_", "-")
            raise UsageError(f"--{flag} is {value}, expected 1 or more.", hint=f"Leave --{flag} out.")
    if options.modalities != "frames":
        raise UsageError(f"--modalities {options.modalities}: only frames can be read in this version.")
    parse_duration(options.budget)


def _start_model(options: TrainOptions) -> Any:
    if options.from_model is None:
        return None
    from reelwise.jobs.loading import load_model

    return load_model(options.from_model, backend=options.backend, threads=options.threads)
