"""Makes i3d_reference.npz: ``PYTHON tests/parity/make_i3d_reference.py [PYTORCH_I3D]``.

The environment is Python 3.11 with ``pip install torch numpy``. The network is written here after figure 3 of Carreira
and Zisserman 2017, arXiv:1705.07750, with PyTorch's own layers in three dimensions and its names of weights as in
github.com/piergiaj/pytorch-i3d. Given a clone of that repository, its network must give the same numbers, as it did
when the file was made. None of its code is kept: the file holds the names and shapes of the weights, and the logits.
"""

import importlib.util
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
from i3d_weights import CLIPS, NUM_CLASSES, SEED, draw_clip, draw_weights
from torch import nn
from torch.nn import functional

COMMIT = "05783d11f9632b25fe3d50395a9c9bb51f848d6d"
OUTPUT = Path(__file__).with_name("i3d_reference.npz")


def pad_same(values: Any, size: tuple[int, ...], stride: tuple[int, ...]) -> Any:
    """Zeros at the ends as TensorFlow adds them: one more behind where their number is odd."""
    padding: list[int] = []
    for length, extent, step in zip(values.shape[2:], size, stride, strict=True):
        total = max(0, (-(-length // step) - 1) * step + extent - length)
        padding = [total // 2, total - total // 2, *padding]
    return functional.pad(values, padding)


class Unit(nn.Module):
    """Convolution, norm, ReLU."""

    def __init__(self, channels: int, filters: int, size: int = 1, stride: int = 1) -> None:
        super().__init__()
        self.size, self.stride = (size,) * 3, (stride,) * 3
        self.conv3d = nn.Conv3d(channels, filters, self.size, self.stride, bias=False)
        self.bn = nn.BatchNorm3d(filters, eps=1e-3)

    def forward(self, values: Any) -> Any:
        return functional.relu(self.bn(self.conv3d(pad_same(values, self.size, self.stride))))


class Pool(nn.Module):
    """Maximum; what it sees is never negative, so that zeros at the ends change nothing."""

    def __init__(self, size: tuple[int, int, int], stride: tuple[int, int, int]) -> None:
        super().__init__()
        self.size, self.stride = size, stride

    def forward(self, values: Any) -> Any:
        return functional.max_pool3d(pad_same(values, self.size, self.stride), self.size, self.stride)


class Mixed(nn.Module):
    """Four branches."""

    def __init__(self, channels: int, filters: list[int]) -> None:
        super().__init__()
        self.b0 = Unit(channels, filters[0])
        self.b1a, self.b1b = Unit(channels, filters[1]), Unit(filters[1], filters[2], 3)
        self.b2a, self.b2b = Unit(channels, filters[3]), Unit(filters[3], filters[4], 3)
        self.b3a, self.b3b = Pool((3, 3, 3), (1, 1, 1)), Unit(channels, filters[5])

    def forward(self, values: Any) -> Any:
        branches = [self.b0(values), self.b1b(self.b1a(values)), self.b2b(self.b2a(values)), self.b3b(self.b3a(values))]
        return torch.cat(branches, dim=1)


class Logits(nn.Module):
    """A convolution of size 1 with a bias."""

    def __init__(self, channels: int, filters: int) -> None:
        super().__init__()
        self.conv3d = nn.Conv3d(channels, filters, 1)

    def forward(self, values: Any) -> Any:
        return self.conv3d(values)


class I3D(nn.Module):
    """(B, 3, T, 224, 224) in [-1, 1] to (B, K, T/8 - 1) logits."""

    def __init__(self, num_classes: int) -> None:
        super().__init__()
        wide, all_of_time = (1, 2, 2), (2, 2, 2)
        self.body = [
            self._named("Conv3d_1a_7x7", Unit(3, 64, 7, 2)),
            Pool((1, 3, 3), wide),
            self._named("Conv3d_2b_1x1", Unit(64, 64)),
            self._named("Conv3d_2c_3x3", Unit(64, 192, 3)),
            Pool((1, 3, 3), wide),
            self._named("Mixed_3b", Mixed(192, [64, 96, 128, 16, 32, 32])),
            self._named("Mixed_3c", Mixed(256, [128, 128, 192, 32, 96, 64])),
            Pool((3, 3, 3), all_of_time),
            self._named("Mixed_4b", Mixed(480, [192, 96, 208, 16, 48, 64])),
            self._named("Mixed_4c", Mixed(512, [160, 112, 224, 24, 64, 64])),
            self._named("Mixed_4d", Mixed(512, [128, 128, 256, 24, 64, 64])),
            self._named("Mixed_4e", Mixed(512, [112, 144, 288, 32, 64, 64])),
            self._named("Mixed_4f", Mixed(528, [256, 160, 320, 32, 128, 128])),
            Pool((2, 2, 2), all_of_time),
            self._named("Mixed_5b", Mixed(832, [256, 160, 320, 32, 128, 128])),
            self._named("Mixed_5c", Mixed(832, [384, 192, 384, 48, 128, 128])),
        ]
        self.logits = Logits(1024, num_classes)

    def _named(self, name: str, module: nn.Module) -> nn.Module:
        self.add_module(name, module)
        return module

    def forward(self, values: Any) -> Any:
        for module in self.body:
            values = module(values)
        return self.logits(functional.avg_pool3d(values, (2, 7, 7), 1)).flatten(2)


def fill(network: nn.Module) -> list[tuple[str, list[int]]]:
    """Give a network the numbers of the seed; the names and shapes of its weights."""
    shapes = [(key, list(value.shape)) for key, value in network.state_dict().items() if value.dim() > 0]
    arrays = draw_weights(shapes)
    network.load_state_dict({key: torch.from_numpy(array) for key, array in arrays.items()}, strict=False)
    network.eval()
    return shapes


def logits_of(network: nn.Module, clips: np.ndarray) -> np.ndarray:
    """(B, K): the mean over time."""
    frames = torch.from_numpy(clips.astype(np.float32) / 127.5 - 1).permute(0, 1, 4, 2, 3)
    batch, num_frames = frames.shape[:2]
    large = functional.interpolate(frames.flatten(0, 1), (224, 224), mode="bilinear", align_corners=False)
    with torch.no_grad():
        logits = network(large.unflatten(0, (batch, num_frames)).transpose(1, 2))
    return logits.mean(dim=2).numpy()


def original(repository: str) -> nn.Module:
    """The network of the clone."""
    command = ["git", "-C", repository, "show", f"{COMMIT}:pytorch_i3d.py"]
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "pytorch_i3d.py"
        target.write_text(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        spec: Any = importlib.util.spec_from_file_location("pytorch_i3d", target)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return module.InceptionI3d(NUM_CLASSES, in_channels=3)


def main() -> None:
    """Write the file."""
    network = I3D(NUM_CLASSES)
    shapes = fill(network)
    results = {name: logits_of(network, draw_clip(name)) for name in CLIPS}
    for repository in sys.argv[1:]:
        theirs = original(repository)
        assert sorted(fill(theirs)) == sorted(shapes)
        for name, logits in results.items():
            np.testing.assert_allclose(logits_of(theirs, draw_clip(name)), logits, atol=1e-5 * np.abs(logits).max())
    facts = {"torch": torch.__version__, "commit": COMMIT, "seed": SEED, "weights": shapes}
    np.savez_compressed(OUTPUT, facts=json.dumps(facts), **results)


if __name__ == "__main__":
    main()
