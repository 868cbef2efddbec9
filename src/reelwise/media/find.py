"""Finds videos in a folder by their first bytes; other files with a video's suffix are listed too and refused later."""

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from reelwise.media.animations import has_several_pictures, is_picture_format
from reelwise.media.frame_folders import frames_among, read_frame_folder
from reelwise.media.suffixes import VIDEO_SUFFIXES, has_video_suffix

_STARTS = (
    b"\x1a\x45\xdf\xa3",  # Matroska, WebM
    b"\x00\x00\x01\xba",  # MPEG program stream
    b"\x00\x00\x01\xb3",  # MPEG-1 and 2 video
    b"\x00\x00\x01\xb0",  # MPEG-4 part 2
    b"\x00\x00\x00\x01\x67",  # H.264, sequence parameters
    b"\x00\x00\x01\x67",
    b"\x00\x00\x00\x01\x27",
    b"\x00\x00\x00\x01\x09",  # H.264, delimiter
    b"\x00\x00\x00\x01\x40\x01",  # HEVC, video parameters
    b"\x00\x00\x01\x40\x01",
    b"\x00\x00\x00\x01\x46\x01",  # HEVC, delimiter
    b"DKIF",
    b"FLV\x01",
    b"YUV4MPEG2 ",
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11",  # ASF
    b"\x1f\x07\x00\x3f",  # DV, header of the first sequence, 525 lines
    b"\x1f\x07\x00\xbf",  # DV, 625 lines
)
"""First bytes of containers and raw streams. Source: the specifications of the formats."""

_BOXES = (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"styp")
"""Types of boxes that an MP4 or QuickTime file may start with. Source: ISO/IEC 14496-12."""

_NOT_MOVING = (b"M4A ", b"M4B ", b"heic", b"heix", b"mif1", b"avif", b"crx ")
"""Brands of MP4 files that hold sound or still pictures: they are no videos."""

_HEAD_BYTES = 4096
"""Bytes that are read of each file: one block of a disk, and more than ten packets of a transport stream."""


def find_videos(root: Path, on_error: Callable[[OSError], None] | None = None) -> list[Path]:
    """All files under a folder that are videos by content, and those that only their suffix calls videos.

    The latter (a web page named ``.mp4``, an empty file) are refused later, each with its reason. Hidden files and
    folders are left out; linked folders are entered once. A folder of numbered pictures is one video, unless it has
    videos below it, or one of its name beside it, from which the pictures may have been taken.

    Args:
        root: A folder, or one file, which is returned as it is.
        on_error: Called where a folder cannot be listed, with its name in the error; what it holds is left out.

    Returns:
        Paths that start with ``root``, sorted.
    """
    root = Path(root)
    if not root.is_dir():
        return [root]
    videos, frame_folders = _videos_and_frame_folders(root, on_error)
    above = {folder for video in (*videos, *frame_folders) for folder in video.parents}
    return sorted((*videos, *(folder for folder in frame_folders if folder not in above)))


def is_video(path: Path) -> bool:
    """Whether the first bytes are those of a video container or stream; nothing is decoded, no pipe is opened."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return False
        with path.open("rb") as stream:
            head = stream.read(_HEAD_BYTES)
            if is_picture_format(head):
                return has_several_pictures(stream, head)
    except OSError:
        return False
    return _starts_like_video(head) or _is_transport_stream(head)


def _starts_like_video(head: bytes) -> bool:
    if head[4:8] in _BOXES:
        return head[8:12] not in _NOT_MOVING
    if head[:4] == b"RIFF":
        return head[8:12] in (b"AVI ", b"AVIX")
    if head[:4] == b"OggS":
        return b"theora" in head or b"video" in head
    return head.startswith(_STARTS)


def _is_transport_stream(head: bytes) -> bool:
    """Whether a sync byte comes every 188, 192 or 204 bytes, even if other bytes come before the first."""
    for size in (188, 192, 204):
        for offset in range(min(size, len(head))):
            marks = head[offset::size]
            # Five in a row: other data has them by chance in one of 10^12 places.
            if len(marks) >= 5 and marks[:5] == b"\x47" * 5:
                return True
    return False


def _videos_and_frame_folders(root: Path, on_error: Callable[[OSError], None] | None) -> tuple[list[Path], list[Path]]:
    videos: list[Path] = []
    frame_folders: list[Path] = []
    has_namesake: set[Path] = set()
    for folder, names in _folders(root, on_error):
        frames = read_frame_folder(folder) if frames_among(names) and folder not in has_namesake else None
        if frames is not None:
            frame_folders.append(folder)
        pictures = frozenset(() if frames is None else frames.names)
        paths = [folder / name for name in names if name not in pictures]
        videos += [path for path in paths if path.suffix.lower() in VIDEO_SUFFIXES or is_video(path)]
        has_namesake.update(path.with_suffix("") for path in paths if has_video_suffix(path.name))
    return videos, frame_folders


def _folders(root: Path, on_error: Callable[[OSError], None] | None) -> Iterator[tuple[Path, list[str]]]:
    """Folders from the upper to the lower, with the names of their files."""
    entered_folders: set[str] = set()
    for folder, folders, files in os.walk(root, onerror=on_error, followlinks=True):
        real = os.path.realpath(folder)
        if real in entered_folders:
            folders.clear()
            continue
        entered_folders.add(real)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield Path(folder), [name for name in files if not name.startswith(".")]
