"""Takes cut together: every frame of every transition is known."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from reelwise.analysis.results import TransitionType
from reelwise.analysis.shots.descriptors import THUMBNAIL_HW
from reelwise.analysis.shots.transitions import GRADUAL_TYPES, Transition
from reelwise.jobs.detector.disturbances import disturb
from reelwise.jobs.detector.scenes import Scene

_ROWS, _COLUMNS = (axis.astype(np.float32) for axis in np.mgrid[: THUMBNAIL_HW[0], : THUMBNAIL_HW[1]])
_ACROSS = (_COLUMNS + 0.5) / THUMBNAIL_HW[1]
_DOWN = (_ROWS + 0.5) / THUMBNAIL_HW[0]

LEAST_CHANGE = 8.0
"""Mean difference in grey levels of the frames on both sides of a boundary, below which nobody could see it."""


@dataclass(frozen=True, eq=False)
class Edit:
    """An edited video.

    Args:
        frames: (T, 28, 48, 3) float32, 0 to 255.
        transitions: In order.
    """

    frames: np.ndarray
    transitions: tuple[Transition, ...]


@dataclass(frozen=True)
class EditStyle:
    """How an editor works.

    Args:
        gradual_share: Share of boundaries that take time.
        short_share: Share of shots that last 1 to ``longest_short`` frames.
        same_scene_share: How often the next shot shows the same scene from elsewhere.
        disturbance: How much happens within takes.
        longest_short: Frames of the longest of the short shots; 2 makes two takes flicker.
    """

    gradual_share: float
    short_share: float
    same_scene_share: float
    disturbance: float
    longest_short: int = 14


def random_style(rng: np.random.Generator) -> EditStyle:
    """One of many editors."""
    return EditStyle(
        gradual_share=float(rng.choice([0.0, 0.2, 0.5, 0.9], p=[0.25, 0.25, 0.3, 0.2])),
        short_share=float(rng.choice([0.0, 0.15, 0.6, 1.0], p=[0.3, 0.3, 0.25, 0.15])),
        same_scene_share=float(rng.choice([0.1, 0.4])),
        disturbance=float(rng.choice([0.3, 1.0, 2.0])),
        longest_short=int(rng.choice([2, 4, 14], p=[0.2, 0.25, 0.55])),
    )


def gradual_style(rng: np.random.Generator) -> EditStyle:
    """An editor who hardly ever cuts."""
    return EditStyle(0.85, 0.05, float(rng.choice([0.1, 0.4])), float(rng.choice([0.3, 1.0, 2.0])))


@dataclass(frozen=True)
class _Shot:
    """One shot of the plan: frames of its own, and the transition to the next one."""

    scene: Scene
    num_own: int
    type: TransitionType
    num_shared: int


def make_edit(scenes: Sequence[Scene], num_frames: int, style: EditStyle, rng: np.random.Generator) -> Edit:
    """Cut takes of scenes together; the first and the last frame may lie within a shot or a transition.

    Args:
        scenes: Drawn from at random.
        num_frames: How long the whole is.
        style: The editor.
        rng: The only source of chance.
    """
    skip = int(rng.integers(0, 60))
    pieces: list[np.ndarray] = []
    transitions: list[Transition] = []
    place, tail, before = 0, np.zeros((0, *THUMBNAIL_HW, 3), np.float32), None
    while place < num_frames + skip:
        shot = _plan_shot(scenes, style, before, rng)
        take = disturb(shot.scene.take(len(tail) + shot.num_own + shot.num_shared, rng), rng, style.disturbance)
        if before is not None:
            kind, end = before.type, place + len(tail)
            last = tail[-1] if len(tail) else pieces[-1][-1]
            is_fade = kind in ("fade_black", "fade_white")  # seen even between two takes that look alike
            if is_fade or np.abs(last - take[len(tail)]).mean() > LEAST_CHANGE:
                transitions.append(Transition(kind, place, end, 1.0))
            if len(tail):
                pieces.append(mix(kind, tail, take[: len(tail)], rng))
            place = end
        pieces.append(take[len(tail) : len(tail) + shot.num_own])
        place += shot.num_own
        tail, before = take[len(take) - shot.num_shared :], shot
    frames = np.concatenate(pieces)[skip : skip + num_frames]
    return Edit(frames, tuple(_inside(transitions, skip, num_frames)))


def _plan_shot(scenes: Sequence[Scene], style: EditStyle, before: _Shot | None, rng: np.random.Generator) -> _Shot:
    is_same = before is not None and rng.random() < style.same_scene_share
    scene = before.scene if before is not None and is_same else scenes[int(rng.integers(len(scenes)))]
    if rng.random() < style.short_share:
        return _Shot(scene, int(rng.integers(1, style.longest_short + 1)), "cut", 0)
    num_own = int(np.exp(rng.uniform(np.log(10), np.log(220))))
    if rng.random() >= style.gradual_share:
        return _Shot(scene, num_own, "cut", 0)
    kind = GRADUAL_TYPES[rng.choice(4, p=[0.35, 0.2, 0.1, 0.35])]
    num_shared = int(np.exp(rng.uniform(np.log(3), np.log(64))))
    return _Shot(scene, num_own, kind, max(num_shared, 4) if kind != "dissolve" else num_shared)


def _inside(transitions: Sequence[Transition], skip: int, num_frames: int) -> Iterator[Transition]:
    for transition in transitions:
        start, end = transition.start_frame - skip, transition.end_frame - skip
        if transition.type == "cut" and 0 < start < num_frames:
            yield Transition(transition.type, start, start, 1.0)
        elif transition.type != "cut" and max(start, 0) < min(end, num_frames):
            yield Transition(transition.type, max(start, 0), min(end, num_frames), 1.0)


def mix(kind: TransitionType, old: np.ndarray, new: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The frames of a gradual transition.

    Args:
        kind: Any but a cut.
        old: (D, 28, 48, 3) the old shot's frames.
        new: (D, 28, 48, 3) the new shot's frames at the same time.
        rng: Chooses the curve, the edge and the direction.
    """
    progress = ((np.arange(len(old)) + 1) / (len(old) + 1)).astype(np.float32)
    if rng.random() < 0.3:
        progress = 3 * progress**2 - 2 * progress**3
    if kind == "dissolve":
        return old + progress[:, None, None, None] * (new - old)
    if kind == "wipe":
        return _wipe(old, new, progress, rng)
    return _fade(old, new, 0.0 if kind == "fade_black" else 255.0, rng)


