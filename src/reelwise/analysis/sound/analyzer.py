"""The track of sound: programme loudness, silence, missing sound and clipping, with loudness and waveform."""

import math
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

import numpy as np

from reelwise.analysis.analyzer import AnalyzerEntry, Finding, Setup, Signal
from reelwise.analysis.sound.frames import frames_of
from reelwise.analysis.sound.waveform import WAVEFORM, waveform_of
from reelwise.analysis.strip import SoundListener
from reelwise.analysis.times import FrameClock
from reelwise.core.intervals import Interval, merge
from reelwise.core.sound import Sound
from reelwise.features.loudness import block_powers, loudness_of_steps, step_length, step_sums, to_lufs
from reelwise.features.silence import SilenceSettings, find_silence
from reelwise.features.sound_frames import BLOCK_SAMPLES, release_pages

STEP_SECONDS = Fraction(1, 10)
"""From one value of the curve to the next, as BS.1770 has it."""

_BLOCK_STEPS = {"momentary": 4, "short_term": 30}
"""0.4 s and 3 s. Source: EBU Tech 3341."""

_SILENCE = SilenceSettings(min_seconds=0.5)
"""Pauses between words are shorter; FFmpeg's silencedetect has the same level and 2 s."""

_LEAST_MISSING = Fraction(1, 4)
"""Seconds: encoders end a track some hundredths of a second before its pictures."""

_FULL_SCALE, _FULL_SECONDS = 0.99, Fraction(3, 16_000)
"""Clipped is what stays at this part of full scale so long: a wave that fits only touches it."""

_CLIPPING_GAP = Fraction(1, 2)
"""Seconds: what is clipped on every beat is clipped all along."""

_QUIETEST_DB = -120.0
"""Of digital silence."""

_UNITS = {"momentary": "LUFS", "short_term": "LUFS"}


class SoundAnalyzer(SoundListener):
    """Looks at the sound when the frames are over; until then it keeps some pictures for what it will find.

    Args:
        setup: Where pictures go.

    Source: ITU-R BS.1770-4 and EBU R 128 for loudness; FFmpeg's silencedetect for silence.
    """

    def __init__(self, setup: Setup) -> None:
        super().__init__(setup)
        self._curve: Signal | None = None
        self._waveform: Signal | None = None

    def push_sound(self, sound: Sound, clock: FrameClock) -> Iterator[Finding]:
        """Look at the whole sound track."""
        steps = list(step_sums(sound))
        self._curve = _curve(steps, sound, clock)
        self._waveform = waveform_of(sound, clock.seconds_of(len(clock)))
        loudness = loudness_of_steps([sums for _, sums in steps], sound.sample_rate)
        peak, clipped_intervals = _peaks(sound)
        values = {"loudness": loudness, "peak": max(_QUIETEST_DB, 20 * math.log10(max(peak, 1e-6)))}
        num_frames = len(clock)
        yield Finding("programme", 0, num_frames, 1.0, self.strip.picture_of(0, num_frames), values=values)
        yield from self._findings("silence", find_silence(sound, _SILENCE), clock)
        yield from self._findings("no_sound", _missing(sound, clock), clock)
        yield from self._findings("clipping", clipped_intervals, clock)

    def signal(self) -> Signal | None:
        """Momentary and short-term loudness; None without sound."""
        return self._curve

    def further_signals(self) -> Mapping[str, Signal]:
        """The waveform."""
        return {} if self._waveform is None else {WAVEFORM: self._waveform}

    def _findings(self, label: str, intervals: Iterable[Interval[Fraction]], clock: FrameClock) -> Iterator[Finding]:
        behind = 0
        for start, end in intervals:
            frames = frames_of(clock, start, end)
            if frames is None or frames[1] <= behind:
                continue
            first = max(behind, frames[0])
            behind = frames[1]
            yield Finding(label, first, behind, 1.0, self.strip.picture_of(first, behind))


def _curve(steps: list[tuple[int, np.ndarray]], sound: Sound, clock: FrameClock) -> Signal:
    """A row every 0.1 s from the first frame on, of the block around it; NaN where there is no whole block."""
    num_rows = math.ceil(clock.seconds_of(len(clock)) / STEP_SECONDS)
    values = np.full((num_rows, len(_BLOCK_STEPS)), np.nan, np.float32)
    for column, num_steps in enumerate(_BLOCK_STEPS.values()):
        for first_sample, sums in steps:
            levels = to_lufs(block_powers(sums, num_steps, sound.sample_rate))
            middle = first_sample + num_steps * step_length(sound.sample_rate) // 2
            start = round(sound.time_of(middle) / STEP_SECONDS)
            inside = levels[max(0, -start) : max(0, num_rows - start)]
            values[max(0, start) : max(0, start) + len(inside), column] = inside
    return Signal(values, tuple(_BLOCK_STEPS), _UNITS, STEP_SECONDS)


def _missing(sound: Sound, clock: FrameClock) -> list[Interval[Fraction]]:
    """Parts of the video that the track does not cover."""
    duration = clock.seconds_of(len(clock))
    edges = [Fraction(0)]
    for start, end in sound.intervals:
        edges += sound.time_of(start), sound.time_of(end)
    edges.append(duration)
    gaps = zip(edges[::2], edges[1::2], strict=True)
    return [Interval(start, end) for start, end in gaps if end - start >= _LEAST_MISSING]


def _peaks(sound: Sound) -> tuple[float, list[Interval[Fraction]]]:
    """The highest sample, and where the sound stays at full scale."""
    peak, num_full = 0.0, max(2, round(_FULL_SECONDS * sound.sample_rate))
    clipped_intervals: list[Interval[Fraction]] = []
    step = step_length(sound.sample_rate)
    for start in range(0, len(sound), BLOCK_SAMPLES):
        # The last samples of the block before come along, so that a row may lie over the edge.
        block = np.abs(np.asarray(sound.samples[max(0, start - num_full + 1) : start + BLOCK_SAMPLES]))
        release_pages(sound.samples)
        peak = max(peak, float(block.max(initial=0.0)))
        is_full = block.reshape(len(block), -1) >= _FULL_SCALE
        if len(block) < num_full or not is_full.any():
            continue
        rows = np.lib.stride_tricks.sliding_window_view(is_full, num_full, axis=0)
        samples = np.flatnonzero(np.all(rows, axis=-1).any(axis=-1)) + max(0, start - num_full + 1)
        for index in np.unique(samples // step).tolist():
            first, behind = sound.time_of(index * step), sound.time_of((index + 1) * step)
            if clipped_intervals and first - clipped_intervals[-1].end <= _CLIPPING_GAP:
                clipped_intervals[-1] = Interval(clipped_intervals[-1].start, max(behind, clipped_intervals[-1].end))
            else:
                clipped_intervals.append(Interval(first, behind))
    return peak, list(merge(clipped_intervals))


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
