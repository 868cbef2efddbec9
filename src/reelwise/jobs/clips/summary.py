"""How a model of clips was trained, in a few values, for its file and for the report."""

from typing import Any

from reelwise.jobs.clips.plan import ClipPlan
from reelwise.jobs.clips.videos import ClipVideos
from reelwise.jobs.runs.context import RunContext
from reelwise.training.fit import FitResult


def model_facts(plan: ClipPlan, fit: FitResult, frames: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    """The model in a few rows of the report.

    Args:
        plan: Of the model.
        fit: How its training went.
        frames: Name and value of the row on its frames: how many, of which use.
    """
    stride, size = plan.window.frame_stride, plan.contract.input.clip.input_size
    step = "one after the other" if stride == 1 else f"{stride} source frames apart"
    name, value = frames
    return (
        ("model", plan.name),
        ("parameters", f"{fit.network.count_params():,}"),
        (name, f"{value}, {step}, {size}×{size} pixels"),
        ("epochs", f"{len(fit.history)}, those of epoch {fit.best_epoch} handed over"),
        ("batch size", str(plan.config.batch_size)),
        ("learning rate", f"{plan.config.learning_rate:g}"),
        ("variation", "mirrored" if plan.mirrors else "none"),
        ("precision of training", "bfloat16" if plan.config.bfloat16 else "float32"),
        ("seed", str(plan.config.seed)),
    )


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
