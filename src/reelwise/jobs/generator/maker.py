"""What differs between models that give new video: which options they take, and how they make a sample."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from reelwise.core.contract import Contract
from reelwise.core.errors import VideoError
from reelwise.core.output import OutputSpec
from reelwise.jobs.generator.source_clip import ClipRequest, SourceClip
from reelwise.jobs.runs.options import GenerateOptions

if TYPE_CHECKING:
    from reelwise.models.file import LoadedModel

ALWAYS = frozenset({"model", "out", "frames", "fps", "npz", "resume", "backend", "device", "threads", "cache_dir"})
"""Options that mean something for every model."""

ReadSources = Callable[[tuple[str, ...], ClipRequest], tuple[tuple[Path, SourceClip | VideoError], ...]]
"""From files, folders and globs to the clip of each video, or why it cannot be used."""


@dataclass(frozen=True, eq=False)
class PlannedSample:
    """A sample before it is made.

    Args:
        number: From 0; decides the names of its files, and with the seed its noise.
        num_frames: T, frames that are made.
        size: S, pixels along each side.
        seed: Of its noise; None where nothing is drawn.
        label: The class that is to be seen; None for none.
        source: The video that it goes on from; None where nothing is given.
    """

    number: int
    num_frames: int
    size: int
    seed: int | None = None
    label: str | None = None
    source: SourceClip | None = None

    @property
    def num_given(self) -> int:
        """Frames that were given, before those that are made."""
        return 0 if self.source is None else len(self.source.context)

    @property
    def source_sha256(self) -> str:
        """Of the given video; empty where nothing is given."""
        return "" if self.source is None else self.source.sha256


@dataclass(frozen=True, eq=False)
class SamplePlan:
    """All samples of a command.

    Args:
        samples: In order.
        frame_rate: Frames per second of each.
        failures: Given files that cannot be used.
    """

    samples: tuple[PlannedSample, ...]
    frame_rate: Fraction
    failures: tuple[tuple[Path, VideoError], ...] = ()


class SampleMaker(ABC):
    """How the models of one task give new video. A further task is a file with a subclass, and a line in ``MAKERS``."""

    output_type: ClassVar[type[OutputSpec]]
    """The output of the models that it is for."""

    purpose: ClassVar[str]
    """What such a model is, in words, for what makes no sense with it: ``a model that predicts frames``."""

    options: ClassVar[frozenset[str]]
    """Fields of GenerateOptions that mean something for such a model, beside ``ALWAYS``."""

    @abstractmethod
    def plan(self, contract: Contract, options: GenerateOptions, read_sources: ReadSources) -> SamplePlan:
        """What is to be made.

        Args:
            contract: Of the model.
            options: Of the command; numbers are in their ranges, and no option without sense was given.
            read_sources: Reads given videos in workers.

        Raises:
            UsageError: Something is missing or does not fit the model.
            VideoError: No given file can be used.
        """

    @abstractmethod
    def sample_function(self, model: "LoadedModel", options: GenerateOptions) -> Callable[[PlannedSample], np.ndarray]:
        """A function that makes the (T, S, S, 3) uint8 frames of a sample, which depend on that sample alone.

        Args:
            model: Loaded.
            options: As in :meth:`plan`.
        """
