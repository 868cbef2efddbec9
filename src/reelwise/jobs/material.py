"""What a run's trainings share: decoded videos, their classes, and who learns from whom."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from reelwise.catalog import parse_model_name
from reelwise.core.clip import DecodeSettings
from reelwise.core.contract import Contract
from reelwise.datasets.cache import FrameCache
from reelwise.datasets.reading import read_dataset
from reelwise.datasets.recordings import find_same_recordings
from reelwise.datasets.splits import SplitPlan, plan_splits, split_for_fold
from reelwise.jobs.fitting import TrainingSet
from reelwise.jobs.preparation import Prepared, cache_root, data_folder, decode_all
from reelwise.jobs.recipe import Recipe, decode_settings, make_recipe, model_names
from reelwise.jobs.run_context import RunContext

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
        y = np.array([self.labels.index(record.label) for record in records], np.int64)
        return TrainingSet(self.prepared.videos(), y, [record.name for record in records], len(self.labels))

    @property
    def groups(self) -> list[str | None]:
        """The group of each record."""
        return [record.group for record in self.prepared.dataset.records]

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
        dataset = read_dataset(data, label_from=options.label_from, group=options.group)
    names = model_names(options, len(dataset.records), len(dataset.labels), start)
    materials: dict[DecodeSettings, Material] = {}
    gathered = []
    for name in names:
        settings = _settings(context, name, start)
        if settings not in materials:
            with context.timed("decode"):
                prepared = decode_all(dataset, cache, settings, options.threads, context.progress)
            materials[settings] = _split(context, prepared)
        material = materials[settings]
        recipe, on_flipping = make_recipe(options, name, material.labels, len(material.groups), start)
        context.note(on_flipping)
        gathered.append((recipe, material))
    return gathered


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
    told = [(record.name, prepared.contents[record.name], record.label) for record in dataset.records]
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
