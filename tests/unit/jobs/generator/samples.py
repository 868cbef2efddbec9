"""Plans of samples whose frames are made up, and what can be read from a folder of samples."""

import json
import os
import signal
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from reelwise.jobs.documents import Samples
from reelwise.jobs.generator.maker import PlannedSample, SamplePlan
from reelwise.jobs.generator.source_clip import FrameNumber, SourceClip

SIZE = 32


def moving_bar(num_frames: int, first: int = 0, size: int = SIZE) -> np.ndarray:
    """(T, S, S, 3) uint8: a bright bar that moves two pixels to the right in each frame."""
    frames = np.full((num_frames, size, size, 3), 40, np.uint8)
    for index in range(num_frames):
        left = (first + index) * 2 % size
        frames[index, :, left : left + 2] = (230, 200, 60)
    return frames


def source_clip(path: str = "a.mp4", num_context: int = 4, num_following: int = 6) -> SourceClip:
    frames = moving_bar(num_context + num_following)
    numbers = tuple(FrameNumber(2 * i, 2 * i / 25) for i in range(num_context + num_following))
    return SourceClip(
        Path(path), "ab" * 32, frames[:num_context], frames[num_context:], numbers[:num_context],
        numbers[num_context:], (f"{path}: 96x64 is resized to 32x32.",),
    )  # fmt: skip


def plan_of(num_samples: int, num_frames: int = 6, rate: Fraction = Fraction(25, 2), **source: int) -> SamplePlan:
    samples = tuple(
        PlannedSample(number, num_frames, SIZE, source=source_clip(f"{number}.mp4", **source))
        for number in range(num_samples)
    )
    return SamplePlan(samples, rate)


def head(**changes: object) -> Samples:
    manifest = {
        "schema": "reelwise/samples/1",
        "status": "running",
        "command": "reelwise generate m.keras --from a.mp4 --out b-again",
        "configuration": {"model": "m.keras", "from_inputs": ["a.mp4"], "backend": "tensorflow", "resume": False},
        "model": {"file": "m.keras", "sha256": "cd" * 32, "task": "prediction", "encoders": ["simvp:nano"]},
        "backend": {"name": "tensorflow", "threads": 2},
        "device": {"kind": "cpu", "name": "CPU", "memory_gib": None, "peak_memory_gib": None},
        "versions": {"reelwise": "0.1.0"},
        "sampling": None,
        "samples": [],
        "failures": [],
        "grid": None,
        "gif": None,
        "arrays": None,
    }
    return manifest | changes


def decode(path: Path) -> tuple[np.ndarray, list[Fraction], Fraction]:
    """Frames, their times in seconds, and how long the video is."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        frames = list(container.decode(stream))
        duration = stream.duration * stream.time_base
    seconds = [frame.pts * frame.time_base for frame in frames]
    return np.stack([frame.to_ndarray(format="rgb24") for frame in frames]), seconds, duration


def write_clips_model(path: Path, num_frames: int = 8) -> Path:
    """A model that draws clips of 16 pixels at 12.5 a second of two classes, from weights in which all inputs matter.

    Fresh ones give grey clips: the last layer begins with zeros.
    """
    from reelwise.core.clip import ClipSpec, DecodeSettings
    from reelwise.core.contract import Contract, InputSpec, NetworkSpec
    from reelwise.core.modalities import Encoder
    from reelwise.models.build import build_network
    from reelwise.models.file import save_model
    from reelwise.tasks.generation import GenerationOutput

    arguments = {"patch_frames": 2, "patch_size": 8, "width": 24, "num_blocks": 1, "num_heads": 2, "detail": 4}
    spec = InputSpec(DecodeSettings(16, fit="crop"), ClipSpec(num_frames, 2, input_size=16), num_views=1)
    encoder = Encoder("flowdit", "nano", arguments)
    contract = Contract(spec, NetworkSpec((encoder,)), GenerationOutput(("large", "small"), 12.5))
    network = build_network(contract)
    for number, weight in enumerate(network.weights):
        weight.assign(np.random.default_rng((7, number)).normal(0, 0.15, weight.shape).astype(np.float32))
    save_model(path, network, contract)
    return path


def write_frames_model(path: Path) -> Path:
    """A model that predicts 8 frames of 32 pixels from 8 others, at 12.5 a second; its weights are new."""
    from reelwise.core.clip import ClipSpec, DecodeSettings
    from reelwise.core.contract import Contract, InputSpec, NetworkSpec
    from reelwise.core.modalities import Encoder
    from reelwise.models.build import build_network
    from reelwise.models.file import save_model
    from reelwise.tasks.prediction import PredictionOutput

    spec = InputSpec(DecodeSettings(SIZE, fit="crop"), ClipSpec(8, 2, input_size=SIZE), num_views=1)
    contract = Contract(spec, NetworkSpec((Encoder("simvp", "nano"),)), PredictionOutput(8, 12.5))
    save_model(path, build_network(contract), contract)
    return path


KILLED = """
import json, signal, sys
from reelwise.core.progress import Silent
import reelwise as rw

class Killer(Silent):
    def update(self, done, total, unit, note=""):
        if unit == "samples" and done == 2:
            signal.raise_signal(signal.SIGKILL)

if __name__ == "__main__":
    rw.generate(sys.argv[1], sys.argv[2], out=sys.argv[3], progress=Killer(), **json.loads(sys.argv[4]))
"""


def kill_behind_two_samples(model: Path, source: Path, out: Path, **options: Any) -> None:
    """Generate in a process of its own, which is killed (signal 9) as soon as two samples are there."""
    import keras

    script = out.with_name("killed.py")
    script.write_text(KILLED)
    command = [sys.executable, str(script), str(model), str(source), str(out), json.dumps(options)]
    done = subprocess.run(command, env=os.environ | {"KERAS_BACKEND": keras.backend.backend()}, check=False)
    assert done.returncode == -signal.SIGKILL
