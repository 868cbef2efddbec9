"""Motion of the camera, measured in made-up videos."""

import math

import numpy as np
import pytest
from frame_views import analyze_views, views
from motion_videos import seen_from, still, with_noise

from reelwise.analysis.motion.analyzer import ENTRY

RATE = 25


def analyze(pictures, rate: float = RATE, damaged=()):
    return analyze_views(ENTRY, views(pictures, rate, damaged))


def column(outcome, name: str) -> np.ndarray:
    signal = outcome.signal
    return signal.values[:, signal.columns.index(name)]


@pytest.mark.parametrize(("step_xy", "name"), [((5, 0), "pan"), ((-5, 0), "pan"), ((0, 3), "tilt"), ((0, -3), "tilt")])
def test_a_pan_is_measured_within_five_percent(step_xy, name):
    outcome = analyze(seen_from(lambda frame: (frame * step_xy[0], frame * step_xy[1]), 40))
    expected = 100 * sum(step_xy) / 320 * RATE
    assert np.median(column(outcome, name)) == pytest.approx(expected, rel=0.05)
    assert [(one.label, one.start_frame, one.end_frame) for one in outcome.findings] == [(name, 0, 40)]
    assert outcome.findings[0].values[name] == pytest.approx(expected, rel=0.05)
    assert outcome.findings[0].score > 0.9


@pytest.mark.parametrize(("zoom", "label"), [(1.01, "zoom_in"), (1 / 1.01, "zoom_out")])
def test_a_zoom_is_no_pan(zoom, label):
    outcome = analyze(seen_from(lambda frame: (0, 0), 40, zoom))
    assert outcome.spans(label) == [(0, 40)]
    assert len(outcome.findings) == 1
    assert np.median(column(outcome, "zoom")) == pytest.approx(100 * (zoom - 1) * RATE, rel=0.1)


def test_a_pan_begins_and_ends_where_the_camera_moves():
    outcome = analyze(seen_from(lambda frame: (4.0 * min(max(frame - 40, 0), 40), 0), 120))
    ((start, end),) = outcome.spans("pan")
    assert abs(start - 40) <= 3
    assert abs(end - 81) <= 3
    assert [start for start, _ in outcome.spans("static")] == [0, pytest.approx(81, abs=4)]


def test_there_and_back_are_two_pans():
    outcome = analyze(seen_from(lambda frame: (4.0 * (frame if frame < 50 else 100 - frame), 0), 100))
    assert [math.copysign(1, one.values["pan"]) for one in outcome.findings if one.label == "pan"] == [1, -1]


def test_shake_is_no_pan():
    rng = np.random.default_rng(0)
    places = np.cumsum(rng.normal(0, 2.0, (100, 2)), axis=0)
    outcome = analyze(seen_from(lambda frame: tuple(places[frame]), 100))
    assert outcome.spans("shake") == [(0, 100)]
    assert not outcome.spans("pan")
    assert not outcome.spans("tilt")
    assert not outcome.spans("static")


def test_a_cut_ends_a_pan():
    pictures = [
        *seen_from(lambda frame: (5 * frame, 0), 40),
        *seen_from(lambda frame: (5 * frame, 0), 40, seed=6),
    ]
    outcome = analyze(pictures)
    assert outcome.spans("pan") == [(0, 40), (40, 80)]
    assert np.nanmax(np.abs(column(outcome, "pan"))) < 60, "the cut itself is no motion"


def test_a_cut_between_two_still_scenes_is_exact_at_any_rate():
    for rate, cut in ((25, 60), (60, 101), (100, 150)):
        outcome = analyze([*still(cut), *still(150, seed=6)], rate)
        assert outcome.spans("static") == [(0, cut), (cut, cut + 150)]


def test_something_that_crosses_a_still_picture_moves_no_camera():
    pictures = []
    scene, other = still(1)[0], still(1, seed=9)[0]
    for frame in range(80):
        picture = scene.copy()
        picture[40:160, max(0, 4 * frame - 120) : 4 * frame] = other[40:160, : min(120, 4 * frame)]
        pictures.append(picture)
    outcome = analyze(pictures)
    assert {one.label for one in outcome.findings} == {"static"}


def test_the_same_camera_measures_the_same_at_any_rate():
    slow = analyze(seen_from(lambda frame: (4 * frame, 0), 50), rate=25)
    fast = analyze(seen_from(lambda frame: (0.8 * frame, 0), 200), rate=125)
    assert np.median(column(fast, "pan")) == pytest.approx(np.median(column(slow, "pan")), rel=0.05)
    assert [one.label for one in fast.findings] == ["pan"]


def test_every_frame_twice_is_no_stop_and_go():
    pictures = [picture for picture in seen_from(lambda frame: (6 * frame, 0), 40) for _ in range(2)]
    outcome = analyze(pictures, rate=50)
    assert outcome.spans("pan") == [(0, 80)]
    assert np.nanmedian(column(outcome, "pan")) == pytest.approx(100 * 6 / 320 * 25, rel=0.05)


def test_a_freeze_has_exact_frames():
    moving = seen_from(lambda frame: (3 * frame, 0), 160)
    pictures = [*moving[:50], *[moving[50]] * 60, *moving[50:]]
    outcome = analyze(pictures)
    assert outcome.spans("freeze") == [(50, 111)]


def test_noise_is_no_freeze_and_a_short_stop_neither():
    assert not analyze(with_noise(still(80), 6)).spans("freeze")
    moving = seen_from(lambda frame: (3 * frame, 0), 80)
    assert not analyze([*moving[:30], *[moving[30]] * 40, *moving[30:]]).spans("freeze")


def test_a_slow_move_is_no_freeze():
    assert not analyze(seen_from(lambda frame: (0.02 * frame, 0), 200)).spans("freeze")


def test_damaged_frames_make_no_motion():
    scene = still(1)[0]
    pictures = [np.full_like(scene, 128) if 40 <= frame < 50 else scene for frame in range(100)]
    outcome = analyze(pictures, damaged=range(40, 50))
    assert outcome.spans("static") == [(0, 100)]
    assert np.isnan(column(outcome, "pan")[40:50]).all()


def test_energy_is_the_mean_change():
    pictures = [np.full((90, 160, 3), 10 * (frame % 2), np.uint8) for frame in range(20)]
    energy = column(analyze(pictures), "energy")
    assert np.isnan(energy[0])
    assert (energy[1:] == 10).all()
