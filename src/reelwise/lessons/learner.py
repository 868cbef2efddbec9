"""Seven small functions to learn the subject with: frames, sequences, a CNN+LSTM and an LSTM, training, evaluation."""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from reelwise.core.errors import UsageError


class Evaluation(NamedTuple):
    """Loss and accuracy of a model on data that it was not trained on.

    Args:
        loss: Mean cross-entropy; 0 is perfect, ln(num_classes) is guessing.
        accuracy: Share of sequences whose most probable class is the right one.
    """

    loss: float
    accuracy: float


def read_video_frames(path: str | Path, start: int = 0, num_frames: int | None = None) -> np.ndarray:
    """Frames of a video, read with OpenCV.

    The file is decoded in a limited process of its own, after FFmpeg has accepted it: it may be anybody's.

    Args:
        path: The video.
        start: The first frame, counted from 0.
        num_frames: How many; None for all from ``start`` on.

    Returns:
        (T, H, W, 3) uint8 RGB.

    Raises:
        VideoError: The video cannot be used, has too few frames, or its frames would not fit into memory; read fewer.
    """
    from reelwise.media.read_frames import read_frames

    return read_frames(Path(path), start, num_frames)


def convert_frames_to_sequence(frames: np.ndarray, sequence_length: int) -> np.ndarray:
    """Every run of ``sequence_length`` frames, without copying a single one.

    The result is a window sliding over the same memory, so it may be a hundred times larger than what it takes. It is
    read-only, because one frame stands in many windows. The functions below copy it batch by batch; Keras' own ``fit``
    would copy all of it.

    Args:
        frames: (N, H, W, 3) uint8, or (N, F) features of frames.
        sequence_length: L, from 1 to N.

    Returns:
        (N-L+1, L, H, W, 3), or (N-L+1, L, F), a read-only view.

    Raises:
        UsageError: Fewer frames than the length of a sequence; read more frames or take shorter sequences.

    Example:
        >>> frames = np.arange(5)[:, None]  # five frames with one feature each
        >>> convert_frames_to_sequence(frames, 3)[:, :, 0].tolist()
        [[0, 1, 2], [1, 2, 3], [2, 3, 4]]
    """
    if frames.ndim < 2 or not 1 <= sequence_length <= len(frames):
        got = f"{len(frames) if frames.ndim else 0} frames of shape {frames.shape[1:]}"
        raise UsageError(f"{got} do not make sequences of {sequence_length}.", hint="Read more, or take shorter ones.")
    windows = np.lib.stride_tricks.sliding_window_view(frames, sequence_length, axis=0)  # (N-L+1, ..., L)
    return np.moveaxis(windows, -1, 1)


def build_cnn_lstm_model(
    input_shape: tuple[int, int, int, int], num_classes: int, *, loss: str = "cross_entropy"
) -> Any:
    """A compiled network: convolutions encode every frame, an LSTM reads the encodings in order.

    Its input is each frame and the differences to its neighbours, standardised per sequence: frames as they are read
    (0 to 255) and frames divided by 255 give the same probabilities. To load it from a file, ``import reelwise.layers``
    first.

    Args:
        input_shape: (L, H, W, 3).
        num_classes: C.
        loss: ``cross_entropy``, or ``mean_squared_error`` to see why it is not used for classes.

    Returns:
        A ``keras.Model`` from (B, L, H, W, 3) to (B, C) probabilities.

    Raises:
        UsageError: A shape that is not that of sequences, or an unknown loss.
    """
    _check_shape(input_shape, ("L", "H", "W", 3), num_classes)
    keras = _start_keras()
    from reelwise.layers import FrameDifferences, StandardiseClip, TimeFold, TimeUnfold
    from reelwise.models.base import conv_block

    layers = keras.layers
    frames = keras.Input(input_shape, name="frames")
    x = StandardiseClip(name="standardise")(frames)
    x = layers.Concatenate(name="picture")([x, FrameDifferences(scale=0.2, name="differences")(x)])
    x = TimeFold(name="fold_time")(x)  # (B*L, H, W, 5)
    for step, filters in enumerate((16, 32, 64), 1):
        x = conv_block(x, filters, (3, 3), f"conv_{step}", strides=(2, 2))
    x = layers.GlobalAveragePooling2D(name="mean_over_place")(x)
    x = TimeUnfold(input_shape[0], name="unfold_time")(x)  # (B, L, 64)
    return _read_in_order(frames, x, num_classes, loss, "cnn_lstm")


