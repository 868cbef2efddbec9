"""Generated clips beside real ones as sets: distances with floor and controls, variety, movement and repetition."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from reelwise.core.number_text import short_number
from reelwise.generation.control_clips import blur, noise_clips, shuffle_time
from reelwise.generation.sprite_physics import are_sprites, sprite_physics
from reelwise.jobs.generator.measures import FeatureMeasure, Features
from reelwise.metrics.bootstrap import interval_list
from reelwise.metrics.clip_distances import mean_pairwise_distance
from reelwise.metrics.memorisation import Memorisation
from reelwise.metrics.set_distances import (
    FRECHET,
    KERNEL,
    MIN_CLIPS,
    DistanceKind,
    TooFewClips,
    centred_interval,
    set_distance,
)
from reelwise.tasks.metrics import DistanceEntry, Fields, GeneratedAndReal, KernelEntry, MemorisationEntry

_FEWEST_FOR_STEPS = 3
"""Frames that make two steps, which can be compared."""

TIME_SHUFFLED = "time_shuffled"

_BLIND_FACTOR = 2
"""Time-shuffled real clips must score at least so many times the highest floor, or the features do not see order."""


COPIES = "copies"


@dataclass(frozen=True, eq=False)
class ClipSets:
    """Clips that features are taken of.

    Args:
        real: (N, T, S, S, 3) uint8, test clips.
        groups: Source video of each of them.
        samples: (M, T, S, S, 3) uint8, generated clips.
        copies: (C, T, S, S, 3) uint8, training clips; None where none are at hand.
    """

    real: np.ndarray
    groups: list[str]
    samples: np.ndarray
    copies: np.ndarray | None = None


@dataclass(frozen=True, eq=False)
class ComparedSets:
    """Features of real test clips, generated clips and controls.

    Args:
        real: (N, D).
        samples: (M, D), generated clips.
        controls: By name, (M, D) each: training clips that are handed out again, and real clips that were spoilt.
        groups: Source video of each real clip.
        means: (M, D), the mean training clip again and again.
    """

    real: np.ndarray
    samples: np.ndarray
    controls: Mapping[str, np.ndarray]
    groups: list[str]
    means: np.ndarray | None = None


def compared_sets(
    measure: FeatureMeasure, clips: ClipSets, seed: int, update: Callable[[int, int], None]
) -> ComparedSets:
    """The features of all sets.

    Args:
        measure: The features, and those of training clips.
        clips: Real, generated and training clips.
        seed: Of the controls.
        update: Called with how many clips are done, of how many.
    """
    real, samples = clips.real, clips.samples
    spread = np.linspace(0, len(real) - 1, min(len(real), len(samples))).round().astype(int)
    controls = {
        TIME_SHUFFLED: shuffle_time(real[spread], seed),
        "blurred": blur(real[spread]),
        "noise": noise_clips(samples.shape, seed),
    }
    if measure.copies is None and clips.copies is not None and len(clips.copies):
        controls = {COPIES: clips.copies, **controls}
    of_real, of_samples, *of_controls = _features_of(measure.features, [real, samples, *controls.values()], update)
    by_control = dict(zip(controls, of_controls, strict=True))
    if measure.copies is not None:
        by_control = {COPIES: measure.copies, **by_control}
    return ComparedSets(of_real, of_samples, by_control, clips.groups, measure.means_of(len(samples)))


def _features_of(
    features: Features, sets: Sequence[np.ndarray], update: Callable[[int, int], None]
) -> list[np.ndarray]:
    """(N, D) of each set, in batches, since those of a large network take seconds each."""
    done, total, outputs = 0, sum(map(len, sets)), []
    for clips in sets:
        parts = []
        for start in range(0, len(clips), features.batch_size):
            parts.append(features(clips[start : start + features.batch_size]))
            done += len(parts[-1])
            update(done, total)
        outputs.append(np.concatenate(parts))
    return outputs


def distance_entries(name: str, sets: ComparedSets, seed: int) -> dict[str, DistanceEntry]:
    """Kernel and Fréchet distance, each under its name with the features in brackets.

    Args:
        name: Of the features.
        sets: Their features.
        seed: Of intervals and floor.
    """
    return {f"{kind.name}[{name}]": _distance_entry(kind, sets, seed) for kind in (KERNEL, FRECHET)}


def too_few_entries(name: str, num_real: int, num_generated: int) -> dict[str, DistanceEntry]:
    """The same where there are too few clips for a number, whatever their features.

    Args:
        name: Of the features.
        num_real: Real clips.
        num_generated: Generated clips.
    """
    return {f"{kind.name}[{name}]": _too_few_entry(num_real, num_generated) for kind in (KERNEL, FRECHET)}


def _too_few_entry(num_real: int, num_generated: int) -> DistanceEntry:
    why = f"{MIN_CLIPS} clips of each kind are needed"
    return {"value": "too few", "why": why, "num_real": num_real, "num_generated": num_generated}


def _distance_entry(kind: DistanceKind, sets: ComparedSets, seed: int) -> DistanceEntry:
    distance = set_distance(kind, sets.real, sets.samples, sets.groups, seed)
    if isinstance(distance, TooFewClips):
        return _too_few_entry(len(sets.real), len(sets.samples))
    controls = {name: kind.distance(sets.real, control) for name, control in sets.controls.items()}
    entry: DistanceEntry = {
        "value": distance.value,
        "num_real": distance.num_reals,
        "num_generated": distance.num_samples,
        "floor": distance.floor.mean,
        "highest_floor": distance.floor.highest,
        "controls": controls,
    }
    if distance.ci95 is not None:
        entry["ci95"] = distance.ci95.as_list()
    if controls[TIME_SHUFFLED] < _BLIND_FACTOR * distance.floor.highest or controls[TIME_SHUFFLED] <= 0:
        entry.pop("ci95", None)
        entry["value"], entry["why"] = "refused", _why_blind(controls[TIME_SHUFFLED], distance.floor.highest)
    return entry


def _why_blind(of_shuffled: float, highest_floor: float) -> str:
    return (
        f"real clips with their frames out of order score {short_number(of_shuffled)}, under {_BLIND_FACTOR} times what"
        f" two halves of the real clips score at most ({short_number(highest_floor)}): it does not see movement here"
    )


def rule_entry(sets: ComparedSets, features: np.ndarray, seed: int) -> KernelEntry:
    """The kernel distance of the clips of a simple rule, and the interval of the model's minus its.

    Args:
        sets: Of the model.
        features: (M, D) of the rule.
        seed: Of the bootstrap; the same real clips are drawn for both.
    """
    of_rule = KERNEL.distance(sets.real, features)
    difference = KERNEL.distance(sets.real, sets.samples) - of_rule
    resamples = [
        KERNEL.resamples(sets.real, clips, sets.groups, seed, KERNEL.num_resamples)
        for clips in (sets.samples, features)
    ]
    interval = centred_interval(resamples[0] - resamples[1], difference, sets.groups)
    return {"kvd": of_rule, "difference_ci95": interval_list(interval)}


def diversity(
    samples: np.ndarray, sample_labels: np.ndarray, real: np.ndarray, real_labels: np.ndarray
) -> GeneratedAndReal | None:
    """How far two clips of one class lie apart in the mean, of generated and of real clips; None without such pairs.

    Args:
        samples: (M, D) features.
        sample_labels: (M,) classes.
        real: (V, D) features of one clip of each real video, since clips of one video are alike.
        real_labels: (V,) classes.
    """
    pairs = []
    for label in np.unique(sample_labels):
        sets = samples[sample_labels == label], real[real_labels == label]
        if min(len(one) for one in sets) > 1:
            pairs.append([mean_pairwise_distance(one) for one in sets])
    if not pairs:
        return None
    of_samples, of_real = np.mean(pairs, axis=0)
    return {"generated": float(of_samples), "real": float(of_real)}


def motion(samples: np.ndarray, real: np.ndarray) -> GeneratedAndReal:
    """How much clips change from frame to frame in the mean, in grey levels.

    Args:
        samples: (M, T, S, S, 3) uint8.
        real: (N, T, S, S, 3) uint8.
    """
    return {"generated": _mean_change(samples), "real": _mean_change(real)}


def physics(samples: np.ndarray, real: np.ndarray, labels: Sequence[str]) -> Fields:
    """How made-up shapes behave, under ``physics``; nothing for clips of anything else.

    Args:
        samples: (M, T, S, S, 3) uint8.
        real: (N, T, S, S, 3) uint8.
        labels: Classes, which tell whether these are the shapes.
    """
    if not are_sprites(labels) or samples.shape[1] < _FEWEST_FOR_STEPS:
        return {}
    return {
        "physics": {name: asdict(sprite_physics(clips)) for name, clips in (("generated", samples), ("real", real))}
    }


def _mean_change(clips: np.ndarray) -> float:
    changes = [np.abs(np.diff(clip.astype(np.int16), axis=0)).mean() for clip in clips]
    return float(np.mean(changes))


def memorisation_entry(result: Memorisation | TooFewClips, num_training: int, num_held_out: int) -> MemorisationEntry:
    """What metrics.json says of repeated training clips.

    Args:
        result: The comparison.
        num_training: Training clips that were searched.
        num_held_out: Held-out real clips.
    """
    if isinstance(result, TooFewClips):
        return {"nearer_share": "too few", "num_training": num_training, "num_held_out": num_held_out}
    return {
        "nearer_share": result.nearer_share,
        "nearer_share_ci95": interval_list(result.nearer_share_ci95),
        "median_ratio": result.median_ratio,
        "is_likely": result.is_likely,
        "num_training": num_training,
        "num_held_out": num_held_out,
    }
