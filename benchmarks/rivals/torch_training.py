"""A training in eager PyTorch that is asked over pipes: a line is a number of steps, and their rate comes back."""

import json
import sys
import time
from collections.abc import Callable

import torch
from torch import nn


class Pictures(nn.Module):
    """uint8 (B, T, H, W, 3) to (B, T, H, W, 5): colours, and grey differences to the frames before and behind."""

    luma: torch.Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("luma", torch.tensor([0.299, 0.587, 0.114]) / 32)

    def forward(self, clips: torch.Tensor) -> torch.Tensor:
        rgb = clips.float()
        grey = (rgb * self.luma).sum(-1, keepdim=True)
        steps, none = grey[:, 1:] - grey[:, :-1], torch.zeros_like(grey[:, :1])
        return torch.cat([rgb / 127.5 - 1, torch.cat([none, steps], 1), torch.cat([steps, none], 1)], -1)


def run(build: Callable[[dict], nn.Module], memory_format: torch.memory_format) -> None:
    """Train what ``build`` makes of the shape in the first argument, until stdin ends.

    Args:
        build: Makes a network of uint8 clips that gives logits.
        memory_format: Of its weights.
    """
    shape = json.loads(sys.argv[1])
    torch.manual_seed(0)
    torch.set_num_threads(shape["threads"])
    network = build(shape)
    network.to(memory_format=memory_format)  # pyright: ignore[reportCallIssue]  (an overload of PyTorch's stub)
    optimizer = torch.optim.AdamW(network.parameters(), 1e-4, weight_decay=0.02, fused=shape.get("fused", False))
    loss_of = nn.CrossEntropyLoss(label_smoothing=0.1)
    forward = torch.compile(network) if shape.get("compiled") else network
    size = shape["size"]
    clips = torch.randint(0, 256, (shape["batch_size"], shape["num_frames"], size, size, 3), dtype=torch.uint8)
    targets = torch.arange(shape["batch_size"]) % shape["num_classes"]
    print(json.dumps({"parameters": sum(p.numel() for p in network.parameters())}), flush=True)
    for line in sys.stdin:
        began = time.perf_counter()
        for _ in range(int(line)):
            with torch.autocast("cpu", torch.bfloat16, enabled=shape["bfloat16"]):
                loss = loss_of(forward(clips), targets)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            loss.item()
        print(int(line) * shape["batch_size"] / (time.perf_counter() - began), flush=True)
