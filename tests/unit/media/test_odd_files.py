"""All of the odd real videos read, or are refused with a reason; numbers are those of SOURCES.md."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from reelwise.core.errors import VideoError
from reelwise.core.video import VideoFacts, WarningKind
from reelwise.media.decoding.decode import decode_video
from reelwise.media.find import find_videos
from reelwise.media.readers.pyav_reader import PyAVReader
from reelwise.media.requests.scan import ScanTask
from reelwise.media.workers.pool import WorkerPool

pytestmark = pytest.mark.real
NTSC = Fraction(30_000, 1001)

# name: frames, width and height after rotation, clockwise rotation, codec, beginnings of the warnings
EXPECTED: dict[str, tuple[int, int, int, int, str, tuple[str, ...]]] = {
    "alpha/dancer1.webm": (1886, 640, 360, 0, "vp8", ()),
    "codecs/100_0306.AVI": (41, 320, 240, 0, "mjpeg", ()),
    "codecs/BA1_FT_C.264": (299, 352, 288, 0, "h264", ()),
    "codecs/bear-vp9-odd-dimensions.webm": (30, 161, 121, 0, "vp9", ()),
    "codecs/bear-vp9.webm": (82, 320, 240, 0, "vp9", ()),
    "codecs/girlshy.h265": (75, 316, 240, 0, "hevc", ()),
    "codecs/sample_with_color_info.mp4": (9, 1080, 1920, 90, "hevc", ("HDR",)),
    "damaged/BA_MW_D.264": (100, 176, 144, 0, "h264", ()),
    "damaged/BA_MW_D_IDR_LOST.264": (70, 176, 144, 0, "h264", ()),
    "damaged/BA_MW_D_P_LOST.264": (99, 176, 144, 0, "h264", ()),
    "damaged/Error_I_P.264": (6, 352, 288, 0, "h264", ("damaged", "size changes")),
    "damaged/codec_error_video.mp4": (300, 320, 240, 0, "h264", ()),
    "damaged/corrupted.mp4": (49, 1280, 720, 0, "h264", ("damaged", "gaps", "header disagrees")),
    "damaged/no_duration.webm": (74, 1280, 720, 0, "vp9", ()),
    "damaged/video_with_failing_audio.mp4": (280, 640, 360, 0, "h264", ()),
    "names_and_sizes/-video-with-dash-.mp4": (5, 1, 1, 0, "h264", ()),
    "names_and_sizes/train_example1.avi": (75, 32, 32, 0, "mpeg4", ()),
    "names_and_sizes/unordered.mov": (4, 50, 50, 0, "h264", ()),
    "names_and_sizes/video.avi": (205, 1280, 720, 0, "h264", ()),
    "one_clip_many_containers/flower-fragmented.mp4": (150, 960, 540, 0, "h264", ()),
    "one_clip_many_containers/flower.mp4": (150, 960, 540, 0, "h264", ()),
    "one_clip_many_containers/flower.webm": (150, 960, 540, 0, "vp8", ()),
    "one_clip_many_containers/sample.flv": (30, 1080, 720, 0, "h264", ()),
    "one_clip_many_containers/sample.mkv": (30, 1080, 720, 0, "h264", ()),
    "one_clip_many_containers/sample.mp4": (30, 1080, 720, 0, "h264", ()),
    "one_clip_many_containers/sample_av1.mp4": (30, 1080, 720, 0, "av1", ()),
    "one_clip_many_containers/sample_fragmented.mp4": (30, 1080, 720, 0, "h264", ()),
    "one_clip_many_containers/sample_h262_mpeg_audio.ps": (3, 640, 426, 0, "mpeg2video", ()),
    "one_clip_many_containers/sample_h262_mpeg_audio.ts": (3, 640, 426, 0, "mpeg2video", ()),
    "one_clip_many_containers/sample_h264_mpeg_audio.ts": (3, 640, 426, 0, "h264", ()),
    "one_clip_many_containers/sample_mdat_too_long.mp4": (30, 1080, 720, 0, "h264", ()),
    "one_clip_many_containers/sample_partially_fragmented.mp4": (30, 1080, 720, 0, "h264", ("header disagrees",)),
    "one_clip_many_containers/sample_with_htc_rotation_track_name.mkv": (30, 1080, 720, 0, "h264", ()),
    "one_clip_many_containers/sample_with_junk": (3, 640, 426, 0, "mpeg2video", ("damaged",)),
    "one_clip_many_containers/sample_with_srt.mkv": (30, 1080, 720, 0, "h264", ()),
    "one_clip_many_containers/uuid540.mp4": (31, 960, 540, 0, "h264", ()),
    "one_clip_many_containers/xmp480qt.mov": (30, 640, 360, 0, "h264", ()),
    "quality_pair/carphone_distorted.mp4": (120, 176, 144, 0, "h264", ()),
    "quality_pair/carphone_pristine.mp4": (120, 176, 144, 0, "h264", ()),
    "rotation/fire2.mp4": (25, 1280, 720, 180, "h264", ()),
    "rotation/ftyp3gp5.mp4": (39, 720, 1280, 90, "h264", ()),
    "rotation/video_0.mov": (3, 568, 320, 0, "h264", ()),
    "rotation/video_180.mov": (3, 568, 320, 180, "h264", ()),
    "rotation/video_270.mov": (3, 320, 568, 270, "h264", ()),
    "rotation/video_90.mov": (3, 320, 568, 90, "h264", ()),
    "variable_frame_rate/FLIR Thermal.mp4": (84, 1080, 1440, 0, "h264", ()),
    "variable_frame_rate/cat_avc_clip.mp4": (180, 144, 80, 0, "h264", ("timestamps go back", "gaps")),
}
REFUSED = {"damaged/result.webm": "zero bytes", "audio_only/animalSounds.ogv": "no video stream"}
VARIABLE = {
    "damaged/corrupted.mp4",
    "damaged/no_duration.webm",
    "rotation/fire2.mp4",
    "rotation/ftyp3gp5.mp4",
    "variable_frame_rate/FLIR Thermal.mp4",
    "variable_frame_rate/cat_avc_clip.mp4",
}


@pytest.fixture(scope="module")
def answers(real_data) -> dict[str, VideoFacts | VideoError]:
    odd = real_data / "odd"
    with WorkerPool(2) as pool:
        pairs = list(pool.run(ScanTask(path) for path in find_videos(odd)))
    return {task.path.relative_to(odd).as_posix(): answer for task, answer in pairs}


def test_every_file_is_known_here(answers):
    assert set(answers) == set(EXPECTED) | set(REFUSED)


@pytest.mark.parametrize("name", EXPECTED)
def test_it_reads_as_sources_md_says(answers, name):
    facts = answers[name]
    assert isinstance(facts, VideoFacts), facts
    frames, width, height, rotation, codec, warnings = EXPECTED[name]
    assert (facts.num_frames, facts.width, facts.height) == (frames, width, height)
    assert (facts.rotation, facts.codec) == (rotation, codec)
    assert len(facts.warnings) == len(warnings), facts.warnings
    assert all(warning.text.startswith(start) for warning, start in zip(facts.warnings, warnings, strict=True))
    assert facts.variable_frame_rate == (name in VARIABLE)


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_with_its_reason(answers, name):
    assert REFUSED[name] in str(answers[name])


@pytest.mark.parametrize(
    ("name", "rate"),
    [
        ("one_clip_many_containers/flower.mp4", NTSC),
        ("one_clip_many_containers/sample.flv", NTSC),
        ("one_clip_many_containers/sample.mkv", NTSC),
        ("codecs/BA1_FT_C.264", Fraction(25)),
        ("names_and_sizes/-video-with-dash-.mp4", Fraction(1)),
        ("names_and_sizes/video.avi", Fraction(50)),
    ],
)
def test_the_rate_is_that_of_the_times(answers, name, rate):
    assert float(answers[name].frame_rate) == pytest.approx(float(rate), rel=1e-3)


def first_pictures(path: Path, count: int = 3) -> list[np.ndarray]:
    with PyAVReader(path) as reader:
        return [frame.image for frame, _ in zip(reader, range(count), strict=False)]


def test_turned_videos_show_the_same_scene_upright(real_data):
    """The four keyboards were filmed with the phone turned: after rotation all have the same light at the top."""
    folder = real_data / "odd" / "rotation"
    shapes = {degrees: first_pictures(folder / f"video_{degrees}.mov")[0].shape for degrees in (0, 90, 180, 270)}
    assert shapes == {0: (320, 568, 3), 90: (568, 320, 3), 180: (320, 568, 3), 270: (568, 320, 3)}


@pytest.mark.parametrize(
    ("one", "other", "tolerance"),
    [
        ("flower.mp4", "flower-fragmented.mp4", 0),
        ("flower.mp4", "flower.webm", 4),
        ("sample.mp4", "sample.mkv", 1),
        ("sample.mp4", "sample.flv", 1),
        ("sample.mp4", "sample_mdat_too_long.mp4", 0),
        ("sample.mp4", "sample_fragmented.mp4", 4),
        ("sample.mp4", "sample_av1.mp4", 4),
    ],
)
def test_one_clip_is_the_same_in_every_container(real_data, one, other, tolerance):
    folder = real_data / "odd" / "one_clip_many_containers"
    for a, b in zip(first_pictures(folder / one), first_pictures(folder / other), strict=True):
        assert np.abs(a.astype(int) - b).mean() <= tolerance


def test_the_action_clips_have_even_times_and_no_repaired_ones(real_data):
    from reelwise.core.clip import DecodeSettings

    paths = find_videos(real_data / "actions")
    assert len(paths) == 96
    for path in paths[::12]:
        video = decode_video(path, DecodeSettings(size=32))
        assert not any(
            warning.kind in (WarningKind.TIMES_GO_BACK, WarningKind.TIMES_JUMP) for warning in video.facts.warnings
        )
        assert video.times.time_base == Fraction(1, 30)
        assert np.diff(video.times.pts).max() <= 3
