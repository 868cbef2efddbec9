"""Records that show the same recording, found by their bytes and by their pictures."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from reelwise.cache.frame_cache import FrameCache
from reelwise.core.clip import DecodeSettings
from reelwise.core.modalities import SoundInput
from reelwise.core.records import Record
from reelwise.core.video import VideoFacts
from reelwise.datasets.recordings.duplicates import (
    Duplicate,
    find_duplicates,
    join_sets,
    without_chains,
)
from reelwise.datasets.recordings.fingerprints import Fingerprint, make_fingerprint, max_seconds
from reelwise.datasets.recordings.sounds import SoundPrint, have_same_sound, make_sound_print

_FillSound = Callable[[Sequence[Record]], Mapping[str, str]]
"""Decodes sound into the cache and gives the names of records without usable sound."""


@dataclass(frozen=True)
class SameRecording:
    """Records that show one recording.

    Args:
        records: Two or more.
        exact: Whether their files are the same, byte for byte.
        how: In what they differ, for a person, such as ``"mirrored, trimmed"``; empty when exact.
    """

    records: tuple[Record, ...]
    exact: bool
    how: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(record.name for record in self.records)


def find_same_recordings(
    records: Sequence[Record],
    cache: FrameCache,
    settings: DecodeSettings,
    contents: Mapping[str, str],
    facts: Mapping[str, VideoFacts],
    progress: Callable[[int, int], None] | None = None,
    num_workers: int | None = None,
) -> list[SameRecording]:
    """Sets of records that show one recording: first the same bytes, then the same pictures, motion and sound.

    Sound counts where both have any that can be used: songs behind one cover, or talks over the same slides, are as
    many recordings.

    Args:
        records: Records that have decoded.
        cache: Holds their frames.
        settings: Settings of the frames in the cache.
        contents: SHA-256 of the file by ``Record.name``, as ``CacheFill.contents``.
        facts: Facts of each video, by ``Record.name``.
        progress: Called with the number of compared records and of all.
        num_workers: Processes that decode the sound of records with the same pictures.
    """
    copies: dict[tuple[str, object, object], list[Record]] = defaultdict(list)
    for record in records:
        copies[(contents[record.name], record.start_seconds, record.end_seconds)].append(record)
    result = [SameRecording(tuple(same), exact=True) for same in copies.values() if len(same) > 1]
    firsts = [same[0] for same in copies.values()]
    prints: list[Fingerprint] = []
    for index, record in enumerate(firsts):
        prints.append(make_fingerprint(cache.open(record, settings), max_seconds(len(firsts))))
        if progress:
            progress(index + 1, len(firsts))
    files = {content: number for number, content in enumerate({contents[record.name] for record in firsts})}
    pairs = find_duplicates(prints, [files[contents[record.name]] for record in firsts])
    both_sound = [pair for pair in pairs if all(facts[firsts[n].name].sound for n in (pair.first, pair.second))]

    def fill_sound(with_track: Sequence[Record]) -> Mapping[str, str]:
        return cache.fill_sound(with_track, SoundInput(), num_workers=num_workers).missing

    pairs = without_chains(_with_same_sound(pairs, _sound_prints(both_sound, firsts, (cache, settings), fill_sound)))
    for members in join_sets((pair.first, pair.second) for pair in pairs):
        inside = [pair for pair in pairs if pair.first in members]
        how = _how(inside, [facts[firsts[index].name] for index in members])
        result.append(SameRecording(tuple(firsts[index] for index in members), exact=False, how=how))
    return result


def _with_same_sound(pairs: Sequence[Duplicate], prints: Mapping[int, SoundPrint]) -> list[Duplicate]:
    """The pairs that do not differ in sound."""

    def differ(pair: Duplicate) -> bool:
        first, second = prints.get(pair.first), prints.get(pair.second)
        if first is None or second is None:
            return False
        # Pictures that stand still fit at any offset.
        line = (pair.match.speed, pair.match.offset_seconds) if pair.match.moves else None
        return not have_same_sound(first, second, line)

    return [pair for pair in pairs if not differ(pair)]


def _sound_prints(
    pairs: Sequence[Duplicate], records: Sequence[Record], frames: tuple[FrameCache, DecodeSettings], fill: _FillSound
) -> dict[int, SoundPrint]:
    """The prints of records of these pairs that have usable sound, by index; no other sound is decoded."""
    cache, settings = frames
    numbers = sorted({number for pair in pairs for number in (pair.first, pair.second)})
    missing = fill([records[number] for number in numbers]) if numbers else {}
    prints: dict[int, SoundPrint] = {}
    for number in numbers:
        if records[number].name in missing:
            continue
        seconds = cache.open(records[number], settings).times.seconds
        sound = make_sound_print(cache.open_sound(records[number], SoundInput()), float(seconds[0]), float(seconds[-1]))
        if sound is not None:
            prints[number] = sound
    return prints


def _how(pairs: Sequence[Duplicate], facts: Sequence[VideoFacts]) -> str:
    lengths = [fact.duration_seconds for fact in facts]
    words = {
        "mirrored": any(pair.is_mirrored for pair in pairs),
        "cropped": any(pair.is_cropped for pair in pairs),
        "faster or slower": any(pair.match.speed != 1 for pair in pairs),
        "trimmed": max(lengths) - min(lengths) > max(0.25, 0.05 * max(lengths)),
        "rescaled": len({(fact.width, fact.height) for fact in facts}) > 1,
        "other frame rate": max(f.frame_rate for f in facts) > min(f.frame_rate for f in facts) * 11 / 10,
        "other format": len({(fact.codec, fact.container) for fact in facts}) > 1,
    }
    return ", ".join(word for word, holds in words.items() if holds) or "re-encoded"
