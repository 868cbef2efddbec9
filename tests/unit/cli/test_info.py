"""``info`` shows pictures to people in a terminal and to nobody else."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from reelwise.media.synthetic import Style, write_audio_visual_set


@pytest.fixture(scope="module")
def clip(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("info")
    write_audio_visual_set(root, 1, 0, "sound", style=Style(size=48, num_frames=10))
    return next(root.rglob("*.mp4"))


def shown(clip: Path, *flags: str, **environment: str) -> str:
    """What the command writes to a terminal of 60 columns."""
    base = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "COLORTERM", "COLUMNS")}
    environment = base | {"TERM": "xterm-256color", "COLUMNS": "60"} | environment
    parent, child = pty.openpty()
    command = [sys.executable, "-m", "reelwise", "info", str(clip), *flags]
    process = subprocess.Popen(command, stdout=child, stderr=subprocess.DEVNULL, env=environment)
    os.close(child)
    data = b""
    while True:
        try:
            piece = os.read(parent, 1 << 16)
        except OSError:
            break
        if not piece:
            break
        data += piece
    os.close(parent)
    assert process.wait() == 0
    return data.decode()


@pytest.mark.parametrize("colours", [{"COLORTERM": "truecolor"}, {}])
def test_a_terminal_with_colours_shows_pictures_and_sound(clip, colours):
    text = shown(clip, **colours)
    assert text.count("▀") > 60 * 10
    assert ("38;2;" in text) == bool(colours)
    assert "LUFS" in text


@pytest.mark.parametrize(
    ("flags", "environment"),
    [(["--json"], {}), (["--quiet"], {}), ([], {"NO_COLOR": "1"}), ([], {"TERM": "dumb"}), ([], {"COLUMNS": "39"})],
)
def test_no_pictures_for_who_cannot_or_would_not_see_them(clip, flags, environment):
    assert "▀" not in shown(clip, *flags, **environment)


def test_no_pictures_in_a_pipe(clip):
    done = subprocess.run([sys.executable, "-m", "reelwise", "info", str(clip)], capture_output=True, check=True)
    assert "▀" not in done.stdout.decode()
    assert b"\x1b" not in done.stdout


def test_it_loads_nothing_heavy(clip, tmp_path):
    code = f"""
import sys
from reelwise.cli.main import run
status = run(["info", {str(clip)!r}, "--out", "page.html"])
heavy = {{"keras", "tensorflow", "jax", "torch", "sklearn", "matplotlib"}} & set(sys.modules)
assert not heavy, heavy
raise SystemExit(status)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "page.html").is_file()
