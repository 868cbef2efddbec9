"""Which FFmpeg is inside of PyAV and OpenCV; wheels bring their own, and say so nowhere else."""

import re

DECODE_VERSION = 2
"""Raised whenever the same file and settings would give other frames or times, so that caches are made anew."""


def ffmpeg_version() -> str:
    """FFmpeg's version inside of PyAV, such as ``8.1.2``."""
    import av

    return str(getattr(av, "ffmpeg_version_info", "unknown"))


def opencv_codec_version() -> str:
    """The version of libavcodec inside of OpenCV, such as ``62.28.102``; FFmpeg's own is not recorded there."""
    import cv2

    match = re.search(r"avcodec:\s*YES \(([\d.]+)\)", cv2.getBuildInformation())
    return match[1] if match else "unknown"
