"""The job of models that make clips: decode once, split, train, judge by a classifier, write the run folder."""

from reelwise.core.backend import BackendInfo
from reelwise.core.contract import InputSpec
from reelwise.evaluation.training_videos import TrainingVideos
from reelwise.generation.flow_matching import FlowObjective
from reelwise.inference.model import Model
from reelwise.jobs.clips.finish import finish_run
from reelwise.jobs.clips.fit import TrainingStart
from reelwise.jobs.clips.plan import ClipPlan
from reelwise.jobs.clips.videos import ClipVideos, prepare_videos
from reelwise.jobs.generator.class_judge import ClassJudge, train_judge
from reelwise.jobs.generator.fit import fit_generator
from reelwise.jobs.generator.judge import RealSets, judge_clips, training_clips
from reelwise.jobs.generator.measures import measures_of_training
from reelwise.jobs.generator.plan import plan_generators, with_labels
from reelwise.jobs.generator.real_clips import MOST_TEST, real_clips
from reelwise.jobs.generator.report import write_training_report
from reelwise.jobs.generator.run_files import GeneratorResult, write_model_files
from reelwise.jobs.generator.sample_sheet import SheetsWhileTraining
from reelwise.jobs.runs.context import RunContext
from reelwise.jobs.runs.data_plan import data_plan
from reelwise.jobs.runs.durations import parse_duration
from reelwise.jobs.runs.folder import Run
from reelwise.jobs.runs.last_good import FailedTraining, keep_last_good, keep_stopped
from reelwise.jobs.runs.options import TrainOptions
from reelwise.tasks.generation import generation_output
from reelwise.training.failures import LossNotFinite, TrainingStop


def train_generators(options: TrainOptions, context: RunContext, backend: BackendInfo, start: Model | None) -> Run:
    """Train, judge and write every model of a command.

    Args:
        options: The command's, checked.
        context: The run.
        backend: As chosen.
        start: The ``--from`` model.

    Raises:
        DataError: Videos that no model can be trained on.
        TrainingError: Training cannot go on; the last good weights are kept.
    """
    plans = plan_generators(options, start.contract if start else None)
    with_videos = prepare_videos(context, data_plan(options, backend), plans, by_label=True)
    models = [(with_labels(plan, data), data) for plan, data in with_videos]
    for plan, data in models:
        data.windows(data.split.test, plan.window)  # videos that are too short are refused before hours are spent
    context.save("running")
    budget = parse_duration(options.budget)
    beginning = TrainingStart(start, options.resume, budget / len(models) if budget else None)
    judges: dict[InputSpec, ClassJudge] = {}
    results = []
    for plan, data in models:
        # While several are trained nobody knows which one will be the run folder's own.
        folder = context.path if len(models) == 1 else context.path / "models" / plan.folder_name
        labels = generation_output(plan.contract).labels
        sheets = SheetsWhileTraining(folder, len(labels), context.seed)
        results.append(_run(context, plan, data, beginning, judges, sheets))
    return finish_run(context, options, results, write_model_files, write_training_report)


def _run(
    context: RunContext,
    plan: ClipPlan,
    data: ClipVideos,
    start: TrainingStart,
    judges: dict[InputSpec, ClassJudge],
    sheets: SheetsWhileTraining,
) -> GeneratorResult:
    contents, earlier = data.video_set.contents, start.model
    own = TrainingVideos.of(contents[data.names[i]] for i in (*data.split.train, *data.split.validation))
    videos = own if earlier is None else own.union(TrainingVideos.from_arrays(earlier.arrays))
    has_classes = bool(generation_output(plan.contract).labels)
    try:
        fit = fit_generator(context, data, plan, start, sheets)
    except TrainingStop as stop:
        raise keep_stopped(context.path, plan.contract, videos.to_arrays(), stop) from stop
    except LossNotFinite as problem:
        dataset, split = data.video_set.dataset, data.split_plan.split
        failure = FailedTraining(plan.contract, dataset, split, FlowObjective(), videos.to_arrays())
        raise keep_last_good(context.path, failure, problem) from problem
    with context.measure("judge"):
        shape = plan.contract.input
        if has_classes and shape not in judges:  # models of the same clips have the same judge
            judges[shape] = train_judge(context, data, plan, resume=start.resume)
        context.progress.stage(f"evaluate {plan.name}")
        test = real_clips(data, plan, data.split.test, MOST_TEST)
        training = training_clips(data, plan, test)
        measures = measures_of_training(judges.get(shape), plan, training)
        real = RealSets(test, training, len(data.split.train))
        judgement = judge_clips(fit.network, measures, real, plan, context.progress)
    return GeneratorResult(plan, data, fit, judgement, videos, measures)
