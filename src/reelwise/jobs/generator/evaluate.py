"""Judge a model that makes clips beside any real videos, by the measures in its file."""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from reelwise.core.contract import Contract
from reelwise.core.errors import DataError
from reelwise.core.progress import Progress
from reelwise.core.records import SkippedFile
from reelwise.datasets.dataset import Dataset
from reelwise.datasets.splits.plan import SplitPlan
from reelwise.evaluation.training_videos import TrainingVideos
from reelwise.inference.model import Model
from reelwise.jobs.clips.cuts import cuts_of
from reelwise.jobs.clips.option_checks import check_clip_evaluation
from reelwise.jobs.clips.plan import ClipPlan
from reelwise.jobs.clips.videos import ClipVideos, decode_videos, read_to_judge
from reelwise.jobs.generator.i3d_features import i3d_features
from reelwise.jobs.generator.judge import RealSets, judge_clips, training_clips
from reelwise.jobs.generator.measures import ClipMeasures
from reelwise.jobs.generator.plan import window_of
from reelwise.jobs.generator.real_clips import MOST_TEST, real_clips
from reelwise.jobs.generator.report import write_evaluation_report
from reelwise.jobs.generator.run_files import write_judgement
from reelwise.jobs.runs.decoding import VideoSet
from reelwise.jobs.runs.folder import write_skipped
from reelwise.jobs.runs.learned_from import num_learned_from
from reelwise.jobs.runs.options import EvaluateOptions
from reelwise.jobs.runs.recordings import units_of
from reelwise.tasks import Metrics
from reelwise.tasks.generation import generation_output, repeated_real_videos
from reelwise.training.config import TrainConfig


def evaluate_generator(options: EvaluateOptions, model: Model, data_name: str, progress: Progress) -> Metrics:
    """metrics.json of a model that makes clips, beside some videos; written with report and list when ``out`` is given.

    Clips are drawn and judged as after a training. Of videos that the model has not learned from are the real clips;
    those that it has learned from are searched for what a generated clip repeats.

    Args:
        options: The command's.
        model: Loaded.
        data_name: DATA of the command.
        progress: Shows how far it is.

    Raises:
        UsageError: An option that such models have no use for, or features that they are too short for.
        ModelFileError: The file has no measures, since its training was not finished, or they are damaged; or the file
            of ``--fvd-features`` is not there or is not what it must be.
        DataError: None of the classes is one of the model's, too much cannot be used, or no video is long enough.
    """
    check_clip_evaluation(options, "models that make clips", ("fvd_features",))
    plan = _plan(model.contract, options.seed)
    measures = ClipMeasures.from_arrays(model.arrays, plan, Path(str(model.file)))
    if options.fvd_features is not None:
        clip = model.contract.input.clip
        measures = measures.with_features(i3d_features(options.fvd_features, clip.num_frames, clip.input_size))
    dataset, cache = read_to_judge(options, data_name, progress)
    usable, strangers = _of_known_classes(dataset, model.contract)
    video_set = decode_videos(usable, cache, model.contract.input.decode, options.threads, progress)
    if strangers:
        videos = "1 video is" if len(strangers) == 1 else f"{len(strangers)} videos are"
        progress.warn(f"{videos} of no class that the model knows: not counted, and listed in skipped.csv.")
    data = _with_split(video_set, model, progress)
    real = _real_sets(data, plan, model)
    learned_from = 0 if data.split.train else num_learned_from(model, video_set, progress, repeated_real_videos)
    progress.stage("evaluate")
    judgement = judge_clips(model.keras, measures, real, plan, progress, learned_from=learned_from)
    if (out := options.out) is not None:
        write_skipped(out, (*video_set.dataset.skipped, *strangers))
        write_judgement(out, judgement, generation_output(model.contract).labels)
        write_evaluation_report(options, model.contract, data, judgement)
    return judgement.metrics


def _plan(contract: Contract, seed: int) -> ClipPlan:
    config = TrainConfig(seed=seed)  # of the noise and the intervals; nothing is trained
    return ClipPlan(contract.network.name, contract, config, window_of(contract), mirrors=False, fixed_epochs=None)


def _of_known_classes(dataset: Dataset, contract: Contract) -> tuple[Dataset, tuple[SkippedFile, ...]]:
    """The videos of the model's classes, and the others; all videos for a model without classes."""
    labels = generation_output(contract).labels
    if not labels:
        return replace(dataset, records=tuple(replace(record, label="") for record in dataset.records)), ()
    usable, strangers = dataset.for_labels(labels)
    if not usable.records:
        names = ", ".join(dataset.labels[:5]) or "no labels"
        raise DataError(
            f"{dataset.root}: none of its classes ({names}) is one of the model's.",
            hint=f"The model makes {', '.join(labels[:10])}: give real videos of these, a folder for each.",
        )
    return usable, strangers


def _with_split(video_set: VideoSet, model: Model, progress: Progress) -> ClipVideos:
    """All videos; those that the model has learned from as training videos, unless there are no others."""
    contents = [video_set.contents[record.name] for record in video_set.dataset.records]
    is_learned = TrainingVideos.from_arrays(model.arrays).includes(contents)
    method = ""
    if 0 < is_learned.sum() < len(contents):
        method = (
            f"The model has learned from {is_learned.sum()} of {len(contents)} videos: its clips are judged beside the"
            " others, and compared with these for repeats."
        )
        progress.log(method)
    else:
        is_learned[:] = False
    words = tuple("train" if each else "test" for each in is_learned)
    split = SplitPlan(words, (), units_of(video_set), method)
    return ClipVideos(video_set, cuts_of(video_set.videos(), progress), split, fingerprint="")


def _real_sets(data: ClipVideos, plan: ClipPlan, model: Model) -> RealSets:
    split, count = data.split, model.metrics.get("num_training_videos")
    num_videos = count if isinstance(count, int) else len(TrainingVideos.from_arrays(model.arrays).contents)
    try:
        test = real_clips(data, plan, split.test, MOST_TEST)
    except DataError as problem:  # the model's clip cannot be changed
        raise DataError(problem.message, hint="Give longer videos that the model has not learned from.") from None
    training = None
    with suppress(DataError):  # videos that are too short have no clip that could be repeated
        if split.train:
            training = training_clips(data, plan, test)
    return RealSets(test, training, num_videos)
