"""A stream of decoded videos, of which the scratch folder holds only a few at a time."""

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from reelwise.cache.folder import cache_root, cannot_write_cache
from reelwise.cache.scratch import scratch_folder
from reelwise.cache.sound_entry import map_log_mel, no_sound, write_log_mel
from reelwise.core.clip import DecodeSettings
from reelwise.core.errors import VideoError
from reelwise.core.frames import DecodedVideo
from reelwise.core.memory_maps import map_array
from reelwise.core.modalities import ImageInput, SoundInput
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
class NumberedPath:
    """A path with its place in the order of the paths."""

    number: int
    path: Path


class DecodeStream:
    """Decodes videos with a model's settings, and keeps each one only until the caller has used it.

    Args:
        pool: The workers that decode; they are at most a few videos ahead of the caller.
        settings: The contract's decode settings: the same frames as in training and evaluation.
        scratch: The folder in which a temporary one is made; None for the cache folder.
        sound: The sound input of the model; None for a model that reads no sound.
        images: The image features of the model; None for a model that reads none.
    """

    def __init__(
        self,
        pool: WorkerPool,
        settings: DecodeSettings,
        scratch: Path | None,
        sound: SoundInput | None = None,
        images: ImageInput | None = None,
    ) -> None:
        self._pool = pool
        self._settings = settings
        self._sound = sound
        self._images = images
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

    def run(self, paths: Iterable[Path]) -> Iterator[tuple[NumberedPath, DecodedVideo | VideoError]]:
        """Decoded videos in the order in which decoding ends, with their sound where the model reads it.

        Frames and spectrogram are memory maps; they are valid until the next video is requested.

        Args:
            paths: Videos; taken one by one, when a worker is free.

        Yields:
            The path with its number, and the video or the reason why it cannot be used. A video without usable sound
            has a spectrogram without frames. For a model of image features it has its stills.
        """
        numbered_paths = (NumberedPath(number, path) for number, path in enumerate(paths))
        for item in decode_many(numbered_paths, self._tasks, self._pool, folder=self._path):
            yield item.item, self._video(item.stem, item.results)

    def _tasks(self, video: NumberedPath, stem: Path) -> list[Task]:
        decode = DecodeTask(video.path, self._settings, outputs=(stem.with_suffix(".frames"),))
        if self._images is not None:
            decode = replace(decode, stills=self._images.decode, still_outputs=(stem.with_suffix(".stills"),))
        tasks: list[Task] = [decode]
        if self._sound is not None:
            settings = SoundSettings(self._sound.sample_rate)
            tasks.append(SoundTask(video.path, settings, stem.with_suffix(".samples")))
        return tasks

    def _video(self, stem: Path, results: Results) -> DecodedVideo | VideoError:
        result = results[DecodeTask]
        if not isinstance(result, DecodeResult):
            return result
        segment, *still_segments = result.segments
        if isinstance(segment, VideoError):
            return segment
        size = self._settings.size
        frames = map_array(stem.with_suffix(".frames"), np.uint8, (segment.num_frames, size, size, 3))
        metadata = facts_metadata(result.facts, container=True)
        video = DecodedVideo(frames, segment.times, result.facts, metadata=metadata)
        for stills in still_segments:
            if isinstance(stills, VideoError):
                return stills
            shape = (stills.num_frames, *(self._images.size,) * 2, 3) if self._images else (0, 0, 0, 3)
            video = replace(video, stills=map_array(stem.with_suffix(".stills"), np.uint8, shape))
        if self._sound is None:
            return video
        return replace(video, log_mel=self._log_mel(self._sound, stem, results[SoundTask]))

    def _log_mel(self, sound: SoundInput, stem: Path, track: SoundTrack | VideoError) -> LogMel:
        """The spectrogram, made as in training; without frames where the track does not decode."""
        if not isinstance(track, SoundTrack):
            return no_sound(sound)
        path = stem.with_suffix(".sound")
        try:
            entry = write_log_mel(track, stem.with_suffix(".samples"), sound, path)
        except OSError as error:
            raise cannot_write_cache(path, error) from error
        return map_log_mel(path, entry) or no_sound(sound)
