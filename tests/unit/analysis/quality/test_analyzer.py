"""Quality of the picture, in made-up videos with exact faults."""

import cv2
import numpy as np
import pytest
from frame_views import analyze_views, texture, views
from motion_videos import seen_from, still

from reelwise.analysis.quality.analyzer import ENTRY

HW = (180, 320)


def analyze(pictures, rate: float = 25.0, damaged=(), **settings):
    return analyze_views(ENTRY, views(pictures, rate, damaged), **settings)


def plain(grey: int, num_frames: int) -> list:
    return [np.full((*HW, 3), grey, np.uint8)] * num_frames


def labels(outcome) -> set[str]:
    return {one.label for one in outcome.findings}


def test_a_good_picture_has_no_fault():
    assert not analyze(seen_from(lambda frame: (3 * frame, 0), 100)).findings


def test_a_part_without_pixels_is_nothing_and_not_nearly_nothing():
    """Otherwise the page draws the rounding of sums as a curve."""
    signal = analyze([np.clip(picture, 40, 210) for picture in seen_from(lambda frame: (3 * frame, 0), 40)]).signal
    assert not signal.values[:, [signal.columns.index("clipped_low"), signal.columns.index("clipped_high")]].any()


@pytest.mark.parametrize(("grey", "label"), [(0, "black"), (16, "black"), (255, "white")])
def test_black_and_white_have_exact_frames(grey, label):
    outcome = analyze([*still(30), *plain(grey, 12), *still(30)])
    assert outcome.spans(label) == [(30, 42)]
    assert labels(outcome) == {label}


def test_a_dark_scene_is_underexposed_and_not_black():
    dark = [(picture * 0.16).astype(np.uint8) for picture in still(60)]
    outcome = analyze([*still(30), *dark])
    assert outcome.spans("underexposed") == [(30, 90)]
    assert labels(outcome) == {"underexposed"}


def test_a_lamp_in_the_night_is_no_fault():
    night = np.full((*HW, 3), 12, np.uint8)
    night[80:100, 150:170] = 240
    assert not analyze([night] * 60).spans("underexposed")


def test_light_that_runs_into_white_is_overexposed_and_a_page_is_not():
    bright = np.clip(texture(3, HW).astype(np.int16) + 145, 0, 255).astype(np.uint8)
    assert analyze([bright] * 60).spans("overexposed") == [(0, 60)]
    page = np.full((*HW, 3), 255, np.uint8)
    page[40:44, 40:280] = page[60:64, 40:280] = page[80:120, 40:120] = 0
    assert not analyze([page] * 60).spans("overexposed")


def test_blur_where_no_part_is_sharp():
    scene = texture(8, HW, grain=2.0).copy()
    scene[30:150, 60:140] //= 3
    scene[60:120, 200:280] //= 4
    blurred = cv2.GaussianBlur(scene, (0, 0), 5)
    outcome = analyze([*[scene] * 30, *[blurred] * 30])
    assert outcome.spans("blurred") == [(30, 60)]
    half = blurred.copy()
    half[:, :160] = scene[:, :160]
    assert not analyze([half] * 60).spans("blurred")


