"""One tiny run, made by the command itself, for all contract tests that need a trained model."""

import contextlib
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from reelwise.media.synthetic import Style, write_audio_visual_set, write_motion_set


@dataclass(frozen=True)
class TinyRun:
    """A finished ``reelwise train --json``: its clips, its folder, and all that stood on stdout."""

    clips: Path
    path: Path
    cache: Path
    document: dict[str, Any]


@pytest.fixture(scope="session")
def tiny_run(tmp_path_factory: pytest.TempPathFactory) -> TinyRun:
    """18 clips of three motions, and a model that looked at them for two epochs; the tested model is handed over."""
    folder = tmp_path_factory.mktemp("commands")
    clips = folder / "clips"
    write_motion_set(clips, 18, 0, style=Style(size=48, num_frames=10, num_groups=6), labels=("bounce", "down", "up"))
    return _train(folder, "--model", "cnn_lstm")


@pytest.fixture(scope="session")
def fused_run(tmp_path_factory: pytest.TempPathFactory) -> TinyRun:
    """24 clips, some without sound, and a model of frames, sound and metadata."""
    folder = tmp_path_factory.mktemp("fused")
    style = Style(size=48, num_frames=10, frame_rate=24.0, num_groups=6)
    write_audio_visual_set(folder / "clips", 24, 0, "both", style=style, without_sound=0.3)
    return _train(folder, "--model", "motion", "--modalities", "frames,sound,metadata", "--fusion", "attention")


def _train(folder: Path, *options: str) -> TinyRun:
    from reelwise.cli.main import run

    clips, path, cache = folder / "clips", folder / "run", folder / "cache"
    arguments = ["train", str(clips), "--out", str(path), "--cache-dir", str(cache), "--json", "--no-refit"]
    arguments += ["--size", "32", "--num-frames", "8", "--epochs", "2", "--batch-size", "6", *options]
    stdout = io.StringIO()
    with contextlib.redirect_stdout(stdout):
        assert run(arguments) == 0
    return TinyRun(clips, path, cache, json.loads(stdout.getvalue()))
