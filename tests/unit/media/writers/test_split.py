"""Clips of a video: their own frames at their own times, and their sound in step."""

import itertools
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import crafted
import numpy as np
import pytest
from flash_and_click import FlashAndClick, uneven_pts, write_flash_and_click
from frame_numbers import read_number
from sound_files import Track, make_sounding, tone

from reelwise.core.errors import UsageError, VideoError
from reelwise.media.readers.pyav_reader import PyAVReader
from reelwise.media.readers.scan import scan_video
from reelwise.media.sound.decode import decode_sound
from reelwise.media.sound.track import SoundSettings
from reelwise.media.writers.clip_plan import ClipPlan, SplitPlan
from reelwise.media.writers.split import split_video

BOUNDARIES = (0, 1, 2, 9, 10, 29, 30)


def plan_of(video: Path, folder: Path, boundaries: tuple[int, ...] = BOUNDARIES) -> SplitPlan:
    """A clip from each boundary to the next, with the times that the reader gives."""
    with PyAVReader(video) as reader:
        pts = [frame.pts for frame in reader]
        pts.append(reader.end_pts)
        time_base = reader.time_base
    spans = itertools.pairwise(boundaries)
    clips = (ClipPlan(a, b, pts[a], pts[b], folder / f"{a}.mp4") for a, b in spans)
    return SplitPlan(pts[0], time_base, tuple(clips))


def read_clip(path: Path) -> tuple[list[int], list[Fraction]]:
    """The painted numbers of a clip, and its times in seconds with the end."""
    with PyAVReader(path) as reader:
        frames = [(read_number(frame.image), (frame.pts - reader.start_pts) * reader.time_base) for frame in reader]
        end = (reader.end_pts - reader.start_pts) * reader.time_base
    return [number for number, _ in frames], [*(time for _, time in frames), end]


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.mp4", {}),
        ("a.mkv", {"pts": lambda index: index * index + 3 * index}),
        ("a.mp4", {"rate": 30, "time_base": Fraction(1001, 30_000)}),
        ("a.mp4", {"options": {"preset": "medium", "crf": "18"}, "size_hw": (49, 65)}),
    ],
)
def test_a_clip_holds_its_own_frames_at_their_times(name: str, options: dict, tmp_path: Path) -> None:
    if "size_hw" in options:
        options = options | {"pix_fmt": "yuv444p"}
    video = crafted.make_video(tmp_path / name, **options)
    plan = plan_of(video, tmp_path / "clips")
    assert split_video(video, plan).num_frames == 30
    _, times = read_clip(video)
    for clip in plan.clips:
        numbers, clip_times = read_clip(clip.output)
        assert numbers == list(range(clip.start_frame, clip.end_frame))
        expected = [time - times[clip.start_frame] for time in times[clip.start_frame : clip.end_frame + 1]]
        assert all(abs(a - b) < Fraction(1, 10_000) for a, b in zip(clip_times, expected, strict=True))


def test_frames_between_clips_are_in_none(tmp_path: Path) -> None:
    video = crafted.make_video(tmp_path / "a.mp4")
    plan = plan_of(video, tmp_path / "clips")
    plan = replace(plan, clips=(plan.clips[1], plan.clips[4]))
    assert split_video(video, plan).num_frames == 20
    assert [read_clip(clip.output)[0] for clip in plan.clips] == [[1], list(range(10, 29))]
    assert sorted(path.name for path in (tmp_path / "clips").iterdir()) == ["1.mp4", "10.mp4"]


@pytest.mark.parametrize("sound_start", [Fraction(0), Fraction(1, 3)])
@pytest.mark.parametrize(
    ("pts", "time_base"),
    [(range(60), Fraction(1001, 30_000)), (uneven_pts(60, seed=3), Fraction(1, 1000)), (range(60), Fraction(1, 50))],
)
def test_the_sound_of_a_clip_is_in_step(pts, time_base: Fraction, sound_start: Fraction, tmp_path: Path) -> None:
    flash = FlashAndClick(pts, time_base, flash=47, sound_start=sound_start)
    write_flash_and_click(tmp_path / "a.mp4", flash)
    plan = plan_of(tmp_path / "a.mp4", tmp_path / "clips", (0, 20, 41, 60))
    split_video(tmp_path / "a.mp4", plan)
    clip = plan.clips[2]
    sound, _ = decode_sound(clip.output, SoundSettings(48_000))
    with PyAVReader(clip.output) as reader:
        brightness = [(frame.image.mean(), (frame.pts - reader.start_pts) * reader.time_base) for frame in reader]
    bright_time = max(brightness)[1]
    assert abs(sound.time_of(int(np.abs(sound.samples).argmax())) - bright_time) < flash.half_frame_seconds / 4
    assert abs(sound.start) < Fraction(1024, 48_000) + Fraction(1, 48_000)  # a block of AAC, which is silent
    first_loud = int(np.flatnonzero(np.abs(sound.samples) > 1e-6)[0])
    assert sound.time_of(first_loud) < flash.half_frame_seconds


def test_a_clip_without_sound_has_no_track(tmp_path: Path) -> None:
    track = Track([(0.6, tone(0.5))])
    video = make_sounding(tmp_path / "a.mkv", [track], num_frames=30)
    plan = plan_of(video, tmp_path / "clips", (0, 10, 30))
    split_video(video, plan)
    assert [scan_video(clip.output).sound is None for clip in plan.clips] == [True, False]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda plan: replace(plan, time_base=plan.time_base * 2), "its time base is"),
        (lambda plan: replace(plan, clips=(replace(plan.clips[1], start_pts=1),)), "frame 1 has the time"),
        (lambda plan: replace(plan, clips=(replace(plan.clips[-1], end_frame=31),)), "ends before frame 30"),
    ],
)
def test_another_video_is_refused(change, reason: str, tmp_path: Path) -> None:
    video = crafted.make_video(tmp_path / "a.mp4")
    with pytest.raises(VideoError, match=f"is not the video that was analyzed: .*{reason}"):
        split_video(video, change(plan_of(video, tmp_path / "clips")))
    assert list((tmp_path / "clips").glob("*")) == []


def test_clips_that_overlap_or_are_empty_are_refused(tmp_path: Path) -> None:
    clip = ClipPlan(0, 5, 0, 5, tmp_path / "0.mp4")
    for clips in (
        (),
        (clip, replace(clip, start_frame=4, end_frame=6)),
        (replace(clip, start_frame=7, end_frame=9), clip),
    ):
        with pytest.raises(UsageError, match="in order of time"):
            SplitPlan(0, Fraction(1, 25), clips)
    for edges in ((5, 5, 0, 5), (-1, 5, 0, 5), (0, 5, 5, 5)):
        with pytest.raises(UsageError, match="has no frames"):
            ClipPlan(*edges, tmp_path / "0.mp4")
