"""The network `flowdit` in eager PyTorch, with its fused attention; runs in .bench/venv-torch."""

import json
import math
import sys
import time

import torch
from torch import nn
from torch.nn import functional

LEVEL_FEATURES = 32
SQUARE = 2


def rotary_angles(grid: list[int], head_size: int) -> torch.Tensor:
    """(N, head_size / 2): the angle of each pair of features at each patch."""
    num_pairs = head_size // 2
    num_time = max(1, num_pairs // 4)
    num_down = (num_pairs - num_time) // 2
    axes = torch.meshgrid(*(torch.arange(count) for count in grid), indexing="ij")
    counts = (num_time, num_down, num_pairs - num_time - num_down)
    parts = [
        axis.flatten()[:, None] * 100.0 ** (-torch.arange(count) / count)
        for axis, count in zip(axes, counts, strict=True)
    ]
    return torch.cat(parts, 1)


class Block(nn.Module):
    """Attention and two linear layers, steered by a condition."""

    cosines: torch.Tensor
    sines: torch.Tensor

    def __init__(self, shape: dict, grid: list[int]) -> None:
        super().__init__()
        width, self.heads = shape["width"], shape["num_heads"]
        angles = rotary_angles(grid, width // self.heads)
        self.register_buffer("cosines", angles.cos())
        self.register_buffer("sines", angles.sin())
        self.attention_condition, self.mlp_condition = (nn.Linear(width, 3 * width) for _ in range(2))
        self.queries_keys, self.values = nn.Linear(width, 2 * width, bias=False), nn.Linear(width, width, bias=False)
        self.norm = nn.RMSNorm(width // self.heads, eps=1e-6)
        self.outer = nn.Linear(width, width)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.SiLU(), nn.Linear(4 * width, width))

    def forward(self, x: torch.Tensor, condition: torch.Tensor) -> torch.Tensor:
        scale, shift, gate = self.attention_condition(condition).unsqueeze(2).chunk(3, -1)
        x = x + gate * self.attend(functional.rms_norm(x, x.shape[-1:], eps=1e-6) * (1 + scale) + shift)
        scale, shift, gate = self.mlp_condition(condition).unsqueeze(2).chunk(3, -1)
        return x + gate * self.mlp(functional.rms_norm(x, x.shape[-1:], eps=1e-6) * (1 + scale) + shift)

    def attend(self, x: torch.Tensor) -> torch.Tensor:
        batch, times, places, _ = x.shape
        both = self.queries_keys(x).view(batch, times * places, 2 * self.heads, -1)
        first, second = self.norm(both).transpose(1, 2).chunk(2, -1)
        rotated_heads = torch.cat(
            [first * self.cosines - second * self.sines, second * self.cosines + first * self.sines], -1
        )
        queries, keys = rotated_heads.chunk(2, 1)
        values = self.values(x).view(batch, times * places, self.heads, -1).transpose(1, 2)
        outputs = functional.scaled_dot_product_attention(queries, keys, values)
        return self.outer(outputs.transpose(1, 2).reshape(x.shape))


class FlowDit(nn.Module):
    """Noisy frames (B, T, S, S, 3), levels (B, T) and labels (B,) to clean frames."""

    def __init__(self, shape: dict) -> None:
        super().__init__()
        width, self.patch_frames, self.patch = shape["width"], shape["patch_frames"], shape["patch_size"]
        side = shape["size"] // self.patch
        self.grid = [shape["num_frames"] // self.patch_frames, side, side]
        values = self.patch_frames * self.patch**2 * 3
        self.embed = nn.Linear(values + self.patch_frames, width)
        self.level = nn.Sequential(
            nn.Linear(LEVEL_FEATURES * self.patch_frames, width), nn.SiLU(), nn.Linear(width, width)
        )
        self.label = nn.Embedding(shape["num_labels"] + 1, width)
        self.blocks = nn.ModuleList(Block(shape, self.grid) for _ in range(shape["num_blocks"]))
        self.last_condition, self.detail = nn.Linear(width, 2 * width), shape["detail"]
        squares = values // (3 * SQUARE**2)  # of a patch
        self.pixels = nn.Linear(width, squares * self.detail if self.detail else values)
        if self.detail:
            first = nn.Conv2d(self.detail + 3 * SQUARE**2, self.detail, 3, padding=1)
            last = nn.Conv2d(self.detail, 3 * SQUARE**2, 3, padding=1)
            self.draw = nn.Sequential(first, nn.SiLU(), last, nn.PixelShuffle(SQUARE))
        for layer in [*self.modules()]:
            if isinstance(layer, Block):
                nn.init.zeros_(layer.attention_condition.weight)
                nn.init.zeros_(layer.mlp_condition.weight)

    def forward(self, frames: torch.Tensor, levels: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
        (times, rows, columns), t, p = self.grid, self.patch_frames, self.patch
        x = frames.view(-1, times, t, rows, p, columns, p, 3).permute(0, 1, 3, 5, 2, 4, 6, 7)
        x = x.reshape(-1, times, rows * columns, t * p * p * 3)
        of_patches = levels.view(-1, times, 1, t).expand(-1, -1, rows * columns, -1)
        x = self.embed(torch.cat([x, of_patches], -1))
        angles = levels[..., None] * torch.logspace(0, math.log10(64), LEVEL_FEATURES // 2)
        features = torch.cat([angles.sin(), angles.cos()], -1).view(-1, times, t * LEVEL_FEATURES)
        condition = functional.silu(self.level(features) + self.label(label)[:, None])
        for block in self.blocks:
            x = block(x, condition)
        scale, shift = self.last_condition(condition).unsqueeze(2).chunk(2, -1)
        x = self.pixels(functional.rms_norm(x, x.shape[-1:], eps=1e-6) * (1 + scale) + shift)
        if not self.detail:
            x = x.view(-1, times, rows, columns, t, p, p, 3)
            return x.permute(0, 1, 4, 2, 5, 3, 6, 7).reshape(frames.shape)
        squares, side = p // SQUARE, rows * p
        x = x.view(-1, times, rows, columns, t, squares, squares, self.detail)
        x = x.permute(0, 1, 4, 7, 2, 5, 3, 6).reshape(-1, self.detail, side // SQUARE, side // SQUARE)
        noisy = functional.pixel_unshuffle(frames.reshape(-1, side, side, 3).permute(0, 3, 1, 2), SQUARE)
        return self.draw(torch.cat([x, noisy], 1)).permute(0, 2, 3, 1).reshape(frames.shape)


def main() -> None:
    """Train, asked over pipes as in torch_training.py."""
    shape = json.loads(sys.argv[1])
    torch.manual_seed(0)
    torch.set_num_threads(shape["threads"])
    network = FlowDit(shape)
    optimizer = torch.optim.AdamW(network.parameters(), 1e-4, weight_decay=0.02, fused=shape["fused"])
    batch, num_frames, size = shape["batch_size"], shape["num_frames"], shape["size"]
    frames, clean = torch.randn(2, batch, num_frames, size, size, 3)
    levels, label = torch.rand(batch, num_frames), torch.arange(batch) % shape["num_labels"]
    print(json.dumps({"parameters": sum(p.numel() for p in network.parameters())}), flush=True)
    for line in sys.stdin:
        began = time.perf_counter()
        for _ in range(int(line)):
            with torch.autocast("cpu", torch.bfloat16, enabled=shape["bfloat16"]):
                prediction = network(frames, levels, label)
            errors = (prediction.float() - clean).square().mean((2, 3, 4))
            loss = (errors / levels.clamp(min=0.05) ** 2).mean()
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            loss.item()
        print(int(line) * batch / (time.perf_counter() - began), flush=True)


if __name__ == "__main__":
    main()
