"""Videos decoded one after the other into a scratch folder that never holds more than a few of them."""

import contextlib
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from reelwise.cache.folder import cache_root
from reelwise.cache.scratch import scratch_folder
from reelwise.cache.sound_entry import map_log_mel, unheard, write_log_mel
from reelwise.core.clip import DecodeSettings
from reelwise.core.errors import CacheError, VideoError
from reelwise.core.frames import DecodedVideo
from reelwise.core.modalities import SoundInput
from reelwise.core.sound import LogMel
from reelwise.datasets.metadata.facts import facts_metadata
from reelwise.media.requests.sound import SoundSettings, SoundTask, SoundTrack
from reelwise.media.requests.video import DecodeResult, DecodeTask
from reelwise.media.workers.pool import DecodePool
from reelwise.media.workers.wire import Task


@dataclass(frozen=True)
class Numbered:
    """A path with its place in the order of the paths."""

    number: int
    path: Path


class DecodeStream:
    """Decodes videos as a model wants them, keeping only those that wait to be looked at.

    Args:
        pool: Where decoding runs; at most a few videos ahead of their use.
        settings: How frames are kept, from the contract: the same frames as in training and evaluation.
        scratch: Folder to make a folder in; None for the cache folder.
        sound: How the sound is heard; None for models that do not hear.
    """

    def __init__(
        self, pool: DecodePool, settings: DecodeSettings, scratch: Path | None, sound: SoundInput | None = None
    ) -> None:
        self._pool = pool
        self._settings = settings
        self._sound = sound
        self._parent = scratch or cache_root(None)
        self._folder = contextlib.ExitStack()
        self._path = self._parent

    def __enter__(self) -> Self:
        self._path = self._folder.enter_context(scratch_folder(self._parent, "predict"))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:  # tasks may still run and write
            self._pool.close()
        self._folder.close()

    def run(self, paths: Iterable[Path]) -> Iterator[tuple[Numbered, DecodedVideo | VideoError]]:
        """Decoded videos in the order in which they are done, with their sound where it is asked for.

        The frames and the sound of one are memory maps that are valid until the next one is asked for.

        Args:
            paths: Videos, taken as they are needed.

        Yields:
            The path with its number, and the video or the reason why it cannot be used. A video without usable sound
            has a spectrogram without frames.
        """
        folder = self._path
        begun: dict[int, _Begun] = {}
        numbers: dict[Task, int] = {}

        def tasks() -> Iterator[Task]:
            for number, path in zip(itertools.count(), paths, strict=False):
                begun[number] = _Begun(Numbered(number, path), folder / f"{number}.frames")
                for task in self._tasks(begun[number]):
                    numbers[task] = number
                    yield task

        for task, answer in self._pool.run(tasks()):
            number = numbers.pop(task)
            video = begun[number]
            video.answers[type(task)] = answer
            if len(video.answers) < (1 if self._sound is None else 2):
                continue
            yield video.named, self._video(begun.pop(number))
            for suffix in (".frames", ".samples", ".sound"):
                with contextlib.suppress(OSError):  # Windows keeps what is still mapped; the folder goes at the end
                    video.output.with_suffix(suffix).unlink()

    def _tasks(self, video: "_Begun") -> Iterator[Task]:
        yield DecodeTask(video.named.path, self._settings, outputs=(video.output,))
        if self._sound is not None:
            samples = video.output.with_suffix(".samples")
            yield SoundTask(video.named.path, SoundSettings(self._sound.sample_rate), samples)

    def _video(self, video: "_Begun") -> DecodedVideo | VideoError:
        answer = video.answers[DecodeTask]
        if not isinstance(answer, DecodeResult):
            return answer
        segment = answer.segments[0]
        if isinstance(segment, VideoError):
            return segment
        size = self._settings.size
        frames = np.memmap(video.output, np.uint8, "r", shape=(segment.num_frames, size, size, 3))
        decoded = DecodedVideo(
            frames, segment.times, answer.facts, metadata=facts_metadata(answer.facts, container=True)
        )
        if self._sound is None:
            return decoded
        return replace(decoded, log_mel=self._log_mel(self._sound, video.output, video.answers[SoundTask]))

    def _log_mel(self, sound: SoundInput, output: Path, answer: SoundTrack | VideoError) -> LogMel:
        """The spectrogram, made as in training; without frames where the track does not decode."""
        if not isinstance(answer, SoundTrack):
            return unheard(sound)
        made = output.with_suffix(".sound")
        try:
            entry = write_log_mel(answer, output.with_suffix(".samples"), sound, made)
        except OSError as error:
            hint = "Free some disk, or use --cache-dir on another one."
            raise CacheError(f"{made}: cannot be written ({error.strerror}).", hint=hint) from error
        return map_log_mel(made, entry) or unheard(sound)


@dataclass(frozen=True)
class _Begun:
    """A video of which not all has been decoded yet.

    Args:
        named: The path with its number.
        output: Where its frames are; its sound has the same name with another suffix.
        answers: By the type of the task.
    """

    named: Numbered
    output: Path
    answers: dict[type, Any] = field(default_factory=dict)
