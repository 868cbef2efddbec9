"""From video files to a network that tells them apart: the classic programme of this subject, on real labels.

    python examples/first_steps.py [FOLDER]

FOLDER holds one folder of videos per class, or a labels.csv. Without one, data/actions is used when it is
there, else a small set is drawn. Takes a minute or two on two cores and writes first_steps.h5 and two more beside it.
"""

import argparse
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np

import reelwise as rw
from reelwise.cache.folder import cache_root
from reelwise.core.backend import prepare, start_backend
from reelwise.core.errors import ReelwiseError
from reelwise.datasets.reading import read_dataset
from reelwise.features.frame_descriptors import describe_frames

SIZE, LENGTH, STRIDE = 48, 16, 8


def main() -> None:
    """Read, learn, judge, save, load, judge again."""
    parser = argparse.ArgumentParser(description="Classify video with a CNN+LSTM and an LSTM.")
    parser.add_argument("folder", nargs="?", type=Path, help="one folder per class, or a labels.csv")
    parser.add_argument("--out", type=Path, default=Path(), help="where the three model files go [default: here]")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.folder or find_or_make_videos(Path(scratch))
        first_steps(folder, options.out)


def first_steps(folder: Path, out: Path) -> None:
    """The whole programme."""
    start_backend(cache=cache_root(None))  # before the first import of Keras
    prepare(seed=0)
    import keras

    # 1. Frames. Every video becomes an array (T, H, W, 3); all are brought to one size, so that they can be stacked.
    clips, labels, groups, names = read_clips(folder)
    print(f"{len(clips)} videos of {len(names)} classes: {', '.join(names)}")

    # 2. Sequences. Windows slide over the frames without copying them; a whole recording is held back for the test.
    test = hold_back(groups)
    x_train, y_train = sequences(clips, labels, ~test)
    x_test, y_test = sequences(clips, labels, test)
    print(
        f"{len(x_train)} sequences of {LENGTH} frames to learn from, {len(x_test)} of other recordings to be judged by"
    )

    # 3. The CNN+LSTM: convolutions look at every frame, the LSTM reads what they say in order.
    model = rw.build_cnn_lstm_model((LENGTH, SIZE, SIZE, 3), len(names))
    started = time.perf_counter()
    history = rw.train_cnn_lstm_model(model, x_train, y_train, batch_size=16, epochs=10)
    print(
        f"cnn+lstm: loss {history['loss'][0]:.2f} -> {history['loss'][-1]:.2f}, {time.perf_counter() - started:.0f} s"
    )
    report("cnn+lstm", model, x_test, y_test, len(names))

    # 4. The LSTM alone: it reads 258 numbers that describe each frame: outlines, motion, colours.
    features = [describe_frames(clip) for clip in clips]
    (f_train, _), (f_test, _) = sequences(features, labels, ~test), sequences(features, labels, test)
    lstm = rw.build_lstm_model(f_train.shape[1:], len(names))
    rw.train_lstm_model(lstm, f_train, y_train, batch_size=16, epochs=20)
    report("lstm", lstm, f_test, y_test, len(names))

    # 5. Files. What is loaded says exactly what was saved. (.keras first: saving .h5 makes Keras forget the optimizer.)
    saved = ((model, "first_steps.keras", x_test), (model, "first_steps.h5", x_test), (lstm, "lstm.h5", f_test))
    for network, name, x in saved:
        network.save(out / name)
        loaded = keras.saving.load_model(out / name)  # noqa: TID251  (our own file, a moment old)
        before, after = rw.evaluate_model(network, x, y_test), rw.evaluate_model(loaded, x, y_test)
        same = "the same as" if np.allclose(before, after, atol=1e-6) else "NOT the same as"
        print(f"{name}: accuracy {after.accuracy:.3f}, {same} before saving")


def find_or_make_videos(scratch: Path) -> Path:
    """Real videos when they are at hand, else drawn ones whose classes only motion shows."""
    real = Path("data", "actions")
    if real.is_dir():
        return real
    from reelwise.media.synthetic import write_motion_set

    print("no real videos at hand: drawing some")
    write_motion_set(scratch / "clips", num_clips=60, seed=0)
    return scratch / "clips"


def read_clips(folder: Path) -> tuple[list[np.ndarray], np.ndarray, np.ndarray, list[str]]:
    """Frames (T, 48, 48, 3), class numbers, groups, class names; what cannot be read is named and left out."""
    dataset = read_dataset(str(folder))
    clips, labels, groups = [], [], []
    for number, record in enumerate(dataset.records):
        try:
            frames = rw.read_video_frames(record.path)
        except ReelwiseError as problem:
            print(f"left out: {problem}")
            continue
        if len(frames) < LENGTH:
            continue
        clips.append(np.stack([cv2.resize(frame, (SIZE, SIZE), interpolation=cv2.INTER_AREA) for frame in frames]))
        labels.append(dataset.labels.index(record.label))
        groups.append(record.group or str(number))
    return clips, np.array(labels), np.array(groups), list(dataset.labels)


def hold_back(groups: np.ndarray, share: float = 0.25) -> np.ndarray:
    """Which videos are for the test: whole groups, since two videos of one recording look alike."""
    order = np.random.default_rng(0).permutation(np.unique(groups))
    return np.isin(groups, order[: max(1, round(share * len(order)))])


def sequences(clips: list[np.ndarray], labels: np.ndarray, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Every eighth window of the chosen videos (frames or their features), with the label of its video."""
    windows = [rw.convert_frames_to_sequence(clips[i], LENGTH)[::STRIDE] for i in np.flatnonzero(chosen)]
    return np.concatenate(windows), np.repeat(labels[chosen], [len(window) for window in windows])


def report(name: str, model: object, x: np.ndarray, y: np.ndarray, num_classes: int) -> None:
    """Accuracy on the sequences that were held back, beside guessing."""
    loss, accuracy = rw.evaluate_model(model, x, y)
    print(f"{name}: accuracy {accuracy:.3f} on other recordings, guessing gives {1 / num_classes:.3f}; loss {loss:.2f}")


if __name__ == "__main__":
    main()
