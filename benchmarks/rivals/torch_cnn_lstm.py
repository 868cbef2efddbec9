"""The network `cnn_lstm` in eager PyTorch, as one would write it; runs in .bench/venv-torch and answers over pipes."""

import torch
from torch import nn
from torch_training import Pictures, run


class Encoder(nn.Sequential):
    """Strided convolutions over all frames at once, laid flat, then one dense layer."""

    def __init__(self, shape: dict) -> None:
        parts: list[nn.Module] = []
        channels, side = shape["channels"], shape["size"]
        for step in range(shape["num_convs"]):
            kernel, filters = (5, 3)[step > 0], shape["width"] << step
            parts += [
                nn.Conv2d(channels, filters, kernel, 2, kernel // 2, bias=False),
                nn.BatchNorm2d(filters),
                nn.ReLU(),
            ]
            channels, side = filters, (side + 1) // 2
        squeezed = shape["squeezed"]
        parts += [nn.Conv2d(channels, squeezed, 1, bias=False), nn.BatchNorm2d(squeezed), nn.ReLU(), nn.Flatten()]
        parts += [nn.Linear(squeezed * side * side, shape["features"]), nn.ReLU()]
        super().__init__(*parts)


class CnnLstm(nn.Module):
    """uint8 (B, T, H, W, 3) to logits."""

    def __init__(self, shape: dict) -> None:
        super().__init__()
        self.pictures = Pictures()
        self.encoder = Encoder(shape)
        self.lstm = nn.LSTM(shape["features"], shape["units"], batch_first=True)
        self.head = nn.Sequential(nn.Dropout(shape["dropout"]), nn.Linear(shape["units"], shape["num_classes"]))

    def forward(self, clips: torch.Tensor) -> torch.Tensor:
        x = self.pictures(clips).flatten(0, 1).permute(0, 3, 1, 2)  # (B*T, C, H, W), channels last in memory
        x = self.encoder(x).unflatten(0, clips.shape[:2])
        return self.head(self.lstm(x)[0].mean(1))


if __name__ == "__main__":
    run(CnnLstm, torch.channels_last)
