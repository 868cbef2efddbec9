"""The track of sound: programme loudness, silence, missing sound and clipping, with loudness and waveform."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from reelwise.analysis.analyzer import AnalyzerEntry, Finding, Setup, Signal
from reelwise.analysis.sound.clipping import ClippingFinder
from reelwise.analysis.sound.frames import frames_of
from reelwise.analysis.sound.gaps import GapFinder
from reelwise.analysis.sound.waveform import MAX_SECONDS, WAVEFORM, WaveformMaker
from reelwise.analysis.strip import SoundListener
from reelwise.analysis.times import FrameClock
from reelwise.core.intervals import Interval
from reelwise.core.sound import Sound
from reelwise.features.loudness import GATE_LUFS, StepSums, block_powers, loudness_of_steps, step_length, to_lufs
from reelwise.features.silence import SilenceFinder, SilenceSettings
from reelwise.features.sound_frames import to_mono

STEP_SECONDS = Fraction(1, 10)
"""From one value of the curve to the next, as BS.1770 has it."""

_BLOCK_STEPS = {"momentary": 4, "short_term": 30}
"""0.4 s and 3 s. Source: EBU Tech 3341."""

_SILENCE = SilenceSettings(min_seconds=0.5)
"""Pauses between words are shorter; FFmpeg's silencedetect has the same level and 2 s."""

_QUIETEST_DB = -120.0
"""Of digital silence."""

_UNITS = {"momentary": "LUFS", "short_term": "LUFS"}


class SoundAnalyzer(SoundListener):
    """Looks at the sound as it comes; what holds for all of it is known when the video has ended.

    Args:
        setup: Where pictures go.

    Source: ITU-R BS.1770-4 and EBU R 128 for loudness; FFmpeg's silencedetect for silence.
    """

    def __init__(self, setup: Setup) -> None:
        super().__init__(setup)
        self._energies: list[_Energies] = []
        self._run: _Run | None = None
        self._has_sound, self._is_whole = False, True
        self._gaps, self._clipping, self._waveform = GapFinder(), ClippingFinder(), WaveformMaker()
        self._peak = 0.0
        self._last_frames: dict[str, int] = {}
        self._signals: dict[str, Signal] = {}

    def push_sound(self, sound: Sound, clock: Callable[[], FrameClock]) -> Iterator[Finding]:
        """Look at the next piece of sound."""
        self._has_sound = True
        if self._run is None or self._run.end != sound.start:
            yield from self._findings("silence", self._end_run(), clock)
            self._run = _Run(sound)
        yield from self._findings("no_sound", self._gaps.push(sound), clock)
        yield from self._findings("silence", self._run.push(sound), clock)
        yield from self._findings("clipping", self._clipping.push(sound), clock)
        self._waveform.push(sound)
        self._peak = max(self._peak, float(np.abs(sound.samples).max(initial=0.0)))

    def push_pause(self, until: Fraction, clock: Callable[[], FrameClock]) -> Iterator[Finding]:
        """What ended with the sound."""
        yield from self._findings("silence", self._end_run(), clock)
        yield from self._findings("clipping", self._clipping.end(), clock)

    def break_sound_off(self) -> Iterable[Finding]:
        """What holds for the whole sound, and what is behind it, is not known."""
        self._is_whole = False
        return ()

    def finish(self, clock: FrameClock) -> Iterator[Finding]:
        """What ends with the video, and what holds for all of it; nothing where there was no sound."""
        if self._has_sound:
            duration = clock.seconds_of(len(clock))
            silences = [*self._end_run()]
            if self._is_whole:
                yield self._programme(len(clock))
                yield from self._findings("no_sound", self._gaps.end(duration), lambda: clock)
            yield from self._findings("silence", silences, lambda: clock)
            yield from self._findings("clipping", self._clipping.end(), lambda: clock)
            self._signals = {"sound": _curve(self._energies, duration), WAVEFORM: self._waveform.signal(duration)}
        yield from super().finish(clock)

    def _programme(self, num_frames: int) -> Finding:
        sums = [energies.sums for energies in self._energies]
        loudness = loudness_of_steps(sums, self._energies[0].sample_rate) if self._energies else GATE_LUFS
        values = {"loudness": loudness, "peak": max(_QUIETEST_DB, 20 * math.log10(max(self._peak, 1e-6)))}
        return Finding("programme", 0, num_frames, 1.0, self.strip.picture_of(0, num_frames), values=values)

    def signal(self) -> Signal | None:
        """Momentary and short-term loudness; None without sound."""
        return self._signals.get("sound")

    def further_signals(self) -> Mapping[str, Signal]:
        """The waveform."""
        return {name: signal for name, signal in self._signals.items() if name == WAVEFORM}

    def _end_run(self) -> Iterator[Interval[Fraction]]:
        run, self._run = self._run, None
        if run is not None:
            yield from run.finish()
            if len(run.sums):
                self._energies.append(_Energies(run.start, run.sample_rate, run.sums))

    def _findings(
        self, label: str, intervals: Iterable[Interval[Fraction]], clock: Callable[[], FrameClock]
    ) -> Iterator[Finding]:
        for start, end in intervals:
            frames, behind = frames_of(clock(), start, end), self._last_frames.get(label, 0)
            if frames is None or frames[1] <= behind:
                continue
            first = max(behind, frames[0])
            self._last_frames[label] = frames[1]
            yield Finding(label, first, frames[1], 1.0, self.strip.picture_of(first, frames[1]))


