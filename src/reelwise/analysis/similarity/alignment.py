"""The close look: which offset and speed lay a part of a clip on a film, and where the passage begins and ends."""

from dataclasses import dataclass

import numpy as np

from reelwise.analysis.similarity.descriptors import MIN_CONTRAST, NUM_VALUES
from reelwise.analysis.similarity.prints import Print
from reelwise.analysis.similarity.search import Candidate

SPEEDS = (0.86, 1.16)
"""Seconds of film per second of clip that are tried: 10 % to either side, and a little more."""

_COARSE_SPEEDS = np.linspace(*SPEEDS, 11)
"""3 % apart: at the ends of a window of 16 s a quarter of a second off, which still looks alike."""

_COARSE_MOMENTS = 48
_FINE_MOMENTS = 160
"""Moments of a passage that are compared: more of them agree no better."""

_COARSE_STEP = 0.06
"""Seconds from one offset that is tried at first to the next: less than pictures change in."""

_REACH_SECONDS = 1.6
"""Seconds to either side of a candidate's offset: a vote is half a second wide, and speed moves its ends."""

_CHANCE = 0.6
"""Cosine that two unlike pictures may have."""

_MIN_LEVEL = 0.6
"""Cosine along a passage below which it is none."""

_MARGIN = 0.18
"""Cosine by which pictures of a passage may be less alike than they mostly are; others fall by more."""

_NUM_PARTS = 3
"""Parts of a passage that must each move alike: a whole may seem to where only a part is shared."""

_MIN_PART_MOTION = 0.15
"""Share of the mean change over time that a part must have to be judged by it."""

_SIDES = np.concatenate([-np.linspace(1.5, 0.5, 8), [0.0], np.linspace(0.5, 1.5, 8)])
"""The line itself, in the middle, and seconds beside it at which a passage must agree less."""

_NOISE = 1e-8 * NUM_VALUES
"""Squared length by which half precision moves a descriptor: 0.0001 of each value, which are 0.125 in the mean."""

_SAME_SPEED = 0.004
"""Correlation by which another speed than 1 must win: most copies run at their old speed."""


@dataclass(frozen=True)
class Line:
    """Where a moment of the clip lies in the film: ``speed * seconds + offset``."""

    speed: float
    offset: float

    def film_seconds(self, seconds: np.ndarray) -> np.ndarray:
        """Seconds in the film of moments of the clip."""
        return self.speed * seconds + self.offset

    def clip_seconds(self, seconds: np.ndarray) -> np.ndarray:
        """Seconds in the clip of moments of the film."""
        return (seconds - self.offset) / self.speed


@dataclass(frozen=True)
class Alignment:
    """A part of a clip on a part of a film.

    Args:
        line: Which moment lies on which.
        geometry: Index of the clip's geometry.
        start: Of the passage in the clip, in seconds.
        end: Its end.
        still: Cosine of the mean pictures.
        motion: Correlation of what changes over time, along the line.
        motion_beside: The highest such correlation along lines that lie beside it by half a second and more.
        weakest_part: The lowest correlation of a third of the passage in which anything changes.
        level: What changes, in grey levels.
        moments: How many moments were compared.
    """

    line: Line
    geometry: int
    start: float
    end: float
    still: float
    motion: float
    motion_beside: float
    weakest_part: float
    level: float
    moments: int


@dataclass(frozen=True, eq=False)
class _Grid:
    """Lines of S speeds and O offsets through M moments of a clip, and the F frames of the film that they meet.

    Args:
        clip: (M, 64) float32.
        film: (F, 64) float32.
        places: (S, O, M): index of the film's frame.
        is_inside: (S, O, M): whether the line is inside of the film there.
    """

    clip: np.ndarray
    film: np.ndarray
    places: np.ndarray
    is_inside: np.ndarray

    def look_up(self, table: np.ndarray) -> np.ndarray:
        """(S, O, M) of an (M, F) table."""
        return table[np.arange(len(table)), self.places]


