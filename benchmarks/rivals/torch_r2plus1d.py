"""The network `r2plus1d` in eager PyTorch, with 3-D convolutions as one would write it; runs in .bench/venv-torch."""

import torch
from torch import nn
from torch_training import Pictures, run


def conv(before: int, after: int, kernel: tuple[int, int, int], stride: tuple[int, int, int], *, is_last: bool = False):
    """Convolution, batch normalisation, and ReLU where something follows."""
    padding = (kernel[0] // 2, kernel[1] // 2, kernel[2] // 2)
    parts: list[nn.Module] = [nn.Conv3d(before, after, kernel, stride, padding, bias=False), nn.BatchNorm3d(after)]
    return nn.Sequential(*parts) if is_last else nn.Sequential(*parts, nn.ReLU())


class Residual(nn.Module):
    """Over space, then over time, and the input beside it."""

    def __init__(self, before: int, after: int, time_stride: int) -> None:
        super().__init__()
        self.space = conv(before, after, (1, 3, 3), (1, 2, 2))
        self.time = conv(after, after, (3, 1, 1), (time_stride, 1, 1), is_last=True)
        short: list[nn.Module] = [conv(before, after, (1, 1, 1), (1, 2, 2), is_last=True)]
        if time_stride > 1:
            short.append(conv(after, after, (1, 1, 1), (time_stride, 1, 1), is_last=True))
        self.short = nn.Sequential(*short)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.relu(self.time(self.space(x)) + self.short(x))


class R2plus1d(nn.Module):
    """uint8 (B, T, H, W, 3) to logits."""

    def __init__(self, shape: dict) -> None:
        super().__init__()
        width = shape["width"]
        self.pictures = Pictures()
        self.stem = nn.Sequential(
            conv(shape["channels"], width, (1, 5, 5), (1, 2, 2)), conv(width, width, (3, 1, 1), (1, 1, 1))
        )
        widths = [width << step for step in range(shape["num_blocks"])]
        blocks = [
            Residual(before, after, 1 if step == 0 else 2)
            for step, (before, after) in enumerate(zip([width, *widths], widths, strict=False))
        ]
        self.blocks = nn.Sequential(*blocks)
        self.head = nn.Sequential(nn.Dropout(shape["dropout"]), nn.Linear(widths[-1], shape["num_classes"]))

    def forward(self, clips: torch.Tensor) -> torch.Tensor:
        x = self.pictures(clips).permute(0, 4, 1, 2, 3)  # (B, C, T, H, W), channels last in memory
        return self.head(self.blocks(self.stem(x)).mean((2, 3, 4)))


if __name__ == "__main__":
    run(R2plus1d, torch.channels_last_3d)
