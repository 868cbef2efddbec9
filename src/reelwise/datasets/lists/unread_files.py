"""What lies in a data folder and was not read: how many of each kind, and how to use it."""

import os
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from reelwise.datasets.lists.folders import walk
from reelwise.media.find import has_video_suffix, is_video

_MOST_FILES = 2_000_000
_MOST_OPENED = 2000
"""Files of which the first bytes are read to know what they are; of more the suffix decides."""

_NUM_NAMED = 3
_FEWEST_FRAMES = 5
"""Numbered pictures in a folder that are frames of a video rather than pictures on their own."""

_NUMBERED = re.compile(r"(.*?)(\d+)\.(jpe?g|png|bmp|tiff?|webp|ppm|pgm)", re.IGNORECASE)


@dataclass(frozen=True)
class _Kind:
    """A kind of files that are not read.

    Args:
        one: What one is called.
        several: What several are called.
        suffixes: By which they are known.
        use: How to use them, as the end of a sentence.
    """

    one: str
    several: str
    suffixes: tuple[str, ...]
    use: str


_VIDEO = _Kind("video", "videos", (), "the list in this folder does not name it")
_FRAMES = _Kind(
    "folder of numbered pictures",
    "folders of numbered pictures",
    (),
    "make a video of each, such as `ffmpeg -framerate 25 -pattern_type glob -i 'FOLDER/*.jpg' FOLDER.mp4`",
)
_LIST_SUFFIXES = (".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".parquet", ".pq")
_LIST = _Kind("list", "lists", _LIST_SUFFIXES, "give one as DATA in place of the folder, or call it labels.csv")
_TEXT_LIST = _Kind("text list", "text lists", (), "give one as DATA if its lines are `path label`")
_PICTURE = _Kind(
    "picture",
    "pictures",
    (".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp", ".gif", ".apng", ".heic", ".avif", ".ppm", ".pgm"),
    "a video has several pictures",
)
_ANIMATION = _Kind(
    "WebP animation", "WebP animations", (), "save each as GIF or MP4, since FFmpeg reads no moving WebP"
)
_KINDS = (
    _LIST,
    _Kind("spreadsheet", "spreadsheets", (".xlsx", ".xls", ".ods", ".numbers"), "save it as CSV and give that as DATA"),
    _Kind(
        "archive",
        "archives",
        (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar", ".zst"),
        "unpack it to use what is in it",
    ),
    _PICTURE,
    _Kind(
        "sound file",
        "sound files",
        (".wav", ".mp3", ".flac", ".ogg", ".oga", ".opus", ".m4a", ".aac", ".wma", ".aif", ".aiff"),
        "sound is read from the tracks of videos",
    ),
    _Kind(
        "file of arrays",
        "files of arrays",
        (".npy", ".npz", ".h5", ".hdf5", ".mat", ".pkl", ".pickle", ".pt", ".pth", ".tfrecord", ".lmdb"),
        "write the frames as videos to use them",
    ),
    _Kind("medical scan", "medical scans", (".dcm", ".dicom", ".nii", ".nrrd", ".mha"), "save it as MP4 or GIF"),
)
_OTHER = _Kind("other file", "other files", (), "")
_ORDER = (_VIDEO, _FRAMES, _ANIMATION, _TEXT_LIST, *_KINDS, _OTHER)


def unread_files(root: Path, paths_read: Collection[Path]) -> list[str]:
    """A sentence for a person on each kind of files under a folder that were not read.

    Args:
        root: The data folder.
        paths_read: Videos, lists and JSON files that were read.

    Returns:
        Such as ``"not read: 2 lists (a.csv, b.csv); give one as DATA in place of the folder, or call it labels.csv"``.
    """
    places = {_place(path) for path in paths_read}
    paths = [path for path in islice(walk(root), _MOST_FILES) if _place(path) not in places]
    names: dict[_Kind, list[str]] = defaultdict(list)
    frame_folders, others = _take_frame_folders(paths)
    for folder, count in frame_folders:
        names[_FRAMES].append(f"{_name(folder, root)} with {count}")
    for number, path in enumerate(others):
        names[_kind_of(path, may_open=number < _MOST_OPENED)].append(_name(path, root))
    return [_sentence(kind, names[kind]) for kind in _ORDER if kind in names]


def _place(path: Path) -> str:
    return os.path.normpath(path.absolute())


def _take_frame_folders(paths: Sequence[Path]) -> tuple[list[tuple[Path, int]], list[Path]]:
    """Folders of numbered pictures with their numbers of pictures, and all other files."""
    by_series: dict[tuple[Path, str, str], list[Path]] = defaultdict(list)
    for path in paths:
        if match := _NUMBERED.fullmatch(path.name):
            by_series[path.parent, match[1], match[3].lower()].append(path)
    series = {key: of_key for key, of_key in by_series.items() if len(of_key) >= _FEWEST_FRAMES}
    frames = {path for of_key in series.values() for path in of_key}
    counts: dict[Path, int] = defaultdict(int)
    for (folder, _, _), of_key in series.items():
        counts[folder] += len(of_key)
    return list(counts.items()), [path for path in paths if path not in frames]


def _kind_of(path: Path, *, may_open: bool) -> _Kind:
    suffix = path.suffix.lower()
    if has_video_suffix(path.name) and suffix != ".gif":
        return _VIDEO
    if suffix == ".webp" and may_open and _is_moving_webp(path):
        return _ANIMATION
    if suffix == ".txt" and may_open and _is_text_list(path):
        return _TEXT_LIST
    kind = next((kind for kind in _KINDS if suffix in kind.suffixes), None)
    if may_open and (kind is None or kind is _PICTURE) and is_video(path):
        return _VIDEO
    return kind or _OTHER


def _is_moving_webp(path: Path) -> bool:
    """Whether a WebP file has the flag of an animation. Source: the WebP container specification, "VP8X"."""
    head = _head(path, 21)
    return len(head) == 21 and head[8:16] == b"WEBPVP8X" and bool(head[20] & 2)


def _is_text_list(path: Path) -> bool:
    """Whether a word of the first line ends as the names of videos do."""
    words = _head(path, 4096).decode("utf-8", "replace").strip().partition("\n")[0].replace(",", " ").split()
    return any(map(has_video_suffix, words))


def _head(path: Path, num_bytes: int) -> bytes:
    try:
        if not path.is_file():
            return b""
        with path.open("rb") as stream:
            return stream.read(num_bytes)
    except OSError:
        return b""


def _sentence(kind: _Kind, names: Sequence[str]) -> str:
    count = f"1 {kind.one}" if len(names) == 1 else f"{len(names)} {kind.several}"
    more = ", …" if len(names) > _NUM_NAMED else ""
    text = f"not read: {count} ({', '.join(names[:_NUM_NAMED])}{more})"
    return f"{text}; {kind.use}" if kind.use else text


def _name(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


def sidecars_of(videos: Collection[Path]) -> Iterator[Path]:
    """Paths of the JSON files that are read beside videos, whether they are there or not."""
    for video in (path for path in videos if path.name):
        yield video.with_name(f"{video.name}.json")
        yield video.with_name(f"{video.stem}.json")
        yield video.with_name(f"{video.stem}.info.json")
