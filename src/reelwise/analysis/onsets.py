"""The track of onsets: strikes, steps, syllables, each on the frame that shows it."""

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction

import numpy as np

from reelwise.analysis.analyzer import AnalyzerEntry, Finding, Setup
from reelwise.analysis.strip import SoundListener
from reelwise.analysis.times import FrameClock
from reelwise.core.sound import Sound
from reelwise.features.sound_frames import to_mono

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

_BLOCK_HOPS = 25
"""Hops that are looked at together: a quarter of a second."""

_BEGUN = 0.2
"""Part of the highest sample of two milliseconds, at which the sound has begun."""

_FULL_RISE = 24.0
"""dB at which the score is 1: from silence to a shout in one step."""


class OnsetAnalyzer(SoundListener):
    """Finds where the sound begins anew, half a second and some blocks later.

    Args:
        setup: Where pictures go.

    Source: Boeck and Widmer 2013, "Maximum filter vibrato suppression for onset detection", DAFx, eq. 1 without the
    maximum filter, with a threshold over the mean around. The place within the hop is that of the steepest rise.
    """

    def __init__(self, setup: Setup) -> None:
        super().__init__(setup)
        self._run: _Run | None = None
        self._last_frame = -1

    def push_sound(self, sound: Sound, clock: Callable[[], FrameClock]) -> Iterator[Finding]:
        """Look at the next piece of sound; one onset for a frame at most."""
        if self._run is None or self._run.end != sound.start:
            yield from self._end_run(clock)
            self._run = _Run(sound.start, sound.sample_rate)
        yield from self._findings(self._run.push(to_mono(sound.samples)), clock)

    def push_pause(self, until: Fraction, clock: Callable[[], FrameClock]) -> Iterator[Finding]:
        """The onsets just before the pause."""
        yield from self._end_run(clock)

    def finish(self, clock: FrameClock) -> Iterator[Finding]:
        """The onsets just before the end."""
        yield from self._end_run(lambda: clock)
        yield from super().finish(clock)

    def _end_run(self, clock: Callable[[], FrameClock]) -> Iterator[Finding]:
        run, self._run = self._run, None
        if run is not None:
            yield from self._findings(run.finish(), clock)

    def _findings(self, onsets: Iterable[tuple[Fraction, float]], clock: Callable[[], FrameClock]) -> Iterator[Finding]:
        for seconds, rise in onsets:
            times = clock()
            frame = times.frame_at(seconds)
            if not 0 <= seconds < times.seconds_of(len(times)) or frame <= self._last_frame:
                continue
            self._last_frame = frame
            score = min(1.0, rise / _FULL_RISE)
            picture = self.strip.picture_of(frame, frame + 1)
            yield Finding("onset", frame, frame + 1, score, picture, values={"rise": rise})


