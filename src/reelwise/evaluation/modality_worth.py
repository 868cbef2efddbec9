"""What each part of a video is worth to one trained model: the same videos again, with parts of them hidden."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal

import numpy as np

from reelwise.core.errors import DataError
from reelwise.core.modalities import MODALITIES
from reelwise.sampling.frame_order import FrameOrder
from reelwise.tasks import CLASSIFICATION, find_task

FRAME_ORDERS: dict[str, FrameOrder] = {"shuffled": "shuffled", "middle_frame": "middle"}
"""The rows of ``time`` in metrics.json, each with the ``frame_order`` that a predictor is asked for."""

MOST_EXTRA = 0.15
"""Of the work of training and judging, so much may be spent on masking; a fifth is promised, the rest is reserve."""
FEWEST_VIDEOS = 24


@dataclass(frozen=True)
class Look:
    """One way to show a video to the model with something taken away.

    Args:
        name: Its key in metrics.json: ``sound``, ``frames+metadata``, ``shuffled`` …
        hidden: The modalities that are taken away.
        frame_order: How the frames are shown.
    """

    name: str
    hidden: frozenset[str] = frozenset()
    frame_order: FrameOrder = "as_is"


@dataclass(frozen=True, eq=False)
class Masked:
    """What was said of some of the judged videos when parts of them were hidden.

    Args:
        modalities: What the whole model reads, in the order of ``MODALITIES``.
        probs: {name of a look: (n, C) probabilities}.
        places: (n,) int, which of the judged videos were asked about, rising.
        how: ``masked``: one trained model, its inputs hidden; ``retrained``: a model trained for each combination.
    """

    modalities: tuple[str, ...]
    probs: Mapping[str, np.ndarray]
    places: np.ndarray
    how: Literal["masked", "retrained"] = "masked"


def combination_name(modalities: Sequence[str]) -> str:
    """The key of a combination: names in the order of ``MODALITIES``, joined.

    Example:
        >>> combination_name(["sound", "frames"])
        'frames+sound'
    """
    return "+".join(name for name in MODALITIES if name in modalities)


def combinations_to_try(modalities: Sequence[str]) -> list[tuple[str, ...]]:
    """The whole, then without each one, then each one alone; none twice.

    Example:
        >>> combinations_to_try(("frames", "sound"))
        [('frames', 'sound'), ('frames',), ('sound',)]
        >>> len(combinations_to_try(("frames", "sound", "metadata")))
        7
    """
    parts = tuple(name for name in MODALITIES if name in modalities)
    found = [parts, *combinations(parts, max(1, len(parts) - 1)), *((part,) for part in parts)]
    return list(dict.fromkeys(found))


def looks_to_try(modalities: Sequence[str]) -> list[Look]:
    """Everything that one trained model is asked again, the whole left out; nothing for a model without frames alone.

    Args:
        modalities: What the model reads.

    Example:
        >>> [look.name for look in looks_to_try(("frames", "sound"))]
        ['frames', 'sound', 'shuffled', 'middle_frame']
    """
    whole = frozenset(modalities)
    looks = [Look(combination_name(kept), whole - frozenset(kept)) for kept in combinations_to_try(modalities)[1:]]
    if "frames" in whole:
        looks += [Look(name, frozenset(), order) for name, order in FRAME_ORDERS.items()]
    return looks


def num_videos_to_mask(num_judged: int, num_looks: int, num_views: int, num_training_clips: int) -> int:
    """How many of the judged videos can be asked again within :data:`MOST_EXTRA` of the work already done.

    Counted in clips, not in seconds, so that the same run gives the same file: a clip that was learned from costs a
    forward and a backward pass, about three times one that is only judged; here it counts as two, since pictures are
    read for both.

    Args:
        num_judged: Videos that were judged.
        num_looks: Ways to hide something.
        num_views: Clips per video.
        num_training_clips: Clips looked at in training: epochs times videos.

    Returns:
        From ``FEWEST_VIDEOS`` (or all, if there are fewer) to all of them.

    Example:
        >>> num_videos_to_mask(1000, num_looks=4, num_views=2, num_training_clips=6000)
        262
    """
    work = 2 * num_training_clips + num_judged * num_views
    affordable = int(MOST_EXTRA * work / max(1, num_looks * num_views))
    return min(num_judged, max(FEWEST_VIDEOS, affordable))


def choose_places(num_judged: int, num_videos: int, seed: int) -> np.ndarray:
    """(num_videos,) int64, rising: which videos to ask again; by chance, the same for the same seed.

    Example:
        >>> choose_places(3, 3, seed=0)
        array([0, 1, 2])
    """
    if num_videos >= num_judged:
        return np.arange(num_judged)
    return np.sort(np.random.default_rng([seed, 0x3A5C]).choice(num_judged, num_videos, replace=False))


def masked_answers(
    predict: Callable[[int, frozenset[str], FrameOrder], np.ndarray],
    indices: Sequence[int],
    modalities: Sequence[str],
    told: Callable[[int, int], None] | None = None,
) -> dict[str, np.ndarray]:
    """What one trained model says of each video in each look.

    Args:
        predict: Called with the video's index, the hidden modalities and the frame order; gives an array of one shape:
            answers, logits or probabilities.
        indices: n videos.
        modalities: What the model reads.
        told: Hears how many of how many videos are done.

    Returns:
        {name of the look: (n, ...)}, in the order of :func:`looks_to_try`.
    """
    looks = looks_to_try(modalities)
    rows: dict[str, list[np.ndarray]] = {look.name: [] for look in looks}
    for done, index in enumerate(indices, start=1):
        for look in looks:
            rows[look.name].append(np.asarray(predict(index, look.hidden, look.frame_order)))
        if told is not None:
            told(done, len(indices))
    return {name: np.stack(found) if found else np.zeros((0,)) for name, found in rows.items()}


def worth_metrics(
    labels: Sequence[str],
    y_true: np.ndarray,
    said: np.ndarray,
    masked: Masked,
    *,
    groups: Sequence[str | None] | None = None,
    seed: int = 0,
    task: str = CLASSIFICATION.name,
) -> dict[str, dict[str, Any]]:
    """The fields ``modalities`` and ``time`` of metrics.json.

    Args:
        labels: C classes or labels in the order of the probabilities; for regression the name of the number.
        y_true: (N,) int, (N, C) 0/1 for multilabel, (N,) float for regression.
        said: (N, C) probabilities of the whole model, or (N, 1) numbers.
        masked: What was said with parts hidden.
        groups: Recording or person of each video, for the intervals.
        seed: Of the bootstrap.
        task: Name of one of ``tasks.TASKS``.

    Returns:
        ``{"modalities": {combination: entry}}``, the whole first, and ``"time": {look: entry}`` when frames were shown
        in another order. An entry has the score that decides with its interval (``accuracy``, ``accuracy_ci95``, or
        those of ``map`` or ``mae``), under ``modalities`` also ``how``, and, but for the whole, ``difference_ci95``:
        the paired 95 % interval of the whole minus this one, on the same videos. ``num_videos`` stands only where not
        all judged videos were asked again.

    Raises:
        DataError: Numbers that are no probabilities, or places outside of the videos.
    """
    kind = find_task(task)
    truth, said = kind.check_predictions(labels, y_true, said)
    places = np.asarray(masked.places, np.int64)
    if len(places) == 0 or places.min() < 0 or places.max() >= len(truth) or (np.diff(places) <= 0).any():
        raise DataError("The videos that were asked again are none, or not among those that were judged.")
    how = {"how": masked.how}
    whole = kind.score_entry(truth, said, groups, seed) | how
    asked = {"num_videos": len(places)} if len(places) < len(truth) else {}
    kept = None if groups is None else [groups[i] for i in places]
    found: dict[str, dict[str, Any]] = {"modalities": {combination_name(masked.modalities): whole}}
    for name, answer in masked.probs.items():
        there, answer = kind.check_predictions(labels, truth[places], answer)
        gap = kind.score_difference(there, said[places], answer, kept, seed)
        entry = {**kind.score_entry(there, answer, kept, seed), "difference_ci95": gap.as_list(), **asked}
        in_time = name in FRAME_ORDERS
        found.setdefault("time" if in_time else "modalities", {})[name] = entry | ({} if in_time else how)
    return found
