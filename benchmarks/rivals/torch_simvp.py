"""The network `simvp` in eager PyTorch, that of OpenSTL among its settings; runs in .bench/venv-torch."""

import json
import sys
import time

import torch
from torch import nn
from torch.nn import functional

DILATION = 3
FIRST_SCALE = 0.01


def activation(name: str) -> nn.Module:
    """GELU or SiLU."""
    return nn.GELU() if name == "gelu" else nn.SiLU()


def normalise(channels: int, norm: str) -> nn.Module:
    """Over the batch, or over two groups of channels."""
    return nn.GroupNorm(2, channels) if norm == "group" else nn.BatchNorm2d(channels)


def conv(channels: int, width: int, norm: str, stride: int = 1) -> nn.Module:
    """Convolution over 3x3 pixels, normalisation, SiLU."""
    layer = nn.Conv2d(channels, width, 3, stride, 1, bias=norm == "group")
    return nn.Sequential(layer, normalise(width, norm), nn.SiLU())


def conv_up(width: int, norm: str) -> nn.Module:
    """The same at twice the size."""
    layer = nn.Conv2d(width, 4 * width, 3, 1, 1, bias=norm == "group")
    return nn.Sequential(layer, nn.PixelShuffle(2), normalise(width, norm), nn.SiLU())


