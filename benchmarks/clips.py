"""The clips of the benchmarks: 10 s of 340×256 H.264 with something that moves, made once per folder."""

import argparse
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from reelwise.core.backend import prepare, start_backend
from reelwise.core.modalities import MetadataColumn
from reelwise.media.writers.writer import Encoding, write_video
from reelwise.models.catalogue import find_entry

if TYPE_CHECKING:
    from reelwise.jobs.classifier.training_plan import TrainingPlan

HEIGHT, WIDTH = 256, 340
FRAME_RATE = Fraction(28)
SECONDS = 10
METADATA = (
    MetadataColumn("site", "category", values=("north", "south")),
    MetadataColumn("temperature", "number", mean=10.0, scale=5.0),
)


def write_clips(folder: Path, count: int) -> list[Path]:
    """``count`` different clips, ``0000.mp4`` …; existing ones are kept."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{index:04d}.mp4" for index in range(count)]
    for index, path in enumerate(paths):
        if not path.exists():
            write_video(path, _frames(index), FRAME_RATE, encoding=Encoding(crf=23))
    return paths


def _frames(seed: int):
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 255, (HEIGHT // 16 + 2, WIDTH // 16 + 2, 3)).astype(np.float32)
    ground = np.kron(coarse, np.ones((16, 16, 1)))[: HEIGHT + 16, : WIDTH + 16]
    path = np.cumsum(rng.normal(0, 3, (int(SECONDS * FRAME_RATE), 2)), axis=0)
    for index, (down, across) in enumerate(path):
        shift = index % 16  # A slow pan, so that no frame repeats another.
        frame = ground[shift : shift + HEIGHT, shift : shift + WIDTH].copy()
        top, left = int(abs(down)) % (HEIGHT - 60), int(abs(across)) % (WIDTH - 60)
        frame[top : top + 60, left : left + 60] = rng.integers(0, 255, 3)
        noise = rng.integers(-6, 7, frame.shape[:2])[..., None]
        yield np.clip(frame + noise, 0, 255).astype(np.uint8)


def start(description: str | None, num_clips: int) -> argparse.Namespace:
    """The arguments ``clips`` and ``model`` of a benchmark on such clips, with TensorFlow started and seeded."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--clips", type=int, default=num_clips)
    parser.add_argument("--model", default="motion")
    arguments = parser.parse_args()
    start_backend("tensorflow", None)
    prepare(0)
    return arguments


def plan_model(name: str, labels: tuple[str, ...], num_clips: int) -> "TrainingPlan":
    """The plan of a training of a catalogue model on what it reads alone, with every option at its default.

    Frozen extractors keep the random weights that they are built with.
    """
    from reelwise.jobs.classifier.inputs import InputPlan
    from reelwise.jobs.classifier.model_request import ModelRequest
    from reelwise.jobs.classifier.training_plan import Target, plan_training

    entry = find_entry(name.partition(":")[0])
    columns = METADATA if entry.modality == "metadata" else ()
    request = ModelRequest(download_weights=entry.frozen_extractor)  # planning alone, which downloads nothing
    plan, _ = plan_training(request, InputPlan((name,), (entry.modality,), "", columns), Target(labels), num_clips)
    return plan
