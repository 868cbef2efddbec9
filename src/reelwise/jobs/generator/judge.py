"""Draw clips by class with a model, and judge them by a classifier of real clips."""

from dataclasses import dataclass

import keras
import numpy as np

from reelwise.core.progress import Progress
from reelwise.evaluation.verdict import verdict
from reelwise.generation.flow_sampler import FlowSampler, SampleRequest
from reelwise.jobs.clips.plan import ClipPlan
from reelwise.jobs.clips.videos import ClipVideos
from reelwise.jobs.generator.class_judge import ClassJudge, recognised_real_clips
from reelwise.metrics.bootstrap import accuracy_interval, paired_difference_interval
from reelwise.tasks import GENERATION, Metrics
from reelwise.tasks.generation import generation_output
from reelwise.transforms.frame_noise import from_signed

_NUM_JUDGED = 100
"""Clips that are drawn, about: their share has an interval of 0.1 to both sides at most."""

_NOISE_STREAM = 5
"""Keeps the noise of the baseline apart from other uses of the seed."""


@dataclass(frozen=True, eq=False)
class Judgement:
    """What the clips of a model got.

    Args:
        metrics: The whole of metrics.json.
        clips: (N, T, S, S, 3) uint8, class by class in turn.
        targets: (N,) numbers of the classes that were wanted.
        predictions: (N,) numbers of the classes that the judge sees.
    """

    metrics: Metrics
    clips: np.ndarray
    targets: np.ndarray
    predictions: np.ndarray


def judge_clips(
    network: keras.Model, judge: ClassJudge, data: ClipVideos, plan: ClipPlan, progress: Progress
) -> Judgement:
    """Judge a model.

    Args:
        network: Trained.
        judge: A classifier of real clips.
        data: All videos.
        plan: Of the model.
        progress: Shows how far it is.

    Raises:
        DataError: No test video is long enough.
    """
    labels, seed = generation_output(plan.contract).labels, plan.config.seed
    is_right, groups = recognised_real_clips(judge, data, plan)
    targets = np.tile(np.arange(len(labels)), max(1, round(_NUM_JUDGED / len(labels))))
    requests = [SampleRequest(number, int(label)) for number, label in enumerate(targets)]
    clip_list = []
    for clip in FlowSampler(network, seed=seed).iterate(requests):
        clip_list.append(clip)
        progress.update(len(clip_list), len(requests), "clips")
    clips = np.stack(clip_list)
    predictions = judge.predict(clips)
    fields = GENERATION.metrics(predictions == targets, [labels[number] for number in targets], labels, seed)
    fields |= {
        "judge_accuracy": float(is_right.mean()),
        "judge_accuracy_ci95": accuracy_interval(is_right, groups, seed).as_list(),
        "judge_num_clips": len(is_right),
        "num_training_videos": len(data.split.train),
        "modalities": {"frames": GENERATION.score_entry(predictions == targets, seed)},
    }
    of_noise = judge.predict(_noise(clips.shape, seed)) == targets
    difference = paired_difference_interval((predictions == targets).astype(float), of_noise.astype(float), None, seed)
    fields["baselines"] = {"noise": {**GENERATION.score_entry(of_noise, seed), "difference_ci95": difference.as_list()}}
    metrics = GENERATION.metrics_type({**fields, "verdict": verdict(GENERATION.metrics_type(fields))})
    return Judgement(metrics, clips, targets, predictions)


def _noise(shape: tuple[int, ...], seed: int) -> np.ndarray:
    """(N, T, S, S, 3) uint8: what clips begin as."""
    return from_signed(np.random.default_rng((seed, _NOISE_STREAM)).standard_normal(shape, np.float32))