def depthwise(channels: int, size: int, dilation: int = 1) -> nn.Conv2d:
    """Each channel by itself, at the same size."""
    return nn.Conv2d(channels, channels, size, padding=dilation * (size // 2), dilation=dilation, groups=channels)


class ConvMixer(nn.Module):
    """Mixes places, then channels."""

    def __init__(self, channels: int, shape: dict) -> None:
        super().__init__()
        self.places = nn.Sequential(
            depthwise(channels, shape["kernel_size"]), activation(shape["activation"]), nn.BatchNorm2d(channels)
        )
        self.channels = nn.Sequential(
            nn.Conv2d(channels, channels, 1), activation(shape["activation"]), nn.BatchNorm2d(channels)
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.channels(x + self.places(x))


class Gsta(nn.Module):
    """Gated attention by wide convolutions, then a feed-forward network with one over neighbours."""

    def __init__(self, channels: int, shape: dict) -> None:
        super().__init__()
        wide = shape["kernel_size"] // DILATION
        inner = shape["expansion"] * channels
        self.norm_1, self.norm_2 = nn.BatchNorm2d(channels), nn.BatchNorm2d(channels)
        self.gates = nn.Sequential(
            nn.Conv2d(channels, channels, 1),
            activation(shape["activation"]),
            depthwise(channels, 2 * DILATION - 1),
            depthwise(channels, wide if wide % 2 else wide - 1, DILATION),
            nn.Conv2d(channels, 2 * channels, 1),
        )
        self.out = nn.Conv2d(channels, channels, 1)
        self.features = nn.Sequential(
            nn.Conv2d(channels, inner, 1), depthwise(inner, 3), activation(shape["activation"]),
            nn.Conv2d(inner, channels, 1),
        )  # fmt: skip
        self.scale_1, self.scale_2 = (nn.Parameter(torch.full((channels, 1, 1), FIRST_SCALE)) for _ in range(2))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.norm_1(x)
        value, gate = self.gates(y).chunk(2, 1)
        x = x + self.scale_1 * (y + self.out(gate.sigmoid() * value))
        return x + self.scale_2 * self.features(self.norm_2(x))


class Simvp(nn.Module):
    """Frames (B, T_in, S, S, C) uint8 to those that follow, (B, T_out, S, S, C) float32; 0 is black, 1 is white."""

    def __init__(self, shape: dict) -> None:
        super().__init__()
        self.num_targets, self.patch, self.skip = shape["num_targets"], shape["patch"], shape["skip"]
        self.adds = shape["adds_to_last_frame"]
        values, width, norm = shape["channels"] * self.patch**2, shape["width"], shape["norm"]
        self.first = conv(values, width, norm)
        downs, ups = [], []
        for step in range(shape["num_halvings"]):
            downs += [conv(width, width, norm)] if step > 0 else []
            downs.append(conv(width, width, norm, 2))
            ups.append(conv_up(width, norm))
            ups += [conv(width, width, norm)] if step < shape["num_halvings"] - 1 else []
        self.down, self.up = nn.Sequential(*downs), nn.Sequential(*ups)
        self.mixer = self._mixer(shape["num_context"] * width, self.num_targets * width, shape)
        self.last = conv(width, width, norm)
        self.colours = nn.Conv2d(width, values, 1)
        self._set_first_weights()

    @staticmethod
    def _mixer(channels: int, last_channels: int, shape: dict) -> nn.Module:
        block = Gsta if shape["mixer"] == "gsta" else ConvMixer
        layers: list[nn.Module] = []
        for step in range(shape["num_blocks"]):
            layers.append(block(channels, shape))
            following = last_channels if step == shape["num_blocks"] - 1 else shape["mixer_width"]
            layers += [nn.Conv2d(channels, following, 1)] if following != channels else []
            channels = following
        return nn.Sequential(*layers)

    def _set_first_weights(self) -> None:
        """As OpenSTL has them: narrow in the picture networks, by the number of outputs in the mixer."""
        for name, layer in self.named_modules():
            if isinstance(layer, nn.Conv2d):
                outputs = layer.out_channels * layer.kernel_size[0] ** 2 // layer.groups
                deviation = (2 / outputs) ** 0.5 if name.startswith("mixer") else 0.02
                nn.init.trunc_normal_(layer.weight, std=deviation)
                if layer.bias is not None:
                    nn.init.zeros_(layer.bias)
        if self.adds:
            nn.init.zeros_(self.colours.weight)

    def forward(self, context: torch.Tensor) -> torch.Tensor:
        batch, num_frames = context.shape[:2]
        frames = (context.float() / 255).permute(0, 1, 4, 2, 3)
        x = frames.flatten(0, 1)
        x = first = self.first(functional.pixel_unshuffle(x, self.patch) if self.patch > 1 else x)
        x = self.down(x)
        x = self.mixer(x.reshape(batch, -1, *x.shape[-2:]))
        x = self.up(x.reshape(batch * self.num_targets, -1, *x.shape[-2:]))
        if self.skip == "last":
            of_last_frame = first.view(batch, num_frames, *first.shape[1:])[:, -1:]
            x = (x.view(batch, self.num_targets, *x.shape[1:]) + of_last_frame).flatten(0, 1)
        else:
            x = x + first
        x = self.colours(self.last(x))
        x = functional.pixel_shuffle(x, self.patch) if self.patch > 1 else x
        x = x.float().view(batch, self.num_targets, *x.shape[1:])
        return (x + frames[:, -1:] if self.adds else x).permute(0, 1, 3, 4, 2)


def main() -> None:
    """Train, asked over pipes as in torch_training.py."""
    shape = json.loads(sys.argv[1])
    torch.manual_seed(0)
    torch.set_num_threads(shape["threads"])
    network = Simvp(shape)
    if shape["channels_last"]:
        network.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]  (a stub's overload)
    optimizer = torch.optim.AdamW(network.parameters(), 1e-4, weight_decay=0.02, fused=True)
    batch, size = shape["batch_size"], shape["size"]
    context, targets = (
        torch.randint(0, 256, (batch, count, size, size, shape["channels"]), dtype=torch.uint8)
        for count in (shape["num_context"], shape["num_targets"])
    )
    print(json.dumps({"parameters": sum(p.numel() for p in network.parameters())}), flush=True)
    for line in sys.stdin:
        began = time.perf_counter()
        for _ in range(int(line)):
            with torch.autocast("cpu", torch.bfloat16, enabled=shape["bfloat16"]):
                prediction = network(context)
            loss = functional.mse_loss(prediction, targets.float() / 255)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            loss.item()
        print(int(line) * batch / (time.perf_counter() - began), flush=True)


if __name__ == "__main__":
    main()
