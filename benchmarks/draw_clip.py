"""How long does one clip take? ``flowdit:tiny``, 16 frames of 64x64, 25 steps of Euler's method with guidance.

``python benchmarks/draw_clip.py`` draws clips after a warm-up and prints the seconds of one, and those of its forward
passes alone, each of two rows: with a class and without. The weights are random, which does not change the time.
"""

import argparse
import statistics
import sys
import time
from typing import Any

import numpy as np

from compare import MIN_REPEATS, save
from reelwise.core.backend import prepare, start_backend
from targets import Load, Target, exit_status

MAX_SECONDS = 5.0
NUM_LABELS = 10


def measure(preset: str, num_steps: int, repeats: int) -> dict[str, Any]:
    """Median, least and most seconds of one clip, and of its forward passes alone."""
    from reelwise.generation.flow_sampler import FlowSampler, SampleRequest, SamplerSettings
    from reelwise.models.flowdit.backbone import build_denoiser
    from reelwise.models.flowdit.entry import ENTRY
    from reelwise.training.arrays import to_array
    from reelwise.training.forward import forward_pass

    clip, arguments = ENTRY.preset(preset).clip, ENTRY.resolve(preset)
    sizes: Any = arguments
    network = build_denoiser(clip.num_frames, clip.input_size, NUM_LABELS, **sizes)
    sampler = FlowSampler(network, SamplerSettings(num_steps=num_steps, method="euler", guidance=2.0))
    shape = (2, clip.num_frames, clip.input_size, clip.input_size, 3)
    inputs = {
        "frames": np.random.default_rng(0).standard_normal(shape, np.float32),
        "levels": np.ones(shape[:2], np.float32),
        "label": np.array([3, NUM_LABELS], np.int32),
    }

    def passes() -> None:
        with forward_pass(network) as forward:
            for _ in range(num_steps):
                to_array(forward(inputs))

    works = {"clip": lambda: sampler.sample([SampleRequest(0, 3)]), "forward_passes": passes}
    seconds: dict[str, list[float]] = {name: [] for name in works}
    for number in range(repeats + 1):  # the first round compiles
        for name, work in works.items():
            began = time.perf_counter()
            work()
            if number > 0:
                seconds[name].append(time.perf_counter() - began)
    for name, row in seconds.items():
        print(f"{preset} {name}: {statistics.median(row):.2f} s ({min(row):.2f} to {max(row):.2f}, {repeats} rounds)")
    return {name: {"median": statistics.median(row), "all": row} for name, row in seconds.items()}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--preset", default="tiny", choices=("nano", "tiny"))
    parser.add_argument("--steps", type=int, default=25)
    parser.add_argument("--repeats", type=int, default=MIN_REPEATS)
    parser.add_argument("--backend")
    parser.add_argument("--threads", type=int)
    plan = parser.parse_args()
    load = Load.now()
    start_backend(plan.backend, plan.threads)
    prepare(0)
    rows = measure(plan.preset, plan.steps, plan.repeats)
    target = Target("seconds of a clip after warm-up", rows["clip"]["median"], MAX_SECONDS, is_least=False)
    print(target, f"draw_clip: {load}", sep="\n")
    save("draw_clip", {**rows, "targets": [target.as_dict()], **load.as_dict()})
    return exit_status(is_met=target.is_met)


if __name__ == "__main__":
    sys.exit(main())
