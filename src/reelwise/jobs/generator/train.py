"""The job of models that make clips: decode once, split, train, judge by a classifier, write the run folder."""

from reelwise.core.backend import BackendInfo
from reelwise.evaluation.training_videos import TrainingVideos
from reelwise.generation.flow_matching import FlowObjective
from reelwise.inference.model import Model
from reelwise.jobs.clips.fit import TrainingStart
from reelwise.jobs.clips.plan import ClipPlan
from reelwise.jobs.clips.summary import training_summary
from reelwise.jobs.clips.videos import ClipVideos, prepare_videos
from reelwise.jobs.generator.class_judge import train_judge
from reelwise.jobs.generator.fit import fit_generator
from reelwise.jobs.generator.judge import judge_clips
from reelwise.jobs.generator.plan import plan_generator, with_labels
from reelwise.jobs.generator.report import write_training_report
from reelwise.jobs.generator.run_files import GeneratorResult, write_model_files
from reelwise.jobs.generator.sample_sheet import SheetsWhileTraining
from reelwise.jobs.runs.command import train_command
from reelwise.jobs.runs.context import RunContext
from reelwise.jobs.runs.data_plan import data_plan
from reelwise.jobs.runs.durations import parse_duration
from reelwise.jobs.runs.folder import Run
from reelwise.jobs.runs.last_good import FailedTraining, keep_last_good, keep_stopped
from reelwise.jobs.runs.options import TrainOptions
from reelwise.tasks.generation import generation_output
from reelwise.training.failures import LossNotFinite, TrainingStop


def train_generator(options: TrainOptions, context: RunContext, backend: BackendInfo, start: Model | None) -> Run:
    """Train, judge and write the model of a command.

    Args:
        options: The command's, checked.
        context: The run.
        backend: As chosen.
        start: None: the options refuse ``--from``.

    Raises:
        DataError: Videos that no model can be trained on.
        TrainingError: Training cannot go on; the last good weights are kept.
    """
    plan = plan_generator(options)
    ((plan, data),) = prepare_videos(context, data_plan(options, backend), [plan], by_label=True)
    plan = with_labels(plan, data)
    data.windows(data.split.test, plan.window)  # videos that are too short are refused before hours are spent
    context.save("running")
    result = _run(context, plan, data, TrainingStart(start, options.resume, parse_duration(options.budget)))
    write_model_files(context, result, options.data)
    command = train_command(options, context.path)
    with context.measure("report"):
        context.progress.stage("report")
        write_training_report(context, command, options.data, result)
    context.save(
        "finished",
        command=command,
        data_fingerprint=data.fingerprint,
        leaderboard=[],
        training=training_summary(context, plan, data, result.fit, options.data),
    )
    return Run(context.path, result.judgement.metrics, ())


def _run(context: RunContext, plan: ClipPlan, data: ClipVideos, start: TrainingStart) -> GeneratorResult:
    contents = data.video_set.contents
    videos = TrainingVideos.of(contents[data.names[i]] for i in (*data.split.train, *data.split.validation))
    sheets = SheetsWhileTraining(context.path, len(generation_output(plan.contract).labels), context.seed)
    try:
        fit = fit_generator(context, data, plan, start, sheets)
    except TrainingStop as stop:
        raise keep_stopped(context.path, plan.contract, videos.to_arrays(), stop) from stop
    except LossNotFinite as problem:
        dataset, split = data.video_set.dataset, data.split_plan.split
        failure = FailedTraining(plan.contract, dataset, split, FlowObjective(), videos.to_arrays())
        raise keep_last_good(context.path, failure, problem) from problem
    with context.measure("judge"):
        has_classes = bool(generation_output(plan.contract).labels)
        judge = train_judge(context, data, plan, resume=start.resume) if has_classes else None
        context.progress.stage(f"evaluate {plan.name}")
        judgement = judge_clips(fit.network, judge, data, plan, context.progress)
    return GeneratorResult(plan, data, fit, judgement, videos)