def _fade(old: np.ndarray, new: np.ndarray, level: float, rng: np.random.Generator) -> np.ndarray:
    length = len(old)
    hold = int(rng.uniform(0, 0.5) * length) if rng.random() < 0.6 else 0
    num_out = int(np.clip(round((length - hold) * rng.uniform(0.3, 0.7)), 1, length - 1))
    num_in = length - hold - num_out
    if rng.random() < 0.1:  # one side is a cut
        num_out, num_in = (0, length - hold) if rng.random() < 0.5 else (length - hold, 0)
    color = float(np.abs(level - rng.uniform(0, 14) * (rng.random() < 0.5)))
    time = np.arange(length)
    visible_old = np.clip(1 - (time + 1) / max(num_out, 1), 0, 1) * (time < num_out)
    visible_new = np.clip((time - length + num_in + 1) / (num_in + 1), 0, 1) * (time >= length - num_in)
    gamma = rng.choice([1.0, 1.0, 0.6, 1.6])
    weights = [(visible**gamma)[:, None, None, None].astype(np.float32) for visible in (visible_old, visible_new)]
    return color + weights[0] * (old - color) + weights[1] * (new - color)


def _wipe(old: np.ndarray, new: np.ndarray, progress: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A border moves over the picture and leaves the new shot behind it; sometimes it carries the pictures along."""
    if rng.random() < 0.2:
        return _push(old, new, progress, rng)
    order = _wipe_order(rng)
    order = ((order - order.min()) / (np.ptp(order) + 1e-6)).astype(np.float32)
    order = 1 - order if rng.random() < 0.5 else order
    softness = float(rng.choice([0.01, 0.03, 0.1, 0.25]))
    edge = progress[:, None, None] * (1 + softness) - order
    mask = np.clip(edge / softness, 0, 1)[..., None]
    frames = old + mask * (new - old)
    if rng.random() < 0.15:  # a coloured border
        line = (np.abs(edge) < rng.uniform(0.02, 0.06))[..., None]
        frames = np.where(line, rng.uniform(0, 255, 3).astype(np.float32), frames)
    return frames


def _wipe_order(rng: np.random.Generator) -> np.ndarray:
    """(28, 48): when each place changes."""
    x, y = _ACROSS - rng.uniform(0.3, 0.7), _DOWN - rng.uniform(0.3, 0.7)
    shape = rng.integers(8)
    if shape < 3:
        return _ACROSS if rng.random() < 0.65 else _DOWN
    if shape == 3:  # any angle
        angle = rng.uniform(0, 2 * np.pi)
        return _ACROSS * np.cos(angle) + _DOWN * np.sin(angle)
    if shape == 4:  # iris
        return np.hypot(x, y * 0.58)
    if shape == 5:  # box or barn doors
        return np.maximum(np.abs(x), np.abs(y)) if rng.random() < 0.5 else np.abs(x if rng.random() < 0.5 else y)
    if shape == 6:  # clock
        return np.arctan2(y, x)
    return np.mod((_ACROSS if rng.random() < 0.5 else _DOWN) * rng.integers(2, 8), 1)  # blinds


def _push(old: np.ndarray, new: np.ndarray, progress: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    axis = 2 if rng.random() < 0.7 else 1
    size = old.shape[axis]
    is_backward, moves_old = rng.random() < 0.5, rng.random() < 0.7
    frames = np.empty_like(old)
    for place, part in enumerate(progress):
        shift = round(float(part) * size)
        pair = np.concatenate([old[place], new[place]], axis=axis - 1)
        if is_backward:
            pair = np.concatenate([new[place], old[place]], axis=axis - 1)
        start = size - shift if is_backward else shift
        frame = np.take(pair, range(start, start + size), axis=axis - 1)
        if not moves_old:  # the new picture slides over the old one, which stays
            keep = [slice(None), slice(None)]
            keep[axis - 1] = slice(shift, None) if is_backward else slice(None, size - shift)
            frame[tuple(keep)] = old[place][tuple(keep)]
        frames[place] = frame
    return frames
