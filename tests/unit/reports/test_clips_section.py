"""The report's section on generated clips as a set."""

import pytest
from generated_clips import clips_report, generation_metrics, generation_report, repetition

from reelwise.reports.clips_section import clips_section
from reelwise.reports.report_data import ReportData
from reelwise.reports.run_report import render_report

PLENTY = 3_000_000


def test_distances_stand_beside_floor_and_controls_or_say_why_not():
    section = clips_section(generation_metrics(), clips_report(), PLENTY)
    measured, refused, too_few = section.distances
    assert (measured.title, measured.value, measured.interval) == ("kvd[self]", "1.31", "1.1 to 1.5")
    assert measured.floor == "0.004, 0.019 at most"
    assert measured.controls == ("0.026", "0.06", "2.54", "34.3")
    assert (refused.value, refused.interval, refused.why) == ("refused", "–", "it does not see movement here")
    assert refused.controls == measured.controls
    assert too_few.value == "too few"
    assert too_few.controls == ("–",) * 4
    assert section.counts == "256 generated clips beside 480 real test clips"


def test_features_of_a_file_are_named_after_it():
    entry = generation_metrics().distances["kvd[self]"]
    controls = {name: value for name, value in entry["controls"].items() if name != "copies"}
    distances = {"fvd[i3d:rgb_imagenet.pt]": {**entry, "controls": controls}}
    (row,) = clips_section(generation_metrics(distances=distances), None, PLENTY).distances
    assert row.note == "Fréchet distance, as I3D with the weights rgb_imagenet.pt sees it"
    assert row.controls == ("–", "0.06", "2.54", "34.3")


def test_with_too_few_clips_a_sentence_stands_for_an_empty_table():
    few = {"value": "too few", "why": "256 clips of each kind are needed", "num_real": 9, "num_generated": 100}
    page = render_report(ReportData("few", generation_metrics(distances={"kvd[self]": few, "fvd[self]": few})))
    assert "100 generated clips beside 9 real test clips are too few for a distance of two sets: 256 clips" in page
    assert "real halves" not in page
    assert "real halves" in render_report(generation_report())


def test_variety_and_movement_are_said_beside_those_of_real_clips():
    several, moving = clips_section(generation_metrics(), None, PLENTY).variety
    assert "two clips of one class lie 0.5 times as far apart" in several
    assert "changes by 6 of 255 grey levels in the mean, in real clips by 8" in moving
    assert len(clips_section(generation_metrics(diversity=None), None, PLENTY).variety) == 1
    physics = {"generated": {"presence": 0.5, "unevenness": 0.4}, "real": {"presence": 0.9, "unevenness": 0.2}}
    shapes = clips_section(generation_metrics(physics=physics), None, PLENTY).variety[-1]
    assert shapes.startswith("Both shapes are visible in 50 % of the frames, in real clips in 90 %.")


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (repetition(0.04, is_likely=False), "4 % of the generated clips (likely 1 to 7 %) come nearer"),
        (repetition(0.04, is_likely=False), "5 % would be usual"),
        (repetition(0.5, is_likely=True), "more than the usual 5 %: it repeats training clips"),
        ({"nearer_share": "too few", "num_training": 9, "num_held_out": 12}, "12 real test clips are too few"),
    ],
)
def test_repeated_clips_are_said(entry, words):
    assert words in clips_section(generation_metrics(memorisation=entry), None, PLENTY).repetition


def test_pairs_beyond_the_bytes_of_the_page_are_counted():
    whole = clips_section(generation_metrics(), clips_report(6), PLENTY)
    assert (len(whole.pairs), whole.num_omitted) == (6, 0)
    few = clips_section(generation_metrics(), clips_report(6), len(whole.pairs[0].source) * 2)
    assert 0 < len(few.pairs) < 6
    assert few.num_omitted == 6 - len(few.pairs)


def test_the_page_has_the_sections_and_keeps_under_five_megabytes():
    page = render_report(generation_report())
    for heading in ("Generated clips", "How far are they from real clips?", "Does it repeat training clips?"):
        assert f"<h2>{heading}</h2>" in page
    assert page.count("data:image/webp") == 6
    assert "Refused: it does not see movement here." in page
    large = render_report(ReportData("large", generation_metrics(), clips=clips_report(12, size=256)))
    assert len(large) < 5_000_000
    assert "more would make this page too large" in large


def test_metrics_of_an_earlier_version_are_shown_without_the_measures():
    fields = generation_metrics()
    old = type(fields)({name: fields[name] for name in fields if name not in ("distances", "memorisation", "motion")})
    page = render_report(ReportData("old", old))
    assert "Generated clips by class" in page
    assert "How far are they" not in page
    assert "Does it repeat" not in page


def test_hostile_titles_stay_text():
    page = render_report(generation_report(prefix="<script>alert(1)</script>\u202e"))
    assert "<script" not in page
    assert "\u202e" not in page
