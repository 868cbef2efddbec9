"""Read, decode and split the videos that models of clips are trained on; labels are not needed."""

import hashlib
import json
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from reelwise.cache.folder import cache_root
from reelwise.cache.frame_cache import FrameCache
from reelwise.core.clip import DecodeSettings
from reelwise.core.errors import DataError
from reelwise.core.frames import DecodedVideo
from reelwise.core.progress import Progress
from reelwise.core.window import WindowSpec
from reelwise.datasets.dataset import Dataset, require_clear_labels, require_usable
from reelwise.datasets.prediction_windows import prediction_windows
from reelwise.datasets.reading import read_dataset
from reelwise.datasets.splits.plan import SplitPlan
from reelwise.datasets.splits.units import join_units
from reelwise.jobs.clips.cuts import cuts_of
from reelwise.jobs.clips.plan import ClipPlan
from reelwise.jobs.clips.split import split_clips
from reelwise.jobs.runs.context import RunContext
from reelwise.jobs.runs.data_plan import DataPlan
from reelwise.jobs.runs.decoding import VideoSet, decode_dataset
from reelwise.jobs.runs.options import EvaluateOptions
from reelwise.jobs.runs.recordings import joined_names, note_recordings, same_recordings
from reelwise.jobs.runs.split_indices import SplitIndices
from reelwise.jobs.runs.synthetic_data import data_folder
from reelwise.sampling.windows import Windows

_ANY_TASK = "auto"
_USUAL_RATE = 30.0
"""Frames a second of videos that have one frame each, which no window fits."""


@dataclass(frozen=True, eq=False)
class ClipVideos:
    """N decoded videos, where their shots begin, and their split.

    Args:
        video_set: Records and frames.
        cuts: For each video, as :func:`reelwise.jobs.clips.cuts.cuts_of` gives them.
        split_plan: Which videos are for training, validation and test.
        fingerprint: Of videos, split and options; part of every checkpoint's.
    """

    video_set: VideoSet
    cuts: list[list[int]]
    split_plan: SplitPlan
    fingerprint: str

    @cached_property
    def videos(self) -> list[DecodedVideo]:
        """N videos as memory maps."""
        return self.video_set.videos()

    @cached_property
    def names(self) -> list[str]:
        """N names, for messages and tables."""
        return [record.name for record in self.video_set.dataset.records]

    @property
    def split(self) -> SplitIndices:
        """The places of the videos of each part."""
        return SplitIndices.of(self.split_plan.split)

    def unit_of(self, index: int) -> str:
        """What a video shares with others that a split keeps together with it: its group, file or recording."""
        return self.split_plan.units[index]

    def windows(self, indices: tuple[int, ...], spec: WindowSpec) -> Windows:
        """All windows of some videos; still ones weigh a tenth.

        Args:
            indices: Of the videos; the windows count them from 0.
            spec: Which frames make a window.

        Raises:
            DataError: None of them is long enough.
        """
        videos = [self.videos[i] for i in indices]
        return prediction_windows(videos, spec, [self.cuts[i] for i in indices], [self.names[i] for i in indices])

    def frame_rate(self) -> float:
        """Frames a second of most videos, as they were kept: by the usual gap, which holes do not change."""
        times = [video.times for video in self.videos if len(video.times) > 1]
        gaps = [float(np.median(np.diff(of_video.pts)) * float(of_video.time_base)) for of_video in times]
        return float(1 / np.median(gaps)) if gaps else _USUAL_RATE


