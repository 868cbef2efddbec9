"""Is `cnn_lstm` fast? Its training step against TimeDistributed, and against the same network in eager PyTorch."""

import argparse
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from compare import compare, timed
from reelwise.catalog.frame_encoder import squeeze_channels
from reelwise.core.backend import prepare, start_backend
from reelwise.core.clip import ClipSpec, DecodeSettings
from reelwise.core.contract import Contract, InputSpec, NetworkSpec
from reelwise.core.modalities import Encoder
from reelwise.models.catalogue import find_entry
from reelwise.tasks.classification import ClassificationOutput
from targets import Target, exit_status
from torch_rival import TorchRival, torch_python

# Our rate over that of each rival, at least.
TARGETS = {"cnn_lstm_time_distributed": 4.0, "cnn_lstm_torch_float32": 1.5, "cnn_lstm_torch_bfloat16": 1.5}
LABELS = ("a", "b", "c", "d", "e", "f")
BATCH_SIZE, STEPS = 8, 3


def time_distributed(contract: Contract) -> Any:
    """The same layers with the same weights, each wrapped in Keras' TimeDistributed."""
    import keras
    from keras import layers

    from reelwise.models.base import picture_channels

    told = find_entry("cnn_lstm").resolve(contract.network.first.preset, contract.network.first.arguments)
    size = contract.input.clip.input_size
    clips = keras.Input((contract.input.clip.num_frames, size, size, 3), dtype="uint8")
    x = picture_channels(clips, str(told["picture"]))
    convs = [(int(told["width"]) << step, 5 if step == 0 else 3, 2) for step in range(int(told["num_convs"]))]
    for filters, kernel, stride in [*convs, (squeeze_channels(convs[-1][0]), 1, 1)]:
        conv = layers.Conv2D(filters, kernel, strides=stride, padding="same", use_bias=False)
        x = layers.TimeDistributed(conv)(x)
        x = layers.TimeDistributed(layers.BatchNormalization(momentum=0.9))(x)
        x = layers.TimeDistributed(layers.ReLU())(x)
    x = layers.TimeDistributed(layers.Flatten())(x)
    x = layers.TimeDistributed(layers.Dense(int(told["features"]), activation="relu"))(x)
    x = layers.LSTM(int(told["units"]), return_sequences=True)(x)
    x = layers.Dropout(float(told["dropout"]))(layers.GlobalAveragePooling1D()(x))
    return keras.Model(clips, layers.Dense(len(LABELS), dtype="float32")(x))


def keras_rival(build: Callable[[], Any], bfloat16: bool, contract: Contract) -> tuple[Callable[[], float], int]:
    """Steps of the training loop on one batch in memory, and the number of trained weights."""
    from reelwise.datasets.batches import Batch
    from reelwise.training.config import TrainConfig
    from reelwise.training.task_objective import TaskObjective
    from reelwise.training.trainee import Trainee

    spec = contract.input.clip
    shape = (BATCH_SIZE, spec.num_frames, spec.input_size, spec.input_size, 3)
    clips = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    targets = np.eye(len(LABELS), dtype=np.float32)[np.arange(BATCH_SIZE) % len(LABELS)]
    batch = Batch(clips, targets, np.ones(BATCH_SIZE, np.float32), np.arange(BATCH_SIZE))
    trainee = Trainee(build, TaskObjective(label_smoothing=0.1), TrainConfig(batch_size=BATCH_SIZE, bfloat16=bfloat16))
    weights = sum(int(np.prod(weight.shape)) for weight in trainee.network.trainable_variables)
    return lambda: timed(lambda: [trainee.step(batch, 1e-4) for _ in range(STEPS)], STEPS * BATCH_SIZE), weights


def measure(name: str, rivals: dict[str, Callable[[], float]], repeats: int) -> Target:
    """Compare the second rival with the first, and hold it against its target."""
    baseline, ours = rivals
    ratio = compare(name, rivals, baseline, repeats)[ours]["ratio"]
    target = Target(f"{name}: {ours}", ratio, TARGETS[name], is_least=True)
    print(target, flush=True)
    return target


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--preset", default="small")
    parser.add_argument("--repeats", type=int, default=9)
    chosen = parser.parse_args()
    info = start_backend()
    prepare(0)
    from reelwise.models.build import build_network

    wanted = find_entry("cnn_lstm").preset(chosen.preset).clip
    clip = ClipSpec(wanted.num_frames, input_size=wanted.input_size)
    contract = Contract(
        InputSpec(DecodeSettings(size=wanted.decode_size), clip),
        NetworkSpec((Encoder("cnn_lstm", chosen.preset),)),
        ClassificationOutput(LABELS),
    )
    plain, weights = keras_rival(lambda: build_network(contract), False, contract)
    halved, _ = keras_rival(lambda: build_network(contract), True, contract)
    wrapped, same = keras_rival(lambda: time_distributed(contract), False, contract)
    if weights != same:
        raise SystemExit(f"the rivals differ: {weights} and {same} weights")

    targets = [measure("cnn_lstm_time_distributed", {"time_distributed": wrapped, "folded": plain}, chosen.repeats)]
    python = torch_python()
    if python is None:
        print("no PyTorch here: scripts/bench makes an environment with it", file=sys.stderr)
        return 1
    for kind, ours in (("float32", plain), ("bfloat16", halved)):
        torch = TorchRival(
            python, contract, len(LABELS), BATCH_SIZE, info.threads, bfloat16=kind == "bfloat16", steps=STEPS
        )
        if not 0 <= torch.weights - weights <= 4 * 1024:  # PyTorch's LSTM has two biases where Keras' has one.
            raise SystemExit(f"the rivals differ: {weights} and {torch.weights} weights")
        rivals = {f"torch_{kind}": torch, f"reelwise_{kind}": ours}
        targets.append(measure(f"cnn_lstm_torch_{kind}", rivals, chosen.repeats))
        torch.close()
    return exit_status(is_met=all(target.is_met for target in targets))


if __name__ == "__main__":
    sys.exit(main())
