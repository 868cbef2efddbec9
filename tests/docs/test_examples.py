"""The example runs as it is told to, on a small set."""

import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]


def test_first_steps(tmp_path: Path) -> None:
    from reelwise.media.synthetic import Style, write_motion_set

    write_motion_set(tmp_path / "clips", num_clips=16, seed=2, style=Style(size=48, num_frames=24))
    command = [sys.executable, REPOSITORY / "examples" / "first_steps.py", tmp_path / "clips", "--out", tmp_path]
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "REELWISE_CACHE": str(tmp_path / "cache")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("16 videos of")
    assert sum("the same as before saving" in line for line in lines) == 3
    assert "NOT" not in done.stdout
    assert {path.name for path in tmp_path.iterdir()} == {
        "cache",
        "clips",
        "first_steps.h5",
        "first_steps.keras",
        "lstm.h5",
    }


def lay_out(clone: Path, target: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, REPOSITORY / "examples" / "lay_out_actions.py", clone, target]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_public_clips_are_laid_out_in_class_folders(tmp_path: Path) -> None:
    for number, name in enumerate(("2_1_0.avi", "11_2_0.avi", "9_12_5.avi", "3_1_6.avi")):
        path = tmp_path / "clone" / f"ut-interaction_segmented_set{1 + number // 2}" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"clip")
    assert lay_out(tmp_path / "clone", tmp_path / "actions").stdout.startswith("3 clips of 3 recordings")
    assert (tmp_path / "actions" / "labels.csv").read_text().splitlines() == [
        "file,label,group,camera_set",
        "handshake/2_1_0.avi,handshake,seq01,set1",
        "handshake/11_2_0.avi,handshake,seq02,set1",
        "push/9_12_5.avi,push,seq12,set2",
    ]
    assert (tmp_path / "actions" / "push" / "9_12_5.avi").read_bytes() == b"clip"


def test_laying_out_twice_or_from_nothing_is_refused(tmp_path: Path) -> None:
    assert "no clips below" in lay_out(tmp_path / "empty", tmp_path / "actions").stderr
    assert not (tmp_path / "actions").exists()


@pytest.mark.real
def test_the_list_is_that_of_the_real_clips(real_data: Path, tmp_path: Path) -> None:
    """The numbers in README were taken with this list; the order of its rows decides the splits."""
    for path in (real_data / "actions").rglob("*.avi"):
        copy = tmp_path / "clone" / "ut-interaction_segmented_set1" / path.name
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.touch()
    lay_out(tmp_path / "clone", tmp_path / "actions")
    expected = (real_data / "actions" / "labels.csv").read_text(encoding="utf-8")
    assert (tmp_path / "actions" / "labels.csv").read_text(encoding="utf-8").split() == expected.split()
