from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import crafted
import numpy as np
import pytest
from frame_numbers import read_number

from reelwise.core.clip import DecodeSettings
from reelwise.core.errors import CacheError, VideoError
from reelwise.core.intervals import TimeRange
from reelwise.core.video import WarningKind
from reelwise.media.decoding.decode import decode_to_files, decode_video
from reelwise.media.decoding.results import DecodedSegment
from reelwise.media.writers.writer import write_video

SETTINGS = DecodeSettings(size=64, max_frame_rate=None)
F = Fraction


def numbers(frames) -> list[int]:
    return [read_number(frame) for frame in frames]


@pytest.fixture(scope="module")
def video(tmp_path_factory) -> Path:
    """200 frames at 25 a second, a key frame every 10, B-frames."""
    folder = tmp_path_factory.mktemp("decode")
    return crafted.make_video(folder / "a.mp4", 200, options={"bf": "3", "crf": "10", "g": "10"})


def test_all_frames_of_a_short_video(video):
    decoded = decode_video(video, SETTINGS)
    assert decoded.frames.shape == (200, 64, 64, 3)
    assert numbers(decoded.frames) == list(range(200))
    assert decoded.times.duration_seconds == 8
    assert decoded.facts.num_frames == 200
    assert decoded.facts.warnings == ()


def test_thinning_by_time(video):
    decoded = decode_video(video, DecodeSettings(size=64, max_frame_rate=F(5)))
    assert numbers(decoded.frames) == list(range(0, 200, 5))


@pytest.mark.parametrize(
    ("segment", "expected"),
    [
        ((F(1), F(2)), range(25, 50)),
        ((None, F(1, 25)), range(1)),
        ((F(799, 100), None), range(0)),
        ((F(158, 20), None), range(198, 200)),
        ((F(1, 50), F(5, 50)), range(1, 3)),
        ((None, None), range(200)),
    ],
)
def test_a_segment_is_half_open_and_counted_from_the_first_frame(video, segment, expected):
    if not expected:
        with pytest.raises(VideoError, match="no frame lies"):
            decode_video(video, SETTINGS, segment=TimeRange(*segment))
        return
    decoded = decode_video(video, SETTINGS, segment=TimeRange(*segment))
    assert numbers(decoded.frames) == list(expected)
    assert decoded.times.seconds[0] == pytest.approx(expected[0] / 25)
    assert decoded.times.duration_seconds == F(len(expected), 25)


def test_only_the_wanted_groups_are_decoded_and_the_frames_are_the_same(video):
    whole = decode_video(video, SETTINGS)
    part = decode_video(video, SETTINGS, segment=TimeRange(F(3), F(4)))
    assert any(warning.kind is WarningKind.COUNTED_BY_PACKETS for warning in part.facts.warnings)
    assert part.facts.num_frames == 200
    np.testing.assert_array_equal(part.frames, whole.frames[75:100])
    np.testing.assert_array_equal(part.times.pts, whole.times.pts[75:100])


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.ts", "a.avi", "a.h264", "a.webm"])
def test_a_long_video_keeps_the_same_windows_in_every_container(tmp_path, name):
    codec = {"a.webm": "libvpx", "a.avi": "mpeg4"}.get(name, "libx264")
    container = "h264" if name == "a.h264" else None
    path = crafted.make_video(tmp_path / name, 200, codec=codec, container=container)
    plan = DecodeSettings(size=64, max_frame_rate=None, max_frames=40, window_seconds=F(4, 5))
    decoded = decode_video(path, plan)
    assert numbers(decoded.frames) == [*range(40, 60), *range(140, 160)]


def test_segments_share_one_pass_and_may_overlap(video, tmp_path):
    edges = [(F(1), F(2)), None, (F(3, 2), F(7)), (F(50), F(51)), (F(0), F(1))]
    segments = [pair and TimeRange(*pair) for pair in edges]
    outputs = [tmp_path / str(i) for i in range(5)]
    result = decode_to_files(video, [(SETTINGS, *pair) for pair in zip(segments, outputs, strict=True)])
    expected = [range(25, 50), range(200), range(38, 175), None, range(25)]
    for path, answer, numbers_wanted in zip(outputs, result.segments, expected, strict=True):
        if numbers_wanted is None:
            assert isinstance(answer, VideoError)
            assert not path.exists()
            continue
        assert isinstance(answer, DecodedSegment)
        frames = np.fromfile(path, np.uint8).reshape(-1, 64, 64, 3)
        assert numbers(frames) == list(numbers_wanted)
        assert answer.num_frames == len(answer.times) == len(frames)


STILLS = DecodeSettings(size=32, max_frame_rate=F(1), num_stills=4)


def test_stills_are_the_middles_of_equal_parts(video):
    stills = decode_video(video, STILLS)
    assert stills.frames.shape == (4, 32, 32, 3)
    assert stills.times.pts.tolist() == [decode_video(video, SETTINGS).times.pts[i] for i in (25, 75, 125, 175)]
    whole = decode_video(video, DecodeSettings(size=32, max_frame_rate=None)).frames
    np.testing.assert_array_equal(stills.frames, whole[[25, 75, 125, 175]])


def test_stills_of_fewer_frames_are_all_of_them(video):
    segment = TimeRange(F(1), F(28, 25))
    stills = decode_video(video, STILLS, segment=segment)
    np.testing.assert_array_equal(
        stills.frames, decode_video(video, replace(SETTINGS, size=32), segment=segment).frames
    )
    assert len(stills.frames) == 3


