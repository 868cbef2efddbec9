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
from reelwise.jobs.documents import SamplingSettings
from reelwise.jobs.generator.source_clip import ClipRequest, SourceClip
from reelwise.jobs.runs.options import GenerateOptions

if TYPE_CHECKING:
    from reelwise.models.file import LoadedModel

ALWAYS = frozenset(
    {"model", "out", "frame_rate", "frames", "fps", "npz", "resume", "backend", "device", "threads", "cache_dir"}
)
"""Options that mean something for every model."""

ReadSources = Callable[[tuple[str, ...], ClipRequest], tuple[tuple[Path, SourceClip | VideoError], ...]]
"""From files, folders and globs to the clip of each video, or why it cannot be used."""


@dataclass(frozen=True, eq=False)
class PlannedSample:
    """A sample before it is made.

    Args:
        number: From 0; decides the names of its files.
        num_frames: T, frames that are made.
        size: S, pixels along each side.
        seed: Of its noise; None where nothing is drawn.
        noise_number: With the seed it decides the noise; None where nothing is drawn.
        label: The class that is to be seen; None for none.
        source: The video or picture that it goes on from; None where nothing is given.
        end: What it ends with; None where that is free.
        holds_given: Whether the given frames are the first and the last of its T frames; else they are not among them.
    """

    number: int
    num_frames: int
    size: int
    seed: int | None = None
    noise_number: int | None = None
    label: str | None = None
    source: SourceClip | None = None
    end: SourceClip | None = None
    holds_given: bool = False

    @property
    def num_given(self) -> int:
        """Frames that were given, before those that are made."""
        return 0 if self.source is None else len(self.source.context)

    @property
    def num_made(self) -> int:
        """Frames that are made: all, or those between the given ones."""
        return self.num_frames - self.num_given - self.num_at_end if self.holds_given else self.num_frames

    @property
    def num_at_end(self) -> int:
        """Frames that were given, behind those that are made."""
        return 0 if self.end is None else len(self.end.context)

    @property
    def given_by_place(self) -> dict[int, np.ndarray]:
        """Each (S, S, 3) uint8 frame that stands among its T frames, by its place."""
        if not self.holds_given or self.source is None:
            return {}
        last = () if self.end is None else self.end.context
        return dict(enumerate(self.source.context)) | dict(enumerate(last, self.num_frames - len(last)))

    def with_given(self, frames: np.ndarray) -> np.ndarray:
        """The frames of the sample with the given ones before them, where those are not among them.

        Args:
            frames: (T, S, S, 3) uint8.
        """
        return frames if self.holds_given or self.source is None else np.concatenate([self.source.context, frames])

    def made_of(self, frames: np.ndarray) -> np.ndarray:
        """The frames of the sample without the given ones.

        Args:
            frames: (T, S, S, 3) uint8.
        """
        return frames[self.num_given : self.num_given + self.num_made] if self.holds_given else frames

    @property
    def sources(self) -> tuple[SourceClip, ...]:
        """What is given."""
        return tuple(clip for clip in (self.source, self.end) if clip is not None)

    @property
    def source_sha256(self) -> str:
        """Of the given files; empty where nothing is given."""
        return "-".join(clip.sha256 for clip in self.sources)


@dataclass(frozen=True, eq=False)
class SamplePlan:
    """All samples of a command.

    Args:
        samples: In order.
        frame_rate: Frames per second of each.
        failures: Given files that cannot be used.
        sampling: How the samples are drawn, the defaults spelled out; None where nothing is drawn.
    """

    samples: tuple[PlannedSample, ...]
    frame_rate: Fraction
    failures: tuple[tuple[Path, VideoError], ...] = ()
    sampling: SamplingSettings | None = None


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
    def sample_function(
        self, model: "LoadedModel", options: GenerateOptions, plan: SamplePlan
    ) -> Callable[[PlannedSample], np.ndarray]:
        """A function that makes the (T, S, S, 3) uint8 frames of a sample, which depend on that sample alone.

        Args:
            model: Loaded.
            options: As in :meth:`plan`.
            plan: Holds the samples that will be asked for.
        """
