"""The close look: which offset and speed lay a part of a clip on a film, and where the passage begins and ends."""

from dataclasses import dataclass, replace

import numpy as np

from reelwise.analysis.similarity.agreement import (
    NOISE,
    QUICK_SECONDS,
    agreement_along,
    best_run,
    ceiling_of,
    changes_of,
    correlation,
    segment_means,
    segments_of,
    spread,
    weakest_part,
)
from reelwise.analysis.similarity.descriptors import MIN_CONTRAST, NUM_VALUES
from reelwise.analysis.similarity.line_frames import LineFrames, LineGrid
from reelwise.analysis.similarity.prints import Print
from reelwise.analysis.similarity.search import Candidate
from reelwise.analysis.similarity.shifts import LEAST_REST, Shift, fit_shift

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

_SIDES = np.concatenate([-np.linspace(1.5, 0.5, 8), [0.0], np.linspace(0.5, 1.5, 8)])
"""The line itself, in the middle, and seconds beside it at which a passage must agree less."""

_REACHES = (0.8, 0.2, 0.2, 0.2)
"""Seconds by which a line may be off, round by round; from the third on only where the round before chose another
geometry: its line came from the wrong one."""

_LEAST_AGREEMENT = 0.4
"""Correlation of quick changes below which a moment speaks against a passage."""

_STILL_WORTH = 0.02
"""What a moment without motion adds: a passage may hold it, but does not grow over other motion for it."""

_EXACT_REACH_SECONDS = 0.3
"""By how much a line may be off where each gets a mean picture of its own: that takes four times as long."""

_SAME_SPEED = 0.1
"""Share of the variance that is not explained by speed 1 that another speed must explain: most copies keep theirs."""

_LAST_STEPS = ((2.0, 6, 0.02), (1.0, 4, 0.0), (0.25, 3, 0.0))
"""Frames from one offset to the next, how many to either side, and from one speed to the next or the finest: a picture
that lies beside the film's has drawn the line away by up to a dozen frames."""


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
        weakest_part: The lowest correlation of a third of the passage in which anything changes, as a share of what
            noise leaves possible.
        quick: Correlation of what changes within a second, as such a share; None where nothing does.
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
    quick: float | None
    level: float
    moments: int


