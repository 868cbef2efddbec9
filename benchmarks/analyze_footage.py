"""The videos of the benchmark of analyze: a minute of real footage with sound, encoded once, its packets repeated."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import islice, product
from pathlib import Path

import av
import numpy as np
from av.packet import Packet

from reelwise.core.files import atomic_path
from reelwise.core.sound import Sound
from reelwise.media.readers.pyav_reader import PyAVReader
from reelwise.media.readers.reader import SizeHW
from reelwise.media.sound.decode import decode_sound
from reelwise.media.sound.track import SoundSettings
from reelwise.media.writers.writer import Encoding, write_video
from shot_sources import DATA

FRAME_RATE = 30
REEL_SECONDS = 64
"""Of the footage that is repeated: a whole number both of frames and of AAC's blocks, so that nothing drifts."""

SIZES: dict[str, SizeHW] = {"360p": (360, 640), "720p": (720, 1280)}
"""Height and width."""

_SAMPLE_RATE = 48_000
_SOUND_FILE = "long/cuts/tears-of-steel-battle-clip-medium.webm"
_SHOTS = (
    ("clips/01_dog.mp4", 240),
    ("clips/02_cups.mp4", 240),
    ("long/no_cuts/small.webm", 240),
    ("long/no_cuts/vp9_webrtc_3.webm", 240),
    (_SOUND_FILE, 480),
    ("audiovisual/scenes/karma.mp4", 240),
    ("long/no_cuts/vp8_webrtc_2.webm", 240),
)
"""File and frames: still and shaken cameras, speech, an edited film; four of seven are 720p themselves."""

_ENCODING = Encoding(crf=23, preset="medium", gop=250)
"""x264 at its defaults, which is what most files have seen: B-frames, CABAC, three reference frames."""


def make_video(work: Path, size: str, minutes: float) -> Path:
    """A video of at least so many minutes, made where it is not there yet.

    Args:
        work: Folder of the videos; two hours of 720p take 2 GB.
        size: A name of ``SIZES``.
        minutes: Its length; it ends with a whole repeat.
    """
    work.mkdir(parents=True, exist_ok=True)
    reel, turns = work / f"reel-{size}.mp4", -(-round(minutes * 60) // REEL_SECONDS)
    if not reel.exists():
        pictures = islice(_pictures(SIZES[size]), REEL_SECONDS * FRAME_RATE)
        write_video(reel, pictures, Fraction(FRAME_RATE), sound=_sound(), encoding=_ENCODING)
    path = work / f"{size}-{turns * REEL_SECONDS}s.mp4"
    if not path.exists():
        repeat_reel(reel, path, turns)
    return path


def repeat_reel(reel: Path, path: Path, turns: int, reel_seconds: Fraction = Fraction(REEL_SECONDS)) -> None:
    """Write both streams of a file several times in a row, without decoding them."""
    with (
        av.open(str(reel)) as source,
        atomic_path(path) as temporary,
        av.open(str(temporary), "w", format="mp4") as container,
    ):
        streams = (source.streams.video[0], source.streams.audio[0])
        packets = [packet for packet in source.demux(*streams) if packet.size and _is_inside(packet, reel_seconds)]
        copies = {stream.index: container.add_stream_from_template(stream) for stream in streams}
        stamps = [
            (packet.pts or 0, packet.dts or 0, packet.time_base, copies[packet.stream.index]) for packet in packets
        ]
        for turn, (packet, stamp) in product(range(turns), zip(packets, stamps, strict=True)):
            pts, dts, time_base, packet.stream = stamp
            shift = round(turn * reel_seconds / time_base)
            packet.time_base, packet.pts, packet.dts = time_base, pts + shift, dts + shift  # the muxer rescales it
            container.mux_one(packet)


def _is_inside(packet: Packet, reel_seconds: Fraction) -> bool:
    """Not so the lead-in of AAC, which would lie in the turn before."""
    return packet.pts is not None and 0 <= packet.pts * packet.time_base < reel_seconds


def _pictures(size_hw: SizeHW) -> Iterator[np.ndarray]:
    height, width = size_hw
    for name, num_frames in _SHOTS:
        with PyAVReader(DATA / name) as reader:
            for frame in islice(reader, num_frames):
                own_height, own_width = reader.upright_hw
                scale = max(height / own_height, width / own_width)
                cover = max(height, round(own_height * scale)), max(width, round(own_width * scale))
                picture = frame.picture(cover)
                top, left = (cover[0] - height) // 2, (cover[1] - width) // 2
                yield picture[top : top + height, left : left + width]


def _sound() -> Sound:
    sound, _ = decode_sound(DATA / _SOUND_FILE, SoundSettings(_SAMPLE_RATE, mono=False))
    return sound.between(Fraction(0), Fraction(REEL_SECONDS))
