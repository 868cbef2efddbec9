"""Passages that a clip shares with films: candidates, close pairs, scores, and what is no match by itself."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from reelwise.analysis.similarity.alignment import Alignment, Pair
from reelwise.analysis.similarity.prints import Print
from reelwise.analysis.similarity.score import score_of
from reelwise.analysis.similarity.search import Candidate, MomentIndex

MAX_CLOSE_LOOKS = 12
"""Candidates of a window that are aligned to the frame; more than films that hold one passage."""

_MIN_AGREEMENT = 0.05
"""Of a quick look, in [0, 1]: half a second of 10 that agrees."""

_SAME_PLACE = 0.4
"""Seconds by which lines through one film differ that a close look brings together."""

MIN_SCORE = 0.5
"""What is less likely than not is no match."""

INTRO_SHARE = 0.6
"""Two videos that begin (or end) with the same passage, and share less than this of both, share an intro."""

INTRO_FILMS = 3
"""A short passage that stands in so many films is theirs, and says nothing about one of them."""

_EDGE_SECONDS = 0.5
"""From the start or end of a video within which a passage counts as its first or last."""


@dataclass(frozen=True)
class Passage:
    """A passage that a clip and a film share.

    Args:
        film: Index of the film.
        clip_frames: First frame of the clip, and the one behind the last.
        film_frames: The same in the film.
        clip_share: Share of the clip's length in [0, 1].
        film_share: Share of the film's.
        speed: Seconds of film per second of clip.
        is_mirrored: Whether left and right are exchanged.
        score: Probability that it is the same passage.
        alignment: The close look that it is made from.
    """

    film: int
    clip_frames: tuple[int, int]
    film_frames: tuple[int, int]
    clip_share: float
    film_share: float
    speed: float
    is_mirrored: bool
    score: float
    alignment: Alignment

    @property
    def seconds(self) -> float:
        """Of the clip."""
        return self.alignment.end - self.alignment.start


def find_passages(
    clip: Print, films: Sequence[Print], index: MomentIndex | None = None, min_score: float = MIN_SCORE
) -> list[Passage]:
    """Passages of a clip in films, the most certain first.

    Args:
        clip: With all geometries.
        films: With the plain one.
        index: Their moments; None to make it.
        min_score: In [0, 1].
    """
    passages: list[Passage] = []
    for candidates in (index or MomentIndex(films)).candidates(clip):
        for film, alignment in _closest(clip, films, candidates):
            if (score := score_of(alignment)) >= min_score:
                passages.append(_passage(clip, films[film], film, alignment, score))
    passages = _without_repeats(passages)
    rest = [one for one in passages if not _is_intro(one, clip, films[one.film])]
    return sorted(_without_common(rest), key=_rank)


def _rank(passage: Passage) -> tuple[float, float, int, tuple[int, int]]:
    """The most certain first; no score is exact, and of two that are as certain to a tenth the longer says more."""
    return -round(passage.score, 1), -passage.seconds, passage.film, passage.film_frames


def _closest(clip: Print, films: Sequence[Print], candidates: Sequence[Candidate]) -> Iterator[tuple[int, Alignment]]:
    """A quick look at every candidate, and a close one at the best of them."""
    pairs = []
    for candidate in candidates:
        pair = Pair(clip, films[candidate.film], candidate.geometry)
        line, agreement = pair.first_line(candidate)
        pairs.append((agreement, pair, line, candidate))
    pairs.sort(key=lambda entry: -entry[0])
    places: list[tuple[int, float]] = []
    for agreement, pair, line, candidate in pairs:
        film_seconds = float(line.film_seconds(np.array((candidate.start + candidate.end) / 2)))
        is_known = any(candidate.film == film and abs(film_seconds - other) < _SAME_PLACE for film, other in places)
        if agreement < _MIN_AGREEMENT or len(places) == MAX_CLOSE_LOOKS:
            return
        if is_known:
            continue
        places.append((candidate.film, film_seconds))
        if (alignment := pair.align(line, candidate)) is not None:
            yield candidate.film, alignment


def _passage(clip: Print, film: Print, number: int, alignment: Alignment, score: float) -> Passage:
    start, end = alignment.start, alignment.end
    clip_frames = _frames(clip, start, end)
    film_start, film_end = alignment.line.film_seconds(np.array([start, end])).tolist()
    film_frames = _frames(film, film_start, film_end)
    return Passage(
        film=number,
        clip_frames=clip_frames,
        film_frames=film_frames,
        clip_share=_seconds(clip, clip_frames) / clip.duration,
        film_share=_seconds(film, film_frames) / film.duration,
        speed=alignment.line.speed,
        is_mirrored=clip.geometries[alignment.geometry].is_mirrored,
        score=score,
        alignment=alignment,
    )


def _frames(video: Print, start: float, end: float) -> tuple[int, int]:
    """The frames nearest to two moments; at least one."""
    edges = np.append(video.seconds, video.duration)
    first, last = (int(np.abs(edges - moment).argmin()) for moment in (start, end))
    first = min(first, len(video) - 1)
    return first, max(last, first + 1)


def _seconds(video: Print, frames: tuple[int, int]) -> float:
    return float(video.clock.seconds_of(frames[1]) - video.clock.seconds_of(frames[0]))


def _without_repeats(passages: list[Passage]) -> list[Passage]:
    """Of passages of one film that overlap in both videos, the one with the most to say."""
    in_order = sorted(passages, key=lambda one: -one.score * one.seconds)
    rest: list[Passage] = []
    for one in in_order:
        if not any(
            one.film == other.film
            and _overlap(one.clip_frames, other.clip_frames) > 0.3
            and _overlap(one.film_frames, other.film_frames) > 0.3
            for other in rest
        ):
            rest.append(one)
    return rest


def _overlap(first: tuple[int, int], second: tuple[int, int]) -> float:
    """Share of the shorter one."""
    both = min(first[1], second[1]) - max(first[0], second[0])
    return max(0, both) / min(first[1] - first[0], second[1] - second[0])


def _is_intro(passage: Passage, clip: Print, film: Print) -> bool:
    """Whether both begin or both end with it, and go their own ways apart from that."""
    if max(passage.clip_share, passage.film_share) >= INTRO_SHARE:
        return False
    clip_start, clip_end = clip.seconds[passage.clip_frames[0]], clip.seconds[passage.clip_frames[1] - 1]
    film_start, film_end = film.seconds[passage.film_frames[0]], film.seconds[passage.film_frames[1] - 1]
    begins = clip_start < _EDGE_SECONDS and film_start < _EDGE_SECONDS
    ends = clip.duration - clip_end < _EDGE_SECONDS and film.duration - film_end < _EDGE_SECONDS
    return begins or ends


def _without_common(passages: list[Passage]) -> list[Passage]:
    """Without short passages of the clip that stand in many films."""
    rest = []
    for one in passages:
        films = {other.film for other in passages if _overlap(one.clip_frames, other.clip_frames) > 0.5}
        if max(one.clip_share, one.film_share) >= INTRO_SHARE or len(films) < INTRO_FILMS:
            rest.append(one)
    return rest
