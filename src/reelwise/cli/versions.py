"""``reelwise --version --verbose``: what is installed, and which of it has known faults."""

import importlib.metadata
import importlib.util
import platform
import sys

SAFE_FFMPEG = (8, 1, 2)
BAD_OPENCV = ("5.0.0.93",)
PACKAGES = ("keras", "tensorflow-cpu", "tensorflow", "jax", "torch", "numpy", "av", "opencv-python-headless",
            "scikit-learn", "pydantic", "safetensors", "h5py")  # fmt: skip


def print_versions(verbose: bool) -> None:
    """Print Reelwise's version, and with ``verbose`` those of everything that decodes or computes."""
    print(f"reelwise {importlib.metadata.version('reelwise')}")
    if not verbose:
        return
    print(f"python {platform.python_version()} on {platform.platform()}")
    for name in PACKAGES:
        if version := _version_of(name):
            print(f"{name} {version}")
    _print_ffmpeg()
    _print_restrictions()


def _print_restrictions() -> None:
    from reelwise.media.workers.pool import find_restrictions
    from reelwise.media.workers.sandbox import what_is_missing

    restrictions = find_restrictions()
    print(f"decoding processes: {', '.join(restrictions) or 'not held'}")
    if missing := what_is_missing(restrictions):
        print(f"warning: {missing}", file=sys.stderr)


def _print_ffmpeg() -> None:
    from reelwise.media.versions import ffmpeg_version, opencv_codec_version

    version = ffmpeg_version()
    print(f"ffmpeg {version} (inside of av)")
    print(f"libavcodec {opencv_codec_version()} (inside of opencv)")
    if (numbers := _numbers(version)) and numbers < SAFE_FFMPEG:
        safe_version = ".".join(map(str, SAFE_FFMPEG))
        print(
            f"warning: FFmpeg {version} is older than {safe_version}, which mends CVE-2026-8461: update av.",
            file=sys.stderr,
        )
    if (opencv := _version_of("opencv-python-headless")) in BAD_OPENCV:
        text = f"warning: OpenCV {opencv} brings an FFmpeg with CVE-2026-8461: use 4.14."
        print(text, file=sys.stderr)


def _version_of(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _numbers(version: str) -> tuple[int, ...]:
    parts = version.lstrip("n").split("-")[0].split(".")
    return tuple(int(part) for part in parts if part.isdigit())
