"""The network `cnn_lstm` in eager PyTorch, as one would write it; runs in .bench/venv-torch and answers over pipes."""

import json
import sys
import time

import torch
from torch import nn


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

    luma: torch.Tensor

    def __init__(self, shape: dict) -> None:
        super().__init__()
        self.encoder = Encoder(shape)
        self.lstm = nn.LSTM(shape["features"], shape["units"], batch_first=True)
        self.head = nn.Sequential(nn.Dropout(shape["dropout"]), nn.Linear(shape["units"], shape["num_classes"]))
        self.register_buffer("luma", torch.tensor([0.299, 0.587, 0.114]) / 32)

    def forward(self, clips: torch.Tensor) -> torch.Tensor:
        batch, frames = clips.shape[:2]
        rgb = clips.float()
        grey = (rgb * self.luma).sum(-1, keepdim=True)
        steps, none = grey[:, 1:] - grey[:, :-1], torch.zeros_like(grey[:, :1])
        picture = [rgb / 127.5 - 1, torch.cat([none, steps], 1), torch.cat([steps, none], 1)]
        x = torch.cat(picture, -1).flatten(0, 1).permute(0, 3, 1, 2)  # (B*T, C, H, W), channels last in memory
        x = self.encoder(x).unflatten(0, (batch, frames))
        return self.head(self.lstm(x)[0].mean(1))


def main() -> None:
    shape = json.loads(sys.argv[1])
    torch.manual_seed(0)
    torch.set_num_threads(shape["threads"])
    network = CnnLstm(shape)
    network.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]  (an overload of PyTorch's stub)
    optimizer = torch.optim.AdamW(network.parameters(), 1e-4, weight_decay=0.02)
    loss_of = nn.CrossEntropyLoss(label_smoothing=0.1)
    size = shape["size"]
    clips = torch.randint(0, 256, (shape["batch_size"], shape["num_frames"], size, size, 3), dtype=torch.uint8)
    targets = torch.arange(shape["batch_size"]) % shape["num_classes"]
    print(json.dumps({"parameters": sum(p.numel() for p in network.parameters())}), flush=True)
    for line in sys.stdin:
        began = time.perf_counter()
        for _ in range(int(line)):
            with torch.autocast("cpu", torch.bfloat16, enabled=shape["bfloat16"]):
                loss = loss_of(network(clips), targets)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            loss.item()
        print(int(line) * shape["batch_size"] / (time.perf_counter() - began), flush=True)


if __name__ == "__main__":
    main()
