"""Training examples on disk: features and targets of many sequences, made by several processes."""

import math
import pickle  # noqa: TID251 - a pipe between two processes of this program
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.lib.format import open_memmap

from reelwise.analysis.shots.descriptors import NUM_CELLS
from reelwise.analysis.shots.features import NUM_CELL, NUM_GLOBAL, features_of
from reelwise.analysis.shots.network import NUM_KINDS
from reelwise.cache.space import SPARE_BYTES, gigabytes
from reelwise.core.errors import CacheError
from reelwise.core.file_systems import free_bytes
from reelwise.core.files import CACHE_DIR_HINT
from reelwise.jobs.detector.edits import EditStyle, random_style
from reelwise.jobs.detector.example_processes import ExampleProcesses
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
        CacheError: The disk of ``folder`` is too full, or a process ended in the middle of its work.
    """
    _make_arrays(folder, plan.num_sequences)
    job = pickle.dumps((folder, scenes, plan))
    with ExampleProcesses(job, min(num_processes, plan.num_sequences)) as processes:
        num_done = 0
        while num_done < plan.num_sequences:
            num_done += processes.wait(TICK_SECONDS)
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
    free = free_bytes(folder)
    if free < num_bytes + SPARE_BYTES:
        raise CacheError(
            f"{folder.parent}: {gigabytes(free)} free, {gigabytes(num_bytes)} are needed for training examples.",
            hint="Free some disk, run `reelwise cache --clear`, or use --cache-dir on another disk.",
        )
    for name, shape in shapes.items():
        _make_array(folder / f"{name}.npy", shape)


def _make_array(path: Path, shape: tuple[int, ...]) -> None:
    try:
        open_memmap(path, "w+", np.float16, shape)
    except OSError as error:  # several processes write into one array, so that there is no way without memory maps
        reason = f"no memory map can be written there ({error.strerror or error})"
        raise CacheError(f"{path}: {reason}, and training examples need one.", hint=CACHE_DIR_HINT) from error


def load_examples(folder: Path, mode: Literal["r", "r+"] = "r") -> Examples:
    """The examples of a folder as memory maps."""
    return Examples(*(np.load(folder / f"{name}.npy", mmap_mode=mode) for name in ("whole", "cells", "targets")))


def make_part(folder: Path, scenes: Sequence[Scene], plan: ExamplePlan, numbers: range) -> Iterator[int]:
    """Make some examples in this process; gives each number when it is done.

    Args:
        folder: With the arrays of all of them.
        scenes: What takes are made of.
        plan: Of all of them.
        numbers: Those that are made here.
    """
    examples = load_examples(folder, "r+")
    for number in numbers:
        sequence = example_sequence(scenes, plan, number)
        features = features_of(sequence.thumbnails)
        examples.whole[number] = features.whole
        examples.cells[number] = features.cells
        examples.targets[number] = exact_targets(sequence)
        yield number


def example_sequence(scenes: Sequence[Scene], plan: ExamplePlan, number: int) -> LabelledSequence:
    """The sequence that an example is made of, always the same for the same seed and number."""
    return make_sequence(scenes, SEQUENCE_FRAMES, np.random.default_rng([plan.seed, number]), plan.choose_style)


def exact_targets(sequence: LabelledSequence) -> np.ndarray:
    """(T, NUM_TARGETS) float16, 0 and 1: what the edit says."""
    return np.concatenate([sequence.is_cut[:, None], np.eye(NUM_KINDS)[sequence.kinds]], axis=1).astype(np.float16)
