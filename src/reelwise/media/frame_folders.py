"""Folders of numbered pictures that are read as one video: which they are, their order and their rate."""

import hashlib
import json
import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice, pairwise
from pathlib import Path

from reelwise.core.files import file_sha256
from reelwise.media.frame_rates import FLAG, USUAL_FRAME_RATE, frame_rates_in_use, parse_rate
from reelwise.media.picture_sizes import picture_size
from reelwise.media.suffixes import has_video_suffix

FEWEST_FRAMES = 5
"""Numbered pictures in a folder that are frames of a video rather than pictures on their own."""

MOST_FRAMES = 2_000_000
"""Names in a folder that are read; 22 hours at 25 frames a second."""

_MOST_RATE_BYTES = 1 << 20
_NUM_MEASURED = 8
"""Pictures, spread over the folder, whose sizes are compared."""

NUMBERED = re.compile(r"(.*?)([0-9]+)\.(jpe?g|png|tiff?)", re.IGNORECASE)
"""Names of frames. FFmpeg reads pictures of other kinds too, but not as packets of one stream."""

_OTHER_MAPS = re.compile(
    r"(?:.*[^a-z])?(?:flow|depth|mask|seg|label|disp|normal)[^a-z]*(?:[xyuv][^a-z]*)?", re.IGNORECASE
)
"""Beginnings of names of pictures that show no colours: optical flow and the like beside the frames."""

_RATE_KEYS = ("frame_rate", "fps", "framerate", "frameRate", "frame-rate")
_RATE_FILES = ("info.json", "metadata.json", "seqinfo.ini")
"""Files in a folder that may say the rate; the last is that of the MOT challenge, which lies above ``img1``."""


@dataclass(frozen=True)
class FrameFolder:
    """A folder of numbered pictures, in their order.

    Args:
        folder: Where they lie.
        names: Of the pictures, by their numbers.
        frame_rate: Pictures per second.
        rate_source: What says so: the name of a file, an option or a column; empty where the usual rate is assumed.
        num_missing: Numbers between the first and the last that no picture has.
    """

    folder: Path
    names: tuple[str, ...]
    frame_rate: Fraction = USUAL_FRAME_RATE
    rate_source: str = ""
    num_missing: int = 0

    @property
    def paths(self) -> list[Path]:
        """The pictures."""
        return [self.folder / name for name in self.names]

    def num_bytes(self) -> int:
        """Bytes of all pictures; one that is gone counts as none."""
        return sum(status.st_size for status in self.statuses() if status is not None)

    def statuses(self) -> list[os.stat_result | None]:
        """What the system says of each picture; None where it says nothing."""
        return [_status(path) for path in self.paths]

    def sha256(self) -> str:
        """What the video is, in hexadecimal: the bytes of all pictures in order, and the rate.

        Raises:
            OSError: A picture cannot be read.
        """
        digest = hashlib.sha256(f"reelwise.frames/1 {self.frame_rate} {len(self.names)}\n".encode())
        for path in self.paths:
            # A FIFO would block, and is a broken picture for the reader.
            digest.update((file_sha256(path) if path.is_file() else "-").encode())
        return digest.hexdigest()

    def notes(self) -> list[str]:
        """Sentences for a person on what was assumed."""
        notes = []
        if not self.rate_source:
            mend = f'{FLAG} gives another, or {{"frame_rate": 30}} in {self.folder.name}.json beside the folder'
            notes.append(f"frame rate: {self.frame_rate} frames per second is assumed; {mend}.")
        if self.num_missing:
            between = f"between {self.names[0]} and {self.names[-1]}"
            notes.append(f"numbers: {self.num_missing} are missing {between}; the pictures follow without a pause.")
        return notes

    def to_json(self) -> bytes:
        """All of it with the sizes, for a process that cannot list the folder."""
        document = {
            "names": [os.fsencode(name).hex() for name in self.names],
            "frame_rate": str(self.frame_rate),
            "rate_source": self.rate_source,
            "num_missing": self.num_missing,
            "num_bytes": self.num_bytes(),
        }
        return json.dumps(document).encode("ascii")


def frame_folder_from_json(folder: Path, content: bytes) -> tuple[FrameFolder, int]:
    """The folder that :meth:`FrameFolder.to_json` wrote, and its bytes."""
    value = json.loads(content)
    names = tuple(os.fsdecode(bytes.fromhex(name)) for name in value["names"])
    frames = FrameFolder(folder, names, Fraction(value["frame_rate"]), value["rate_source"], value["num_missing"])
    return frames, value["num_bytes"]


def read_frame_folder(folder: Path) -> FrameFolder | None:
    """The pictures of a folder that are one video; None where there is no such folder or they are something else.

    They are a video where at least ``FEWEST_FRAMES`` of them have one name with rising numbers (``img_00001.jpg``), no
    video lies beside them, and most have one size. Pictures of optical flow, depth and masks beside them are left out.

    Args:
        folder: A folder.
    """
    names = file_names(folder)
    frames = frames_among(names)
    if not frames or any(map(has_video_suffix, names)) or not have_one_size([folder / name for name in frames]):
        return None
    rate, rate_source = _rate_of(folder, names)
    return FrameFolder(folder, tuple(frames), rate, rate_source, _num_missing(frames))


