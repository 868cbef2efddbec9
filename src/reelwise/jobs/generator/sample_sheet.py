"""A few frames of generated clips in one picture, at the end of a training and while it runs."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import keras
import numpy as np

from reelwise.core.files import atomic_write
from reelwise.generation.flow_sampler import FlowSampler, SampleRequest

FOLDER = "samples"

_ROWS, _COLUMNS = 20, 4
"""Classes on the sheet, and clips of each, at most; without classes five rows are filled."""

_ROWS_WITHOUT_CLASSES = 5

_FRAMES = 4
"""Frames of a clip on the sheet, evenly spread."""

_GAP = 4
"""Pixels between two clips."""

_NUM_WHILE_TRAINING = 8
"""Clips of a sheet while training: one pass of a small network."""

_SHARE_OF_TIME = 0.02
"""Of a training that may be spent on sheets."""

_FIRST_SECONDS = 30.0
"""Before the first sheet: it compiles the network once more."""

_GROWTH = 1.2
"""The time from the start to the next sheet, over that to the last one, at least: 40 sheets in half a day."""


def sample_sheet(clips: np.ndarray, targets: np.ndarray) -> bytes:
    """A PNG with a row for each class and a few frames of its first clips; without classes, with some rows of clips.

    Args:
        clips: (N, T, S, S, 3) uint8.
        targets: (N,) numbers of their classes; -1 for no class.
    """
    if targets.max() < 0:
        rows = [clips[start : start + _COLUMNS] for start in range(0, _ROWS_WITHOUT_CLASSES * _COLUMNS, _COLUMNS)]
    else:
        rows = [clips[targets == label][:_COLUMNS] for label in np.unique(targets)[:_ROWS]]
    width = max(len(row) for row in rows)
    strips = [_row(row, width) for row in rows if len(row)]
    _, png = cv2.imencode(".png", cv2.cvtColor(np.concatenate(strips), cv2.COLOR_RGB2BGR))
    return png.tobytes()


@dataclass(eq=False)
class SheetsWhileTraining:
    """Writes a sheet now and then while a network is trained: the same noise each time, so that one sees it learn.

    When one is due depends on the clock, and what it costs on the machine; it reads the weights and changes nothing, so
    that a training ends with the same bytes whichever sheets were written.

    Args:
        folder: The run folder; sheets go to ``samples/epoch_00012.png``.
        num_labels: K classes, of which the first ones are drawn; 0 for none.
        seed: Of the noise.
        clock: Gives seconds.
    """

    folder: Path
    num_labels: int
    seed: int
    clock: Callable[[], float] = time.monotonic
    _start: float = field(init=False)
    _next: float = field(init=False, default=_FIRST_SECONDS)
    _seconds: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        self._start = self.clock()

    def __call__(self, network: keras.Model, epochs: int) -> None:
        """Write a sheet if one is due.

        Args:
            network: The one to hand over.
            epochs: That it was trained for.
        """
        begin = self.clock()
        if begin - self._start < self._next:
            return
        labels = [number % self.num_labels if self.num_labels else None for number in range(_NUM_WHILE_TRAINING)]
        sampler = FlowSampler(network, seed=self.seed)
        clips = sampler.sample([SampleRequest(number, label) for number, label in enumerate(labels)])
        targets = np.array([-1 if label is None else label for label in labels])
        with atomic_write(self.folder / FOLDER / f"epoch_{epochs:05}.png") as stream:
            stream.write(sample_sheet(clips, targets))
        end = self.clock()
        self._seconds += end - begin
        # Another sheet will cost about as much as this one.
        self._next = max((self._seconds + end - begin) / _SHARE_OF_TIME, _GROWTH * (end - self._start))


def _row(clips: np.ndarray, num_columns: int) -> np.ndarray:
    """Clips side by side; black where there are fewer than columns."""
    strips = [np.pad(_strip(clip), ((0, _GAP), (0, _GAP), (0, 0))) for clip in clips]
    row = np.concatenate(strips, axis=1)
    return np.pad(row, ((0, 0), (0, (num_columns - len(clips)) * strips[0].shape[1]), (0, 0)))


def _strip(clip: np.ndarray) -> np.ndarray:
    """(S, 4 S, 3) uint8: frames of a clip from left to right."""
    places = np.linspace(0, len(clip) - 1, min(len(clip), _FRAMES)).round().astype(int)
    return np.concatenate(list(clip[places]), axis=1)
