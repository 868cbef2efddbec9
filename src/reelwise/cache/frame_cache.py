"""Frames and sound decoded once: a memory-mapped cache, keyed by content and settings."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from reelwise.cache.content_hashes import ContentIndex
from reelwise.cache.features_entry import FeaturesEntry, read_features, write_features
from reelwise.cache.fill import (
    CacheFill,
    FileRequest,
    Filler,
    FillProgress,
    Pool,
    PoolFactory,
    SoundFill,
    find_entries,
    sweep,
)
from reelwise.cache.folder import cannot_write_cache, mark_cache
from reelwise.cache.frames_entry import Entry, entry_paths, map_entry, read_entry, remove_entry
from reelwise.cache.keys import entry_key, features_key, sound_key
from reelwise.cache.kinds import FramesKind, Kind, SoundKind
from reelwise.cache.scratch import scratch_folder, sweep_scratch
from reelwise.cache.sound_entry import SoundEntry, map_log_mel, no_sound, read_sound_entry
from reelwise.cache.space import Space
from reelwise.core.clip import DecodeSettings
from reelwise.core.compiled_programs import forget_programs
from reelwise.core.errors import CacheError, VideoError
from reelwise.core.frames import DecodedVideo
from reelwise.core.modalities import ImageInput, SoundInput
from reelwise.core.records import Record
from reelwise.core.sound import LogMel
from reelwise.media.versions import DECODE_VERSION


class FrameCache:
    """Decoded frames, and spectrograms of sound, on disk; any number of jobs may share one.

    An entry is a flat file and a JSON file, which is written last and marks the entry as complete. Checksums are
    verified once per process, when an entry is first opened; a damaged entry is decoded again. The least recently used
    entries are evicted first, and never one that this job needs. A file that another job has mapped stays readable for
    that job after its name is gone.

    Args:
        root: The cache folder; made when needed.
        max_gb: Gigabytes (10^9 bytes) that the entries may take.
        make_pool: Makes the decoding processes; tests replace it.

    Example:
        >>> import tempfile
        >>> FrameCache(Path(tempfile.mkdtemp())).num_entries
        0
    """

    def __init__(self, root: Path, max_gb: float = 50.0, *, make_pool: PoolFactory | None = None) -> None:
        if max_gb <= 0:
            raise CacheError(f"--cache-gb is {max_gb}, expected more than 0.", hint="Use --cache-gb 50.")
        self.root = Path(root)
        self._max_bytes = int(max_gb * 1e9)
        self._make_pool = make_pool or _decode_pool
        self._index: ContentIndex | None = None
        self._verified_keys: set[str] = set()
        self._decoder: str | None = None
        self._in_use: dict[type, set[str]] = {}
        self._mending = False
        self._without_sound: dict[str, str] = {}

    @property
    def size(self) -> int:
        """Bytes that the entries take."""
        return self._space().total

    @property
    def num_entries(self) -> int:
        """How many entries there are."""
        return len(self._space().sizes)

    def fill(
        self,
        records: Sequence[Record],
        settings: DecodeSettings,
        *,
        num_workers: int | None = None,
        progress: FillProgress | None = None,
    ) -> CacheFill:
        """Decode the frames of every record that are not in the cache yet.

        Args:
            records: Videos and segments; the segments of one file are decoded in one pass.
            settings: Size, rate and format of the frames.
            num_workers: Decoding processes; None for one per core.
            progress: Called with (files done, files in all, frames decoded, seconds).

        Returns:
            Counts, facts and failures. A failure costs its record only.

        Raises:
            CacheError: The disk is full, or the job needs more than ``max_gb``.
        """
        start_seconds = time.monotonic()
        mark_cache(self.root)
        contents = self._contents({record.path for record in records})
        failures = {r.name: e for r in records if isinstance(e := contents[r.path], VideoError)}
        requests = self._requests(
            records, contents, lambda content, record: self._frames_key(content, record, settings)
        )
        filler = self._find_or_decode(FramesKind(settings), requests, num_workers, progress)
        failures.update(filler.failures)
        good = {name: key for name, key in _keys_by_name(requests).items() if name not in failures}
        num_decoded = sum(key in filler.decoded_keys for key in good.values())
        entries = {name: entry for name, key in good.items() if isinstance(entry := filler.entries[key], Entry)}
        return CacheFill(
            num_found=len(good) - num_decoded,
            num_decoded=num_decoded,
            num_frames=filler.num_frames,
            seconds=time.monotonic() - start_seconds,
            failures=failures,
            facts={name: entry.facts for name, entry in entries.items()},
            contents={r.name: text for r in records if isinstance(text := contents[r.path], str)},
        )

    def fill_sound(
        self,
        records: Sequence[Record],
        sound: SoundInput,
        *,
        num_workers: int | None = None,
        progress: FillProgress | None = None,
    ) -> SoundFill:
        """Make the spectrograms that are not in the cache yet; a video without sound is no failure.

        Args:
            records: Videos and segments; the segments of one file share its spectrogram.
            sound: How it is made.
            num_workers: Decoding processes; None for one per core.
            progress: Called with (files done, files in all, frames of spectrograms made, seconds).

        Returns:
            Counts, and the videos without usable sound. A track that made its worker fail is one of these; the next
            process tries it again.

        Raises:
            CacheError: The disk is full, or the job needs more than ``max_gb``.
        """
        start_seconds = time.monotonic()
        mark_cache(self.root)
        contents = self._contents({record.path for record in records})
        missing = {r.name: e.reason_for(r.path) for r in records if isinstance(e := contents[r.path], VideoError)}
        requests = self._requests(records, contents, lambda content, record: self._sound_key(content, sound))
        filler = self._find_or_decode(SoundKind(sound), requests, num_workers, progress)
        keys = _keys_by_name(requests)
        paths = {record.name: record.path for record in records}
        for name, error in filler.failures.items():
            self._without_sound[keys[name]] = missing[name] = f"no usable sound: {error.reason_for(paths[name], name)}"
        for name, key in keys.items():
            entry = filler.entries.get(key)
            if isinstance(entry, SoundEntry) and entry.missing:
                missing[name] = entry.missing
        num_decoded = sum(key in filler.decoded_keys for key in keys.values())
        num_found = len(keys) - num_decoded - len(filler.failures)
        return SoundFill(num_found, num_decoded, missing, time.monotonic() - start_seconds)

    def open(self, record: Record, settings: DecodeSettings) -> DecodedVideo:
        """The frames of one record as a read-only memory map; missing or damaged ones are decoded again.

        Raises:
            VideoError: The file cannot be decoded.
            CacheError: The cache cannot be written.
        """
        for _ in range(2):
            video = self._open(record, settings)
            if video is not None:
                return video
            with self._mend():
                failures = self.fill([record], settings, num_workers=1).failures
            if record.name in failures:
                raise failures[record.name]
        raise self._damage_error(f"frames of {record.name}")

    def fill_stills(
        self,
        records: Sequence[Record],
        images: ImageInput,
        *,
        num_workers: int | None = None,
        progress: FillProgress | None = None,
    ) -> CacheFill:
        """Decode the stills of every record that are not in the cache yet; frames that this job needs stay there.

        Args:
            records: Videos and segments.
            images: Number and size of the stills.
            num_workers: Decoding processes; None for one per core.
            progress: Called with (files done, files in all, frames decoded, seconds).

        Raises:
            CacheError: The disk is full, or the job needs more than ``max_gb``.
        """
        with self._mend():
            return self.fill(records, images.decode, num_workers=num_workers, progress=progress)

    def read_features(self, record: Record, images: ImageInput, backend: str) -> np.ndarray | None:
        """(K, F) float32 image features of one record, as a read-only memory map; None where they are not there.

        Args:
            record: A video or segment.
            images: Stills and network.
            backend: The Keras back end that makes them.
        """
        key = self._features_key(record, images, backend)
        values = read_features(self.root, key)
        if values is not None:
            self._in_use.setdefault(FeaturesEntry, set()).add(key)
            Space(self.root, self._max_bytes).touch(key)
        return values

    def replace_stills(self, features: Sequence[tuple[Record, np.ndarray]], images: ImageInput, backend: str) -> None:
        """Keep the image features of some records and remove the stills that they were made from.

        Args:
            features: Records with their (K, F) float32 features.
            images: Stills and network.
            backend: The Keras back end that made them.

        Raises:
            CacheError: The cache cannot be written, or the job needs more than ``max_gb``.
        """
        contents = [self._content_index().content(record.path) for record, _ in features]
        for (record, _), content in zip(features, contents, strict=True):
            stills = self._frames_key(content, record, images.decode)
            self._in_use.get(FramesKind, set()).discard(stills)
            remove_entry(self.root, stills)
        keys = [self._features_key(record, images, backend) for record, _ in features]
        self._in_use.setdefault(FeaturesEntry, set()).update(keys)
        space = self._space()
        try:
            space.make_room(set().union(*self._in_use.values()), sum(values.nbytes for _, values in features))
            with scratch_folder(self.root, "features") as folder:
                for key, (_, values) in zip(keys, features, strict=True):
                    write_features(self.root, key, values, folder)
        except OSError as error:
            raise cannot_write_cache(self.root, error) from error

    def open_sound(self, record: Record, sound: SoundInput) -> LogMel:
        """The spectrogram of the whole file of a record as a read-only memory map; without frames where it has none.

        Missing and damaged ones are made again.

        Raises:
            VideoError: The file is gone.
            CacheError: The cache cannot be written.
        """
        key = self._sound_key(self._content_index().content(record.path), sound)
        for _ in range(2):
            if key in self._without_sound:
                return no_sound(sound)
            log_mel = self._open_sound(key)
            if log_mel is not None:
                return log_mel
            with self._mend():
                self.fill_sound([record], sound, num_workers=1)
        raise self._damage_error(f"sound of {record.name}")

    def clear(self) -> int:
        """Remove every entry, what dead jobs have left and what JAX has compiled; other files in the folder stay.

        Returns:
            How many entries were removed.
        """
        space = self._space()
        for key in space.sizes:
            remove_entry(self.root, key)
        sweep(self.root / "work")
        sweep_scratch(self.root)
        forget_programs(self.root)
        (self.root / "content.json").unlink(missing_ok=True)
        for folder in (*sorted((self.root / "entries").glob("[0-9a-f][0-9a-f]")), self.root / "entries"):
            _remove_if_empty(folder)
        self._verified_keys.clear()
        self._index = None
        return len(space.sizes)

    def _open(self, record: Record, settings: DecodeSettings) -> DecodedVideo | None:
        key = self._frames_key(self._content_index().content(record.path), record, settings)
        entry = read_entry(self.root, key)
        if entry is None:
            return None
        video = map_entry(self.root, entry, verify=key not in self._verified_keys)
        if video is None:
            remove_entry(self.root, key)
            return None
        self._verified_keys.add(key)
        return video

    def _open_sound(self, key: str) -> LogMel | None:
        entry = read_sound_entry(self.root, key)
        if entry is None:
            return None
        path, _ = entry_paths(self.root, key, entry.suffix)
        log_mel = map_log_mel(path, entry, verify=key not in self._verified_keys)
        if log_mel is None:
            remove_entry(self.root, key)
            return None
        self._verified_keys.add(key)
        return log_mel

    def _find_or_decode(
        self, kind: Kind, requests: list[FileRequest], num_workers: int | None, progress: FillProgress | None
    ) -> Filler:
        """Find existing entries and decode the others; the job's entries of other kinds stay in the cache."""
        keys_in_use = self._in_use.get(type(kind), set()) if self._mending else set()
        self._in_use[type(kind)] = keys_in_use | {key for request in requests for key in request.keys}
        in_use = set().union(*self._in_use.values())
        entries = find_entries(self.root, kind, requests)
        space = self._space()
        for key in entries:
            space.touch(key)
        filler = Filler(self.root, space, kind, requests, progress, in_use)
        filler.entries.update(entries)
        try:
            filler.run(self._make_pool, num_workers)
            space.make_room(in_use)
        except OSError as error:
            raise cannot_write_cache(self.root, error) from error
        return filler

    @contextmanager
    def _mend(self) -> Iterator[None]:
        """Keep the entries of this job in use while one of them is made again."""
        self._mending = True
        try:
            yield
        finally:
            self._mending = False

    def _requests(
        self,
        records: Sequence[Record],
        contents: dict[Path, str | VideoError],
        key_of: Callable[[str, Record], str],
    ) -> list[FileRequest]:
        requests: dict[str, FileRequest] = {}
        for record in records:
            content = contents[record.path]
            if isinstance(content, VideoError):
                continue
            key = key_of(content, record)
            request = requests.setdefault(content, FileRequest(record.path))
            request.keys[key] = record.segment
            request.records.setdefault(key, []).append(record)
        return list(requests.values())

    def _frames_key(self, content: str, record: Record, settings: DecodeSettings) -> str:
        return entry_key(content, settings, record.segment, self._version())

    def _features_key(self, record: Record, images: ImageInput, backend: str) -> str:
        content = self._content_index().content(record.path)
        return features_key(self._frames_key(content, record, images.decode), images, backend)

    def _sound_key(self, content: str, sound: SoundInput) -> str:
        return sound_key(content, sound, self._version())

    def _damage_error(self, what: str) -> CacheError:
        return CacheError(
            f"{self.root}: the {what} are damaged even after they were decoded again.",
            hint="Check the disk, or use --cache-dir on another one.",
        )

    def _contents(self, paths: set[Path]) -> dict[Path, str | VideoError]:
        index = self._content_index()
        contents = index.contents(sorted(paths), num_threads=min(4, os.cpu_count() or 1))
        index.save()
        return contents

    def _content_index(self) -> ContentIndex:
        if self._index is None:
            self._index = ContentIndex(self.root / "content.json")
        return self._index

    def _space(self) -> Space:
        space = Space(self.root, self._max_bytes)
        space.scan()
        return space

    def _version(self) -> str:
        if self._decoder is None:
            self._decoder = _decoder_version()
        return self._decoder


def _keys_by_name(requests: Sequence[FileRequest]) -> dict[str, str]:
    return {record.name: key for request in requests for key, records in request.records.items() for record in records}


def _decode_pool(num_workers: int | None) -> Pool:
    from reelwise.media.workers.pool import WorkerPool

    return WorkerPool(num_workers)


def _decoder_version() -> str:
    return str(DECODE_VERSION)


def _remove_if_empty(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError:
        return
