"""How well does ``flowdit:nano`` draw one moving digit after some minutes, by class and around frames that are given?

``python benchmarks/generate.py --minutes 30`` trains on 8 frames of 32x32 pixels and prints, beside chance or the
simple rule of each task: the share of clips by class that a classifier of real clips recognises; how far clips of no
class lie from real ones as a set; the PSNR of what follows four frames, follows a picture, lies between both ends and
comes behind a whole clip, on test clips of other hands; and how much the end of a video of four times the length moves,
and whether it is still nearer to real clips than to noise. Drawn clips go to ``.bench/generate.png``: ten columns of
classes, three frames each.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from compare import save
from digit_judge import DigitJudge
from generated_sets import end_of_long_videos, first_window, untrained_features, whole_videos, without_class
from prediction_sets import FRAME_RATE, decoded
from reelwise.core.backend import bfloat16_pays, prepare, start_backend
from reelwise.core.frames import DecodedVideo
from reelwise.core.window import WindowSpec
from reelwise.datasets.noisy_batches import NoisyBatches
from reelwise.datasets.prediction_windows import prediction_windows
from reelwise.datasets.window_batches import WindowBatches
from reelwise.media.synthetic.moving_digits import moving_digit_clips
from reelwise.media.synthetic.scene import Style
from reelwise.metrics.set_distances import MIN_CLIPS
from targets import Load, Target, exit_status

NUM_FRAMES, SIZE = 8, 32
SAMPLES_PER_EPOCH = 1024
NUM_JUDGED = 100
"""Clips drawn by class, ten of each."""

MIN_RECOGNISED = {4: 0.3, 30: 0.7}
"""By minutes on two quiet cores; chance is 0.1."""

PICTURES = Path(__file__).parent.parent / ".bench" / "generate.png"


@dataclass(frozen=True, eq=False)
class DigitVideos:
    """Videos of one split with their digits.

    Args:
        videos: N decoded videos of one moving digit.
        labels: Their digits.
    """

    videos: Sequence[DecodedVideo]
    labels: Sequence[int]

    def windows(self, batch_size: int, num_samples: int | None) -> WindowBatches:
        """Clips of 8 frames; one of each video where ``num_samples`` is their number."""
        windows = prediction_windows(self.videos, WindowSpec(NUM_FRAMES // 2, NUM_FRAMES // 2, 1))
        return WindowBatches(self.videos, windows, SIZE, batch_size, num_samples)

    def clips(self) -> tuple[np.ndarray, list[int]]:
        """A clip of each video, (N, 8, 32, 32, 3) uint8, and its digit."""
        data = self.windows(len(self.videos), len(self.videos))
        batch = data.batch(0, 0)
        clips = np.concatenate([np.asarray(batch.inputs), batch.targets], axis=1)
        return clips, [self.labels[int(data.windows.videos[window])] for window in batch.indices]


def moving_digit(num_clips: int, seed: int) -> dict[str, DigitVideos]:
    """The videos of each split: no hand writes in two of them."""
    style = Style(size=SIZE, num_frames=24, frame_rate=FRAME_RATE, noise=0.0)
    clips = list(moving_digit_clips(num_clips, seed, style))
    splits = {}
    for split in ("train", "val", "test"):
        own = [clip for clip in clips if clip.columns["split"] == split]
        splits[split] = DigitVideos([decoded(clip.frames) for clip in own], [int(clip.label) for clip in own])
    return splits


def train(splits: dict[str, DigitVideos], plan: argparse.Namespace) -> Any:
    """A denoiser trained for some minutes."""
    from reelwise.generation.flow_matching import FlowObjective
    from reelwise.models.cost import network_cost
    from reelwise.models.flowdit.entry import ENTRY
    from reelwise.training.batches import TrainingData
    from reelwise.training.config import TrainConfig
    from reelwise.training.fit import fit

    training = ENTRY.training
    data = [
        NoisyBatches(splits[name].windows(training.batch_size, num_samples), splits[name].labels, 10, seed=plan.seed)
        for name, num_samples in (("train", plan.samples_per_epoch), ("val", 64))
    ]
    build = lambda: denoiser(plan.predicts)  # noqa: E731
    config = TrainConfig(
        epochs=plan.epochs,
        batch_size=training.batch_size,
        learning_rate=training.learning_rate,
        weight_decay=training.weight_decay,
        clip_norm=1.0,
        ema=0.999,
        ema_warmup=True,
        keep_best=False,
        seed=plan.seed,
        budget_seconds=60 * plan.minutes,
        bfloat16=bfloat16_pays(network_cost(build()).multiply_adds),
    )
    result = fit(build, FlowObjective(), TrainingData(data[0], data[1]), config)
    steps, last = len(result.history) * len(data[0]), result.history[-1]
    print(f"{steps} steps of {training.batch_size}, {result.seconds:.0f} s, val_loss {last['val_loss']:.4f}")
    return result.network


def denoiser(predicts: str) -> Any:
    """The network with random weights; with ``velocity`` its last layer gives the flow, which tells clean frames."""
    import keras

    from reelwise.models.flowdit.backbone import build_denoiser
    from reelwise.models.flowdit.entry import ENTRY

    arguments: Any = ENTRY.resolve("nano")
    network = build_denoiser(NUM_FRAMES, SIZE, 10, **arguments)
    if predicts == "clean":
        return network
    inputs: Any = network.input
    levels = keras.ops.reshape(inputs["levels"], (-1, NUM_FRAMES, 1, 1, 1))
    flow: Any = network.output
    return keras.Model(inputs, inputs["frames"] - levels * flow)


def saved_network(weights: Path, predicts: str) -> Any:
    """A denoiser of the weights that ``--save`` wrote."""
    network = denoiser(predicts)
    with np.load(weights, allow_pickle=False) as arrays:
        network.set_weights([arrays[name] for name in arrays.files])
    return network


def by_class(sampler: Any, judge: DigitJudge, num_clips: int) -> float:
    """The share of drawn clips in which the judge sees the digit that was wanted."""
    from reelwise.generation.flow_sampler import SampleRequest

    labels = [number % 10 for number in range(num_clips)]
    clips = sampler.sample([SampleRequest(number, label) for number, label in enumerate(labels)])
    rows = [np.concatenate([*clips[start : start + 10, [0, 3, 7]].reshape(-1, SIZE, SIZE, 3)], axis=1)
            for start in range(0, num_clips - 9, 10)]  # fmt: skip
    PICTURES.parent.mkdir(exist_ok=True)
    cv2.imwrite(str(PICTURES), np.concatenate(rows[:6]))
    return judge.accuracy(clips, labels)


TASKS: dict[str, tuple[int, ...]] = {"continue": (0, 1, 2, 3), "picture": (0,), "between": (0, NUM_FRAMES - 1)}
"""Which frames of a clip are given."""


def given_frames(sampler: Any, clips: np.ndarray) -> list[dict[str, Any]]:
    """Print and return the PSNR of each task beside that of its simple rule, on real clips."""
    from reelwise.generation.flow_sampler import SampleRequest

    rows = []
    for task, places in TASKS.items():
        requests = [
            SampleRequest(number, None, {place: clip[place] for place in places}) for number, clip in enumerate(clips)
        ]
        drawn_clips = sampler.sample(requests)
        others = [place for place in range(NUM_FRAMES) if place not in places]
        if not all(np.array_equal(drawn_clips[:, place], clips[:, place]) for place in places):
            raise SystemExit(f"{task}: given frames were changed")
        rule = simple_rule(clips, places)
        rows.append(psnr_row(task, drawn_clips[:, others], rule[:, others], clips[:, others]))
    return rows


def behind_clips(sampler: Any, videos: Sequence[DecodedVideo], num_videos: int) -> dict[str, Any]:
    """Print and return the PSNR of the frames behind a whole given clip, and that of repeating its last frame."""
    frames = whole_videos(videos, NUM_FRAMES + NUM_FRAMES // 2, num_videos)
    drawn_frames = first_window(sampler, frames, NUM_FRAMES)
    truth = frames[:, NUM_FRAMES:]
    return psnr_row("extend", drawn_frames, np.repeat(frames[:, NUM_FRAMES - 1 : NUM_FRAMES], truth.shape[1], 1), truth)


def psnr_row(task: str, drawn_frames: np.ndarray, rule: np.ndarray, truth: np.ndarray) -> dict[str, Any]:
    """Print and return the PSNR of a task."""
    psnr = {"flowdit": psnr_of(drawn_frames, truth), "rule": psnr_of(rule, truth)}
    print(f"{task:10} psnr {psnr['flowdit']:.2f}, simple rule {psnr['rule']:.2f}")
    return {"task": task, **psnr}


def simple_rule(clips: np.ndarray, places: Sequence[int]) -> np.ndarray:
    """The last given frame again and again; between two, a linear blend."""
    times = np.arange(clips.shape[1])
    right = np.array([next((place for place in places if place >= time), places[-1]) for time in times])
    left = np.array([max(place for place in places if place <= time) for time in times])
    share = ((times - left) / np.maximum(right - left, 1))[None, :, None, None, None]
    return np.rint(clips[:, left] * (1 - share) + clips[:, right] * share).astype(np.uint8)


def psnr_of(prediction: np.ndarray, truth: np.ndarray) -> float:
    """In dB, over all pixels, frames and clips."""
    error = np.square(prediction.astype(np.float64) - truth).mean()
    return float(10 * np.log10(255**2 / max(error, 1e-9)))


def motion_energy(clips: np.ndarray) -> float:
    """The mean squared difference of neighbouring frames."""
    return float(np.square(np.diff(clips.astype(np.float64), axis=1)).mean())


def long_videos(sampler: Any, clips: np.ndarray, num_videos: int) -> tuple[float, np.ndarray]:
    """How much the last 8 frames of videos of 32 move, relative to real clips; and those frames."""
    from reelwise.generation.flow_sampler import SampleRequest

    requests = [SampleRequest(number, number % 10) for number in range(num_videos)]
    ends = sampler.extend_all(requests, 4 * NUM_FRAMES)[:, -NUM_FRAMES:]
    ratio = motion_energy(ends) / motion_energy(clips)
    print(f"four times the length: the last frames move {ratio:.2f} times as much as real ones")
    return ratio, ends


def measure(plan: argparse.Namespace) -> tuple[dict[str, Any], list[Target]]:
    """Train, draw and judge."""
    from reelwise.generation.flow_sampler import FlowSampler, SamplerSettings

    splits = moving_digit(plan.clips, plan.seed)
    network = saved_network(plan.weights, plan.predicts) if plan.weights else train(splits, plan)
    if plan.save:
        np.savez(plan.save, *network.get_weights())
    judge = DigitJudge.train(*splits["train"].clips())
    test_clips, test_labels = splits["test"].clips()
    sight = judge.accuracy(test_clips, test_labels)
    sampler = FlowSampler(network, SamplerSettings(), plan.seed)
    share = by_class(sampler, judge, plan.samples)
    print(f"by class: {share:.2f} of {plan.samples} recognised, chance 0.10; real test clips {sight:.3f}")
    features = untrained_features(splits["train"].clips()[0][:MIN_CLIPS])
    sets, of_sets = without_class(sampler, features, test_clips, plan.seed)
    rows = given_frames(sampler, test_clips[: plan.samples])
    rows.append(behind_clips(sampler, splits["test"].videos, plan.samples))
    energy, ends = long_videos(sampler, test_clips, max(2, plan.samples // 3))
    targets = [Target("real test clips recognised", sight, 0.95, is_least=True)]
    if plan.minutes in MIN_RECOGNISED:
        name = f"clips by class recognised after {plan.minutes:g} minutes"
        targets.append(Target(name, share, MIN_RECOGNISED[plan.minutes], is_least=True))
    targets += [Target(f"{row['task']} above its rule (dB)", row["flowdit"] - row["rule"], 0.0, True) for row in rows]
    targets += [*of_sets, end_of_long_videos(features, ends, test_clips, plan.seed)]
    targets += [
        Target("motion of 4 x the length", energy, bound, least) for bound, least in ((0.5, True), (2.0, False))
    ]
    return {"recognised": share, "judge": sight, "sets": sets, "tasks": rows, "motion": energy}, targets


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--clips", type=int, default=2000, help="of the data set, all splits together")
    parser.add_argument("--samples", type=int, default=NUM_JUDGED, help="clips to draw for each figure")
    parser.add_argument("--samples-per-epoch", type=int, default=SAMPLES_PER_EPOCH)
    parser.add_argument("--epochs", type=int, default=1000, help="at most")
    parser.add_argument("--predicts", choices=("clean", "velocity"), default="clean", help="what the last layer gives")
    parser.add_argument("--save", type=Path, help="an npz for the trained weights")
    parser.add_argument("--weights", type=Path, help="such a file, judged anew in the place of a training")
    parser.add_argument("--threads", type=int)
    parser.add_argument("--backend")
    parser.add_argument("--seed", type=int, default=0)
    plan = parser.parse_args()
    load = Load.now()
    start_backend(plan.backend, plan.threads)
    prepare(plan.seed)
    figures, targets = measure(plan)
    print(*targets, f"generate: {load}", sep="\n")
    save("generate", {**figures, "targets": [target.as_dict() for target in targets], **load.as_dict()})
    return exit_status(is_met=all(target.is_met for target in targets))


if __name__ == "__main__":
    sys.exit(main())
