"""Frames that follow, one at a time: convolutional LSTMs read the context and then their own predictions."""

from dataclasses import dataclass
from typing import Any

from keras import initializers, layers

from reelwise.core.errors import UsageError
from reelwise.layers import ConvLSTMState, DepthToSpace, SpaceToDepth, TimeFold, TimeUnfold

_MOST_STEPS = 64
"""The graph grows with the steps; 64 of three LSTMs take some seconds to build."""


def build(context: Any, *, num_targets: int, **arguments: Any) -> Any:
    """The frames that follow those of the context.

    Args:
        context: (B, T_in, S, S, 3) uint8 RGB.
        num_targets: T_out.
        **arguments: As for :func:`predict_each_step`.

    Returns:
        (B, T_out, S, S, 3) float32: 0 is black, 1 is white, and values beyond are not clipped.

    Raises:
        UsageError: The frames given and predicted are too many.
    """
    if (num_steps := context.shape[1] - 1 + num_targets) > _MOST_STEPS:
        raise UsageError(
            f"convlstm_prediction: {num_steps + 1} frames are given and predicted, expected {_MOST_STEPS + 1} at most.",
            hint="Use a smaller --num-frames; longer predictions come by rolling on.",
        )
    return predict_each_step(context, num_targets, **arguments)[:, -num_targets:]


def predict_each_step(
    context: Any,
    num_targets: int,
    *,
    patch: int,
    units: int,
    num_layers: int,
    kernel_size: int,
    adds_to_last_frame: bool,
) -> Any:
    """What is predicted after each frame, those of the context too: from what came before it alone.

    After the context the network reads what it predicted. Convolutions are two-dimensional and stand one behind the
    other, step by step, with the same weights.

    Args:
        context: (B, T_in, S, S, 3) uint8 RGB.
        num_targets: T_out.
        patch: Side of the squares of pixels that become channels, so that states are small.
        units: Channels of each state.
        num_layers: LSTMs, one on top of the other.
        kernel_size: Of the convolutions, in patches along each side.
        adds_to_last_frame: Whether the change from each frame to the next is predicted, which is 0 before training;
            else whole frames are.

    Returns:
        (B, T_in - 1 + T_out, S, S, 3) float32: what follows frame 0, frame 1, and so on.

    Source: Shi et al. 2015, "Convolutional LSTM Network", arXiv:1506.04214, with a prediction at each step as in
    OpenSTL (arXiv:2306.11249), whose network this is without ``adds_to_last_frame``. Otherwise: trained on its own
    predictions behind the context from the beginning, without scheduled sampling.
    """
    num_frames = context.shape[1]
    frames = layers.Rescaling(1 / 255, dtype="float32", name="pixels")(context)
    patches = SpaceToDepth(patch, dtype="float32", name="patches")(TimeFold(name="fold_context")(frames))
    cells = [_Cell.new(units, kernel_size, f"lstm_{number + 1}") for number in range(num_layers)]
    start: Any = initializers.Zeros() if adds_to_last_frame else initializers.GlorotUniform()
    draw = layers.Conv2D(patches.shape[-1], 1, use_bias=False, kernel_initializer=start, name="colours")
    add = layers.Add(dtype="float32", name="add_last_frame")
    # The first LSTM's convolution of all frames at once, which is faster than one by one.
    gates = _each_frame(cells[0].from_input(patches), num_frames, "gates")
    given = _each_frame(patches, num_frames, "frame")
    states: list[Any] = [None] * num_layers
    predictions = []
    for step in range(num_frames - 1 + num_targets):
        frame = given[step] if step < num_frames else predictions[-1]
        x = gates[step] if step < num_frames else cells[0].from_input(frame)
        for number, cell in enumerate(cells):
            states[number] = cell.step(cell.from_input(x) if number > 0 else x, states[number])
            x = states[number][0]
        predictions.append(add([frame, draw(x)]) if adds_to_last_frame else draw(x))
    return _pictures(predictions, patch)


def _each_frame(x: Any, num_frames: int, name: str) -> list[Any]:
    """(B*T, h, w, C) to T tensors (B, h, w, C)."""
    x = TimeUnfold(num_frames, name=f"unfold_{name}")(x)
    return [x[:, frame] for frame in range(num_frames)]


def _pictures(patches: list[Any], patch: int) -> Any:
    """N tensors (B, h, w, 3 patch²) to (B, N, S, S, 3)."""
    height, width, channels = patches[0].shape[1:]
    to_step = layers.Reshape((1, height, width, channels), dtype="float32", name="step")
    steps = [to_step(x) for x in patches]
    x = layers.Concatenate(axis=1, dtype="float32", name="steps")(steps) if len(steps) > 1 else steps[0]
    x = DepthToSpace(patch, dtype="float32", name="pixels_of_patches")(TimeFold(dtype="float32", name="fold_steps")(x))
    return TimeUnfold(len(patches), dtype="float32", name="unfold_steps")(x)


@dataclass(frozen=True, eq=False)
class _Cell:
    """One convolutional LSTM: the layers that all its steps share."""

    from_input: Any
    from_output: Any
    next_state: Any

    @classmethod
    def new(cls, units: int, kernel_size: int, name: str) -> "_Cell":
        """New layers."""
        sizes = {"filters": 4 * units, "kernel_size": kernel_size, "padding": "same", "use_bias": False}
        return cls(
            layers.Conv2D(**sizes, name=f"{name}_input"),
            layers.Conv2D(**sizes, name=f"{name}_output"),
            ConvLSTMState(name=f"{name}_state"),
        )

    def step(self, gates: Any, state: Any) -> Any:
        """Output and memory after the step; ``state`` is None before the first one, where both are 0."""
        return self.next_state(gates if state is None else [gates, self.from_output(state[0]), state[1]])
