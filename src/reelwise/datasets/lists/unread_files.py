"""What lies in a data folder and was not read: how many of each kind, and how to use it."""

import os
import re
import shlex
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from reelwise.datasets.lists.folders import walk
from reelwise.media.find import is_video
from reelwise.media.frame_folders import NUMBERED, file_names, frames_among, have_one_size, read_frame_folder
from reelwise.media.suffixes import has_video_suffix

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
_FRAMES = _Kind("folder of numbered pictures", "folders of numbered pictures", (), "")
_EVEN = "'pad=ceil(iw/2)*2:ceil(ih/2)*2'"
"""H.264 takes even sizes only."""

_LIST_SUFFIXES = (".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".parquet", ".pq")
_LIST = _Kind("list", "lists", _LIST_SUFFIXES, "give one as DATA in place of the folder to use it")
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
        Such as ``"not read: 2 lists (a.csv, b.csv); give one as DATA in place of the folder to use it"``.
    """
    places = {_place(path) for path in paths_read}
    places |= {_place(frame) for path in paths_read if path.is_dir() for frame in _frames_in(path)}
    reasons: list[str] = []

    def note_closed(folder: Path, error: OSError) -> None:
        reasons.append(f"{_name(folder, root)} could not be listed: {type(error).__name__} ({error.strerror or error})")

    paths = [path for path in islice(walk(root, note_closed), _MOST_FILES) if _place(path) not in places]
    names: dict[_Kind, list[str]] = defaultdict(list)
    frame_folders, others = _take_frame_folders(paths)
    for folder, pictures in frame_folders.items():
        names[_FRAMES].append(f"{_name(folder, root)} with {len(pictures)}, {_why_no_video(folder, pictures)}")
    for number, path in enumerate(others):
        names[_kind_of(path, may_open=number < _MOST_OPENED)].append(_name(path, root))
    sentences = {kind: _sentence(kind, names[kind]) for kind in _ORDER if kind in names}
    if frame_folders:
        sentences[_FRAMES] += f"; make a video of each, at the rate of its frames, such as `{_command(frame_folders)}`"
    return [*_on_closed_folders(reasons), *sentences.values()]


def _on_closed_folders(reasons: Sequence[str]) -> list[str]:
    """A sentence on folders that could not be listed."""
    if not reasons:
        return []
    more = f", and {len(reasons) - _NUM_NAMED} more folders" if len(reasons) > _NUM_NAMED else ""
    return [f"not read: {', '.join(reasons[:_NUM_NAMED])}{more}; check their rights"]


def as_hint(sentences: Sequence[str]) -> str:
    """What was not read as the hint of an error.

    Example:
        >>> as_hint(["not read: 1 picture (a.png)", "not read: 2 lists (a.csv, b.csv)"])
        'Not read: 1 picture (a.png). Not read: 2 lists (a.csv, b.csv).'
    """
    return " ".join(f"{sentence[:1].upper()}{sentence[1:]}." for sentence in sentences)


def _command(frame_folders: Mapping[Path, Sequence[Path]]) -> str:
    """How FFmpeg makes a video of the first of the folders."""
    folder, pictures = next(iter(frame_folders.items()))
    pattern, video = shlex.quote(f"{folder}/*{pictures[0].suffix}"), shlex.quote(f"{folder}.mp4")
    return f"ffmpeg -framerate 25 -pattern_type glob -i {pattern} -vf {_EVEN} -pix_fmt yuv420p {video}"


def _frames_in(folder: Path) -> list[Path]:
    frames = read_frame_folder(folder)
    return [] if frames is None else frames.paths


def _place(path: Path) -> str:
    return os.path.normpath(path.absolute())


def _take_frame_folders(paths: Sequence[Path]) -> tuple[dict[Path, list[Path]], list[Path]]:
    """Numbered pictures by their folder, and all other files."""
    by_series: dict[tuple[Path, str, str], list[Path]] = defaultdict(list)
    for path in paths:
        if match := _NUMBERED.fullmatch(path.name):
            by_series[path.parent, match[1], match[3].lower()].append(path)
    pictures: dict[Path, list[Path]] = defaultdict(list)
    for (folder, _, _), of_series in by_series.items():
        if len(of_series) >= _FEWEST_FRAMES:
            pictures[folder] += of_series
    frames = {path for of_folder in pictures.values() for path in of_folder}
    return pictures, [path for path in paths if path not in frames]


def _why_no_video(folder: Path, pictures: Sequence[Path]) -> str:
    """Why numbered pictures are not read as one video, which such pictures are."""
    video = read_frame_folder(folder)
    if video is not None and not {path.name for path in pictures}.intersection(video.names):
        return "beside the frames of a video"
    if any(has_video_suffix(name) for name in file_names(folder)) or _has_namesake(folder):
        return "beside a video"
    frames = frames_among(path.name for path in pictures)
    if frames and not have_one_size([folder / name for name in frames]):
        return "of different sizes"
    if any(NUMBERED.fullmatch(path.name) for path in pictures):
        return "of more than one series" if not frames else "above other videos"
    return "not JPEG, PNG or TIFF"


def _has_namesake(folder: Path) -> bool:
    return any(has_video_suffix(name) and Path(name).stem == folder.name for name in file_names(folder.parent))


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
    return path.name if path == root else path.relative_to(root).as_posix()


def sidecars_of(videos: Collection[Path]) -> Iterator[Path]:
    """Paths of the JSON files that are read beside videos, whether they are there or not."""
    for video in (path for path in videos if path.name):
        yield video.with_name(f"{video.name}.json")
        yield video.with_name(f"{video.stem}.json")
        yield video.with_name(f"{video.stem}.info.json")
