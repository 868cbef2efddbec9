"""timeline.html as text: what strangers' names can do in it, and that times come back whole."""

import base64
import json
import re
import tracemalloc
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import crafted_timeline
import crafted_tracks
import numpy as np
import pytest

from reelwise.analysis.results import Analysis
from reelwise.reports.timeline import relative_link, script_json, write_timeline
from reelwise.reports.timeline_data import packed_times, page_data


def data_of(page: str) -> dict:
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)[1])


def written(folder: Path, analysis: Analysis, signals: dict, link: str | None = None) -> str:
    write_timeline(folder, analysis, signals, link)
    return (folder / "timeline.html").read_text(encoding="utf-8")


def test_hostile_names_stay_text(tmp_path):
    crafted = crafted_tracks.hostile()
    page = written(tmp_path, crafted.analysis, {"pts": crafted.clock.pts}, "%22%3E%3Cscript%3E.mp4")
    assert page.count("<script") == 2
    assert page.count("</script") == 2
    assert "<script>alert" not in page
    assert "\u202e" not in page
    labels = data_of(page)["tracks"][1]["labels"]
    assert "<script>alert(1)</script>" in labels
    assert all("\n" not in label for label in labels)


def test_the_policy_allows_this_script_alone(tmp_path):
    analysis, signals = crafted_timeline.film_with_everything(tmp_path)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', written(tmp_path, analysis, signals))[1]
    rules = dict(rule.split(" ", 1) for rule in policy.replace("&#39;", "'").split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["media-src"] == "'self' file:"
    assert rules["img-src"] == "data: file: 'self'"
    assert re.fullmatch(r"'sha256-[A-Za-z0-9+/]{43}='", rules["script-src"])
    assert re.fullmatch(r"'sha256-[A-Za-z0-9+/]{43}='", rules["style-src"])
    assert "connect-src" not in rules


def test_two_pages_are_equal(tmp_path):
    pages = []
    for name in ("one", "two"):
        analysis, signals = crafted_timeline.film_with_everything(tmp_path / name)
        pages.append(written(tmp_path / name, analysis, signals))
    assert pages[0] == pages[1]
    assert str(tmp_path) not in pages[0]


@pytest.mark.parametrize("unit", [1, 512, 1_000_000])
@pytest.mark.parametrize("steps", [[40] * 9, [33, 33, 34] * 3, [5, 90, 12, 4000], [1, 3_000_000], [1, 1 << 40], [7]])
def test_times_come_back_whole(steps, unit):
    pts = np.cumsum([10, *(step * unit for step in steps)])
    packed = packed_times(pts[:-1], len(steps), 10, int(pts[-1]))
    width, extra = packed["width"], base64.b64decode(packed["extra"])
    more = np.frombuffer(extra, f"<u{width}").tolist() if width else [0] * len(steps)
    assert [packed["unit"] * (packed["least"] + each) for each in more] == [step * unit for step in steps]


def test_times_are_spread_where_they_are_unknown():
    assert packed_times(None, 4, 100, 500) == {"unit": 100, "least": 1, "width": 0, "extra": ""}


def test_curves_keep_their_holes_and_ends(tmp_path):
    analysis, signals = crafted_timeline.film_with_everything(tmp_path)
    motion, loudness = page_data(tmp_path, analysis, signals)["signals"]
    column = motion["columns"][0]
    steps = np.frombuffer(base64.b64decode(column["data"]), "<u2").astype(float)
    values = column["low"] + (steps - 1) / 65534 * (column["high"] - column["low"])
    values[steps == 0] = np.nan
    np.testing.assert_allclose(values, signals["motion"][:, 0], atol=1e-5)
    assert np.isnan(values[30:50]).all()
    assert loudness["step"] == 0.1


def test_long_curves_keep_their_peaks(tmp_path):
    analysis, signals = crafted_timeline.film_with_everything(tmp_path)
    long = np.zeros((1_500_001, 2), np.float32)
    long[777_777, 0] = 5
    made = page_data(tmp_path, analysis, signals | {"motion": long})["signals"][0]
    steps = np.frombuffer(base64.b64decode(made["columns"][0]["data"]), "u1")
    assert made["merge"] > 1
    assert len(steps) == 2 * -(-len(long) // made["merge"])
    assert (steps.max(), int(steps.argmax())) == (255, 2 * (777_777 // made["merge"]) + 1)


def test_a_map_of_a_long_film_takes_no_copy_of_its_signal(tmp_path):
    analysis, signals = crafted_timeline.film_with_everything(tmp_path)
    prints = np.repeat(np.arange(6, dtype=np.float32), 10_000)[:, None] * np.linspace(1, 2, 24, dtype=np.float32)
    prints[20_000:30_000, 5] = np.nan
    media = replace(analysis.media, num_frames=len(prints))
    tracemalloc.start()
    try:
        page_data(tmp_path, analysis, signals)
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        data = page_data(tmp_path, replace(analysis, media=media), {"prints": prints})
        num_bytes = tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()
    assert num_bytes < prints.nbytes
    (colours,) = data["maps"]
    levels = np.frombuffer(base64.b64decode(colours["data"]), np.uint8).reshape(24, colours["steps"])
    assert levels[0, ::250].tolist() == [1, 52, 103, 153, 204, 255]
    assert levels[5, ::250].tolist() == [1, 52, 0, 153, 204, 255]


def test_signals_that_do_not_fit_are_left_out(tmp_path):
    analysis, signals = crafted_timeline.film_with_everything(tmp_path)
    signals["motion"] = signals["motion"][:, :1]
    assert [each["id"] for each in page_data(tmp_path, analysis, signals)["signals"]] == ["loudness"]


def test_an_empty_analysis_has_a_page(tmp_path):
    crafted = crafted_tracks.craft_rate(Fraction(25))
    page = written(tmp_path, replace(crafted.analysis, tracks=()), {})
    assert data_of(page)["tracks"] == []


def test_links_lead_to_the_video():
    assert relative_link(Path("/a/ü#?%.mp4"), Path("/a/out/b")) == "../../%C3%BC%23%3F%25.mp4"
    assert relative_link(Path("/a/javascript:x.mp4"), Path("/a")) == "javascript%3Ax.mp4"


def test_json_cannot_end_its_element():
    text = script_json({"a": "</script><!--", "b": "\ud800"})
    assert "<" not in text
    assert json.loads(text)["a"] == "</script><!--"
