"""Every code block of the README and the guides runs, in order, in a folder with a small set of clips."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
PAGES = [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs" / "guides").glob("*.md"))]
BLOCK = re.compile(r"^```(bash|python)\n(.*?)^```", re.MULTILINE | re.DOTALL)
# Blocks that stand for a whole machine's work and are run by CI itself.
RUN_BY_CI = ("make demo", "make test")
ABOUT_SOUND = ("sound", "metadata")
"""Pages whose clips all have sound. A model reads it where most clips have some, and then costs twice as much."""


def blocks_of(page: Path) -> list[tuple[str, str]]:
    return BLOCK.findall(page.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def sounding(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from reelwise.media.synthetic import write_motion_set

    folder = tmp_path_factory.mktemp("docs") / "clips"
    write_motion_set(folder, num_clips=24, seed=1)
    return folder


@pytest.fixture(scope="module")
def clips(sounding: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same clips, without sound but for those of one class."""
    from reelwise.media.writers.repeat import repeat_packets

    folder = tmp_path_factory.mktemp("docs") / "clips"
    shutil.copytree(sounding, folder)
    for path in folder.glob("*/*.mp4"):
        if path.parent.name != "bounce":
            repeat_packets(sounding / path.relative_to(folder), path, 1)  # of the pictures alone
    return folder


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_blocks_of_a_page_run(page: Path, clips: Path, sounding: Path, tmp_path: Path) -> None:
    (tmp_path / "clips").symlink_to(sounding if page.stem in ABOUT_SOUND else clips)
    for language, text in blocks_of(page):
        if any(command in text for command in RUN_BY_CI):
            continue
        # `reelwise` in the blocks is the one of this environment.
        path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
        command = ["bash", "-euc", text] if language == "bash" else [sys.executable, "-c", text]
        environment = {"PATH": path, "HOME": str(tmp_path), "REELWISE_CACHE": str(tmp_path / "cache")}
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{page.name}:\n{text}\n{done.stderr[-3000:]}"
