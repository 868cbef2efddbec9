"""Videos decoded one after the other into a scratch folder that never holds more than a few of them."""

import contextlib
import itertools
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self, cast

import numpy as np

from reelwise.core.backend import keras_home
from reelwise.core.clip import DecodeSettings
from reelwise.core.errors import VideoError
from reelwise.core.frames import DecodedVideo
from reelwise.media.pool import DecodePool
from reelwise.media.wire import DecodeResult, DecodeTask


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
    """

    def __init__(self, pool: DecodePool, settings: DecodeSettings, scratch: Path | None) -> None:
        self._pool = pool
        self._settings = settings
        self._parent = scratch or keras_home().parent
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> Self:
        self._parent.mkdir(parents=True, exist_ok=True)
        self._folder = tempfile.TemporaryDirectory(prefix="predict-", dir=self._parent, ignore_cleanup_errors=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:  # tasks may still run and write
            self._pool.close()
        if self._folder is not None:
            self._folder.cleanup()

    def run(self, paths: Iterable[Path]) -> Iterator[tuple[Numbered, DecodedVideo | VideoError]]:
        """Decoded videos in the order in which they are done.

        The frames of one are a memory map that is valid until the next one is asked for.

        Args:
            paths: Videos, taken as they are needed.

        Yields:
            The path with its number, and the video or the reason why it cannot be used.
        """
        folder = Path(self._folder.name) if self._folder else self._parent
        numbers: dict[Path, int] = {}

        def tasks() -> Iterator[DecodeTask]:
            for number, path in zip(itertools.count(), paths, strict=False):
                output = folder / f"{number}.frames"
                numbers[output] = number
                yield DecodeTask(path, self._settings, outputs=(output,))

        for task, answer in self._pool.run(tasks()):
            output = cast("DecodeTask", task).outputs[0]
            yield Numbered(numbers.pop(output), task.path), self._video(output, answer)
            with contextlib.suppress(OSError):  # Windows keeps what is still mapped; the folder goes at the end
                output.unlink()

    def _video(self, output: Path, answer: object) -> DecodedVideo | VideoError:
        if not isinstance(answer, DecodeResult):
            return cast("VideoError", answer)
        segment = answer.segments[0]
        if isinstance(segment, VideoError):
            return segment
        size = self._settings.size
        frames = np.memmap(output, np.uint8, "r", shape=(segment.num_frames, size, size, 3))
        return DecodedVideo(frames, segment.times, answer.facts)