class Pair:
    """A clip, as one geometry sees it, and a film that are laid on each other."""

    def __init__(self, clip: Print, film: Print, geometry: int) -> None:
        self._clip, self._film, self._geometry = clip, film, geometry

    def first_line(self, candidate: Candidate) -> tuple[Line, float]:
        """The line near a candidate along which the pictures agree best, and by how much, in [0, 1]."""
        times = self._moments(candidate.start, candidate.end, _COARSE_MOMENTS)
        middle = (candidate.start + candidate.end) / 2
        step = max(self._frame_seconds(), _COARSE_STEP)
        offsets = candidate.offset + middle + np.arange(-_REACH_SECONDS, _REACH_SECONDS + step / 2, step)
        grid = self._grid(times, _COARSE_SPEEDS, middle, offsets)
        values = grid.look_up(grid.clip @ grid.film.T)
        sums = (np.maximum(values - _CHANCE, 0) * grid.is_inside).sum(2) / (len(times) * (1 - _CHANCE))
        speed, offset = np.unravel_index(int(np.argmax(sums)), sums.shape)
        best = float(_COARSE_SPEEDS[speed])
        return Line(best, float(offsets[offset]) - best * middle), float(sums[speed, offset])

    def align(self, line: Line, candidate: Candidate) -> Alignment | None:
        """The alignment that grows from a line; None where the two share next to nothing."""
        span = self._span(line, candidate.start, candidate.end)
        for reach_seconds in (0.8, 0.2):
            if span is None:
                return None
            line = self._refine(line, span, reach_seconds)
            # The passage may go on outside of the window that found it.
            span = self._span(line, 0.0, self._clip.duration, within=span)
        return None if span is None else self._measure(line, span)

    def _refine(self, line: Line, span: tuple[float, float], reach_seconds: float) -> Line:
        """The line to a fraction of a frame, by what changes over time.

        Args:
            line: Near it.
            span: The passage in the clip.
            reach_seconds: By how much the line may be off.
        """
        step = self._frame_seconds() / 2
        reach_steps = round(reach_seconds / step)
        finest = 2 * step / max(span[1] - span[0], 0.2)  # the ends then differ by half a frame
        stages = (
            (max(0.03, 4 * finest), reach_steps, _FINE_MOMENTS // 2),
            (min(4 * finest, 0.03), 8, _FINE_MOMENTS),
            (min(finest, 0.01), 3, _FINE_MOMENTS),
        )
        for width, reach, num_moments in stages:
            times = self._moments(*span, num_moments)
            middle = float(times.mean())
            speeds = line.speed + np.linspace(-width, width, 9)
            speeds = np.append(speeds[(speeds > SPEEDS[0] - 0.01) & (speeds < SPEEDS[1] + 0.01)], 1.0)
            jump = 2 if reach > 24 else 1
            offsets = float(line.film_seconds(np.array(middle))) + np.arange(-reach, reach + 1, jump) * step
            values = self._motion(times, speeds, middle, offsets)
            values[:-1] -= _SAME_SPEED
            speed, offset = np.unravel_index(int(np.argmax(values)), values.shape)
            line = Line(float(speeds[speed]), float(offsets[offset] - speeds[speed] * middle))
        return line

    def _span(
        self, line: Line, start: float, end: float, within: tuple[float, float] | None = None
    ) -> tuple[float, float] | None:
        """Where the passage on a line begins and ends in the clip, within [start, end).

        Args:
            line: The line.
            start: Where it can begin.
            end: Where it can end.
            within: A part that surely belongs to it; None for the best part.
        """
        edges = line.clip_seconds(np.array([0.0, self._film.duration]))
        start, end = max(start, float(edges[0]), 0.0), min(end, float(edges[1]), self._clip.duration)
        frames = np.flatnonzero((self._clip.seconds >= start - 1e-3) & (self._clip.seconds < end - 1e-3))
        if len(frames) < 2:
            return None
        times = self._clip.seconds[frames]
        film_frames = self._film_frames(line, times)
        clip, film = self._values(frames, film_frames)
        cosines = (clip * film).sum(1)
        is_plain = np.maximum(self._clip.contrast[frames], self._film.contrast[film_frames]) < MIN_CONTRAST
        inside = (times >= within[0] - 1e-3) & (times < within[1] - 1e-3) if within else ~is_plain
        inner_cosines = cosines[inside & ~is_plain]
        level = float(np.quantile(inner_cosines, 0.5 if within else 0.8)) if len(inner_cosines) else 0.0
        if level < _MIN_LEVEL:
            return None
        first, last = _best_run(np.where(is_plain, 0.0, cosines - level + _MARGIN), inside if within else None)
        after = times[last + 1] if last + 1 < len(times) else end
        return float(times[first]), float(after)

    def _measure(self, line: Line, span: tuple[float, float]) -> Alignment:
        """How well the two agree on the passage."""
        times = self._moments(*span, _FINE_MOMENTS)
        middle = float(times.mean())
        centre = float(line.film_seconds(np.array(middle)))
        values = self._motion(times, np.array([line.speed]), middle, centre + _SIDES)[0]
        frames, film_frames = self._clip.frames_at(times), self._film_frames(line, times)
        clip, film = self._values(frames, film_frames)
        is_rated = clip.any(1) & film.any(1)
        if is_rated.any():
            clip, film, film_frames = clip[is_rated], film[is_rated], film_frames[is_rated]
        # Values of length 1 times 8 standard deviations are grey levels.
        grey = film * self._film.contrast[film_frames].astype(np.float32)[:, None] * NUM_VALUES**0.5
        level = float(np.sqrt(((grey - grey.mean(0)) ** 2).mean()))
        means = clip.mean(0), film.mean(0)
        still = float(means[0] @ means[1] / max(np.linalg.norm(means[0]) * np.linalg.norm(means[1]), 1e-6))
        motion, beside = float(values[len(_SIDES) // 2]), float(values[_SIDES != 0].max())
        weakest = _weakest_part(clip, film)
        return Alignment(line, self._geometry, *span, still, motion, beside, min(weakest, motion), level, len(times))

    def _motion(self, times: np.ndarray, speeds: np.ndarray, middle: float, offsets: np.ndarray) -> np.ndarray:
        """(S, O): correlation of what changes over time, along lines.

        The mean pictures are taken away first: the same room with the same people is not the same passage.
        """
        grid = self._grid(times, speeds, middle, offsets)
        central = grid.film[grid.places[len(speeds) // 2, len(offsets) // 2]]
        clip, film = grid.clip - _mean(grid.clip), grid.film - _mean(central)
        # From black to a picture and back is no motion of the picture.
        is_rated = grid.is_inside & np.any(grid.clip, axis=1) & np.any(grid.film, axis=1).take(grid.places)
        dots = (grid.look_up(clip @ film.T) * is_rated).sum(2)
        film_squares = (np.einsum("fd,fd->f", film, film)[grid.places] * is_rated).sum(2)
        clip_squares = (np.einsum("md,md->m", clip, clip) * is_rated).sum(2)
        result = dots / (np.sqrt(clip_squares * film_squares) + _NOISE * len(times))
        result[grid.is_inside.sum(2) < 0.6 * len(times)] = -1
        return result

    def _grid(self, times: np.ndarray, speeds: np.ndarray, middle: float, offsets: np.ndarray) -> _Grid:
        seconds = offsets[None, :, None] + (speeds[:, None] * (times - middle))[:, None, :]
        frames = self._film.frames_near(seconds + self._frame_seconds() / 2)
        low = int(frames.min())
        clip = self._clip.descriptors[self._geometry, self._clip.frames_at(times)].astype(np.float32)
        film = self._film.descriptors[0, low : int(frames.max()) + 1].astype(np.float32)
        return _Grid(clip, film, frames - low, (seconds > -0.004) & (seconds < self._film.duration))

    def _moments(self, start: float, end: float, count: int) -> np.ndarray:
        """At most so many times of frames of the clip in [start, end)."""
        frames = np.flatnonzero((self._clip.seconds >= start - 1e-3) & (self._clip.seconds < end - 1e-3))
        if len(frames) > count:
            frames = frames[np.linspace(0, len(frames) - 1, count).round().astype(int)]
        return self._clip.seconds[frames] if len(frames) else self._clip.seconds[:1]

    def _frame_seconds(self) -> float:
        """The shorter of the two frame durations, but no less than a 60th of a second."""
        return float(np.clip(min(one.duration / len(one) for one in (self._clip, self._film)), 1 / 60, 0.2))

    def _film_frames(self, line: Line, times: np.ndarray) -> np.ndarray:
        """Frames of the film at moments of the clip; half a frame in, or rounding would give the frame before."""
        return self._film.frames_at(line.film_seconds(times) + self._frame_seconds() / 2)

    def _values(self, frames: np.ndarray, film_frames: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        clip = self._clip.descriptors[self._geometry, frames].astype(np.float32)
        return clip, self._film.descriptors[0, film_frames].astype(np.float32)


def _mean(values: np.ndarray) -> np.ndarray:
    """(64,): mean of the rows that are not plain; zero where all are."""
    return values.sum(0) / max(int(values.any(1).sum()), 1)


def _weakest_part(clip: np.ndarray, film: np.ndarray) -> float:
    """The lowest correlation of what changes within a third of a passage; 1 where it changes in none.

    Args:
        clip: (M, 64) moments in order.
        film: (M, 64) of the film.
    """
    correlations, changes = [], []
    for one, other in zip(np.array_split(clip, _NUM_PARTS), np.array_split(film, _NUM_PARTS), strict=True):
        if len(one) < 2:
            continue
        one, other = one - one.mean(0), other - other.mean(0)
        energies = float((one * one).sum()), float((other * other).sum())
        changes.append(max(energies))
        correlations.append(float((one * other).sum()) / ((energies[0] * energies[1]) ** 0.5 + _NOISE * len(one)))
    least = _MIN_PART_MOTION * float(np.mean(changes)) if changes else 0.0
    return min((c for c, change in zip(correlations, changes, strict=True) if change >= least), default=1.0)


def _best_run(values: np.ndarray, core: np.ndarray | None) -> tuple[int, int]:
    """First and last index of the run with the largest sum; where a core is given, the run holds its middle.

    Source: J. Bentley, Programming Pearls, 1984, column 8 (Kadane's algorithm).
    """
    if core is not None and core.any():
        middle = int(np.flatnonzero(core).mean())
        before, after = np.cumsum(values[: middle + 1][::-1]), np.cumsum(values[middle:])
        return middle - int(np.argmax(before)), middle + int(np.argmax(after))
    sums = np.concatenate([[0.0], np.cumsum(values)])
    lowest = np.minimum.accumulate(sums[:-1])
    last = int(np.argmax(sums[1:] - lowest))
    return int(np.argmin(sums[: last + 1])), last
