"""The track of onsets: strikes, steps, syllables, each on the frame that shows it."""

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from reelwise.analysis.analyzer import AnalyzerEntry, Finding
from reelwise.analysis.strip import SoundListener
from reelwise.analysis.times import FrameClock
from reelwise.core.sound import Sound
from reelwise.features.sound_frames import release_pages, to_mono

_WINDOW, _HOP = Fraction(32, 1000), Fraction(1, 100)
"""Seconds of a spectrum, and from one to the next: 31 Hz apart, and three of them in a frame at 30 per second."""

_NUM_BANDS, _TOP_HZ = 24, 8000
"""Of equal width in octaves up to this frequency: a strike raises all of them, a tone that slides few."""

_QUIETEST_POWER = 1e-7
"""Mean square under which a band counts as silent: 70 dB below full scale."""

_LEAST_RISE = 6.0
"""Mean rise of all bands in dB from which on it is an onset: a strike raises most of them by more."""

_AROUND = 50
"""Hops to either side, half a second, with which a rise is compared: in rain no drop stands out."""

_OVER_AROUND = 2.5
"""How much higher than the mean rise around it."""

_LEAST_HOPS = 10
"""Between two onsets: a tenth of a second, the shortest syllables and drum rolls."""

_BLOCK_HOPS = 400
"""Hops that are looked at together: memory does not grow with the sound."""

_BEGUN = 0.2
"""Part of the highest sample of two milliseconds, at which the sound has begun."""

_FULL_RISE = 24.0
"""dB at which the score is 1: from silence to a shout in one step."""


class OnsetAnalyzer(SoundListener):
    """Finds where the sound begins anew, when the frames are over.

    Source: Boeck and Widmer 2013, "Maximum filter vibrato suppression for onset detection", DAFx, eq. 1 without the
    maximum filter, with a threshold over the mean around. The place within the hop is that of the steepest rise.
    """

    def push_sound(self, sound: Sound, clock: FrameClock) -> Iterator[Finding]:
        """Look at the whole sound track; one onset for a frame at most."""
        last_frame = -1
        duration = clock.seconds_of(len(clock))
        for start, end in sound.intervals:
            rises = np.concatenate([np.zeros(0, np.float32), *_rises(sound, start, end)])
            for hop in _peaks(rises):
                seconds = sound.time_of(start + _steepest(sound, start, end, hop))
                frame = clock.frame_at(seconds)
                if not 0 <= seconds < duration or frame <= last_frame:
                    continue
                last_frame = frame
                score = min(1.0, float(rises[hop]) / _FULL_RISE)
                picture = self.strip.picture_of(frame, frame + 1)
                yield Finding("onset", frame, frame + 1, score, picture, values={"rise": float(rises[hop])})


def _rises(sound: Sound, start: int, end: int) -> Iterator[np.ndarray]:
    """The mean rise of all bands in dB at every hop, block by block; nothing is known of what was before the first."""
    length, hop = round(_WINDOW * sound.sample_rate), round(_HOP * sound.sample_rate)
    window = np.hanning(length).astype(np.float32)
    top = min(length // 2, round(_TOP_HZ * _WINDOW))
    edges = np.unique(np.geomspace(2, top, _NUM_BANDS + 1).round().astype(np.int64))
    last: np.ndarray | None = None
    for first in range(start, end - length + 1, hop * _BLOCK_HOPS):
        stop = min(end, first + hop * (_BLOCK_HOPS - 1) + length)
        block = to_mono(np.asarray(sound.samples[first:stop]))
        pieces = np.lib.stride_tricks.sliding_window_view(block, length)[::hop] * window
        power = np.square(np.abs(np.fft.rfft(pieces, axis=1))) / (window @ window * length)
        bands = np.add.reduceat(power[:, : top + 1], edges[:-1], axis=1)
        levels = 10 * np.log10(np.maximum(bands, _QUIETEST_POWER))
        before = levels[:1] if last is None else last
        yield np.maximum(np.diff(levels, axis=0, prepend=before), 0).mean(axis=1).astype(np.float32)
        last = levels[-1:]
        release_pages(sound.samples)


def _peaks(rises: np.ndarray) -> list[int]:
    """Hops that are the highest around, and much higher than the mean of half a second to either side."""
    sums = np.cumsum(np.concatenate([[0.0], rises]))
    peaks: list[int] = []
    for hop in np.flatnonzero(rises >= _LEAST_RISE).tolist():
        near = rises[max(0, hop - _LEAST_HOPS // 2) : hop + _LEAST_HOPS // 2 + 1]
        low, high = max(0, hop - _AROUND), min(len(rises), hop + _AROUND + 1)
        mean = (sums[high] - sums[low]) / (high - low)
        is_apart = not peaks or hop - peaks[-1] >= _LEAST_HOPS
        if rises[hop] >= near.max() and rises[hop] >= _OVER_AROUND * mean and is_apart:
            peaks.append(hop)
    return peaks


def _steepest(sound: Sound, start: int, end: int, hop: int) -> int:
    """The sample, counted from ``start``, from which on a millisecond is louder than the one before by most."""
    length, step = round(_WINDOW * sound.sample_rate), max(1, sound.sample_rate // 1000)
    # The window in which the rise shows has it in its second half, or just behind.
    first = max(0, hop * round(_HOP * sound.sample_rate) - length // 2)
    samples = to_mono(np.asarray(sound.samples[start + first : min(end, start + first + 2 * length)]))
    power = np.square(samples[: len(samples) // step * step].reshape(-1, step), dtype=np.float64).mean(axis=1)
    levels = np.log10(np.maximum(power, _QUIETEST_POWER))
    if len(levels) < 2:
        return first
    place = (int(np.diff(levels).argmax()) + 1) * step
    loud = np.abs(samples[place : place + 2 * step])
    return first + place + int((loud >= _BEGUN * loud.max()).argmax())


ENTRY = AnalyzerEntry(
    name="onsets",
    summary="Where the sound begins anew: strikes, steps, syllables.",
    producer="reelwise.onsets/2",
    start=OnsetAnalyzer,
    has_sound=True,
    labels={"onset": "Something begins to sound."},
    units={"rise": "dB"},
)
