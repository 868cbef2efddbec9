"""The sound of a video, decoded by a worker of its own while the frames go by."""

import threading
from dataclasses import replace
from pathlib import Path

from reelwise.core.closing import ClosesOnExit
from reelwise.core.errors import CacheError, VideoError
from reelwise.core.sound import Sound
from reelwise.media.limits import WORKER_LIMITS
from reelwise.media.requests.sound import SoundTask
from reelwise.media.sound.track import SoundSettings, SoundTrack, open_sound
from reelwise.media.workers.pool import WorkerPool

SOUND = SoundSettings(sample_rate=None, mono=False)
"""The track's own rate: loudness counts what is above 8 kHz, and resampling moves the samples that are clipped.
Channels stay apart, since loudness adds their energies."""

_OUTPUT_BYTES = 24 << 30
"""Of the samples: six hours of six channels at 48 kHz."""


class SoundSource(ClosesOnExit):
    """Decodes the sound from ``start`` on; ``sound`` waits for its end.

    Args:
        path: The video.
        scratch: Folder for the samples.
    """

    def __init__(self, path: Path, scratch: Path | None) -> None:
        if scratch is None:
            raise ValueError("a scratch folder is needed for the sound")
        self._task = SoundTask(path, SOUND, scratch / "sound")
        self._pool = WorkerPool(1, limits=replace(WORKER_LIMITS, output_bytes=_OUTPUT_BYTES))
        self._result: SoundTrack | VideoError | CacheError | None = None
        self._thread: threading.Thread | None = None
        self._is_closed = False

    def start(self) -> None:
        """Begin to decode; the first time counts."""
        if self._thread is None:
            thread = threading.Thread(target=self._decode, daemon=True)
            thread.start()
            self._thread = thread  # known when it has started: another thread may close this and join it

    def sound(self) -> Sound | None:
        """The whole track; None where there is no usable sound, and ``missing`` says why.

        Raises:
            CacheError: The samples cannot be written.
        """
        self.start()
        if self._thread is not None:
            self._thread.join()
        if isinstance(self._result, CacheError):
            raise self._result
        if not isinstance(self._result, SoundTrack) or not self._result.num_samples:
            return None
        return open_sound(self._result, self._task.output)

    @property
    def missing(self) -> str:
        """Why there is no usable sound; empty where there is."""
        if isinstance(self._result, SoundTrack):
            return "" if self._result.num_samples else self._result.missing or "there is no usable sound"
        return str(self._result.message) if isinstance(self._result, VideoError) else "the sound was not decoded"

    def close(self) -> None:
        """End the worker, at any moment and from any thread."""
        self._is_closed = True
        self._pool.close()
        if self._thread is not None:
            self._thread.join(timeout=10)
            self._pool.close()  # of a worker that was started while the pool was closed

    def _decode(self) -> None:
        result: SoundTrack | VideoError | CacheError = VideoError("the sound was not decoded to its end.")
        if not self._is_closed:
            try:
                results = [result for _, result in self._pool.run([self._task])]  # none where the pool was closed
            except CacheError as problem:
                results = [problem]
            if results and not self._is_closed:
                (result,) = results
        self._result = result
