"""Edited videos with exact truth: shots of single takes, joined by cuts, dissolves, fades and wipes."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from reelwise.media.writers.writer import Encoding, write_video
from reelwise.metrics.boundaries import Boundary
from shot_sources import MAX_FRAMES, SIZE_HW, Take, read_take
from shot_transitions import Blend, random_blend

SHOTS_PER_FILE = 29
TAKES_PER_FILE = 7
LONG_TAKES_PER_FILE = 3
"""Takes of a file that are long enough for a shot of 8 s: two shots of one scene are never neighbours."""
SHOT_SECONDS = (0.5, 8.0)
"""Shortest and longest shot; log-uniform between them. Chosen: from trailers to feature films."""
SHORT_SHOT_SHARE, SHORT_SHOT_FRAMES = 0.1, (1, 14)
"""A tenth of the shots has so few frames, so that a detector with a least length misses some."""
TYPES = {"cut": 0.55, "dissolve": 0.15, "fade_black": 0.09, "fade_white": 0.06, "wipe": 0.15}
"""How often each type is chosen between two shots that are no short ones; those meet in cuts."""
TRANSITION_FRAMES = (5, 50)
"""Fewest and most frames of a gradual transition, log-uniform: 0.2 s to 2 s. Chosen: what editors use."""
FRAME_RATES = (Fraction(24), Fraction(25), Fraction(30), Fraction(30000, 1001))
CRFS = (18, 23, 28)
"""Qualities of x264, from transparent to visibly compressed."""


@dataclass(frozen=True)
class Shot:
    """Frames of a take: those that are wholly the shot's own, after ``lead_in`` and before ``lead_out`` shared ones."""

    take: int
    start: int
    lead_in: int
    num_own: int
    lead_out: int
    is_mirrored: bool

    def frame(self, takes: list[np.ndarray], index: int) -> np.ndarray:
        """(H, W, 3) uint8: frame ``index`` of the shot, its shared ones counted."""
        picture = takes[self.take][self.start + index]
        return picture[:, ::-1] if self.is_mirrored else picture


def write_edit(path: Path, takes: tuple[Take, ...], seed: int) -> list[Boundary]:
    """Write one edited video as H.264.

    Args:
        path: Of the ``.mp4``.
        takes: All that may be used; ``seed`` chooses some of them.
        seed: Of every choice.

    Returns:
        The transitions in order.
    """
    rng = np.random.default_rng([9, seed])
    own_takes = _choose_takes(takes, rng)
    starts = [int(rng.integers(max(1, take.num_frames - MAX_FRAMES + 1))) for take in own_takes]
    pictures = [read_take(take, start, MAX_FRAMES) for take, start in zip(own_takes, starts, strict=True)]
    rate = FRAME_RATES[rng.integers(len(FRAME_RATES))]
    scenes = [take.scene for take in own_takes]
    shots, blends = _plan_edit(scenes, [len(frames) for frames in pictures], float(rate), rng)
    encoding = Encoding(crf=int(rng.choice(CRFS)), preset="superfast", gop=250)
    num_frames = write_video(path, _frames_of(shots, blends, pictures), rate, encoding=encoding)
    truths = list(_truths_of(shots, blends))
    if num_frames != sum(shot.num_own + shot.lead_in for shot in shots):
        raise RuntimeError(f"{path}: {num_frames} frames were written")
    return truths


def _choose_takes(takes: tuple[Take, ...], rng: np.random.Generator) -> list[Take]:
    """Takes of different scenes, each scene as likely as another, some of them long."""
    scenes: dict[str, list[Take]] = {}
    for take in takes:
        scenes.setdefault(take.scene, []).append(take)
    own_takes: list[Take] = []
    for needs_length, number in ((True, LONG_TAKES_PER_FILE), (False, TAKES_PER_FILE - LONG_TAKES_PER_FILE)):
        fitting = {
            scene: [take for take in members if take.num_frames >= MAX_FRAMES - 60 or not needs_length]
            for scene, members in scenes.items()
            if scene not in {take.scene for take in own_takes}
        }
        names = sorted(scene for scene, members in fitting.items() if members)
        for name in rng.choice(names, size=number, replace=False):
            own_takes.append(fitting[name][rng.integers(len(fitting[name]))])
    return own_takes


def _plan_edit(
    scenes: list[str], lengths: list[int], rate: float, rng: np.random.Generator
) -> tuple[list[Shot], list[Blend | None]]:
    """The shots and what joins them: None for a cut."""
    is_short = rng.random(SHOTS_PER_FILE) < SHORT_SHOT_SHARE
    kinds, num_shared = _plan_transitions(is_short, rng)
    shots: list[Shot] = []
    for i in range(SHOTS_PER_FILE):
        lead_in, lead_out = int(num_shared[i]), int(num_shared[i + 1])
        num_own = _shot_length(bool(is_short[i]), rate, rng)
        others = [t for t in range(len(lengths)) if not shots or scenes[t] != scenes[shots[-1].take]]
        fitting = [t for t in others if lengths[t] >= lead_in + num_own + lead_out]
        take = int(rng.choice(fitting)) if fitting else max(others, key=lambda t: lengths[t])
        num_own = min(num_own, lengths[take] - lead_in - lead_out)
        start = int(rng.integers(lengths[take] - lead_in - num_own - lead_out + 1))
        shots.append(Shot(take, start, lead_in, num_own, lead_out, bool(rng.random() < 0.5)))
    blends = [None if kind == "cut" else random_blend(kind, rng, SIZE_HW) for kind in kinds]
    return shots, blends


def _plan_transitions(is_short: np.ndarray, rng: np.random.Generator) -> tuple[list[str], np.ndarray]:
    """Type of each join, and the frames shared before the first shot, at each join and after the last shot."""
    kinds = rng.choice(list(TYPES), size=len(is_short) - 1, p=list(TYPES.values()))
    kinds = np.where(is_short[1:] | is_short[:-1], "cut", kinds)
    num_frames = np.rint(np.exp(rng.uniform(*np.log(TRANSITION_FRAMES), size=len(kinds)))).astype(int)
    return [str(kind) for kind in kinds], np.concatenate([[0], np.where(kinds == "cut", 0, num_frames), [0]])


def _shot_length(is_short: bool, rate: float, rng: np.random.Generator) -> int:
    if is_short:
        return int(rng.integers(SHORT_SHOT_FRAMES[0], SHORT_SHOT_FRAMES[1] + 1))
    return round(rate * float(np.exp(rng.uniform(*np.log(SHOT_SECONDS)))))


def _frames_of(shots: list[Shot], blends: list[Blend | None], takes: list[np.ndarray]) -> Iterator[np.ndarray]:
    for i, shot in enumerate(shots):
        for index in range(shot.num_own):
            yield shot.frame(takes, shot.lead_in + index)
        blend = blends[i] if i < len(blends) else None
        if blend is None:
            continue
        for index in range(shot.lead_out):
            before = shot.frame(takes, shot.lead_in + shot.num_own + index)
            after = shots[i + 1].frame(takes, index)
            yield blend.mix(before, after, (index + 1) / (shot.lead_out + 1))


def _truths_of(shots: list[Shot], blends: list[Blend | None]) -> Iterator[Boundary]:
    frame = 0
    for shot, blend in zip(shots, blends, strict=False):
        frame += shot.lead_in + shot.num_own
        yield Boundary(frame, frame + shot.lead_out, "cut" if blend is None else blend.type)
