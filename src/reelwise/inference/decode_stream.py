"""Videos decoded one after the other into a scratch folder that never holds more than a few of them."""

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from reelwise.cache.folder import cache_root
from reelwise.cache.scratch import scratch_folder
from reelwise.cache.sound_entry import map_log_mel, no_sound, write_log_mel
from reelwise.core.clip import DecodeSettings
from reelwise.core.errors import CacheError, VideoError
from reelwise.core.frames import DecodedVideo
from reelwise.core.modalities import SoundInput
from reelwise.core.sound import LogMel
from reelwise.core.video_metadata import facts_metadata
from reelwise.media.decode_many import Results, decode_many
from reelwise.media.decoding.results import DecodeResult
from reelwise.media.requests.decode import DecodeTask
from reelwise.media.requests.kind import Task
from reelwise.media.requests.sound import SoundTask
from reelwise.media.sound.track import SoundSettings, SoundTrack
from reelwise.media.workers.pool import WorkerPool


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
        self, pool: WorkerPool, settings: DecodeSettings, scratch: Path | None, sound: SoundInput | None = None
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
        numbered = (Numbered(number, path) for number, path in enumerate(paths))
        for decoded in decode_many(numbered, self._tasks, self._pool, folder=self._path):
            yield decoded.item, self._video(decoded.stem, decoded.results)

    def _tasks(self, video: Numbered, stem: Path) -> list[Task]:
        tasks: list[Task] = [DecodeTask(video.path, self._settings, outputs=(stem.with_suffix(".frames"),))]
        if self._sound is not None:
            settings = SoundSettings(self._sound.sample_rate)
            tasks.append(SoundTask(video.path, settings, stem.with_suffix(".samples")))
        return tasks

    def _video(self, stem: Path, results: Results) -> DecodedVideo | VideoError:
        answer = results[DecodeTask]
        if not isinstance(answer, DecodeResult):
            return answer
        segment = answer.segments[0]
        if isinstance(segment, VideoError):
            return segment
        size = self._settings.size
        frames = np.memmap(stem.with_suffix(".frames"), np.uint8, "r", shape=(segment.num_frames, size, size, 3))
        decoded = DecodedVideo(
            frames, segment.times, answer.facts, metadata=facts_metadata(answer.facts, container=True)
        )
        if self._sound is None:
            return decoded
        return replace(decoded, log_mel=self._log_mel(self._sound, stem, results[SoundTask]))

    def _log_mel(self, sound: SoundInput, stem: Path, answer: SoundTrack | VideoError) -> LogMel:
        """The spectrogram, made as in training; without frames where the track does not decode."""
        if not isinstance(answer, SoundTrack):
            return no_sound(sound)
        made = stem.with_suffix(".sound")
        try:
            entry = write_log_mel(answer, stem.with_suffix(".samples"), sound, made)
        except OSError as error:
            hint = "Free some disk, or use --cache-dir on another one."
            raise CacheError(f"{made}: cannot be written ({error.strerror}).", hint=hint) from error
        return map_log_mel(made, entry) or no_sound(sound)