def build_lstm_model(input_shape: tuple[int, int], num_classes: int, *, loss: str = "cross_entropy") -> Any:
    """A compiled network: an LSTM reads features of frames in order.

    Args:
        input_shape: (L, F).
        num_classes: C.
        loss: ``cross_entropy`` or ``mean_squared_error``.

    Returns:
        A ``keras.Model`` from (B, L, F) to (B, C) probabilities.

    Raises:
        UsageError: A shape that is not that of sequences, or an unknown loss.
    """
    _check_shape(input_shape, ("L", "features"), num_classes)
    keras = _start_keras()
    layers = keras.layers
    features = keras.Input(input_shape, name="features")
    x = layers.BatchNormalization(momentum=0.9, name="standardise")(features)
    return _read_in_order(features, x, num_classes, loss, "lstm")


def train_cnn_lstm_model(
    model: Any, x_train: np.ndarray, y_train: Any, batch_size: int = 16, epochs: int = 10, *, seed: int = 0
) -> dict[str, list[float]]:
    """Train the network by gradient descent, one batch at a time.

    Args:
        model: From :func:`build_cnn_lstm_model`.
        x_train: (N, L, H, W, 3), usually a view; only one batch at a time is copied.
        y_train: (N,) class numbers, or (N, C) with a 1 at the class.
        batch_size: Sequences per step.
        epochs: Rounds over all sequences.
        seed: Of their order.

    Returns:
        ``loss`` and ``accuracy`` of every epoch.

    Raises:
        UsageError: Numbers of sequences and labels differ, or a label is not a class of the network.
    """
    return _train(model, x_train, y_train, batch_size, epochs, seed)


def train_lstm_model(
    model: Any, x_train: np.ndarray, y_train: Any, batch_size: int = 16, epochs: int = 10, *, seed: int = 0
) -> dict[str, list[float]]:
    """The same for a model from :func:`build_lstm_model`, with ``x_train`` of shape (N, L, F)."""
    return _train(model, x_train, y_train, batch_size, epochs, seed)


def evaluate_model(model: Any, x_test: np.ndarray, y_test: Any, batch_size: int = 16) -> Evaluation:
    """Loss and accuracy on sequences that the model was not trained on.

    Args:
        model: One of the above, just trained or loaded again.
        x_test: (N, L, ...), usually a view; only one batch at a time is copied.
        y_test: (N,) class numbers, or (N, C) with a 1 at the class.
        batch_size: Sequences per step; the result does not depend on it beyond rounding.

    Returns:
        ``loss, accuracy``.

    Raises:
        UsageError: Numbers of sequences and labels differ, or a label is not a class of the network.
    """
    targets = _targets(model, x_test, y_test)
    probs = np.empty(targets.shape, np.float64)
    for rows, num_real in _batches(np.arange(len(targets)), batch_size):
        probs[rows[:num_real]] = np.asarray(model.predict_on_batch(x_test[rows]))[:num_real]
    cross_entropy = -(targets * np.log(np.maximum(probs, 1e-7))).sum(axis=1)
    return Evaluation(float(cross_entropy.mean()), float((probs.argmax(1) == targets.argmax(1)).mean()))


def _start_keras() -> Any:
    """Keras, on the back end that the verbs would choose."""
    from reelwise.cache.folder import cache_root
    from reelwise.core.backend import start_backend

    start_backend(cache=cache_root(None))
    from reelwise.layers import keras

    return keras


