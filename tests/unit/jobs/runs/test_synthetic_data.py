"""Sets that DATA names are made once, each with as many clips as its kind needs."""

from dataclasses import replace
from pathlib import Path

import pytest

from reelwise.core.progress import Silent
from reelwise.jobs.runs.synthetic_data import data_folder
from reelwise.media.find import find_videos
from reelwise.media.synthetic import KINDS, Style


def test_a_set_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = replace(KINDS["moving_digit"], num_clips=7, style=Style(size=16, num_frames=2, noise=0.0))
    monkeypatch.setitem(KINDS, "moving_digit", small)
    folder = Path(data_folder("synthetic:moving_digit", tmp_path, 3, Silent()))
    assert folder == tmp_path / "synthetic" / "moving_digit-7-3"
    videos = find_videos(folder)
    assert len(videos) == 7
    times = [path.stat().st_mtime_ns for path in videos]
    assert data_folder("synthetic:moving_digit", tmp_path, 3, Silent()) == str(folder)
    assert times == [path.stat().st_mtime_ns for path in videos]
    assert data_folder("clips", tmp_path, 3, Silent()) == "clips"
