"""The kinds of entries: frames of a video, and the spectrogram of its sound."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from reelwise.cache.frames_entry import AnyEntry, Entry, read_entry
from reelwise.cache.sound_entry import SoundEntry, read_sound_entry, write_log_mel
from reelwise.core.clip import DecodeSettings
from reelwise.core.errors import ReelwiseError
from reelwise.core.modalities import SoundInput
from reelwise.media.requests.decode import DecodeTask
from reelwise.media.requests.kind import Task
from reelwise.media.requests.sound import SoundTask
from reelwise.media.sound.track import SoundSettings

NewEntry = tuple[str, AnyEntry | ReelwiseError, Path]
"""A key, its entry or the error of its segment, and the flat file."""


class Kind(Protocol):
    """How entries of one kind are requested from workers and made from the results."""

    smallest_bytes: int
    """Bytes of the smallest entry that is not empty."""

    largest_bytes: int
    """Bytes of a large entry; few are larger."""

    def read(self, root: Path, key: str) -> AnyEntry | None:
        """The entry, if it exists and is complete."""
        ...

    def task(self, path: Path, keys: Mapping[str, Any], work: Path) -> tuple[Task, tuple[Path, ...]]:
        """The worker's task for the keys of one file, and the files that it writes."""
        ...

    def make_entries(self, keys: Sequence[str], outputs: Sequence[Path], result: Any) -> Iterator[NewEntry]:
        """The entries in a worker's result."""
        ...


class FramesKind:
    """Frames of each segment of a video.

    Args:
        settings: Size, rate and format of the frames.
    """

    def __init__(self, settings: DecodeSettings) -> None:
        self._settings = settings
        self.smallest_bytes = settings.size**2 * 3
        self.largest_bytes = (settings.num_stills or settings.max_frames) * self.smallest_bytes

    def read(self, root: Path, key: str) -> Entry | None:
        """The entry, if it exists and is complete."""
        return read_entry(root, key)

    def task(self, path: Path, keys: Mapping[str, Any], work: Path) -> tuple[Task, tuple[Path, ...]]:
        """One pass over the file for all of its segments."""
        outputs = tuple(work / f"{key}.frames" for key in keys)
        return DecodeTask(path, self._settings, tuple(keys.values()), outputs), outputs

    def make_entries(self, keys: Sequence[str], outputs: Sequence[Path], result: Any) -> Iterator[NewEntry]:
        """One entry per segment."""
        for key, output, segment in zip(keys, outputs, result.segments, strict=True):
            if isinstance(segment, ReelwiseError):
                yield key, segment, output
            else:
                yield key, Entry(key, self._settings.size, segment.crc32, segment.times, result.facts), output


class SoundKind:
    """The spectrogram of the whole track of a video.

    Args:
        sound: How it is made.
    """

    def __init__(self, sound: SoundInput) -> None:
        self._sound = sound
        self.smallest_bytes = 4 * sound.num_mels
        frames_per_second = sound.sample_rate // sound.hop_length + 1
        self.largest_bytes = SoundSettings().max_seconds * frames_per_second * self.smallest_bytes

    def read(self, root: Path, key: str) -> SoundEntry | None:
        """The entry, if it exists and is complete."""
        return read_sound_entry(root, key)

    def task(self, path: Path, keys: Mapping[str, Any], work: Path) -> tuple[Task, tuple[Path, ...]]:
        """Decode the track, at the rate of the spectrogram."""
        (key,) = keys
        samples = work / f"{key}.samples"
        return SoundTask(path, SoundSettings(self._sound.sample_rate), samples), (samples,)

    def make_entries(self, keys: Sequence[str], outputs: Sequence[Path], result: Any) -> Iterator[NewEntry]:
        """The spectrogram, made here: it costs little beside decoding."""
        (key,), (samples,) = keys, outputs
        flat_file = samples.with_suffix(".sound")
        yield key, write_log_mel(result, samples, self._sound, flat_file, key), flat_file
