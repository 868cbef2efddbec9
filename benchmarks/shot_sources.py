"""Real single takes that the benchmark of shots is made of; none of them may train the detector."""

import itertools
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from reelwise.media.readers.pyav_reader import PyAVReader
from reelwise.media.readers.reader import SizeHW

DATA = Path(os.environ.get("REELWISE_REAL_DATA", Path(__file__).parents[2] / "shared" / "data"))
SIZE_HW: SizeHW = (360, 640)
"""Height and width of every frame of the benchmark: "360p"."""
MAX_FRAMES = 360
"""Most frames that are taken of one source: 8 s at 30 frames a second and two transitions of two seconds."""

TRAINING_FILES = frozenset(
    {
        "audiovisual/scenes/house6.mp4",
        "long/surveillance/bottle-detection.mp4",
        "long/surveillance/one-by-one-person-detection.mp4",
    }
)
"""Files that the shipped detector may be trained on, beside clips/asl_gestures and the drewnoakes files."""

_SCENES = {
    "clips/01_dog.mp4": "dog",
    "clips/02_cups.mp4": "cups",
    "clips/bedroom.mp4": "bedroom",
    "clips/blackswan.mp4": "swan",
    "clips/small_robot.mp4": "robot",
    "audiovisual/scenes/dance.mp4": "dance",
    "audiovisual/scenes/dog_barking.mp4": "door",
    "audiovisual/scenes/example.avi": "bow",
    "audiovisual/scenes/flipping_a_pancake.mkv": "pancake",
    "audiovisual/scenes/karma.mp4": "coast",
    "audiovisual/scenes/sample_demo_22.mp4": "drums",
    "audiovisual/scenes/v_GGSY1Qvo990.mp4": "barbell",
    "audiovisual/speech/faces/1.mp4": "face 1",
    "audiovisual/speech/faces/2.mp4": "face 2",
    "audiovisual/speech/faces/3.mp4": "face 3",
    "long/no_cuts/centered_pair_small.mp4": "flies",
    "long/no_cuts/small.webm": "ride",
    "long/no_cuts/vp8_webrtc_2.webm": "meeting, standing",
    "long/no_cuts/vp9_webrtc_3.webm": "meeting, table",
    "long/surveillance/video.avi": "road",
    "long/surveillance/video02.avi": "motorway",
    "odd/alpha/dancer1.webm": "dancer",
    "odd/codecs/BA1_FT_C.264": "foreman",
    "odd/codecs/bear-vp9.webm": "bear",
    "odd/names_and_sizes/video.avi": "street",
    "odd/one_clip_many_containers/flower.mp4": "flower",
    "odd/quality_pair/carphone_pristine.mp4": "car",
}
"""File: scene. Shots of one scene are never neighbours, because a cut between them could not be seen. Left out after a
look at every frame difference: clips/demo.mp4 and cat_avc_clip.mp4 (they have cuts), codec_error_video.mp4 and
girlshy.h265 (too few frames a second to tell a cut from a movement), ultrasound and lips (no film)."""


@dataclass(frozen=True)
class Take:
    """A file that shows one scene without any boundary.

    Args:
        file: Relative to the folder of real videos, with forward slashes.
        scene: Takes of one scene look alike.
        num_frames: Frames that decode, those after ``2 * MAX_FRAMES`` not counted.
    """

    file: str
    scene: str
    num_frames: int


def list_takes(without: tuple[str, ...] = ()) -> tuple[Take, ...]:
    """Every take that the benchmark may use, sorted by file.

    Args:
        without: Folders below the real videos to leave out, such as ``clips``.
    """
    scenes = dict(_SCENES)
    scenes |= {_name(path): f"speaker {path.stem}" for path in DATA.glob("audiovisual/speech/grid/*.mpg")}
    # Subjects 2 and 3 were filmed in one room.
    subjects = {"Subject 1": "blue door", "Subject 2": "bed", "Subject 3": "bed", "Subject 4": "green wall"}
    scenes |= {_name(path): subjects[path.parts[-3]] for path in DATA.glob("falls/*/*/*.mp4")}
    # A quarter of the clips of two people: all are of two places.
    for path in sorted(DATA.glob("actions/*/*.avi"))[::4]:
        scenes[_name(path)] = "lawn" if int(path.stem.split("_")[1]) > 10 else "parking lot"
    files = sorted(file for file in scenes if file.split("/")[0] not in without)
    if overlap := TRAINING_FILES & set(files):
        raise SystemExit(f"these train the detector: {', '.join(sorted(overlap))}")
    return tuple(Take(file, scenes[file], count_frames(DATA / file)) for file in files)


def count_frames(path: Path) -> int:
    """Frames that decode, those after twice the most that are taken not counted."""
    with PyAVReader(path) as reader:
        return sum(1 for _ in itertools.islice(reader, 2 * MAX_FRAMES))


def read_take(take: Take, start: int, num_frames: int) -> np.ndarray:
    """(T, 360, 640, 3) uint8 RGB: frames of a take, scaled to fill the picture and cropped in the middle."""
    pictures: list[np.ndarray] = []
    cover: SizeHW | None = None
    with PyAVReader(DATA / take.file) as reader:
        for frame in itertools.islice(reader, start, start + num_frames):
            cover = cover or _cover(frame.image.shape[:2])
            pictures.append(_fill(frame.picture(cover)))
    return np.stack(pictures)


def _name(path: Path) -> str:
    return path.relative_to(DATA).as_posix()


def _cover(size_hw: tuple[int, ...]) -> SizeHW:
    """The least size of the same shape that covers the picture."""
    scale = max(SIZE_HW[0] / size_hw[0], SIZE_HW[1] / size_hw[1])
    return max(SIZE_HW[0], round(size_hw[0] * scale)), max(SIZE_HW[1], round(size_hw[1] * scale))


def _fill(picture: np.ndarray) -> np.ndarray:
    top, left = (picture.shape[0] - SIZE_HW[0]) // 2, (picture.shape[1] - SIZE_HW[1]) // 2
    return picture[top : top + SIZE_HW[0], left : left + SIZE_HW[1]]