class _Run:
    """Sound without a break, of which the newest samples and rises are kept.

    Args:
        start: When its first sample sounds, in seconds on the clock of the frames.
        sample_rate: Samples per second.
    """

    def __init__(self, start: Fraction, sample_rate: int) -> None:
        self._start, self._rate = start, sample_rate
        self._length, self._hop = round(_WINDOW * sample_rate), round(_HOP * sample_rate)
        self._samples = np.zeros(0, np.float32)
        self._first_sample = 0
        self._rises = _Rises(self._length, sample_rate)
        self._peaks = _Peaks()

    @property
    def end(self) -> Fraction:
        """When the last sample that was pushed ends, in seconds on the clock of the frames."""
        return self._start + Fraction(self._num_samples, self._rate)

    @property
    def _num_samples(self) -> int:
        return self._first_sample + len(self._samples)

    def push(self, samples: np.ndarray) -> Iterator[tuple[Fraction, float]]:
        """Take (n,) samples; gives when something begins to sound, and by how many dB it rises."""
        self._samples = np.concatenate([self._samples, samples])
        block_length = self._hop * (_BLOCK_HOPS - 1) + self._length
        while self._rises_start + block_length <= self._num_samples:
            yield from self._onsets(self._peaks.push(self._next_rises(block_length)))
        self._forget()

    def finish(self) -> Iterator[tuple[Fraction, float]]:
        """The onsets that are certain with the end of the run."""
        if self._num_samples - self._rises_start >= self._length:
            yield from self._onsets(self._peaks.push(self._next_rises(self._num_samples - self._rises_start)))
        yield from self._onsets(self._peaks.finish())

    @property
    def _rises_start(self) -> int:
        """The first sample of the first window that was not looked at."""
        return self._peaks.num_hops * self._hop

    def _next_rises(self, num_samples: int) -> np.ndarray:
        place = self._rises_start - self._first_sample
        block = self._samples[place : place + num_samples]
        return self._rises.of(np.lib.stride_tricks.sliding_window_view(block, self._length)[:: self._hop])

    def _onsets(self, peaks: Iterable[tuple[int, float]]) -> Iterator[tuple[Fraction, float]]:
        for hop, rise in peaks:
            yield self._start + Fraction(self._steepest(hop), self._rate), rise

    def _forget(self) -> None:
        """Let the samples go that no undecided hop needs."""
        first = max(self._first_sample, min(self._peaks.next_hop * self._hop - self._length // 2, self._rises_start))
        self._samples = self._samples[first - self._first_sample :]
        self._first_sample = first

    def _steepest(self, hop: int) -> int:
        """The sample of the run from which on a millisecond is louder than the one before by most."""
        length, step = self._length, max(1, self._rate // 1000)
        # The window in which the rise shows has it in its second half, or just behind.
        first = max(0, hop * self._hop - length // 2)
        place = first - self._first_sample
        samples = self._samples[place : place + 2 * length]
        power = np.square(samples[: len(samples) // step * step].reshape(-1, step), dtype=np.float64).mean(axis=1)
        levels = np.log10(np.maximum(power, _QUIETEST_POWER))
        if len(levels) < 2:
            return first
        place = (int(np.diff(levels).argmax()) + 1) * step
        loud = np.abs(samples[place : place + 2 * step])
        return first + place + int((loud >= _BEGUN * loud.max()).argmax())


class _Rises:
    """The mean rise of all bands in dB at every hop; nothing is known of what was before the first.

    Args:
        length: Samples of a window.
        sample_rate: Samples per second.
    """

    def __init__(self, length: int, sample_rate: int) -> None:
        self._window = np.hanning(length).astype(np.float32)
        self._top = min(length // 2, round(_TOP_HZ * _WINDOW))
        self._edges = np.unique(np.geomspace(2, self._top, _NUM_BANDS + 1).round().astype(np.int64))
        self._last: np.ndarray | None = None

    def of(self, windows: np.ndarray) -> np.ndarray:
        """(H,) float32 of the next (H, length) windows."""
        pieces = windows * self._window
        power = np.square(np.abs(np.fft.rfft(pieces, axis=1))) / (self._window @ self._window * len(self._window))
        bands = np.add.reduceat(power[:, : self._top + 1], self._edges[:-1], axis=1)
        levels = 10 * np.log10(np.maximum(bands, _QUIETEST_POWER))
        before = levels[:1] if self._last is None else self._last
        self._last = levels[-1:]
        return np.maximum(np.diff(levels, axis=0, prepend=before), 0).mean(axis=1).astype(np.float32)


class _Peaks:
    """Hops that are the highest around, and much higher than the mean of half a second to either side."""

    def __init__(self) -> None:
        self._rises = np.zeros(0, np.float32)
        self._first_hop = 0  # of those that are kept
        self._last_peak: int | None = None
        self.next_hop = 0

    @property
    def num_hops(self) -> int:
        """Of which the rise is known."""
        return self._first_hop + len(self._rises)

    def push(self, rises: np.ndarray) -> Iterator[tuple[int, float]]:
        """Take the next rises; gives the peaks that are certain, with their rise."""
        self._rises = np.concatenate([self._rises, rises])
        yield from self._decide(self.num_hops - _AROUND)
        first = max(self._first_hop, self.next_hop - _AROUND)
        self._rises = self._rises[first - self._first_hop :]
        self._first_hop = first

    def finish(self) -> Iterator[tuple[int, float]]:
        """The peaks just before the end."""
        yield from self._decide(self.num_hops)

    def _decide(self, behind: int) -> Iterator[tuple[int, float]]:
        for hop in range(self.next_hop, behind):
            self.next_hop = hop + 1
            is_apart = self._last_peak is None or hop - self._last_peak >= _LEAST_HOPS
            if is_apart and self._is_peak(hop - self._first_hop):
                self._last_peak = hop
                yield hop, float(self._rises[hop - self._first_hop])

    def _is_peak(self, place: int) -> bool:
        rise = self._rises[place]
        if rise < _LEAST_RISE:
            return False
        near = self._rises[max(0, place - _LEAST_HOPS // 2) : place + _LEAST_HOPS // 2 + 1]
        around = self._rises[max(0, place - _AROUND) : place + _AROUND + 1]
        return bool(rise >= near.max() and rise >= _OVER_AROUND * around.mean(dtype=np.float64))


ENTRY = AnalyzerEntry(
    name="onsets",
    summary="Where the sound begins anew: strikes, steps, syllables.",
    producer="reelwise.onsets/2",
    start=OnsetAnalyzer,
    has_sound=True,
    labels={"onset": "Something begins to sound."},
    units={"rise": "dB"},
)
