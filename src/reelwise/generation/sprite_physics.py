"""Whether coloured shapes in generated clips stay what they are and move evenly, as made-up ones do."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from reelwise.media.synthetic.moving_sprites import BACKGROUND_RGB, CLASSES, COLOURS_RGB

_LABELS = frozenset("-".join(traits) for traits in CLASSES)

_SPRITES = 2
"""In a clip."""

_VISIBLE = 0.3
"""Of its largest area in the clip that a shape shows at least where it counts as visible. Chosen by reasoning: one
passes in front of the other, and then hides most of it for a frame or two."""

_BOUNCE = 1.5
"""A change of the step by more than so much of its usual length is a bounce. Chosen by reasoning: at a wall one of its
two parts turns round."""


@dataclass(frozen=True)
class SpritePhysics:
    """How shapes of a set of clips behave, in the mean.

    Args:
        presence: Share of the frames in which both shapes are visible.
        unevenness: Change of a shape's step from frame to frame, over the length of its step, bounces left out; the
            median over clips. 0 is a constant speed straight on.
    """

    presence: float
    unevenness: float


def are_sprites(labels: Iterable[str]) -> bool:
    """Whether these classes are those of the made-up shapes.

    Example:
        >>> are_sprites(["star-left-fast", "disc-up-slow"]), are_sprites(["jump", "run"]), are_sprites([])
        (True, False, False)
    """
    names = set(labels)
    return bool(names) and names <= _LABELS


def sprite_physics(clips: np.ndarray) -> SpritePhysics:
    """The measures of a set of clips.

    Args:
        clips: (N, T, S, S, 3) uint8 of two shapes of different colours, T > 2.
    """
    presences, unevennesses = [], []
    for clip in clips:
        areas, middles = _tracks(clip)
        is_visible = areas >= _VISIBLE * np.maximum(1, areas.max(axis=0))
        presences.append(float(is_visible.all(axis=1).mean()))
        unevennesses += [_unevenness(middles[:, shape], is_visible[:, shape]) for shape in range(_SPRITES)]
    finite = [value for value in unevennesses if value is not None]
    return SpritePhysics(float(np.mean(presences)), float(np.median(finite)) if finite else 1.0)


def _tracks(clip: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(T, 2) areas in pixels and (T, 2, 2) middles x, y of the two colours that a clip has most of."""
    palette = np.array([BACKGROUND_RGB, *COLOURS_RGB], np.float32)
    distances = np.square(clip[..., None, :].astype(np.float32) - palette).sum(axis=-1)  # (T, S, S, colours)
    nearest = distances.argmin(axis=-1)
    counts = np.stack([(nearest == colour).sum(axis=(1, 2)) for colour in range(1, len(palette))], axis=1)
    chosen_colours = 1 + np.argsort(-counts.sum(axis=0), kind="stable")[:_SPRITES]
    masks = np.stack([nearest == colour for colour in chosen_colours], axis=1)  # (T, 2, S, S)
    areas = masks.sum(axis=(2, 3))
    across = np.arange(clip.shape[2])
    x = (masks.sum(axis=2) * across).sum(axis=-1) / np.maximum(1, areas)
    y = (masks.sum(axis=3) * across).sum(axis=-1) / np.maximum(1, areas)
    return areas, np.stack([x, y], axis=-1)


def _unevenness(middles: np.ndarray, is_visible: np.ndarray) -> float | None:
    """Of the (T, 2) track of one shape; None where it is seen in too few frames in a row."""
    steps = np.diff(middles, axis=0)
    changes = np.linalg.norm(np.diff(steps, axis=0), axis=1)
    is_seen = is_visible[2:] & is_visible[1:-1] & is_visible[:-2]
    if not is_seen.any():
        return None
    length = float(np.median(np.linalg.norm(steps, axis=1)))
    between_bounces = changes[is_seen & (changes <= _BOUNCE * max(length, 1e-6))]
    if not len(between_bounces):
        return None
    return float(between_bounces.mean() / max(length, 1e-6)) if length > 0 else None
