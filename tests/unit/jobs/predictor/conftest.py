"""A flat folder of short videos without labels, and one run on it that the tests of this folder share."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from square_videos import SMALL, short_network, write_flat

from reelwise.jobs.api import train
from reelwise.jobs.runs.folder import Run


@pytest.fixture(scope="session")
def flat(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten videos of 16 frames, and a file that is none."""
    folder = write_flat(tmp_path_factory.mktemp("flat"), 10)
    (folder / "broken.mp4").write_bytes(b"no video")
    return folder


@pytest.fixture(scope="module", autouse=True)
def small_network() -> Iterator[None]:
    """In all tests of this folder; the fixtures of a session come before it."""
    with short_network():
        yield


@pytest.fixture(scope="session")
def trained(flat: Path, cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A finished run."""
    with short_network():
        return train(flat, out=tmp_path_factory.mktemp("runs") / "flat", cache_dir=cache, **SMALL)
