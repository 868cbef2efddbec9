"""Windows over a whole video: the frames of each are those of decoding it alone; segments from probabilities."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import crafted
import numpy as np
import pytest

from reelwise.analysis.actions import ActionAnalyzer, ActionModel, Window, WindowFrames
from reelwise.analysis.analyzer import FrameView, Setup
from reelwise.analysis.times import FrameClock
from reelwise.core.clip import DecodeSettings
from reelwise.core.intervals import TimeRange
from reelwise.core.modalities import ImageInput
from reelwise.media.decoding.decode import decode_video
from reelwise.media.readers.pyav_reader import PyAVReader

DECODE = DecodeSettings(size=32)


@pytest.fixture(scope="module", params=[(25, None), (60, None), (25, "uneven")], ids=["25", "60", "uneven"])
def video(request, tmp_path_factory) -> Path:
    rate, kind = request.param
    pts = (lambda index: 10 * index + 4 * (index % 3)) if kind else None
    time_base = Fraction(1, 250) if kind else None
    path = tmp_path_factory.mktemp("windows") / "a.mkv"
    return crafted.make_video(path, 130, rate=rate, pts=pts, time_base=time_base)


@pytest.mark.parametrize(("start", "length"), [("0", "1"), ("1/2", "1"), ("1/3", "2/3"), ("3/4", "5/4")])
def test_a_window_has_the_frames_of_its_segment(start, length, video):
    span = TimeRange(Fraction(start), Fraction(start) + Fraction(length))
    expected = decode_video(video, DECODE, segment=span)
    with PyAVReader(video) as reader:
        frames = list(reader)
        buffer = WindowFrames(DECODE, reader.time_base)
        for frame in frames:
            buffer.push(frame.pts - reader.start_pts, frame.picture((32, 32)))
        content = buffer.window(span.start, span.end, reader.end_pts - reader.start_pts)
    assert content is not None
    np.testing.assert_array_equal(content.frames, expected.frames)
    np.testing.assert_array_equal(content.times.pts, expected.times.pts)
    assert content.times.end_pts == expected.times.end_pts


def test_a_window_has_the_stills_of_its_segment(video):
    images = ImageInput("net", "ab", num_stills=4, size=48)
    span = TimeRange(Fraction(1, 2), Fraction(3, 2))
    with PyAVReader(video) as reader:
        frames = list(reader)
        buffer = WindowFrames(DECODE, reader.time_base, images.num_stills)
        for frame in frames:
            buffer.push(frame.pts - reader.start_pts, frame.picture((32, 32)), frame.picture((48, 48)))
        content = buffer.window(span.start, span.end, reader.end_pts - reader.start_pts)
    assert content is not None
    np.testing.assert_array_equal(content.stills, decode_video(video, images.decode, segment=span).frames)
    np.testing.assert_array_equal(content.frames, decode_video(video, DECODE, segment=span).frames)


def test_the_last_window_ends_with_the_video(video):
    with PyAVReader(video) as reader:
        frames = list(reader)
        end = (reader.end_pts - reader.start_pts) * reader.time_base
        span = TimeRange(end - 1, end + 1)
        buffer = WindowFrames(DECODE, reader.time_base)
        for frame in frames:
            buffer.push(frame.pts - reader.start_pts, frame.picture((32, 32)))
        content = buffer.window(span.start, span.end, reader.end_pts - reader.start_pts)
    expected = decode_video(video, DECODE, segment=TimeRange(end - 1, None))
    assert content is not None
    np.testing.assert_array_equal(content.frames, expected.frames)
    assert content.times.end_pts == expected.times.end_pts


def analyze(
    brightness: Sequence[int],
    *,
    exclusive: bool = True,
    window: Fraction = Fraction(1),
    pts: np.ndarray | None = None,
    time_base: Fraction = Fraction(1, 25),
) -> tuple:
    """Findings and windows of a model that calls bright frames 'day', dark ones 'night' and grey ones nothing."""
    spans = []

    def predict(content: Window) -> np.ndarray:
        times = content.times
        spans.append((int(times.pts[0]), int(times.pts[-1]), times.end_pts))
        mean = content.frames.mean() / 255
        return np.array([mean, 1 - mean])

    model = ActionModel("actions", "made-up", ("day", "night"), DECODE, window, (0.8, 0.8), exclusive, predict)
    kept: list[int] = []
    analyzer = ActionAnalyzer(model, Setup((32, 32), time_base=time_base, keep_picture=kept.append))
    findings = []
    pts = np.arange(len(brightness), dtype=np.int64) + 7 if pts is None else pts
    for index, value in enumerate(brightness):
        picture = np.full((32, 32, 3), value, np.uint8)
        findings += analyzer.push(FrameView(index, index / 25, False, {model.picture: picture}, int(pts[index])))
    findings += analyzer.finish(FrameClock(pts, int(pts[-1]) + 1, time_base))
    return findings, spans, analyzer, kept


def test_pictures_are_those_that_decoding_gives(video):
    decode = DecodeSettings(size=32, max_frame_rate=None, fit="crop")
    model = ActionModel("actions", "made-up", ("a", "b"), decode, Fraction(1), (0.5, 0.5), True, lambda *_: np.zeros(2))
    with PyAVReader(video) as reader:
        pictures = [frame.picture(model.picture.size_hw, fit=model.picture.fit) for frame in reader]
    np.testing.assert_array_equal(np.stack(pictures), decode_video(video, decode).frames)


def test_segments_lie_where_the_label_holds():
    findings, _, _, kept = analyze([250] * 100 + [128] * 100 + [5] * 100)
    assert [finding.label for finding in findings] == ["day", "night"]
    day, night = findings
    assert (day.start_frame, night.end_frame) == (0, 300)
    assert abs(day.end_frame - 100) <= 13  # half a window: grey is nearly day enough
    assert abs(night.start_frame - 200) <= 13
    assert all(finding.picture_frame in kept for finding in findings)
    assert all(finding.start_frame <= finding.picture_frame < finding.end_frame for finding in findings)
    assert all(0.8 <= finding.score <= 1 for finding in findings)


def test_windows_cover_the_whole_video_and_no_more():
    _, spans, _, _ = analyze([250] * 60)
    assert spans == [(0, 24, 25), (7, 31, 32), (13, 37, 38), (19, 43, 44), (25, 49, 50), (32, 56, 57), (38, 59, 60)]


@pytest.mark.parametrize("num_frames", [1, 3, 24, 25, 26])
def test_a_video_shorter_than_a_window_is_one_window(num_frames):
    findings, spans, analyzer, _ = analyze([250] * num_frames)
    assert spans[0] == (0, min(num_frames, 25) - 1, min(num_frames, 25))
    assert [(f.label, f.start_frame, f.end_frame) for f in findings] == [("day", 0, num_frames)]
    assert analyzer.signal().step_seconds == Fraction(1, 4)


def test_unsure_means_nothing_known():
    findings, _, _, kept = analyze([128] * 100)
    assert findings == []
    assert kept == []


def milliseconds(kind: str, num_frames: int) -> np.ndarray:
    """Times of frames at 1, 25 and 240 per second, and at a rate that varies from 3 to 100."""
    if kind == "variable":
        gaps = np.random.default_rng(1).choice([10, 40, 333], num_frames)
        return np.cumsum(gaps).astype(np.int64)
    return np.arange(num_frames, dtype=np.int64) * 1000 // int(kind)


@pytest.mark.parametrize("exclusive", [True, False], ids=["one", "several"])
@pytest.mark.parametrize("window", ["1/4", "1/2", "1", "5"])
@pytest.mark.parametrize("kind", ["1", "25", "240", "variable"])
def test_no_two_segments_of_one_label_touch(kind, window, exclusive):
    num_repeats = 10  # frames of one brightness; more where a window holds so many that their mean is always grey
    if kind in ("25", "240"):
        num_repeats = max(num_repeats, int(Fraction(window) * int(kind)))
    num_levels = 15 if kind in ("1", "240") else 60  # at 1 and 240 per second the most windows and frames go by
    brightness = np.repeat(np.random.default_rng(0).integers(0, 256, num_levels), num_repeats).tolist()
    how = {"pts": milliseconds(kind, len(brightness)), "time_base": Fraction(1, 1000), "window": Fraction(window)}
    findings, _, _, _ = analyze(brightness, exclusive=exclusive, **how)
    assert findings
    for label in ("day", "night"):
        own = [(f.start_frame, f.end_frame) for f in findings if f.label == label]
        assert all(end < start for (_, end), (start, _) in pairwise(own))


@pytest.mark.parametrize("window", ["1/4", "1/2", "1", "5"])
@pytest.mark.parametrize("kind", ["1", "25", "240", "variable"])
def test_what_holds_all_along_is_one_segment(kind, window):
    num_frames = 100 if kind == "1" else 600
    how = {"pts": milliseconds(kind, num_frames), "time_base": Fraction(1, 1000), "window": Fraction(window)}
    findings, _, _, _ = analyze([250] * num_frames, **how)
    assert [(f.label, f.start_frame, f.end_frame) for f in findings] == [("day", 0, num_frames)]
    assert findings[0].score == pytest.approx(250 / 255)


def test_labels_of_a_model_of_several_may_hold_together():
    findings, _, _, _ = analyze([250] * 100, exclusive=False)
    assert [f.label for f in findings] == ["day"]


@pytest.mark.parametrize("window", ["1/2", "1", "2"])
def test_a_segment_comes_at_most_a_window_after_its_end(window):
    brightness = np.repeat(np.random.default_rng(2).choice([5, 128, 250], 20), 40).tolist()
    _, spans, analyzer, _ = analyze(brightness, window=Fraction(window))
    assert spans
    again = ActionAnalyzer(analyzer.model, Setup((32, 32), time_base=Fraction(1, 25)))
    num_given = 0
    for index, value in enumerate(brightness):
        picture = np.full((32, 32, 3), value, np.uint8)
        view = FrameView(index, index / 25, False, {analyzer.model.picture: picture}, index)
        for finding in again.push(view):
            num_given += 1
            assert index - finding.end_frame <= 25 * Fraction(window) + 1
    assert num_given > 3
