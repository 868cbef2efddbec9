"""Judge a model of frames on any videos, beside the simple rules; labels are not needed."""

from reelwise.core.contract import Contract
from reelwise.core.errors import DataError
from reelwise.core.files import write_json
from reelwise.core.progress import Progress
from reelwise.datasets.prediction_windows import prediction_windows
from reelwise.datasets.window_batches import WindowBatches
from reelwise.generation.baselines import next_baselines
from reelwise.inference.frame_predictor import FramePredictor
from reelwise.inference.model import Model
from reelwise.jobs.clips.batches import per_video
from reelwise.jobs.clips.cuts import cuts_of
from reelwise.jobs.clips.option_checks import check_clip_evaluation
from reelwise.jobs.clips.videos import decode_videos, read_to_judge
from reelwise.jobs.predictor.judge import MOST_TEST, TestWindows, judge, prediction_rows, test_batch
from reelwise.jobs.predictor.plan import window_of
from reelwise.jobs.predictor.report import write_evaluation_report
from reelwise.jobs.predictor.report_frames import frames_report
from reelwise.jobs.runs.decoding import VideoSet
from reelwise.jobs.runs.folder import write_csv, write_skipped
from reelwise.jobs.runs.learned_from import num_learned_from
from reelwise.jobs.runs.options import EvaluateOptions
from reelwise.jobs.runs.recordings import units_of
from reelwise.sampling.windows import spread_windows
from reelwise.tasks import Metrics
from reelwise.tasks.prediction import prediction_output


def evaluate_predictor(options: EvaluateOptions, model: Model, data_name: str, progress: Progress) -> Metrics:
    """metrics.json of a model of frames on some videos; written with report and predictions when ``out`` is given.

    Args:
        options: The command's.
        model: Loaded.
        data_name: DATA of the command.
        progress: Shows how far it is.

    Raises:
        UsageError: An option that models of frames have no use for.
        DataError: More than half of the videos cannot be used, or none is long enough.
    """
    check_clip_evaluation(options, "models that predict frames")
    contract = model.contract
    dataset, cache = read_to_judge(options, data_name, progress)
    video_set = decode_videos(dataset, cache, contract.input.decode, options.threads, progress)
    test = _all_windows(video_set, contract, progress)
    learned_from = num_learned_from(model, video_set, progress)
    progress.stage("evaluate")
    predictor = FramePredictor(model.keras, contract)
    predict, rules, seed = predictor.predict, next_baselines(), options.seed
    judgement = judge(predict, rules, test, seed, progress, learned_from=learned_from)
    if (out := options.out) is not None:
        rows = prediction_rows(judgement, test)
        write_csv(out / "predictions.csv", rows[0], rows[1:])
        write_skipped(out, video_set.dataset.skipped)
        write_json(out / "metrics.json", judgement.metrics)
        frames = frames_report(predict, rules, test, judgement, prediction_output(contract).frame_rate, seed)
        command, figures = (str(options.model), data_name), (judgement.metrics, frames)
        write_evaluation_report(out, command, contract, video_set, figures)
    return judgement.metrics


def _all_windows(video_set: VideoSet, contract: Contract, progress: Progress) -> TestWindows:
    """The windows of all videos, evenly spread."""
    records, videos = video_set.dataset.records, video_set.videos()
    names = [record.name for record in records]
    try:
        windows = prediction_windows(videos, window_of(contract), cuts_of(videos, progress), names)
    except DataError as problem:  # the model's window cannot be changed
        raise DataError(problem.message, hint="Give longer videos.") from None
    spread = spread_windows(windows, per_video(len(names), MOST_TEST))
    batches = WindowBatches(videos, spread, contract.input.clip.input_size, test_batch(contract), names=names)
    return TestWindows(batches, names, units_of(video_set))
