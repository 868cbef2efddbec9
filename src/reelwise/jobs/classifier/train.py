"""The job of models of labels: decode once, split, train, compare with baselines, refit, write the run folder."""

from collections.abc import Sequence

from reelwise.core.backend import BackendInfo, reproducible
from reelwise.evaluation.training_videos import TrainingVideos
from reelwise.inference.model import Model
from reelwise.jobs.classifier.data import LabeledVideos
from reelwise.jobs.classifier.extractor import find_extractors
from reelwise.jobs.classifier.model_run import run_model
from reelwise.jobs.classifier.plan import JobPlan, plan_job
from reelwise.jobs.classifier.prepare_data import prepare_data
from reelwise.jobs.classifier.run_files import finish_run
from reelwise.jobs.runs.command import train_command
from reelwise.jobs.runs.context import RunContext
from reelwise.jobs.runs.folder import Run
from reelwise.jobs.runs.options import TrainOptions
from reelwise.models.weights import read_application


def train_classifiers(options: TrainOptions, context: RunContext, backend: BackendInfo, start: Model | None) -> Run:
    """Train, test and write every model of a command.

    Args:
        options: The command's, checked.
        context: The run.
        backend: As chosen.
        start: The ``--from`` model.

    Raises:
        DataError: Videos that no model can be trained on.
        TrainingError: Training cannot go on; the run can be resumed.
    """
    plan = plan_job(options, backend, start, train_command(options, context.path))
    _try_extractors(plan)
    models = prepare_data(context, plan.data, plan.request)
    context.save("running")  # A run that is killed is resumed in the same precision.
    _warn_of_start(context, plan.start, [data for _, data in models])
    share = plan.budget_seconds / len(models) if plan.budget_seconds else None
    with reproducible(context.seed):
        return finish_run(context, plan, [run_model(context, plan, *model, share) for model in models])


def _warn_of_start(context: RunContext, start: Model | None, data_sets: Sequence[LabeledVideos]) -> None:
    """Warn that a score on training videos of the model of ``--from`` is no score on new videos."""
    if start is None:
        return
    training_videos = TrainingVideos.from_arrays(start.arrays)
    for data in data_sets:
        contents = data.contents(data.test_indices)
        if count := training_videos.count(contents):
            context.warn(
                f"the model of --from was trained on {count} of the {len(contents)} test videos: the score is too good."
            )


def _try_extractors(plan: JobPlan) -> None:
    """Weights that do not fit are refused before hours are spent on decoding."""
    for extractor in find_extractors(plan.request):
        read_application(extractor.application, extractor.path, extractor.download)
