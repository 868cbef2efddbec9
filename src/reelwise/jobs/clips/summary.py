"""How a model of clips was trained, in a few values."""

from typing import Any

from reelwise.jobs.clips.plan import ClipPlan
from reelwise.jobs.clips.videos import ClipVideos
from reelwise.jobs.runs.context import RunContext
from reelwise.training.fit import FitResult


def training_summary(
    context: RunContext, plan: ClipPlan, data: ClipVideos, fit: FitResult, data_name: str
) -> dict[str, Any]:
    """How a model was trained, in a few values; travels in its file.

    Args:
        context: The run.
        plan: Of the model.
        data: What it was trained on.
        fit: How its training went.
        data_name: DATA of the command.
    """
    return {
        "data": data_name,
        "fingerprint": data.fingerprint,
        "num_videos": len(data.videos),
        "seed": context.seed,
        "epochs": len(fit.history),
        "best_epoch": fit.best_epoch,
        "batch_size": plan.config.batch_size,
        "learning_rate": plan.config.learning_rate,
        "flip": plan.mirrors,
        "bfloat16": plan.config.bfloat16,
        "backend": context.backend.name,
        "refitted_on_all_videos": False,
    }
