"""What a run's trainings share: decoded videos, their classes, and who learns from whom."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeGuard

from reelwise.cache.folder import cache_root
from reelwise.cache.frame_cache import FrameCache
from reelwise.core.clip import DecodeSettings
from reelwise.core.contract import Contract
from reelwise.core.modalities import MetadataColumn, SoundInput
from reelwise.datasets.metadata.columns import choose_columns, require_columns
from reelwise.datasets.reading import read_dataset
from reelwise.datasets.recordings.same import find_same_recordings
from reelwise.datasets.splits.plan import SplitPlan, plan_splits, split_for_fold
from reelwise.jobs.classifier.fitting import TrainingSet
from reelwise.jobs.classifier.input_plan import Parts, asked_modalities, make_parts
from reelwise.jobs.classifier.recipe import Recipe, Target, decode_settings, make_recipe, model_names
from reelwise.jobs.runs.context import RunContext
from reelwise.jobs.runs.made_clips import data_folder
from reelwise.jobs.runs.preparation import Prepared, add_sound, decode_all
from reelwise.models.catalogue import choose_auto, parse_model_name

VALIDATION_SHARE = 0.2


@dataclass(frozen=True, eq=False)
class Material:
    """Decoded videos with labels and a split.

    Args:
        prepared: Records and frames.
        plan: Who learns and who is asked.
        seed: Of the split.
        fingerprint: Of videos, labels, split and options; part of every checkpoint's.
    """

    prepared: Prepared
    plan: SplitPlan
    seed: int
    fingerprint: str

    @property
    def labels(self) -> tuple[str, ...]:
        """The classes."""
        return self.prepared.dataset.labels

    @cached_property
    def training_set(self) -> TrainingSet:
        """Every video with its class, as memory maps."""
        records = self.prepared.dataset.records
        y = self.prepared.dataset.targets(records)
        return TrainingSet(self.prepared.videos(), y, [record.name for record in records], len(self.labels))

    @property
    def task(self) -> str:
        """What is to be said of a video."""
        return self.prepared.dataset.task

    @property
    def groups(self) -> list[str | None]:
        """The group of each record."""
        return [record.group for record in self.prepared.dataset.records]

    @property
    def asked(self) -> tuple[int, ...]:
        """The records that some model is judged on: of split ``test``, with folds all."""
        return tuple(range(len(self.groups))) if self.plan.fold else chosen(self.plan.split, "test")

    def contents(self, indices: Iterable[int]) -> list[str]:
        """SHA-256 of the files of these records, in hexadecimal."""
        records = self.prepared.dataset.records
        return [self.prepared.contents[records[i].name] for i in indices]

    def fold_split(self, fold: int, validated: bool) -> tuple[str, ...]:
        """``train``, ``val`` or ``test`` per record while ``fold`` is asked."""
        share = VALIDATION_SHARE if validated else 0.0
        return split_for_fold(self.prepared.dataset, self.plan, fold, seed=self.seed, val=share)


def chosen(split: Sequence[str], *words: str) -> tuple[int, ...]:
    """The records whose split is one of ``words``."""
    return tuple(index for index, word in enumerate(split) if word in words)


def gather(context: RunContext, start: Contract | None) -> list[tuple[Recipe, Material]]:
    """Read the data, decode it for every model asked for, and split it; models with the same settings share frames.

    Args:
        context: The run.
        start: The contract of the ``--from`` model.
    """
    options = context.options
    root = cache_root(options.cache_dir)
    cache = FrameCache(root, options.cache_gb)
    with context.timed("scan"):
        context.progress.stage("scan")
        data = data_folder(options.data, root, options.seed, context.progress)
        dataset = read_dataset(data, label_from=options.label_from, group=options.group, task=options.task)
    for text in dataset.notes:
        context.note(text)
    num_records, num_classes = len(dataset.records), max(1, len(dataset.labels))
    names = model_names(options, num_records, num_classes, start)
    materials: dict[DecodeSettings, Material] = {}
    gathered: list[tuple[Parts, Material]] = []
    for name in names:
        settings = _settings(context, name, start)
        if settings not in materials:
            with context.timed("decode"):
                prepared = decode_all(dataset, cache, settings, options.threads, context.progress)
            materials[settings] = _split(context, prepared)
        gathered.append((_parts(context, name, materials[settings], start), materials[settings]))
    return _recipes(context, _with_sound(context, gathered), start)


def _recipes(
    context: RunContext, gathered: list[tuple[Parts, Material]], start: Contract | None
) -> list[tuple[Recipe, Material]]:
    found = []
    for parts, material in gathered:
        target = Target(material.labels, material.task)
        recipe, on_flipping = make_recipe(context.options, parts, target, len(material.groups), start)
        if "frames" in parts.modalities:
            context.note(on_flipping)
        found.append((recipe, material))
    return found


def _parts(context: RunContext, name: str, material: Material, start: Contract | None) -> Parts:
    """What one model reads of these videos."""
    options, prepared = context.options, material.prepared
    modalities = asked_modalities(options, name, start) or _usual_modalities(context, prepared)
    columns: tuple[MetadataColumn, ...] = ()
    if "metadata" in modalities:
        columns = start.metadata if _same(start, name, modalities) else _columns(context, material)
    auto = choose_auto(len(material.groups), max(1, len(material.labels)))
    return make_parts(options, name, modalities, auto, columns)


def _same(start: Contract | None, name: str, modalities: tuple[str, ...]) -> TypeGuard[Contract]:
    return start is not None and (start.architecture, start.modalities) == (parse_model_name(name)[0].name, modalities)


def _usual_modalities(context: RunContext, prepared: Prepared) -> tuple[str, ...]:
    """Frames, and sound if most clips have any that can be used; a silent track is none."""
    records = prepared.dataset.records
    num_tracks = sum(prepared.filled.facts[record.name].sound is not None for record in records)
    if 2 * num_tracks <= len(records):
        return ("frames",)
    with context.timed("decode"):  # kept in the cache, so that it is found when it is wanted
        missing = add_sound(prepared, SoundInput(), context.options.threads, context.progress).missing_sound
    num_usable = sum(record.name not in missing for record in records)
    told = f"{num_usable} of {len(records)} videos have sound that can be used"
    if 2 * num_usable <= len(records):
        context.note(f"{told}, so the model reads the frames alone; --modalities frames,sound lets it hear.")
        return ("frames",)
    context.note(f"{told}, so the model hears too; --modalities frames leaves the sound out.")
    return ("frames", "sound")


def _columns(context: RunContext, material: Material) -> tuple[MetadataColumn, ...]:
    """The metadata columns to read, not yet fitted."""
    records, asked = material.prepared.dataset.records, context.options.columns
    names = None if asked is None else [name.strip() for name in asked.split(",") if name.strip()]
    rows = [video.metadata for video in material.prepared.videos()]
    labels, taken = [record.label for record in records], material.prepared.dataset.reserved_columns
    found = choose_columns(rows, names, labels=labels, skip=taken)
    require_columns(found)
    for text in found.notes:
        context.note(text)
    for text in found.warnings:
        context.warn(text)
    context.note(f"metadata that the model reads: {', '.join(name for name, _ in found.columns)}.")
    return tuple(MetadataColumn(name, kind) for name, kind in found.columns)


def _with_sound(context: RunContext, gathered: list[tuple[Parts, Material]]) -> list[tuple[Parts, Material]]:
    """The same with the sound of every video, where some model hears."""
    hearing = [parts.sound_input() for parts, _ in gathered if "sound" in parts.modalities]
    if not hearing or hearing[0] is None:
        return gathered
    heard: dict[int, Material] = {}
    for _, material in gathered:
        if id(material) not in heard:
            with context.timed("decode"):
                prepared = add_sound(material.prepared, hearing[0], context.options.threads, context.progress)
            heard[id(material)] = replace(material, prepared=prepared)
            context.note(prepared.sound_note)
    return [(parts, heard[id(material)]) for parts, material in gathered]


def _settings(context: RunContext, name: str, start: Contract | None) -> DecodeSettings:
    entry, preset = parse_model_name(name)
    if start is not None and start.architecture == entry.name:
        return start.decode
    return decode_settings(context.options, entry, preset)


def _split(context: RunContext, prepared: Prepared) -> Material:
    options, dataset = context.options, prepared.dataset
    same = _same_recordings(context, prepared)
    plan = plan_splits(dataset, seed=options.seed, folds=options.folds, splits_csv=options.splits, same=same)
    for text in (plan.method, *plan.warnings):
        context.note(text)
    told = [(r.name, prepared.contents[r.name], r.label, sorted(r.metadata.items())) for r in dataset.records]
    known = json.dumps([told, plan.split, plan.fold, context.result_depends_on()])
    return Material(prepared, plan, options.seed, hashlib.sha256(known.encode()).hexdigest())


def _same_recordings(context: RunContext, prepared: Prepared) -> list[tuple[str, ...]]:
    """Sets of files that show one recording; they must not stand on both sides of the split."""
    filled, records = prepared.filled, prepared.dataset.records
    with context.timed("compare"):
        found = find_same_recordings(records, prepared.cache, prepared.settings, filled.contents, filled.facts)
    if found:
        shown = ", ".join(found[0].names[:2])
        come = "1 recording comes" if len(found) == 1 else f"{len(found)} recordings come"
        context.note(
            f"{come} more than once (such as {shown}); each stays on one side of the split."
            " `reelwise check` lists them."
        )
    return [item.names for item in found]
