"""Draw clips with a model, and judge them: by a classifier of real clips, and beside real clips as a set."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import keras
import numpy as np

from reelwise.core.progress import Progress
from reelwise.evaluation.verdict import verdict
from reelwise.generation.control_clips import noise_clips
from reelwise.generation.flow_sampler import FlowSampler
from reelwise.jobs.clips.plan import ClipPlan
from reelwise.jobs.clips.videos import ClipVideos
from reelwise.jobs.generator.clip_features import RANDOM
from reelwise.jobs.generator.drawing import DrawingPlan, plan_drawing
from reelwise.jobs.generator.measures import ClipMeasures
from reelwise.jobs.generator.real_clips import (
    MOST_TRAINING,
    RealClips,
    TrainingClips,
    read_training_clips,
    real_clips,
    reduce_clips,
)
from reelwise.jobs.generator.set_comparison import (
    ClipSets,
    ComparedSets,
    compared_sets,
    distance_entries,
    diversity,
    memorisation_entry,
    motion,
    physics,
    rule_entry,
    too_few_entries,
)
from reelwise.metrics.bootstrap import interval_list
from reelwise.metrics.clip_distances import NearestClips, nearest_clips
from reelwise.metrics.cluster_intervals import accuracy_interval, paired_difference_interval
from reelwise.metrics.memorisation import memorisation
from reelwise.metrics.set_distances import too_few_clips
from reelwise.models.build import build_network
from reelwise.tasks import GENERATION, Metrics
from reelwise.tasks.generation import SCORE_DISTANCE, generation_output
from reelwise.tasks.metrics import DistanceEntry, Fields

_MOST_PAIRS = 6
"""Generated clips on the sheet of repeated clips: those that lie nearest to a training clip."""


@dataclass(frozen=True, eq=False)
class NearestPair:
    """A generated clip and the training clip that is nearest to it.

    Args:
        sample: Number of the generated clip.
        clip: (T, S, S, 3) uint8, the generated clip.
        training_clip: (T, S, S, 3) uint8.
        name: Of the training clip.
        distance: Root of the mean squared difference of values from 0 to 1, at 16 pixels.
    """

    sample: int
    clip: np.ndarray
    training_clip: np.ndarray
    name: str
    distance: float


@dataclass(frozen=True, eq=False)
class Judgement:
    """What the clips of a model got.

    Args:
        metrics: The whole of metrics.json.
        clips: (N, T, S, S, 3) uint8, class by class in turn.
        targets: (N,) numbers of the classes that were wanted; -1 without classes.
        predictions: (N,) numbers of the classes that the judge sees; none without classes.
        nearest: The generated clips that lie nearest to a training clip, the nearest first.
        clips_per_second: How fast they were drawn.
    """

    metrics: Metrics
    clips: np.ndarray
    targets: np.ndarray
    predictions: np.ndarray
    nearest: tuple[NearestPair, ...]
    clips_per_second: float


@dataclass(frozen=True, eq=False)
class RealSets:
    """Real clips that generated ones are judged beside.

    Args:
        test: Clips of videos that the model has not learned from, or of all where it has learned from all.
        training: Clips among which repeated ones are searched; None where none are at hand.
        num_training_videos: Videos that the model was trained on.
    """

    test: RealClips
    training: TrainingClips | None
    num_training_videos: int


@dataclass(frozen=True, eq=False)
class DrawnClips:
    """The generated clips of a judgement, and those that they are judged beside.

    Args:
        plan: Which clips were drawn.
        clips: (N, T, S, S, 3) uint8.
        real: Test clips.
    """

    plan: DrawingPlan
    clips: np.ndarray
    real: RealClips

    @property
    def score_clips(self) -> np.ndarray:
        """Those whose class is judged."""
        return self.clips[: self.plan.num_scored]

    @property
    def listed_clips(self) -> np.ndarray:
        """Those whose class is judged; without classes all."""
        return self.score_clips if self.plan.num_scored else self.clips

    @property
    def score_targets(self) -> np.ndarray:
        """The classes of those."""
        return self.plan.targets[: self.plan.num_scored]


def judge_clips(
    network: keras.Model,
    measures: ClipMeasures,
    real: RealSets,
    plan: ClipPlan,
    progress: Progress,
    learned_from: int | None = None,
) -> Judgement:
    """Judge a model.

    Args:
        network: Trained.
        measures: What its clips are measured by.
        real: What they are judged beside.
        plan: Of the model.
        progress: Shows how far it is.
        learned_from: How many videos of the real test clips it was trained on; None where they were held out.
    """
    seed, judge = plan.config.seed, measures.judge
    drawing = _drawing(plan, real.test)
    sampler, begin = FlowSampler(_rebuilt(network, plan), seed=seed), time.monotonic()
    clips = drawing.draw(sampler, lambda done, of: progress.update(done, of, "clips"))
    speed = len(clips) / max(time.monotonic() - begin, 1e-9)
    drawn_clips = DrawnClips(drawing, clips, real.test)
    sets = _sets(measures, drawn_clips, real.training, seed, progress)
    progress.stage("compare with real clips")
    set_fields = _set_fields(sets, list(measures.by_features), drawn_clips, seed)
    predictions = np.zeros(0, int) if judge is None else judge.predict(drawn_clips.score_clips)
    score_fields = (
        _distance_score(set_fields, sets[RANDOM], drawn_clips, seed)
        if judge is None
        else _recognition(measures, drawn_clips, predictions, plan, seed)
    )
    counts = {"num_training_videos": real.num_training_videos, "num_real_videos": len(real.test.firsts)}
    repetition, pairs = _repetition(drawn_clips, real.training, seed)
    if learned_from is not None:
        counts["learned_from"] = learned_from
    of_shapes = physics(clips[drawing.compared_rows], real.test.all(), generation_output(plan.contract).labels)
    fields = {**score_fields, **counts, **set_fields, **of_shapes, **repetition}
    metrics = GENERATION.metrics_type({**fields, "verdict": verdict(GENERATION.metrics_type(fields))})
    shown_clips = drawn_clips.listed_clips
    return Judgement(metrics, shown_clips, drawing.targets[: len(shown_clips)], predictions, pairs, speed)


def training_clips(data: ClipVideos, plan: ClipPlan, test: RealClips) -> TrainingClips:
    """The training clips of a run, and copies of as many as clips will be drawn.

    Args:
        data: All videos.
        plan: Of the model.
        test: Real test clips.
    """
    num_copies = len(_drawing(plan, test).compared_rows)
    return read_training_clips(real_clips(data, plan, data.split.train, MOST_TRAINING), num_copies)


def _drawing(plan: ClipPlan, real: RealClips) -> DrawingPlan:
    return plan_drawing(len(generation_output(plan.contract).labels), real.labels, len(real))


def _rebuilt(network: keras.Model, plan: ClipPlan) -> keras.Model:
    """The same network anew, as a model file gives it.

    One that was validated while it was trained is compiled for several sizes of batches, and gives other last bits than
    one of a run that was resumed, or of a file.
    """
    copy = build_network(plan.contract)
    copy.set_weights(network.get_weights())
    return copy


def _recognition(
    measures: ClipMeasures, drawn_clips: DrawnClips, predictions: np.ndarray, plan: ClipPlan, seed: int
) -> Fields:
    """How many clips show the class that was wanted, and how many real clips and clips of simple rules do."""
    judge, seen_in_means = measures.judge, measures.seen_in_means
    if judge is None or seen_in_means is None:
        raise ValueError("only a judge recognises classes")
    labels = generation_output(plan.contract).labels
    real, targets = drawn_clips.real, drawn_clips.score_targets
    is_right = judge.predict(real.all()) == real.labels
    is_recognised = predictions == targets
    names = [labels[int(number)] for number in targets]
    of_noise = judge.predict(noise_clips(drawn_clips.score_clips.shape, seed)) == targets
    of_means = seen_in_means[targets] == targets
    return {
        **GENERATION.metrics(is_recognised, names, labels),
        "judge_accuracy": float(is_right.mean()),
        "judge_accuracy_ci95": interval_list(accuracy_interval(is_right, real.groups)),
        "judge_num_clips": len(is_right),
        "modalities": {"frames": GENERATION.score_entry(is_recognised)},
        "baselines": {
            "noise": _baseline(is_recognised, of_noise),
            "class_mean": _baseline(is_recognised, of_means),
        },
    }


def _baseline(is_recognised: np.ndarray, of_rule: np.ndarray) -> Fields:
    # Each new clip is a unit of its own: the classes and the one clip that a rule has for each of them are no sample.
    difference = paired_difference_interval(is_recognised, of_rule, None)
    return {**GENERATION.score_entry(of_rule), "difference_ci95": interval_list(difference)}


def _sets(
    measures: ClipMeasures, drawn_clips: DrawnClips, training: TrainingClips | None, seed: int, progress: Progress
) -> dict[str, ComparedSets]:
    """What is compared, by whose features; with too few clips for a distance only by the first, for their variety."""
    real, samples = drawn_clips.real, drawn_clips.clips[drawn_clips.plan.compared_rows]
    clips = ClipSets(real.all(), list(real.groups), samples, None if training is None else training.copies)
    names = list(measures.by_features)
    if too_few_clips(len(real), len(samples)):
        del names[1:]
    sets = {}
    for name in names:
        progress.stage(f"features [{name}]")
        measure = measures.by_features[name]
        sets[name] = compared_sets(measure, clips, seed, lambda done, of: progress.update(done, of, "clips"))
    return sets


def _set_fields(sets: Mapping[str, ComparedSets], names: Sequence[str], drawn_clips: DrawnClips, seed: int) -> Fields:
    """Distances of generated from real clips, and how various both are and how much they move."""
    rows, real = drawn_clips.plan.compared_rows, drawn_clips.real
    first, *_ = sets.values()
    real_labels = np.full(len(real), -1) if real.labels is None else real.labels
    targets = drawn_clips.plan.targets[rows]
    distances: dict[str, DistanceEntry] = {}
    for name in names:
        of_sets = sets.get(name)
        counts = len(real), len(rows)
        distances |= distance_entries(name, of_sets, seed) if of_sets else too_few_entries(name, *counts)
    return {
        "distances": distances,
        "diversity": diversity(first.samples, targets, first.real[real.firsts], real_labels[real.firsts]),
        "motion": motion(drawn_clips.clips[rows], real.all()),
    }


def _distance_score(set_fields: Fields, sets: ComparedSets, drawn_clips: DrawnClips, seed: int) -> Fields:
    """Without classes the kernel distance is the score; none where it is refused."""
    entry = set_fields["distances"][SCORE_DISTANCE]
    is_score = not isinstance(entry["value"], str)
    rules = {"noise": sets.controls["noise"], "class_mean": sets.means} if is_score else {}
    return {
        "schema": "reelwise/metrics/1",
        "task": GENERATION.name,
        "split": "generated",
        "num_videos": len(drawn_clips.clips),
        "labels": [],
        "kvd": entry["value"] if is_score else None,
        "kvd_ci95": entry.get("ci95"),
        "baselines": {name: rule_entry(sets, features, seed) for name, features in rules.items()},
        "modalities": {},
    }


def _repetition(
    drawn_clips: DrawnClips, training: TrainingClips | None, seed: int
) -> tuple[Fields, tuple[NearestPair, ...]]:
    """Whether training clips are repeated, and which are nearest; nothing where there are no training clips."""
    if training is None:
        return {}, ()
    samples, real = reduce_clips(drawn_clips.clips), drawn_clips.real
    repetition = memorisation(samples, training.small, reduce_clips(real.all()), real.groups, seed)
    entry = memorisation_entry(repetition, len(training.clips), len(real))
    return {"memorisation": entry}, _pairs(nearest_clips(samples, training.small), drawn_clips, training.clips)


def _pairs(nearest: NearestClips, drawn_clips: DrawnClips, clips: RealClips) -> tuple[NearestPair, ...]:
    samples = np.argsort(nearest.distances, kind="stable")[:_MOST_PAIRS].tolist()
    numbers = [int(nearest.indices[sample]) for sample in samples]
    return tuple(
        NearestPair(
            sample, drawn_clips.clips[sample], training_clip, clips.name(number), float(nearest.distances[sample])
        )
        for sample, number, training_clip in zip(samples, numbers, clips.take(numbers), strict=True)
    )