def _read_in_order(inputs: Any, x: Any, num_classes: int, loss: str, name: str) -> Any:
    """The layers that both networks share: LSTM, dense layer, softmax; compiled."""
    from reelwise.core.backend import compiles_steps

    keras = _start_keras()
    layers = keras.layers
    losses = {
        "cross_entropy": keras.losses.CategoricalCrossentropy(),
        "mean_squared_error": keras.losses.MeanSquaredError(),
    }
    if loss not in losses:
        raise UsageError(f"there is no loss {loss!r}.", hint=f"Use {' or '.join(losses)}.")
    x = layers.LSTM(64, return_sequences=True, name="lstm")(x)  # (B, L, 64)
    x = layers.GlobalAveragePooling1D(name="mean_over_time")(x)
    x = layers.Dropout(0.3, name="dropout")(x)
    probs = layers.Dense(num_classes, activation="softmax", name="probs")(x)
    model: Any = keras.Model(inputs, probs, name=name)
    optimizer = keras.optimizers.Adam(learning_rate=1e-3)
    model.compile(optimizer, losses[loss], weighted_metrics=["accuracy"], jit_compile=compiles_steps())
    return model


def _train(
    model: Any, x_train: np.ndarray, y_train: Any, batch_size: int, epochs: int, seed: int
) -> dict[str, list[float]]:
    targets = _targets(model, x_train, y_train)
    rng = np.random.default_rng(seed)
    history: dict[str, list[float]] = {"loss": [], "accuracy": []}
    for _ in range(epochs):
        loss = accuracy = 0.0
        for rows, num_real in _batches(rng.permutation(len(targets)), batch_size):
            weights = (np.arange(len(rows)) < num_real).astype(np.float32)
            step = model.train_on_batch(x_train[rows], targets[rows], sample_weight=weights, return_dict=True)
            loss += float(step["loss"]) * len(rows)  # Keras divides the loss by all rows, the accuracy by their weights
            accuracy += float(step["accuracy"]) * num_real
        history["loss"].append(loss / len(targets))
        history["accuracy"].append(accuracy / len(targets))
    return history


def _batches(order: np.ndarray, batch_size: int) -> list[tuple[np.ndarray, int]]:
    """Rows of each batch and how many of them count; the last batch is padded, since a new shape compiles anew."""
    if batch_size < 1:
        raise UsageError(f"batch_size is {batch_size}, expected 1 or more.")
    starts = range(0, len(order), batch_size)
    return [(np.resize(order[i : i + batch_size], batch_size), min(batch_size, len(order) - i)) for i in starts]


def _targets(model: Any, x: np.ndarray, y: Any) -> np.ndarray:
    """(N, C) float32 with a 1 at the class."""
    num_classes, labels = model.output_shape[-1], np.asarray(y)
    if len(labels) != len(x) or not len(x):
        raise UsageError(f"{len(x)} sequences and {len(labels)} labels: there must be as many of both, and some.")
    if labels.ndim == 2 and labels.shape[1] == num_classes:
        return labels.astype(np.float32)
    if labels.ndim != 1 or labels.dtype.kind not in "iu" or not 0 <= labels.min() <= labels.max() < num_classes:
        hint = f"Give whole numbers from 0 to {num_classes - 1}, or rows with a 1 at the class."
        raise UsageError(f"labels of shape {labels.shape} do not fit a network of {num_classes} classes.", hint=hint)
    return np.eye(num_classes, dtype=np.float32)[labels]


def _check_shape(shape: tuple[int, ...], expected: tuple[str | int, ...], num_classes: int) -> None:
    good = len(shape) == len(expected) and all(
        size == want if isinstance(want, int) else size >= 1 for size, want in zip(shape, expected, strict=True)
    )
    if not good or num_classes < 2:
        expected_shape = ", ".join(map(str, expected))
        raise UsageError(
            f"input_shape {shape} with {num_classes} classes, expected ({expected_shape}) and 2 classes or more."
        )
