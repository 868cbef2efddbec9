"""The spectrogram of a whole sound track in a flat file, with a JSON file that describes it."""

import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from reelwise.cache.flat_map import map_file
from reelwise.cache.frames_entry import entry_paths
from reelwise.core.modalities import SoundInput
from reelwise.core.sound import LogMel, Sound
from reelwise.features.log_mel import MelSettings, log_mel_stream
from reelwise.features.mel_filters import MelFilters
from reelwise.features.sound_frames import count_frames, frames_present, mono_blocks
from reelwise.media.sound.track import SoundTrack, open_sound

SCHEMA = "reelwise/sound/1"
SILENT_PEAK = 1e-4
"""A track whose loudest sample lies under this (-80 dB of full scale) is no usable sound: nothing was recorded."""

_SILENT = "a silent sound track: no sample is over -80 dB of full scale."


@dataclass(frozen=True, eq=False)
class SoundEntry:
    """The content of a spectrogram's JSON file.

    The file holds (T, num_mels) float32 natural logarithms, then T bytes: 1 for real sound.

    Args:
        key: The name of the entry in the cache; empty elsewhere.
        num_frames: T; 0 where there is no usable sound.
        num_mels: Mel bands.
        start: When the middle of frame 0 sounds, in seconds on the clock of the pictures.
        step: Seconds from one frame to the next.
        crc32: Checksum of the file.
        missing: Why there is no usable sound; empty when there is.
    """

    key: str
    num_frames: int
    num_mels: int
    start: Fraction
    step: Fraction
    crc32: int
    missing: str = ""
    suffix: str = "sound"

    @property
    def num_bytes(self) -> int:
        """Size of the file."""
        return self.num_frames * (4 * self.num_mels + 1)

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "schema": SCHEMA,
            "key": self.key,
            "num_frames": self.num_frames,
            "num_mels": self.num_mels,
            "start": str(self.start),
            "step": str(self.step),
            "crc32": self.crc32,
            "missing": self.missing,
        }


def mel_settings(sound: SoundInput) -> MelSettings:
    """The settings of the spectrogram that a network reads."""
    return MelSettings(
        sample_rate=sound.sample_rate,
        fft_length=sound.fft_length,
        window_length=sound.window_length,
        hop_length=sound.hop_length,
        filters=MelFilters(num_mels=sound.num_mels),
    )


def write_log_mel(track: SoundTrack, samples: Path, sound: SoundInput, output: Path, key: str = "") -> SoundEntry:
    """Make the spectrogram of a decoded track piece by piece, whatever its length.

    Args:
        track: The result of a SoundTask at ``sound.sample_rate``.
        samples: The task's output.
        sound: Settings of the spectrogram.
        output: Overwritten; empty where there is no usable sound.
        key: The name of the entry.

    Raises:
        CacheError: The samples are gone.
        OSError: The output cannot be written.
    """
    samples_of_track = open_sound(track, samples)
    missing = track.missing or _why_silent(samples_of_track)
    settings = mel_settings(sound)
    length, hop = settings.fft_length, settings.hop_length
    count = 0 if missing else count_frames(len(samples_of_track), length, hop, centre=settings.centre)
    crc32 = 0
    with output.open("wb") as stream:
        for piece in _pieces(samples_of_track, settings, count):
            stream.write(piece)
            crc32 = zlib.crc32(piece, crc32)
    start, step = samples_of_track.time_of(settings.first_centre), Fraction(hop, sound.sample_rate)
    return SoundEntry(key, count, sound.num_mels, start, step, crc32, missing)


def _pieces(sound: Sound, settings: MelSettings, count: int) -> Iterator[memoryview]:
    if not count:
        return
    for values in log_mel_stream(mono_blocks(sound.samples), settings):
        yield np.ascontiguousarray(values).data
    length, hop = settings.window_length, settings.hop_length
    yield frames_present(sound.intervals, count, length, hop, first_centre=settings.first_centre).view(np.uint8).data


def _why_silent(sound: Sound) -> str:
    peaks = (float(np.abs(block).max()) for block in mono_blocks(sound.samples) if len(block))
    return "" if any(peak >= SILENT_PEAK for peak in peaks) else _SILENT


def read_sound_entry(root: Path, key: str) -> SoundEntry | None:
    """The entry, or None when it is not there, not finished, or visibly damaged; its values are not read."""
    path, json_path = entry_paths(root, key, "sound")
    try:
        value = json.loads(json_path.read_bytes())
        if value["schema"] != SCHEMA or value["key"] != key:
            return None
        entry = SoundEntry(
            key=key,
            num_frames=int(value["num_frames"]),
            num_mels=int(value["num_mels"]),
            start=Fraction(value["start"]),
            step=Fraction(value["step"]),
            crc32=int(value["crc32"]),
            missing=str(value["missing"]),
        )
        return entry if path.stat().st_size == entry.num_bytes else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError):
        return None


def map_log_mel(path: Path, entry: SoundEntry, *, verify: bool = False) -> LogMel | None:
    """The spectrogram as a read-only memory map, or None when the file is gone or its checksum is wrong."""
    if not entry.num_frames:
        return empty_log_mel(entry.num_mels, entry.start, entry.step)
    try:
        data = map_file(path, entry.num_bytes)
    except (OSError, ValueError):
        return None
    if verify and zlib.crc32(data.data) != entry.crc32:
        return None
    values, present = np.split(data, [4 * entry.num_frames * entry.num_mels])
    return LogMel(values.view(np.float32).reshape(-1, entry.num_mels), present.view(bool), entry.start, entry.step)


def empty_log_mel(num_mels: int, start: Fraction = Fraction(0), step: Fraction = Fraction(1, 100)) -> LogMel:
    """The spectrogram of a video without usable sound: no frames."""
    return LogMel(np.zeros((0, num_mels), np.float32), np.zeros(0, bool), start, step)


def no_sound(sound: SoundInput) -> LogMel:
    """The spectrogram of a video of which no sound could be decoded."""
    return empty_log_mel(sound.num_mels, step=Fraction(sound.hop_length, sound.sample_rate))
