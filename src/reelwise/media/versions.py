"""Which FFmpeg is inside of PyAV and OpenCV; wheels bring their own, and say so nowhere else."""

import re


def ffmpeg_version() -> str:
    """FFmpeg's version inside of PyAV, such as ``8.1.2``."""
    import av

    return str(getattr(av, "ffmpeg_version_info", "unknown"))


def opencv_codec_version() -> str:
    """The version of libavcodec inside of OpenCV, such as ``62.28.102``; FFmpeg's own is not recorded there."""
    import cv2

    found = re.search(r"avcodec:\s*YES \(([\d.]+)\)", cv2.getBuildInformation())
    return found[1] if found else "unknown"
