"""A film of plain scenes with hard cuts between them, something that moves in each, and a tone that pauses."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.video.frame import VideoFrame

LENGTHS = (30, 21, 40, 34)
"""Frames of the shots."""

COLOURS = ((200, 40, 40), (30, 160, 60), (40, 60, 190), (220, 210, 60))

SAMPLE_RATE = 16_000


def make_film(
    path: Path, rate: Fraction | int = 25, lengths: tuple[int, ...] = LENGTHS, *, has_sound: bool = False
) -> Path:
    """Write it; with sound at 25 frames per second alone, where a frame is a whole number of samples."""
    return write_film(path, plain_pictures(lengths), rate, has_sound=has_sound)


def write_film(
    path: Path, pictures: Iterable[np.ndarray], rate: Fraction | int = 25, *, has_sound: bool = False
) -> Path:
    """Write (64, 96, 3) pictures, and a tone where wanted."""
    with av.open(str(path), "w") as output:
        video = output.add_stream("libx264", rate=rate)
        video.width, video.height, video.pix_fmt = 96, 64, "yuv420p"
        video.options = {"crf": "12", "preset": "ultrafast"}
        codec = "mp2" if path.suffix == ".ts" else "pcm_s16le"
        sound = output.add_stream(codec, rate=SAMPLE_RATE, layout="mono") if has_sound else None
        for index, picture in enumerate(pictures):
            frame = VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = index, 1 / Fraction(rate)
            output.mux(video.encode(frame))
            if sound is not None:
                output.mux(sound.encode(_tone(index)))
        output.mux(video.encode())
        if sound is not None:
            output.mux(sound.encode())
    return path


def plain_pictures(lengths: tuple[int, ...] = LENGTHS) -> Iterator[np.ndarray]:
    """The pictures of the shots, one after the other."""
    for length, colour in zip(lengths, COLOURS, strict=True):
        for step in range(length):
            picture = np.full((64, 96, 3), colour, np.uint8)
            picture[20:40, step : step + 20] = 255 - np.array(colour, np.uint8)
            yield picture


def _tone(index: int) -> AudioFrame:
    num_samples = SAMPLE_RATE // 25
    tone = 8000 * np.sin(np.arange(num_samples) * 0.3) * (not 40 <= index < 70)
    frame = AudioFrame.from_ndarray(tone.astype(np.int16)[None], format="s16", layout="mono")
    frame.sample_rate, frame.pts = SAMPLE_RATE, index * num_samples
    return frame