@pytest.mark.parametrize("name", ["a.avi", "a.mkv", "a.h264"])
def test_stills_are_found_whatever_the_container_says(tmp_path, name):
    container = "h264" if name == "a.h264" else None
    path = crafted.make_video(tmp_path / name, 60, codec="mpeg4" if name == "a.avi" else "h264", container=container)
    stills = decode_video(path, replace(STILLS, size=64))
    assert numbers(stills.frames) == [7, 22, 37, 52]


def test_frames_and_stills_of_one_pass_are_those_of_two(video, tmp_path):
    segments = [None, TimeRange(F(1), F(2))]
    selections = [(settings, segment) for settings in (SETTINGS, STILLS) for segment in segments]
    outputs = [tmp_path / str(i) for i in range(4)]
    result = decode_to_files(video, [(*item, output) for item, output in zip(selections, outputs, strict=True)])
    for (settings, segment), output, times in zip(selections, outputs, result.segments, strict=True):
        alone = decode_video(video, settings, segment=segment)
        assert output.read_bytes() == alone.frames.tobytes()
        assert isinstance(times, DecodedSegment)
        np.testing.assert_array_equal(times.times.pts, alone.times.pts)


def test_many_segments_need_few_open_files(video, tmp_path):
    segments = [TimeRange(F(i % 8), F(8)) for i in range(100)]
    outputs = [tmp_path / str(i) for i in range(100)]
    few = DecodeSettings(size=16, max_frame_rate=F(5))
    result = decode_to_files(video, [(few, *pair) for pair in zip(segments, outputs, strict=True)])
    sizes = [path.stat().st_size // (16 * 16 * 3) for path in outputs]
    assert sizes == [segment.num_frames for segment in result.segments]


def test_the_checksum_is_that_of_the_file(video, tmp_path):
    import zlib

    result = decode_to_files(video, [(SETTINGS, None, tmp_path / "x")])
    assert result.segments[0].crc32 == zlib.crc32((tmp_path / "x").read_bytes())


def test_an_output_that_cannot_be_written_is_no_fault_of_the_video(video, tmp_path):
    with pytest.raises(CacheError, match="cannot be written"):
        decode_to_files(video, [(SETTINGS, None, tmp_path / "missing" / "x")])
    with pytest.raises(CacheError, match=r"No space left.*Free some space\. --cache-dir"):
        decode_to_files(video, [(SETTINGS, None, Path("/dev/full"))])


def test_a_damaged_tail_loses_only_itself(tmp_path):
    path = crafted.make_video(tmp_path / "a.mp4", 100, container_options={"movflags": "faststart"})
    decoded = decode_video(crafted.cut_off(path, 0.6), SETTINGS)
    assert numbers(decoded.frames) == list(range(len(decoded.frames)))
    assert 40 < len(decoded.frames) < 80


def test_progress_tells_frames_and_bytes(video):
    seen = []
    decode_video(video, SETTINGS, progress=lambda frames, size: seen.append((frames, size)))
    frames = [count for count, _ in seen]
    assert frames == sorted(frames)
    assert frames[-1] == 200
    assert 0 < seen[-1][1] <= video.stat().st_size


def disc(size_hw: tuple[int, int], squeeze: float = 1.0) -> np.ndarray:
    """White on black in the middle; ``squeeze`` is the width of its pixels: it is a circle when it is played."""
    rows, columns = np.indices(size_hw)
    x, y = (columns - (size_hw[1] - 1) / 2) * squeeze, rows - (size_hw[0] - 1) / 2
    return np.repeat(np.where(np.hypot(x, y) < 0.3 * size_hw[0], 255, 0).astype(np.uint8)[..., None], 3, 2)


def width_over_height(frames: np.ndarray) -> float:
    light = frames[0, ..., 1].astype(float) / 255
    return light.max(0).sum() / light.max(1).sum()


@pytest.mark.parametrize("size_hw", [(120, 240), (119, 241), (120, 240 - 81)])
@pytest.mark.parametrize("degrees", [0, 90])
def test_a_circle_stays_a_circle_where_frames_are_cropped(tmp_path, size_hw, degrees):
    path = tmp_path / "a.mp4"
    write_video(path, [disc(size_hw)] * 3, F(25))
    crafted.with_rotation(path, degrees)
    cropped = decode_video(path, DecodeSettings(size=64, fit="crop"))
    assert cropped.frames.shape == (3, 64, 64, 3)
    assert width_over_height(cropped.frames) == pytest.approx(1, abs=0.04)
    squashed = decode_video(path, DecodeSettings(size=64))
    shape = size_hw[0] / size_hw[1] if degrees == 0 else size_hw[1] / size_hw[0]
    assert width_over_height(squashed.frames) == pytest.approx(shape, rel=0.06)


def test_a_circle_of_wide_pixels_stays_a_circle(tmp_path, monkeypatch):
    monkeypatch.setattr(crafted, "picture", lambda index, size_hw: disc(size_hw, 2.0))
    path = crafted.make_video(tmp_path / "a.mp4", 3, size_hw=(120, 120), pixel_aspect=F(2))
    frames = decode_video(path, DecodeSettings(size=64, fit="crop")).frames
    assert width_over_height(frames) == pytest.approx(1, abs=0.04)


def test_a_crop_of_a_square_video_is_the_same_bytes(tmp_path):
    path = crafted.make_video(tmp_path / "a.mp4", 10, size_hw=(96, 96))
    settings = DecodeSettings(size=64), DecodeSettings(size=64, fit="crop")
    one, other = (decode_video(path, each).frames for each in settings)
    np.testing.assert_array_equal(one, other)
