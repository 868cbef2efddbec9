"""``reelwise --version --verbose``: what is installed, and what of it is known to be bad."""

import importlib.metadata
import importlib.util
import platform
import sys

SAFE_FFMPEG = (8, 1, 2)
PACKAGES = ("keras", "tensorflow-cpu", "tensorflow", "jax", "torch", "numpy", "av", "opencv-python-headless",
            "scikit-learn", "pydantic", "safetensors", "h5py")  # fmt: skip


def print_versions(verbose: bool) -> None:
    """Print Reelwise's version, and with ``verbose`` those of everything that decodes or computes."""
    print(f"reelwise {importlib.metadata.version('reelwise')}")
    if not verbose:
        return
    print(f"python {platform.python_version()} on {platform.platform()}")
    for name in PACKAGES:
        try:
            print(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    _print_ffmpeg()


def _print_ffmpeg() -> None:
    from reelwise.media.versions import ffmpeg_version, opencv_ffmpeg_version

    found = {"PyAV's FFmpeg": ffmpeg_version(), "OpenCV's FFmpeg": opencv_ffmpeg_version()}
    for name, version in found.items():
        print(f"{name} {version}")
        if (numbers := _numbers(version)) and numbers < SAFE_FFMPEG:
            wanted = ".".join(map(str, SAFE_FFMPEG))
            print(f"warning: {name} is {version}; {wanted} mends CVE-2026-8461. Upgrade it.", file=sys.stderr)


def _numbers(version: str) -> tuple[int, ...]:
    parts = version.lstrip("n").split("-")[0].split(".")
    return tuple(int(part) for part in parts if part.isdigit())