@pytest.mark.parametrize(("top", "scale"), [(22, 1), (24, 1), (22, 4), (21, 4), (9, 2)])
def test_the_bars_of_a_letterbox_are_measured_in_pixels_of_the_video(top, scale):
    pictures = []
    for picture in seen_from(lambda frame: (3 * frame, 0), 60):
        large = cv2.resize(picture, None, fx=scale, fy=scale)
        large[: top * scale // scale] = 0
        large[large.shape[0] - top :] = 0
        pictures.append(cv2.resize(large, HW[::-1], interpolation=cv2.INTER_AREA))
    outcome = analyze(pictures, frame_hw=(HW[0] * scale, HW[1] * scale))
    (bars,) = outcome.findings
    assert (bars.label, bars.start_frame, bars.end_frame) == ("letterbox", 0, 60)
    assert bars.values == {"top": pytest.approx(top, abs=scale // 3), "bottom": pytest.approx(top, abs=scale // 3)}


def test_pillars_come_and_go_and_subtitles_do_not_end_them():
    pictures = [picture.copy() for picture in seen_from(lambda frame: (2 * frame, 0), 120)]
    for frame in range(30, 90):
        pictures[frame][:, :40] = pictures[frame][:, 280:] = 0
        if frame > 70:
            pictures[frame][160:170, 10:30] = 240
    (bars,) = analyze(pictures).findings
    assert (bars.label, bars.start_frame, bars.end_frame) == ("pillarbox", 30, 90)
    assert bars.values == {"left": 40, "right": 40}


def letterboxed(num_frames: int) -> list:
    pictures = [picture.copy() for picture in seen_from(lambda frame: (3 * (frame % 50), 0), num_frames)]
    for picture in pictures:
        picture[:22] = picture[158:] = 0
    return pictures


@pytest.mark.parametrize("rate", [25, 240])
def test_bars_end_where_black_lasts(rate):
    scene, black = letterboxed(2 * rate), plain(0, 4 * rate)
    outcome = analyze([*scene, *black, *scene], rate)
    assert outcome.spans("letterbox") == [(0, 2 * rate), (6 * rate, 8 * rate)]
    assert analyze([*scene, *black[:rate], *scene], rate).spans("letterbox") == [(0, 5 * rate)]


@pytest.mark.parametrize("num_frames", [6, 24, 25])
def test_a_few_frames_before_long_black_have_bars_only_when_they_last(num_frames):
    """The picture of such a finding went by long before the black ends."""
    outcome = analyze([*still(30), *letterboxed(num_frames), *plain(0, 400), *still(30)])
    assert outcome.spans("letterbox") == ([(30, 55)] if num_frames == 25 else [])


def test_a_spot_that_moves_over_black_has_no_bars():
    pictures = []
    for frame in range(100):
        picture = np.zeros((*HW, 3), np.uint8)
        picture[20 + frame : 40 + frame, 60 + frame : 160 + frame] = 200
        pictures.append(picture)
    assert not {"letterbox", "pillarbox"} & labels(analyze(pictures))


@pytest.mark.parametrize("rate", [25, 30, 60])
def test_flicker_of_ten_hertz(rate):
    scene = still(1)[0].astype(np.float32)
    pictures = []
    for frame in range(4 * rate):
        is_dark = rate <= frame < 3 * rate and (frame - rate) / rate * 20 % 2 >= 1
        pictures.append((scene * (0.8 if is_dark else 1.0)).astype(np.uint8))
    (flicker,) = (one for one in analyze(pictures, rate).findings if one.label == "flicker")
    assert abs(flicker.start_frame - rate) <= rate // 10
    assert abs(flicker.end_frame - 3 * rate) <= rate // 10
    assert flicker.values["frequency"] == pytest.approx(10, rel=0.05)


def test_a_lamp_that_goes_on_and_off_slowly_does_not_flicker():
    scene = still(1)[0].astype(np.float32)
    pictures = [(scene * (1 - 0.2 * (frame // 15 % 2))).astype(np.uint8) for frame in range(200)]
    assert "flicker" not in labels(analyze(pictures))


def test_fifteen_frames_shown_as_thirty():
    moving = seen_from(lambda frame: (3 * frame, 0), 100)
    pictures = [*moving[:60], *(moving[60 + frame // 2] for frame in range(80))]
    outcome = analyze(pictures, rate=30)
    ((start, end),) = outcome.spans("repeated_frames")
    assert 60 <= start <= 75
    assert end == 140
    (segment,) = outcome.findings
    assert segment.values["distinct_rate"] == pytest.approx(15, abs=3)


def test_a_still_scene_repeats_nothing():
    assert "repeated_frames" not in labels(analyze(still(100)))


def test_damaged_frames_have_no_fault():
    pictures = [*still(40), *plain(0, 10), *still(40)]
    assert not analyze(pictures, damaged=range(40, 50)).findings


def test_the_curves():
    outcome = analyze(plain(51, 3))
    signal = outcome.signal
    assert signal.values[0].tolist() == pytest.approx([20, 0, 0, 0, 0])
