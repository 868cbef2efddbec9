"""The report of a run: collects what the page shows and hands it to the reports room."""

from typing import Any

from reelwise.evaluation.evaluate import Judged
from reelwise.jobs.run_context import RunContext
from reelwise.jobs.train_model import Trained


def write_training_report(
    context: RunContext, item: Trained, judged: Judged, metrics: dict[str, Any], board: list[dict[str, Any]]
) -> None:
    """Write report.html of a finished training."""
