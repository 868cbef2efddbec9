"""OpenSTL's SimVP trained as OpenSTL trains it (Adam, one cycle) in eager PyTorch, for some seconds of a clock."""

import json
import math
import sys
import time

import numpy as np
import torch
from torch.nn import functional
from torch_simvp import Simvp

CLOCKS = {"wall": time.perf_counter, "processor": time.process_time}
RISE_SHARE, FIRST_DIVISOR, LAST_DIVISOR = 0.3, 25.0, 1e4
"""Of PyTorch's OneCycleLR, which OpenSTL leaves as they are."""


def one_cycle(share: float) -> tuple[float, float]:
    """The rate, of its peak, and Adam's first momentum, when a share of the training is over."""
    if share < RISE_SHARE:
        weight = (1 - math.cos(math.pi * share / RISE_SHARE)) / 2
        return 1 / FIRST_DIVISOR + weight * (1 - 1 / FIRST_DIVISOR), 0.95 - 0.1 * weight
    weight = (1 + math.cos(math.pi * (share - RISE_SHARE) / (1 - RISE_SHARE))) / 2
    last = 1 / FIRST_DIVISOR / LAST_DIVISOR
    return last + weight * (1 - last), 0.95 - 0.1 * weight


def draw(videos: np.ndarray, count: int, span: int, rng: np.random.Generator) -> torch.Tensor:
    """(count, span, S, S, 1) uint8: windows anywhere in the videos (N, T, S, S)."""
    rows = rng.integers(len(videos), size=count)
    starts = rng.integers(videos.shape[1] - span + 1, size=count)
    windows = [videos[row, start : start + span] for row, start in zip(rows, starts, strict=True)]
    return torch.from_numpy(np.stack(windows)[..., None])


def train(network: Simvp, videos: np.ndarray, plan: dict) -> int:
    """Train until the seconds are over; how many steps that were."""
    now, num_context = CLOCKS[plan["clock"]], plan["shape"]["num_context"]
    span = num_context + plan["shape"]["num_targets"]
    rng = np.random.default_rng(plan["seed"])
    optimizer = torch.optim.Adam(network.parameters(), plan["learning_rate"])
    began, steps = now(), 0
    while (share := (now() - began) / plan["seconds"]) < 1:
        for group in optimizer.param_groups:
            rate, momentum = one_cycle(share)
            group["lr"], group["betas"] = rate * plan["learning_rate"], (momentum, 0.999)
        clips = draw(videos, plan["batch_size"], span, rng)
        loss = functional.mse_loss(network(clips[:, :num_context]), clips[:, num_context:].float() / 255)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        steps += 1
    return steps


def main() -> None:
    """Train on ``train`` of a file, predict what follows its ``contexts``, and write that."""
    plan = json.loads(sys.argv[1])
    torch.manual_seed(plan["seed"])
    torch.set_num_threads(plan["threads"])
    data = np.load(plan["data"])
    network = Simvp(plan["shape"])
    steps = train(network, data["train"], plan)
    network.eval()
    with torch.no_grad():
        frames = [network(torch.from_numpy(clip[None, ..., None])).numpy()[0, ..., 0] for clip in data["contexts"]]
    np.save(plan["predictions"], np.rint(np.clip(frames, 0, 1) * 255).astype(np.uint8))
    parameters = sum(p.numel() for p in network.parameters())
    print(json.dumps({"steps": steps, "parameters": parameters}), flush=True)


if __name__ == "__main__":
    main()
