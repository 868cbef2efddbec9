"""Read the data set, decode it for every model of a run, split it, and plan the training of each model."""

import hashlib
import json
from dataclasses import dataclass, replace

from reelwise.cache.frame_cache import FrameCache
from reelwise.core.clip import DecodeSettings
from reelwise.datasets.dataset import Dataset
from reelwise.datasets.reading import read_dataset
from reelwise.datasets.splits.plan import plan_splits
from reelwise.jobs.classifier.data import LabeledVideos
from reelwise.jobs.classifier.inputs import InputPlan
from reelwise.jobs.classifier.modality_choice import choose_inputs
from reelwise.jobs.classifier.model_request import ModelRequest
from reelwise.jobs.classifier.training_plan import (
    Target,
    TrainingPlan,
    decode_settings,
    plan_training,
    resolve_model_names,
)
from reelwise.jobs.runs.context import RunContext
from reelwise.jobs.runs.data_plan import DataPlan
from reelwise.jobs.runs.decoding import VideoSet, decode_dataset, decode_sound
from reelwise.jobs.runs.image_features import extract_images
from reelwise.jobs.runs.recordings import joined_names, note_recordings, same_recordings
from reelwise.jobs.runs.synthetic_data import data_folder


@dataclass(frozen=True, eq=False)
class _ModelData:
    """One model's inputs and its videos."""

    inputs: InputPlan
    data: LabeledVideos


def prepare_data(
    context: RunContext, plan: DataPlan, request: ModelRequest
) -> list[tuple[TrainingPlan, LabeledVideos]]:
    """The training plan and the data of each model of a run; models with the same decode settings share frames.

    Args:
        context: The run.
        plan: Which videos.
        request: Which models.

    Raises:
        DataError: Too little can be used, or there are fewer than two classes.
    """
    dataset = _read_dataset(context, plan)
    cache = FrameCache(plan.cache_root, plan.cache_gb)
    names = resolve_model_names(request, len(dataset.records), max(1, len(dataset.labels)))
    by_settings: dict[DecodeSettings, LabeledVideos] = {}
    models: list[_ModelData] = []
    for name in names:
        settings = decode_settings(request, name)
        if settings not in by_settings:
            with context.measure("decode"):
                video_set = decode_dataset(dataset, cache, settings, plan.threads, context.progress)
            by_settings[settings] = split_data(context, plan, video_set)
        data = by_settings[settings]
        models.append(_ModelData(choose_inputs(context, request, name, data.video_set, plan.threads), data))
    pairs = [_plan(context, request, model) for model in _with_sound(context, models, plan.threads)]
    return _with_images(context, pairs, plan.threads)


def _read_dataset(context: RunContext, plan: DataPlan) -> Dataset:
    with context.measure("scan"):
        context.progress.stage("scan")
        folder = data_folder(plan.data, plan.cache_root, plan.seed, context.progress)
        dataset = read_dataset(folder, label_from=plan.label_from, group=plan.group, task=plan.task)
    for text in dataset.notes:
        context.note(text)
    return dataset


def _plan(context: RunContext, request: ModelRequest, model: _ModelData) -> tuple[TrainingPlan, LabeledVideos]:
    data = model.data
    plan, flip_note = plan_training(request, model.inputs, Target(data.labels, data.task), len(data))
    if "frames" in model.inputs.modalities:
        context.note(flip_note)
    # A run that is resumed on another device keeps the precision of its checkpoints.
    precision = context.precisions.setdefault(plan.name, plan.precision)
    return replace(plan, config=replace(plan.config, bfloat16=precision == "bfloat16")), data


def _with_sound(context: RunContext, models: list[_ModelData], threads: int | None) -> list[_ModelData]:
    """The same with the sound of every video, where some model reads sound."""
    sound = next((inputs for model in models if (inputs := model.inputs.sound_input()) is not None), None)
    if sound is None:
        return models
    with_sound: dict[int, LabeledVideos] = {}
    for data in {id(model.data): model.data for model in models}.values():
        with context.measure("decode"):
            video_set = decode_sound(data.video_set, sound, threads, context.progress)
        with_sound[id(data)] = replace(data, video_set=video_set)
        context.note(video_set.sound_note)
    return [replace(model, data=with_sound[id(model.data)]) for model in models]


def _with_images(
    context: RunContext, models: list[tuple[TrainingPlan, LabeledVideos]], threads: int | None
) -> list[tuple[TrainingPlan, LabeledVideos]]:
    """The same with the image features of every video, where some model reads them."""
    images = next((plan.images for plan, _ in models if plan.images is not None), None)
    if images is None:
        return models
    with_images: dict[int, LabeledVideos] = {}
    for data in {id(data): data for _, data in models}.values():
        with context.measure("image features"):
            video_set = extract_images(data.video_set, images, threads, context.progress)
        with_images[id(data)] = replace(data, video_set=video_set)
    return [(plan, with_images[id(data)]) for plan, data in models]


def split_data(context: RunContext, plan: DataPlan, video_set: VideoSet) -> LabeledVideos:
    """Decoded videos with their split; files of one recording stay on one side, if so planned.

    Args:
        context: Gets notes on how the split was made.
        plan: Which split.
        video_set: Decoded frames.
    """
    dataset, recordings = video_set.dataset, same_recordings(context, plan, video_set)
    same = joined_names(plan, recordings)
    split_plan = plan_splits(dataset, seed=plan.seed, folds=plan.folds, splits_csv=plan.splits_csv, same=same)
    note_recordings(context, recordings, dataset.records, split_plan)
    for text in (split_plan.method, *split_plan.warnings):
        context.note(text)
    contents = video_set.contents
    records = [(r.name, contents[r.name], r.label, sorted(r.metadata.items())) for r in dataset.records]
    facts = json.dumps([records, split_plan.split, split_plan.fold, plan.resume_facts])
    return LabeledVideos(video_set, split_plan, plan.seed, hashlib.sha256(facts.encode()).hexdigest())