class Pair:
    """A clip, as one geometry sees it, and a film that are laid on each other.

    Args:
        clip: With all geometries.
        film: With the plain one.
        geometry: Index of the clip's.
        shift: How its picture lies beside the film's, to be undone; None where that is not known.
    """

    def __init__(self, clip: Print, film: Print, geometry: int, shift: Shift | None = None) -> None:
        self._clip, self._film, self._geometry, self._shift = clip, film, geometry, shift
        self._weights = clip.geometries[geometry].cell_weights

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
        pair, span = self, self._span(line, candidate.start, candidate.end)
        for number, reach_seconds in enumerate(_REACHES):
            if span is None:
                return None
            line = pair._refine(line, span, reach_seconds)
            better = pair._in_best_geometry(line, span)
            # The passage may go on outside of the window that found it.
            span = better._span(line, 0.0, self._clip.duration, within=span)
            if number and better._geometry == pair._geometry:
                break
            pair = better
        if span is None:
            return None
        part = pair._without_other_motion(line, span)
        line = pair._last_look(line, part)
        pair = pair._without_shift(line, part)
        return pair._measure(line, pair._without_other_motion(line, span))

    def _in_best_geometry(self, line: Line, span: tuple[float, float]) -> "Pair":
        """The pair in the geometry whose motion agrees best: votes go by pictures, which a logo or a bar moves."""
        is_mirrored = self._clip.geometries[self._geometry].is_mirrored
        frames = self._clip.frames_at(self._moments(*span, _FINE_MOMENTS // 2))
        agreements = {}
        for number, geometry in enumerate(self._clip.geometries):
            if geometry.is_mirrored == is_mirrored:
                pair = Pair(self._clip, self._film, number)
                agreements[pair] = pair._agreement(line, frames)
        return max(agreements, key=lambda pair: agreements[pair])

    def _agreement(self, line: Line, frames: np.ndarray) -> float:
        """Correlation of what changes over time along a line."""
        rows = self._rows(line, frames)
        return self._of_all_cells(correlation(rows.clip_changes, rows.film_changes))

    def _of_all_cells(self, value: float) -> float:
        """A correlation of the cells that count; fewer of them agree more easily, so what differs counts for more."""
        return 1 - (1 - value) * float(self._weights.max())

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
            values = self._motion(times, speeds, middle, offsets, is_exact=reach_seconds <= _EXACT_REACH_SECONDS)
            # What is not explained counts, not what is: 0.99 is as far from 0.98 as 0.8 from 0.6.
            values = -np.log(np.maximum(1 - np.maximum(values, 0) ** 2, LEAST_REST))
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
        half = self._frame_seconds() / 2  # by which a line may be off: the first and last frame still belong to it
        edges = line.clip_seconds(np.array([-half, self._film.duration + half]))
        start, end = max(start, float(edges[0]), 0.0), min(end, float(edges[1]), self._clip.duration)
        frames = np.flatnonzero((self._clip.seconds >= start - 1e-3) & (self._clip.seconds < end - 1e-3))
        if len(frames) < 2:
            return None
        times = self._clip.seconds[frames]
        film_frames = self._film_frames(line, times)
        clip, film = self._pictures(frames, film_frames)
        cosines = (clip * film).sum(1)
        is_plain = np.maximum(self._clip.contrast[frames], self._film.contrast[film_frames]) < MIN_CONTRAST
        inside = (times >= within[0] - 1e-3) & (times < within[1] - 1e-3) if within else ~is_plain
        inner_cosines = cosines[inside & ~is_plain]
        level = float(np.quantile(inner_cosines, 0.5 if within else 0.8)) if len(inner_cosines) else 0.0
        if level < _MIN_LEVEL:
            return None
        first, last = best_run(np.where(is_plain, 0.0, cosines - level + _MARGIN), inside if within else None)
        after = times[last + 1] if last + 1 < len(times) else end
        return float(times[first]), float(after)

    def _without_other_motion(self, line: Line, span: tuple[float, float]) -> tuple[float, float]:
        """The part of a passage in which both move alike: pictures that agree may be two takes of one room."""
        rows = self._rows(line, self._frames_between(*span))
        width = max(1, round(QUICK_SECONDS / 2 / rows.frame_seconds))
        along = agreement_along(rows.quick_clip, rows.quick_film, rows.quick_energies, width)
        if np.isnan(along).all():
            return span
        first, last = best_run(np.where(np.isnan(along), _STILL_WORTH, along - _LEAST_AGREEMENT), None)
        times = rows.seconds
        return float(times[first]), float(times[last + 1]) if last + 1 < len(times) else span[1]

    def _last_look(self, line: Line, span: tuple[float, float]) -> Line:
        """The line to a quarter of a frame, where the clip's picture may be shifted and zoomed a little."""
        times = self._moments(*span, _FINE_MOMENTS)
        middle, frame_seconds = float(times.mean()), self._frame_seconds()
        finest = frame_seconds / max(span[1] - span[0], 0.2)
        best_speed, best_centre = line.speed, float(line.film_seconds(np.array(middle)))
        for step, reach, speed_step in _LAST_STEPS:
            speed_step = max(speed_step, finest)
            near = [best_speed] if best_speed == 1 else [best_speed, best_speed - speed_step, best_speed + speed_step]
            speeds = list(dict.fromkeys([*(float(np.clip(speed, *SPEEDS)) for speed in near), 1.0]))
            centres = best_centre + np.arange(-reach, reach + 1) * step * frame_seconds
            values = np.array([[self._rating(times, speed, middle, one) for one in centres] for speed in speeds])
            row = int(values.max(1).argmax())
            # Some centres lay the same frames on each other: the one in the middle of them.
            ties = np.flatnonzero(values[row] >= values[row].max() - 1e-9)
            best_speed, best_centre = speeds[row], float(centres[ties[len(ties) // 2]])
        return Line(best_speed, best_centre - best_speed * middle)

    def _rating(self, times: np.ndarray, speed: float, middle: float, centre: float) -> float:
        """How well a line explains what changes, as the negative logarithm of what it leaves; -1 beside the film."""
        seconds = speed * (times - middle) + centre
        frames = self._clip.frames_at(times)
        clip, film = self._pictures(frames, self._film.frames_at(seconds + self._frame_seconds() / 2))
        is_rated = (seconds > -0.004) & (seconds < self._film.duration) & clip.any(1) & film.any(1)
        if is_rated.sum() < 0.6 * len(times):
            return -1.0
        segments = segments_of(self._clip.shots[frames[is_rated]])
        shift = fit_shift(clip[is_rated], film[is_rated], segments, self._weights)
        return -float(np.log(max(shift.rest_share, LEAST_REST))) - (_SAME_SPEED if speed != 1 else 0.0)

    def _without_shift(self, line: Line, span: tuple[float, float]) -> "Pair":
        """The pair with the clip laid on the film: what lies beside is judged as what it shows.

        A logo changes the still picture and looks like a shift: one that makes the motion agree less is none.
        """
        frames = self._clip.frames_at(self._moments(*span, _FINE_MOMENTS))
        clip, film = self._pictures(frames, self._film_frames(line, self._clip.seconds[frames]))
        shift = fit_shift(clip, film, segments_of(self._clip.shots[frames]), self._weights)
        pairs = (self, Pair(self._clip, self._film, self._geometry, shift))
        return max(pairs, key=lambda pair: pair._agreement(line, frames))

    def _measure(self, line: Line, span: tuple[float, float]) -> Alignment:
        """How well the two agree on the passage."""
        times = self._moments(*span, _FINE_MOMENTS)
        middle = float(times.mean())
        centre = float(line.film_seconds(np.array(middle)))
        values = self._motion(times, np.array([line.speed]), middle, centre + _SIDES, is_exact=True)[0]
        rows = self._rows(line, self._frames_between(*span))
        clip, film = rows.clip.mean(0), rows.film.mean(0)
        still = float(clip @ film / max(np.linalg.norm(clip) * np.linalg.norm(film), 1e-6))
        quick = correlation(rows.quick_clip, rows.quick_film)
        quick_ceiling = float(ceiling_of(float(rows.quick_energies.mean())))
        return Alignment(
            line,
            self._geometry,
            *span,
            still=still,
            motion=self._of_all_cells(float(values[len(_SIDES) // 2])),
            motion_beside=float(values[_SIDES != 0].max()),
            weakest_part=self._of_all_cells(weakest_part(rows.clip_changes, rows.film_changes, rows.energies)),
            quick=self._of_all_cells(quick / quick_ceiling) if quick_ceiling > 0.4 else None,
            level=float(np.sqrt(rows.energies.mean())),
            moments=len(times),
        )

    def _rows(self, line: Line, frames: np.ndarray) -> LineFrames:
        """Both videos along a line, where neither is plain."""
        film_frames = self._film_frames(line, self._clip.seconds[frames])
        clip, film = (values * self._weights for values in self._pictures(frames, film_frames))
        is_rated = clip.any(1) & film.any(1)
        if is_rated.any():
            clip, film, frames, film_frames = clip[is_rated], film[is_rated], frames[is_rated], film_frames[is_rated]
        segments = segments_of(self._clip.shots[frames])
        seconds = self._clip.seconds[frames]
        # Values of length 1 times 8 standard deviations are grey levels.
        grey = self._film.contrast[film_frames].astype(np.float32)[:, None] * NUM_VALUES**0.5
        return LineFrames(seconds, self._clip.duration / len(self._clip), clip, film, grey, segments)

    def _motion(
        self, times: np.ndarray, speeds: np.ndarray, middle: float, offsets: np.ndarray, *, is_exact: bool
    ) -> np.ndarray:
        """(S, O): correlation of what changes over time, along lines.

        The mean picture of each shot is taken away first: the same room with the same people is not the same passage.
        ``is_exact`` takes that of each line and not of the one in the middle, which slow motion draws towards itself.
        """
        whole = self._grid(times, speeds, middle, offsets)
        grid = replace(whole, clip=whole.clip * self._weights, film=whole.film * self._weights)
        segments = segments_of(self._clip.shots[self._clip.frames_at(times)])
        clip = changes_of(grid.clip, segments)
        # From black to a picture and back is no motion of the picture.
        is_rated = grid.is_inside & np.any(grid.clip, axis=1) & np.any(grid.film, axis=1).take(grid.places)
        central = grid.film[grid.places[len(speeds) // 2, len(offsets) // 2]]
        means = segment_means(central, segments)
        # (M, F): of the film's changes from the mean picture of the clip's shot, without making them.
        mean_dots = (clip * spread(means, segments, len(clip))).sum(1)
        dots = (grid.look_up(clip @ grid.film.T - mean_dots[:, None]) * is_rated).sum(2)
        squares = np.einsum("fd,fd->f", grid.film, grid.film) - 2 * means @ grid.film.T + (means**2).sum(1)[:, None]
        film_squares = (grid.look_up(spread(squares, segments, len(clip))) * is_rated).sum(2)
        if is_exact:
            film_squares -= grid.squares_of_means(is_rated, segments, means)
        clip_squares = (np.einsum("md,md->m", clip, clip) * is_rated).sum(2)
        result = dots / (np.sqrt(clip_squares * np.maximum(film_squares, 0)) + NOISE * len(times))
        result[grid.is_inside.sum(2) < 0.6 * len(times)] = -1
        return result

    def _grid(self, times: np.ndarray, speeds: np.ndarray, middle: float, offsets: np.ndarray) -> LineGrid:
        seconds = offsets[None, :, None] + (speeds[:, None] * (times - middle))[:, None, :]
        frames = self._film.frames_near(seconds + self._frame_seconds() / 2)
        low = int(frames.min())
        clip = self._clip_values(self._clip.frames_at(times))
        film = self._film.descriptors[0, low : int(frames.max()) + 1].astype(np.float32)
        return LineGrid(clip, film, frames - low, (seconds > -0.004) & (seconds < self._film.duration))

    def _frames_between(self, start: float, end: float) -> np.ndarray:
        """Frames of the clip in [start, end), at least one."""
        frames = np.flatnonzero((self._clip.seconds >= start - 1e-3) & (self._clip.seconds < end - 1e-3))
        return frames if len(frames) else np.zeros(1, int)

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

    def _pictures(self, frames: np.ndarray, film_frames: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(M, 64) float32 of the clip and of the film."""
        return self._clip_values(frames), self._film.descriptors[0, film_frames].astype(np.float32)

    def _clip_values(self, frames: np.ndarray) -> np.ndarray:
        """(M, 64) float32."""
        values = self._clip.descriptors[self._geometry, frames].astype(np.float32)
        return values if self._shift is None else self._shift.undo(values)
