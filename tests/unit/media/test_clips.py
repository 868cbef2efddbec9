"""Clips written by a worker: as those of the same process, and refused like every file."""

from fractions import Fraction
from pathlib import Path

import crafted
import pytest

from reelwise.core.errors import VideoError
from reelwise.media.clips import ClipPlan, CopyResult, SplitPlan, write_clips
from reelwise.media.readers.scan import scan_video


def test_a_worker_writes_clips_with_sound(tmp_path: Path) -> None:
    video = crafted.make_video(tmp_path / "a.mp4", sound=True)
    step = 512  # ticks of a frame at 25 frames per second in 1/12800
    clips = tuple(ClipPlan(a, b, a * step, b * step, tmp_path / "clips" / f"{a}.mp4") for a, b in ((0, 7), (7, 30)))
    assert write_clips(video, SplitPlan(0, Fraction(1, 12_800), clips)) == CopyResult(30)
    facts = [scan_video(clip.output) for clip in clips]
    assert [each.num_frames for each in facts] == [7, 23]
    assert [each.sound.codec for each in facts if each.sound] == ["aac", "aac"]
    assert sorted(path.name for path in (tmp_path / "clips").iterdir()) == ["0.mp4", "7.mp4"]


def test_a_source_that_is_refused_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_text("no video")
    clip = ClipPlan(0, 1, 0, 1, tmp_path / "clips" / "0.mp4")
    with pytest.raises(VideoError, match="is a text"):
        write_clips(tmp_path / "a.mp4", SplitPlan(0, Fraction(1, 25), (clip,)))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [tmp_path / "a.mp4"]
