"""Suffixes by which names of videos are known."""

from pathlib import PurePath

VIDEO_SUFFIXES = frozenset(
    (
        *(".mp4", ".m4v", ".mov", ".qt", ".3gp", ".3g2", ".mj2", ".mkv", ".webm"),
        *(".avi", ".divx", ".ts", ".mts", ".m2ts", ".mpg", ".mpeg", ".mpe", ".m2v"),
        *(".m1v", ".vob", ".ps", ".h264", ".264", ".h265", ".265", ".hevc", ".ivf"),
        *(".flv", ".f4v", ".ogv", ".wmv", ".asf", ".mxf", ".rm", ".rmvb", ".dv"),
    )
)
"""Suffixes of video containers. A file with one of them that is no video deserves a reason, not silence."""

_ALSO_PICTURES = frozenset((".gif", ".apng", ".y4m"))
"""Suffixes of videos that may hold a single picture; only their content says so."""


def has_video_suffix(name: str) -> bool:
    """Whether a name ends as those of videos do.

    Example:
        >>> has_video_suffix("walk/A.MP4"), has_video_suffix("v_1.5"), has_video_suffix("notes.txt")
        (True, False, False)
    """
    return PurePath(name).suffix.lower() in VIDEO_SUFFIXES | _ALSO_PICTURES