def is_frame_folder(path: Path) -> bool:
    """Whether a path is a folder of numbered pictures that are read as one video."""
    return path.is_dir() and read_frame_folder(path) is not None


def file_names(folder: Path) -> list[str]:
    """Names of the files of a folder that are not hidden; none where it cannot be listed."""
    try:
        with os.scandir(folder) as entries:
            visible = (entry.name for entry in entries if not entry.name.startswith(".") and not entry.is_dir())
            return list(islice(visible, MOST_FRAMES))
    except (OSError, ValueError):
        return []


def frames_among(names: Iterable[str]) -> list[str]:
    """The names that are frames of one video, by their numbers; none where there are too few or more than one video.

    Example:
        >>> frames_among([f"img_{number}.jpg" for number in (10, 9, 8, 7, 11)] + ["flow_x_7.jpg", "notes.txt"])
        ['img_7.jpg', 'img_8.jpg', 'img_9.jpg', 'img_10.jpg', 'img_11.jpg']
    """
    series: dict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
    for name in names:
        if match := NUMBERED.fullmatch(name):
            # Longer numbers than any count of frames are no numbers of frames; int() refuses the longest.
            series[match[1], match[3].lower()].append((int(match[2][-18:]), name))
    long_ones = {key: frames for key, frames in series.items() if len(frames) >= FEWEST_FRAMES}
    pictures = [key for key in long_ones if not _OTHER_MAPS.fullmatch(key[0])] or list(long_ones)
    if len(pictures) != 1:
        return []
    frames = long_ones[pictures[0]]
    num_loose = sum(len(others) for key, others in series.items() if key not in long_ones)
    return [name for _, name in sorted(frames)] if num_loose < len(frames) else []


def content_sha256(path: Path) -> str:
    """The SHA-256 of a video: of the bytes of a file, or of all pictures of a folder.

    Raises:
        OSError: It cannot be read.
    """
    frames = read_frame_folder(path) if path.is_dir() else None
    return file_sha256(path) if frames is None else frames.sha256()


def content_bytes(path: Path) -> int:
    """The size of a video: of a file, or of all pictures of a folder.

    Raises:
        OSError: It is not there.
    """
    frames = read_frame_folder(path) if path.is_dir() else None
    return path.stat().st_size if frames is None else frames.num_bytes()


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:
        return None


def have_one_size(paths: Sequence[Path]) -> bool:
    """Whether half of some pictures have the same size: pictures of a still data set often have none in common."""
    sample = [paths[index * (len(paths) - 1) // (_NUM_MEASURED - 1)] for index in range(_NUM_MEASURED)]
    sizes = Counter(filter(None, map(picture_size, dict.fromkeys(sample))))
    return not sizes or 2 * max(sizes.values()) >= sizes.total()


def _num_missing(names: Sequence[str]) -> int:
    matches = [NUMBERED.fullmatch(name) for name in names]
    numbers = sorted({int(match[2][-18:]) for match in matches if match})
    steps = Counter(after - before for before, after in pairwise(numbers))
    if not steps:
        return 0
    step = steps.most_common(1)[0][0]  # every tenth frame of a video is a series, too
    return max(0, (numbers[-1] - numbers[0]) // step + 1 - len(numbers))


def _rate_of(folder: Path, names: Sequence[str]) -> tuple[Fraction, str]:
    """The rate, and what says so: who runs the job, or a file beside the folder, in it, or above it."""
    rates = frame_rates_in_use()
    if (given := rates.given_for(folder)) is not None:
        return given
    beside = [folder.with_name(f"{folder.name}.json")] if folder.name else []
    inside = [folder / name for name in _RATE_FILES if name in names]
    for path in (*beside, *inside, folder.parent / "seqinfo.ini"):
        text = _short_text(path)
        rate = _rate_in(text, is_json=path.suffix == ".json") if text else None
        if rate is not None:
            return rate, path.name
    return rates.usual, rates.usual_source


def _short_text(path: Path) -> str:
    with suppress(OSError, ValueError):
        if path.is_file() and path.stat().st_size <= _MOST_RATE_BYTES:
            return path.read_bytes().decode("utf-8", "replace")
    return ""


def _rate_in(text: str, *, is_json: bool) -> Fraction | None:
    values: Mapping[str, object] = {}
    if is_json:
        with suppress(ValueError, RecursionError):
            document = json.loads(text)
            values = document if isinstance(document, dict) else {}
    else:
        values = dict(re.findall(r"^\s*(\w+)\s*=\s*(\S+)", text, re.MULTILINE))
    return next((rate for key in _RATE_KEYS if (rate := parse_rate(values.get(key))) is not None), None)
