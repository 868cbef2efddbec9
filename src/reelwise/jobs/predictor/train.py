"""The job of models that predict frames: decode once, split, train, judge beside simple rules, write the run folder."""

import time
from collections.abc import Iterator

import numpy as np

from reelwise.core.backend import BackendInfo
from reelwise.core.errors import TrainingError
from reelwise.evaluation.training_videos import TrainingVideos
from reelwise.generation.baselines import next_baselines
from reelwise.inference.frame_predictor import FramePredictor
from reelwise.inference.model import Model
from reelwise.jobs.clips.batches import per_video, window_batches
from reelwise.jobs.clips.finish import finish_run
from reelwise.jobs.clips.fit import TrainingStart, validation_windows
from reelwise.jobs.clips.plan import ClipPlan
from reelwise.jobs.clips.videos import ClipVideos, prepare_videos
from reelwise.jobs.predictor.fit import fit_predictor
from reelwise.jobs.predictor.judge import MOST_TEST, TestWindows, judge, test_batch
from reelwise.jobs.predictor.plan import plan_predictors
from reelwise.jobs.predictor.report import write_training_report
from reelwise.jobs.predictor.report_frames import frames_report
from reelwise.jobs.predictor.run_files import PredictorResult, write_model_files
from reelwise.jobs.predictor.still_places import choose_still_threshold
from reelwise.jobs.runs.context import RunContext
from reelwise.jobs.runs.data_plan import data_plan
from reelwise.jobs.runs.durations import parse_duration
from reelwise.jobs.runs.folder import Run
from reelwise.jobs.runs.last_good import FailedTraining, keep_last_good, keep_stopped
from reelwise.jobs.runs.options import TrainOptions
from reelwise.sampling.windows import spread_windows
from reelwise.tasks.prediction import prediction_output
from reelwise.training.failures import LossNotFinite, TrainingStop
from reelwise.training.fit import FitResult
from reelwise.training.frames_objective import FramesObjective

_MOST_TO_SEARCH = 2048
"""Training windows among which the most similar one is searched."""


def train_predictors(options: TrainOptions, context: RunContext, backend: BackendInfo, start: Model | None) -> Run:
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
    plans = plan_predictors(options, start.contract if start else None)
    models = prepare_videos(context, data_plan(options, backend), plans)
    context.save("running")  # A run that is killed is resumed in the same precision.
    budget = parse_duration(options.budget)
    share = budget / len(models) if budget else None
    beginning = TrainingStart(start, options.resume, share)
    results = [_run(context, options, *model, beginning) for model in models]
    return finish_run(context, options, results, write_model_files, write_training_report)


def _run(
    context: RunContext, options: TrainOptions, plan: ClipPlan, data: ClipVideos, start: TrainingStart
) -> PredictorResult:
    test = held_out_windows(data, plan)  # videos that are too short are refused before hours are spent
    split, earlier = data.split, start.model
    own = TrainingVideos.of(data.video_set.contents[data.names[i]] for i in (*split.train, *split.validation))
    videos = own if earlier is None else own.union(TrainingVideos.from_arrays(earlier.arrays))
    try:
        fit = fit_predictor(context, data, plan, start)
    except TrainingStop as stop:
        raise keep_stopped(context.path, plan.contract, videos.to_arrays(), stop) from stop
    except LossNotFinite as problem:
        raise _last_good(context, plan, data, problem, videos) from problem
    with context.measure("evaluate"):
        plan = _with_still_threshold(context, data, plan, fit)
    context.progress.stage(f"evaluate {plan.name}")
    predictor, seconds = FramePredictor(fit.network, plan.contract), 0.0

    def predict(given: np.ndarray, num_targets: int) -> np.ndarray:
        nonlocal seconds
        begin = time.monotonic()
        frames = predictor.predict(given, num_targets)
        seconds += time.monotonic() - begin
        return frames

    with context.measure("evaluate"):
        baselines = next_baselines(lambda: _training_clips(data, plan))
        judgement = judge(predict, baselines, test, options.seed, context.progress)
    rate = len(test.batches.windows) / max(seconds, 1e-9)
    with context.measure("report"):
        frame_rate = prediction_output(plan.contract).frame_rate
        frames = frames_report(predictor.predict, baselines, test, judgement, frame_rate, options.seed)
    return PredictorResult(plan, data, fit, test, judgement, frames, rate, videos)


def _with_still_threshold(context: RunContext, data: ClipVideos, plan: ClipPlan, fit: FitResult) -> ClipPlan:
    context.progress.stage(f"choose still places, {plan.name}")
    plan = plan.with_output(still_threshold=0.0)  # that of a --from model was chosen for other weights
    windows = validation_windows(context, data, plan, plan.config.batch_size)
    predictor = FramePredictor(fit.network, plan.contract)
    return plan.with_output(still_threshold=choose_still_threshold(predictor, windows, context.progress))


def _last_good(
    context: RunContext, plan: ClipPlan, data: ClipVideos, problem: LossNotFinite, videos: TrainingVideos
) -> TrainingError:
    dataset, split = data.video_set.dataset, data.split_plan.split
    failure = FailedTraining(plan.contract, dataset, split, FramesObjective(), videos.to_arrays())
    return keep_last_good(context.path, failure, problem)


def held_out_windows(data: ClipVideos, plan: ClipPlan) -> TestWindows:
    """The windows of the test videos, evenly spread.

    Raises:
        DataError: No test video is long enough.
    """
    indices = data.split.test
    windows = spread_windows(data.windows(indices, plan.window), per_video(len(indices), MOST_TEST))
    batches = window_batches(data, plan, indices, windows, batch_size=test_batch(plan.contract))
    return TestWindows(batches, [data.names[i] for i in indices], [data.unit_of(i) for i in indices])


def _training_clips(data: ClipVideos, plan: ClipPlan) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Context and continuation of training windows, a block at a time."""
    indices = data.split.train
    windows = spread_windows(data.windows(indices, plan.window), per_video(len(indices), _MOST_TO_SEARCH))
    yield from TestWindows(window_batches(data, plan, indices, windows, batch_size=test_batch(plan.contract)), (), ())
