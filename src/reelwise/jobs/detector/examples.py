"""Training examples on disk: features and targets of many sequences, made by several processes."""

import math
import multiprocessing
import shutil
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from numpy.lib.format import open_memmap

from reelwise.analysis.shots.descriptors import NUM_CELLS
from reelwise.analysis.shots.features import NUM_CELL, NUM_GLOBAL, features_of
from reelwise.analysis.shots.network import NUM_KINDS
from reelwise.cache.space import SPARE_BYTES, gigabytes
from reelwise.core.errors import CacheError
from reelwise.jobs.detector.edits import EditStyle, random_style
from reelwise.jobs.detector.scenes import Scene
from reelwise.jobs.detector.sequences import LabelledSequence, make_sequence

SEQUENCE_FRAMES = 448
"""Frames of one example: 15 s, of which the network's reach is a fifth."""

TICK_SECONDS = 0.2
"""How often the caller looks for a stop."""

NUM_TARGETS = 1 + NUM_KINDS
"""For each frame: a new shot starts here at once; and each kind of gradual transition, none of them first."""


@dataclass(frozen=True, eq=False)
class Examples:
    """N sequences of T frames.

    Args:
        whole: (N, T, NUM_GLOBAL) float16, often a memory map.
        cells: (N, T, C, NUM_CELL) float16.
        targets: (N, T, NUM_TARGETS) float16, 0 to 1: what is to be said of each frame.
    """

    whole: np.ndarray
    cells: np.ndarray
    targets: np.ndarray

    def __len__(self) -> int:
        return len(self.targets)


@dataclass(frozen=True)
class ExamplePlan:
    """Which examples to make.

    Args:
        num_sequences: How many.
        seed: Of all chance.
        choose_style: Draws the editor of each.
    """

    num_sequences: int
    seed: int
    choose_style: Callable[[np.random.Generator], EditStyle] = random_style


def make_examples(
    folder: Path,
    scenes: Sequence[Scene],
    plan: ExamplePlan,
    num_processes: int,
    on_tick: Callable[[int], None] = lambda num_done: None,
) -> Examples:
    """Make examples; each depends on the seed and its own number alone, whatever the number of processes.

    Args:
        folder: An empty folder for the arrays, 400 kB for each sequence.
        scenes: What takes are made of.
        plan: How many, and of what kind.
        num_processes: How many work at once.
        on_tick: Called five times a second and after each sequence with how many are done; what it raises ends the
            work.

    Raises:
        CacheError: The disk of ``folder`` is too full.
    """
    _make_arrays(folder, plan.num_sequences)
    # spawn: a fork of a process in which Keras runs threads may hang.
    processes = multiprocessing.get_context("spawn")
    with processes.Pool(num_processes, _start_worker, (folder, scenes, plan)) as pool:
        results = pool.imap_unordered(_make_example, range(plan.num_sequences))
        num_done = 0
        while num_done < plan.num_sequences:
            try:
                results.next(timeout=TICK_SECONDS)
                num_done += 1
            except multiprocessing.TimeoutError:
                pass
            on_tick(num_done)
    return load_examples(folder)


def _make_arrays(folder: Path, num_sequences: int) -> None:
    shapes = {
        "whole": (num_sequences, SEQUENCE_FRAMES, NUM_GLOBAL),
        "cells": (num_sequences, SEQUENCE_FRAMES, NUM_CELLS, NUM_CELL),
        "targets": (num_sequences, SEQUENCE_FRAMES, NUM_TARGETS),
    }
    # The files are sparse, and a process that fills a hole of a memory map on a full disk is killed.
    num_bytes = sum(math.prod(shape) for shape in shapes.values()) * np.dtype(np.float16).itemsize
    free = shutil.disk_usage(folder).free
    if free < num_bytes + SPARE_BYTES:
        raise CacheError(
            f"{folder.parent}: {gigabytes(free)} free, {gigabytes(num_bytes)} are needed for training examples.",
            hint="Free some disk, run `reelwise cache --clear`, or use --cache-dir on another disk.",
        )
    for name, shape in shapes.items():
        open_memmap(folder / f"{name}.npy", "w+", np.float16, shape)


def load_examples(folder: Path, mode: Literal["r", "r+"] = "r") -> Examples:
    """The examples of a folder as memory maps."""
    return Examples(*(np.load(folder / f"{name}.npy", mmap_mode=mode) for name in ("whole", "cells", "targets")))


@dataclass(frozen=True, eq=False)
class _Worker:
    """What one process needs for all of its batches."""

    examples: Examples
    scenes: Sequence[Scene]
    plan: ExamplePlan


_worker: list[_Worker] = []
"""The one worker of this process, put here by its start."""


def _start_worker(folder: Path, scenes: Sequence[Scene], plan: ExamplePlan) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all processes of a terminal; the caller ends these
    cv2.setNumThreads(1)  # one process per processor
    _worker[:] = [_Worker(load_examples(folder, "r+"), scenes, plan)]


def _make_example(number: int) -> None:
    (worker,) = _worker
    sequence = example_sequence(worker.scenes, worker.plan, number)
    features = features_of(sequence.thumbnails)
    worker.examples.whole[number] = features.whole
    worker.examples.cells[number] = features.cells
    worker.examples.targets[number] = exact_targets(sequence)


def example_sequence(scenes: Sequence[Scene], plan: ExamplePlan, number: int) -> LabelledSequence:
    """The sequence that an example is made of, always the same for the same seed and number."""
    return make_sequence(scenes, SEQUENCE_FRAMES, np.random.default_rng([plan.seed, number]), plan.choose_style)


def exact_targets(sequence: LabelledSequence) -> np.ndarray:
    """(T, NUM_TARGETS) float16, 0 and 1: what the edit says."""
    return np.concatenate([sequence.is_cut[:, None], np.eye(NUM_KINDS)[sequence.kinds]], axis=1).astype(np.float16)