def prepare_videos(
    context: RunContext, plan: DataPlan, models: list[ClipPlan], *, by_label: bool = False
) -> list[tuple[ClipPlan, ClipVideos]]:
    """The videos of each model, and the models with their frame rates; equal decode settings share frames.

    Args:
        context: The run.
        plan: Which videos.
        models: To train.
        by_label: Whether each label shall be in each part of the split, as far as there are enough videos.

    Raises:
        DataError: Too little can be used, or nothing can be held out.
    """
    with context.measure("scan"):
        context.progress.stage("scan")
        folder = data_folder(plan.data, plan.cache_root, plan.seed, context.progress)
        dataset = read_dataset(folder, group=plan.group, strict=False, task=_ANY_TASK)
    for text in dataset.notes:
        context.note(text)
    require_usable(dataset)
    if by_label:
        require_clear_labels(dataset)
    cache = FrameCache(plan.cache_root, plan.cache_gb)
    by_settings: dict[DecodeSettings, ClipVideos] = {}
    with_data = []
    for model in models:
        settings = model.contract.input.decode
        if settings not in by_settings:
            by_settings[settings] = _read(context, plan, (dataset, cache, settings), by_label)
        data = by_settings[settings]
        rate = data.frame_rate() / model.window.frame_stride
        precision = context.precisions.setdefault(model.name, "bfloat16" if model.config.bfloat16 else "float32")
        model = replace(model, config=replace(model.config, bfloat16=precision == "bfloat16"))
        with_data.append((model.with_frame_rate(rate), data))
    return with_data


def read_to_judge(options: EvaluateOptions, data_name: str, progress: Progress) -> tuple[Dataset, FrameCache]:
    """The videos of an evaluation, not decoded, and the cache to decode them into.

    Args:
        options: The command's.
        data_name: DATA of the command.
        progress: Shows how far it is.

    Raises:
        DataError: There are none, or more than half cannot be used.
    """
    root = cache_root(options.cache_dir)
    folder = data_folder(data_name, root, options.seed, progress)
    dataset = read_dataset(folder, group=options.group, strict=False, task=_ANY_TASK)
    require_usable(dataset)
    return dataset, FrameCache(root, options.cache_gb)


def decode_videos(
    dataset: Dataset, cache: FrameCache, settings: DecodeSettings, threads: int | None, progress: Progress
) -> VideoSet:
    """The frames of all videos that can be used.

    Raises:
        DataError: More than half cannot.
    """
    video_set = decode_dataset(dataset, cache, settings, threads, progress, strict=False)
    require_usable(video_set.dataset)
    return video_set


def _read(
    context: RunContext, plan: DataPlan, source: tuple[Dataset, FrameCache, DecodeSettings], by_label: bool
) -> ClipVideos:
    dataset, cache, settings = source
    with context.measure("decode"):
        video_set = decode_videos(dataset, cache, settings, plan.threads, context.progress)
    recordings = same_recordings(context, plan, video_set)
    same = joined_names(plan, recordings)
    records, to_split = video_set.dataset.records, video_set.dataset
    if not by_label:  # what is predicted is not the label, so that no class needs a video in each part
        to_split = replace(to_split, records=tuple(replace(record, label="") for record in records))
    _require_two_units(to_split, same)
    split_plan = split_clips(to_split, plan.seed, plan.splits_csv, same, by_label=by_label)
    note_recordings(context, recordings, records, split_plan)
    for text in (split_plan.method, *split_plan.warnings):
        context.note(text)
    with context.measure("find cuts"):
        cuts = cuts_of(video_set.videos(), context.progress)
    if num_cut := sum(bool(of_video) for of_video in cuts):
        context.note(f"{num_cut} of {len(cuts)} videos have more than one shot: no window crosses a cut.")
    contents = video_set.contents
    facts = json.dumps([[(r.name, contents[r.name]) for r in records], split_plan.split, cuts, plan.resume_facts])
    return ClipVideos(video_set, cuts, split_plan, hashlib.sha256(facts.encode()).hexdigest())


def _require_two_units(dataset: Dataset, same: list[tuple[str, ...]]) -> None:
    """Refuse videos of which none can be held out.

    Raises:
        DataError: All are of one recording or group.
    """
    if len(set(join_units(dataset.records, same))) < 2:
        videos = "there is 1 video" if len(dataset.records) == 1 else "all videos are of one recording or group"
        raise DataError(
            f"{dataset.root}: {videos}, and a model is judged on videos that it has not learned from.",
            hint="Give two videos or more, better twenty; a long one can be cut with `reelwise analyze --split`.",
        )
