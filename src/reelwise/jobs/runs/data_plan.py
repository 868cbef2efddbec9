"""Which videos a training reads, decided from its options before any data is read."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reelwise.cache.folder import cache_root
from reelwise.core.backend import BackendInfo
from reelwise.jobs.runs.options import TrainOptions
from reelwise.jobs.runs.resume import resume_facts


@dataclass(frozen=True)
class DataPlan:
    """Which videos are read, how they are labelled, decoded and split.

    Args:
        data: Folder, list or synthetic set, as in the command.
        label_from: Where labels come from; None for the usual places.
        group: Column whose videos stay on one side of a split; None finds one.
        task: A task's name, or ``auto``.
        folds: Number of folds; None for one split.
        splits_csv: A list that decides the split.
        no_join: Whether files that show the same recording may be parted.
        seed: Of split and synthetic data.
        cache_root: Folder of decoded frames and sound.
        cache_gb: Disk that the cache may take, in GB.
        threads: Decoding processes; None for one per core.
        resume_facts: What must match to resume, beside the data.
    """

    data: str
    label_from: str | None
    group: str | None
    task: str
    folds: int | None
    splits_csv: Path | None
    no_join: bool
    seed: int
    cache_root: Path
    cache_gb: float
    threads: int | None
    resume_facts: Mapping[str, Any]


def data_plan(options: TrainOptions, backend: BackendInfo) -> DataPlan:
    """The data of a command.

    Args:
        options: The command's, checked.
        backend: As chosen.
    """
    return DataPlan(
        data=options.data,
        label_from=options.label_from,
        group=options.group,
        task=options.task,
        folds=options.folds,
        splits_csv=options.splits,
        no_join=options.no_join,
        seed=options.seed,
        cache_root=cache_root(options.cache_dir),
        cache_gb=options.cache_gb,
        threads=options.threads,
        resume_facts=resume_facts(options, backend),
    )