class _Run:
    """Sound without a break.

    Args:
        sound: Its first piece, which is to be pushed, too.
    """

    def __init__(self, sound: Sound) -> None:
        self.start = self.end = sound.start
        self.sample_rate = sound.sample_rate
        self.sums = np.zeros(0)
        self._steps = StepSums(sound.sample_rate, sound.channels, sound.num_channels)
        self._silence = SilenceFinder(_SILENCE, sound.sample_rate)

    def push(self, sound: Sound) -> Iterator[Interval[Fraction]]:
        """Take the next piece; gives the silences that have ended, in seconds on the clock of the frames."""
        self.end = sound.end
        self._steps.push(sound.samples)
        yield from self._times(self._silence.push(to_mono(sound.samples)))

    def finish(self) -> Iterator[Interval[Fraction]]:
        """The silence that ends with the run, whose ``sums`` are known then."""
        self.sums = self._steps.end()
        yield from self._times(self._silence.end())

    def _times(self, silences: Iterable[Interval[int]]) -> Iterator[Interval[Fraction]]:
        for first, behind in silences:
            start = self.start + Fraction(first, self.sample_rate)
            yield Interval(start, start + Fraction(behind - first, self.sample_rate))


@dataclass(frozen=True, eq=False)
class _Energies:
    """What is kept of a run: when it starts, and the sums of ``StepSums``."""

    start: Fraction
    sample_rate: int
    sums: np.ndarray


def _curve(runs: Iterable[_Energies], duration: Fraction) -> Signal:
    """A row every 0.1 s from the first frame on, of the block around it; NaN where there is no whole block."""
    num_rows = math.ceil(min(duration, MAX_SECONDS) / STEP_SECONDS)
    values = np.full((num_rows, len(_BLOCK_STEPS)), np.nan, np.float32)
    for column, num_steps in enumerate(_BLOCK_STEPS.values()):
        for run in runs:
            levels = to_lufs(block_powers(run.sums, num_steps, run.sample_rate))
            middle = Fraction(num_steps * step_length(run.sample_rate) // 2, run.sample_rate)
            start = round((run.start + middle) / STEP_SECONDS)
            inside = levels[max(0, -start) : max(0, num_rows - start)]
            values[max(0, start) : max(0, start) + len(inside), column] = inside
    return Signal(values, tuple(_BLOCK_STEPS), _UNITS, STEP_SECONDS)


ENTRY = AnalyzerEntry(
    name="sound",
    summary="How loud the sound is, and where it is silent, missing or clipped.",
    producer="reelwise.sound/3",
    start=SoundAnalyzer,
    has_sound=True,
    labels={
        "programme": "The whole video: its integrated loudness (ITU-R BS.1770) and the highest sample.",
        "silence": "There is sound, and nothing is to be heard.",
        "no_sound": "The video has no sound here.",
        "clipping": "Samples stay at full scale: the recording was too loud.",
    },
    units={"loudness": "LUFS", "peak": "dBFS"},
    further_signals=(WAVEFORM,),
)
