"""Ablation: a model evaluated again on the same videos with modalities masked or the frames in another order."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal

import numpy as np

from reelwise.core.errors import DataError
from reelwise.core.modalities import MODALITIES
from reelwise.metrics.bootstrap import interval_list
from reelwise.sampling.frame_order import FrameOrder
from reelwise.tasks import CLASSIFICATION, find_task

FRAME_ORDERS: dict[str, FrameOrder] = {"shuffled": "shuffled", "middle_frame": "middle"}
"""The rows of ``time`` in metrics.json, each with the ``frame_order`` of its predictions."""

MAX_EXTRA_WORK = 0.15
"""Share of the work of training and testing that ablations may add. Users are promised a fifth; the rest is reserve."""

MIN_VIDEOS = 24
"""Videos that are ablated whatever it costs: the 95 % interval of an accuracy of 0.5 is then 0.37 wide."""

_SAMPLE_SEED = 0x3A5C
"""Keeps this draw apart from others with the same seed. Any number would do; another one changes metrics.json."""


@dataclass(frozen=True)
class Ablation:
    """One way to give a video to the model with something missing.

    Args:
        name: Its key in metrics.json: ``sound``, ``frames+metadata``, ``shuffled`` …
        masked_modalities: The modalities that the model does not get.
        frame_order: The order in which it gets the frames.
    """

    name: str
    masked_modalities: frozenset[str] = frozenset()
    frame_order: FrameOrder = "as_is"


@dataclass(frozen=True, eq=False)
class AblatedPredictions:
    """Predictions for some of the test videos, once for each ablation.

    Args:
        modalities: What the whole model reads, in the order of ``MODALITIES``.
        probs: {name of the ablation: (n, C) probabilities}.
        positions: (n,) int, rising: which of the test videos these are.
        how: ``masked``: by one trained model, with inputs masked; ``retrained``: by one model for each combination.
    """

    modalities: tuple[str, ...]
    probs: Mapping[str, np.ndarray]
    positions: np.ndarray
    how: Literal["masked", "retrained"] = "masked"


def combination_name(modalities: Sequence[str]) -> str:
    """The key of a combination: names in the order of ``MODALITIES``, joined.

    Example:
        >>> combination_name(["sound", "frames"])
        'frames+sound'
    """
    return "+".join(name for name in MODALITIES if name in modalities)


def combinations_to_try(modalities: Sequence[str]) -> list[tuple[str, ...]]:
    """All modalities, then all but one, then each alone; no combination twice.

    Example:
        >>> combinations_to_try(("frames", "sound"))
        [('frames', 'sound'), ('frames',), ('sound',)]
        >>> len(combinations_to_try(("frames", "sound", "metadata")))
        7
    """
    names = tuple(name for name in MODALITIES if name in modalities)
    candidates = [names, *combinations(names, max(1, len(names) - 1)), *((name,) for name in names)]
    return list(dict.fromkeys(candidates))


def list_ablations(modalities: Sequence[str]) -> list[Ablation]:
    """The ablations of a model: every combination but the whole, then the frame orders if it reads frames.

    Args:
        modalities: What the model reads.

    Example:
        >>> [ablation.name for ablation in list_ablations(("frames", "sound"))]
        ['frames', 'sound', 'shuffled', 'middle_frame']
    """
    whole = frozenset(modalities)
    subsets = combinations_to_try(modalities)[1:]
    ablations = [Ablation(combination_name(subset), whole - frozenset(subset)) for subset in subsets]
    if "frames" in whole:
        ablations += [Ablation(name, frozenset(), order) for name, order in FRAME_ORDERS.items()]
    return ablations


def num_videos_to_ablate(num_test: int, num_ablations: int, num_views: int, num_training_clips: int) -> int:
    """How many test videos can be predicted again within :data:`MAX_EXTRA_WORK` of the work already done.

    Counted in clips, not in seconds, so that the same run gives the same file. A training clip costs a forward and a
    backward pass, about three times a predicted one; it counts as two here, since both need their frames read.

    Args:
        num_test: Test videos.
        num_ablations: Ablations of the model.
        num_views: Clips per video.
        num_training_clips: Clips trained on: epochs times videos.

    Returns:
        From ``MIN_VIDEOS`` (or all, if there are fewer) to all of them.

    Example:
        >>> num_videos_to_ablate(1000, num_ablations=4, num_views=2, num_training_clips=6000)
        262
    """
    work = 2 * num_training_clips + num_test * num_views
    affordable = int(MAX_EXTRA_WORK * work / max(1, num_ablations * num_views))
    return min(num_test, max(MIN_VIDEOS, affordable))


def choose_positions(num_test: int, num_videos: int, seed: int) -> np.ndarray:
    """(num_videos,) int64, rising: a random sample of the test videos, the same for the same seed.

    Example:
        >>> choose_positions(3, 3, seed=0)
        array([0, 1, 2])
    """
    if num_videos >= num_test:
        return np.arange(num_test)
    return np.sort(np.random.default_rng([seed, _SAMPLE_SEED]).choice(num_test, num_videos, replace=False))


def predict_ablations(
    predict: Callable[[int, frozenset[str], FrameOrder], np.ndarray],
    indices: Sequence[int],
    modalities: Sequence[str],
    on_progress: Callable[[int, int], None] | None = None,
) -> dict[str, np.ndarray]:
    """Predictions of one trained model for each video and each ablation.

    Args:
        predict: Called with the index of a video, the masked modalities and the frame order; gives an array that has
            one shape for all of them, such as head outputs or probabilities.
        indices: n videos.
        modalities: What the model reads.
        on_progress: Called with the number of videos done and n.

    Returns:
        {name of the ablation: (n, ...)}, in the order of :func:`list_ablations`.
    """
    ablations = list_ablations(modalities)
    rows: dict[str, list[np.ndarray]] = {ablation.name: [] for ablation in ablations}
    for num_done, index in enumerate(indices, start=1):
        for ablation in ablations:
            outputs = predict(index, ablation.masked_modalities, ablation.frame_order)
            rows[ablation.name].append(np.asarray(outputs))
        if on_progress is not None:
            on_progress(num_done, len(indices))
    return {name: np.stack(outputs) if outputs else np.zeros((0,)) for name, outputs in rows.items()}


def ablation_metrics(
    labels: Sequence[str],
    y_true: np.ndarray,
    probs: np.ndarray,
    ablation: AblatedPredictions,
    *,
    units: Sequence[str | None] | None = None,
    seed: int = 0,
    task: str = CLASSIFICATION.name,
) -> dict[str, dict[str, Any]]:
    """The fields ``modalities`` and ``time`` of metrics.json.

    Args:
        labels: C classes or labels in the order of the probabilities; for regression the name of the number.
        y_true: (N,) int, (N, C) 0/1 for multilabel, (N,) float for regression.
        probs: (N, C) probabilities of the whole model, or (N, 1) numbers.
        ablation: Predictions of the same model with modalities masked or frames reordered.
        units: Unit of each video (recording, person, file), for the intervals.
        seed: Of the bootstrap.
        task: Name of one of ``tasks.TASKS``.

    Returns:
        ``{"modalities": {combination: entry}}``, the whole model first, and ``"time": {frame order: entry}`` where the
        frames were reordered. An entry has the score that decides with its interval (``accuracy``, ``accuracy_ci95``,
        or those of ``map`` or ``mae``); under ``modalities`` also ``how``; and, but for the whole model,
        ``difference_ci95``: the paired 95 % interval of the whole model minus this ablation, on the same videos.
        ``num_videos`` stands only where not all test videos were predicted again.

    Raises:
        DataError: Values that are no probabilities, or positions outside of the test videos.
    """
    kind = find_task(task)
    truth, probs = kind.check_predictions(labels, y_true, probs)
    positions = np.asarray(ablation.positions, np.int64)
    if len(positions) == 0 or positions.min() < 0 or positions.max() >= len(truth) or (np.diff(positions) <= 0).any():
        raise DataError(
            f"The ablated predictions are for {len(positions)} videos, expected at least one, each once, of the"
            f" {len(truth)} test videos in their order."
        )
    how = {"how": ablation.how}
    whole = kind.score_entry(truth, probs, units, seed) | how
    sample_size = {"num_videos": len(positions)} if len(positions) < len(truth) else {}
    sample_units = None if units is None else [units[i] for i in positions]
    fields: dict[str, dict[str, Any]] = {"modalities": {combination_name(ablation.modalities): whole}}
    for name, ablated_probs in ablation.probs.items():
        sample_truth, ablated_probs = kind.check_predictions(labels, truth[positions], ablated_probs)
        difference = kind.score_difference(sample_truth, probs[positions], ablated_probs, sample_units, seed)
        entry = kind.score_entry(sample_truth, ablated_probs, sample_units, seed)
        entry = {**entry, "difference_ci95": interval_list(difference), **sample_size}
        is_frame_order = name in FRAME_ORDERS
        fields.setdefault("time" if is_frame_order else "modalities", {})[name] = entry | (
            {} if is_frame_order else how
        )
    return fields
