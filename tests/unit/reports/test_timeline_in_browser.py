"""timeline.html in a real browser, from a file: keys, clicks, rows, what a phone, a screen reader and paper get."""

import itertools
import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import crafted_timeline
import crafted_tracks
import numpy as np
import pytest
from browser_checks import CONTRAST, NEEDS_BROWSER, go_to, wait_until

from reelwise.analysis.results import SignalTrack
from reelwise.core.timecode import timecode
from reelwise.reports.timeline import write_timeline

pytestmark = NEEDS_BROWSER

SIZE_HW = (96, 160)
NTSC = Fraction(30000, 1001)
MILLISECONDS = Fraction(1, 1000)


@pytest.fixture(scope="module")
def crafted_page(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("crafted")
    analysis, signals = crafted_timeline.film_with_everything(folder)
    write_timeline(folder, analysis, signals, None)
    return folder / "timeline.html"


def position(page) -> str:
    return page.locator("#position").input_value()


def test_keys_go_everywhere(open_page, crafted_page):
    page = open_page(crafted_page)
    page.keyboard.press("n")
    first = page.locator("#frame").text_content()
    page.keyboard.press("n")
    assert page.locator("#frame").text_content() != first
    page.keyboard.press("p")
    assert page.locator("#frame").text_content() == first
    page.select_option("#labels", "0")
    page.locator("#scrub").focus()
    page.keyboard.press("Home")
    page.keyboard.press("n")
    assert page.locator("#frame").text_content() == "frame 20 of 251"
    page.keyboard.press("]")
    assert page.locator("#frame").text_content() == "frame 46 of 251"
    assert position(page) == "00:00:01:21"
    page.keyboard.press("[")
    assert page.locator("#frame").text_content() == "frame 20 of 251"
    page.keyboard.press("z")
    wait_until(page, "Number(document.querySelector('#zoom').value) > 0.3")  # drawn with the next picture
    page.keyboard.press("0")
    wait_until(page, "Number(document.querySelector('#zoom').value) === 0")
    page.keyboard.press("?")
    assert page.locator("#help").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#help").is_visible()
    assert page.complaints == []


def shown_frame(page) -> int:
    return int(page.locator("#frame").text_content().split()[1].replace(",", ""))


def test_a_click_goes_to_the_frame_under_it(open_page, crafted_page):
    page = open_page(crafted_page)
    page.keyboard.press("Home")
    page.locator("#zoom").fill("1")
    box = page.locator("#rows").bounding_box()
    for edge in (1, 5, 11):  # half-open: a frame begins at its edge
        for offset, frame in ((-2, edge - 1), (2, edge)):
            page.mouse.click(box["x"] + edge * box["width"] / 12 + offset, box["y"] + 30)
            assert shown_frame(page) == frame
    page.keyboard.press("Home")
    page.mouse.move(box["x"] + 20, box["y"] + 30)
    assert page.locator("#tip-text").inner_text().split("\n")[:2] == ["shot 1", "00:00:00:00 – 00:00:00:15"]


def test_positions_are_read_as_they_are_written(open_page, tmp_path):
    crafted = crafted_tracks.craft_rate(NTSC, labels=("freeze",))
    write_timeline(tmp_path, replace(crafted.analysis, tracks=()), {"pts": crafted.clock.pts}, None)
    page = open_page(tmp_path / "timeline.html")
    for frame in (0, 29, 1799, 1800, 17981, 17982, len(crafted.clock) - 1):
        go_to(page, str(frame))
        assert position(page) == timecode(frame, NTSC)
        page.keyboard.press("Home")
        go_to(page, timecode(frame, NTSC))
        assert shown_frame(page) == frame
    for text, frame in (("0:02", 59), ("1.5s", 44), ("1:00.1", 1801), ("nonsense", 1801), ("999999999", 18019)):
        go_to(page, text)
        assert shown_frame(page) == min(frame, len(crafted.clock) - 1)


FOCUS = """() => {
  const e = document.activeElement, s = getComputedStyle(e);
  const label = e.labels?.[0]?.textContent ?? '';
  return [e.id || e.tagName, (e.getAttribute('aria-label') || label || e.textContent).trim(), s.outlineStyle];
}"""


def test_keyboard_alone_reaches_everything(open_page, crafted_page):
    page = open_page(crafted_page)
    reached = {}
    for _ in range(40):
        page.keyboard.press("Tab")
        name, label, outline = page.evaluate(FOCUS)
        if name in reached:
            break
        reached[name] = label
        assert label or name == "BODY"
        assert outline != "none" or name == "BODY"
    wanted = page.evaluate(
        "[...document.querySelectorAll('button, select, input, summary, [tabindex=\"0\"]')]"
        ".filter(e => e.checkVisibility() && e.tabIndex >= 0).map(e => e.id || e.tagName)"
    )
    assert set(wanted) <= set(reached)
    assert {"play", "list", "scrub", "labels", "least-score", "position", "zoom"} <= set(reached)


def test_a_screen_reader_is_told_where_it_is(open_page, crafted_page):
    page = open_page(crafted_page)
    page.keyboard.press("n")
    page.keyboard.press("n")
    assert page.locator("#status").text_content().startswith("shot 2, after a dissolve, 5 frames, 00:00:00:20 to ")
    slider = page.locator("#scrub")
    assert slider.get_attribute("aria-valuetext") == "00:00:00:20, frame 20"
    page.locator("#list").focus()
    page.keyboard.press("ArrowDown")
    active = page.locator("#list").get_attribute("aria-activedescendant")
    assert page.locator(f"#{active}").get_attribute("aria-selected") == "true"


MEASURES = "strength 0.143 levels"


def test_measures_of_events_are_for_everybody(open_page, crafted_page):
    page = open_page(crafted_page)
    page.select_option("#labels", label="freeze, 5")
    assert page.locator("#list [role=option] .values").first.inner_text() == MEASURES
    page.keyboard.press("Home")
    page.locator("#list").focus()
    page.keyboard.press("ArrowDown")
    assert page.locator("#status").text_content().endswith(f", score 0.40, {MEASURES}")
    page.emulate_media(media="print")
    page.wait_for_selector("#paper figure")
    assert f"freeze: {MEASURES}" in page.locator("#paper").inner_text()


def test_what_holds_for_the_whole_video_is_no_event_and_stands_below(open_page, crafted_page):
    page = open_page(crafted_page)
    assert page.locator("#list [aria-selected=true] b").inner_text() == "blur"
    assert "programme" not in page.locator("#list").inner_text()
    assert "−8.83 LUFS" in page.locator(".summary").inner_text()
    page.locator("summary").click()
    assert "programme: loudness −8.83 LUFS, peak 1.25 dBFS" in page.locator(".about").inner_text()
    page.locator("summary").click()
    page.emulate_media(media="print")
    wait_until(page, "document.querySelector('.about').open")
    page.emulate_media(media="screen")
    wait_until(page, "!document.querySelector('.about').open")


def test_only_shots_are_numbered(open_page, tmp_path):
    crafted = crafted_tracks.craft_rate(Fraction(25))
    write_timeline(tmp_path, crafted.analysis, {}, None)
    page = open_page(tmp_path / "timeline.html")
    titles = page.locator("#list [role=option] b").all_inner_texts()
    assert titles[:4] == ["shot 1", "freeze", "shot 2", "freeze"]


def row_top(page, title: str) -> float:
    """Pixels from the top of the drawing of the rows to the row of that name."""
    row = page.locator("#gutter > div", has=page.locator("b", has_text=title)).first
    return row.bounding_box()["y"] - page.locator("#rows").bounding_box()["y"]


COLOURED = """([x, y, height]) => {
  const canvas = document.querySelector('#rows');
  const scale = canvas.width / canvas.clientWidth;
  const column = canvas.getContext('2d').getImageData(x * scale, y * scale, 1, height * scale).data;
  let count = 0;
  for (let k = 0; k < column.length; k += 4) count += column[k + 2] - column[k] > 60 && column[k + 3] > 0;
  return count / scale;
}"""
"""Blue pixels in a column of the rows."""


def test_the_waveform_is_drawn_at_every_zoom(open_page, crafted_page):
    page = open_page(crafted_page)
    top, width = row_top(page, "sound waveform"), page.locator("#rows").bounding_box()["width"]

    def waves() -> list[int]:
        return [page.evaluate(COLOURED, [round(width * share), top, 56]) for share in (0.25, 0.75)]

    assert waves() == [pytest.approx(0.9 * 1.8 * 28, abs=2), pytest.approx(0.1 * 1.8 * 28, abs=2)]
    assert page.locator("#gutter div", has_text="sound waveform").locator(".value").inner_text() == "90 %"
    page.locator("#zoom").fill("1")
    wait_until(page, "Number(document.querySelector('#zoom').value) > 0.99")
    assert waves() == [pytest.approx(0.9 * 1.8 * 28, abs=2)] * 2
    go_to(page, "200")
    assert page.locator("#gutter div", has_text="sound waveform").locator(".value").inner_text() == "10 %"


def test_rows_without_events_can_be_clicked(open_page, crafted_page):
    page = open_page(crafted_page)
    for title in ("sound waveform", "motion energy", "prints"):
        page.keyboard.press("Home")
        place = {"x": page.locator("#rows").bounding_box()["width"] / 2, "y": row_top(page, title) + 10}
        page.locator("#rows").hover(position=place)
        page.locator("#rows").click(position=place)
        assert shown_frame(page) == 125, title
    assert page.complaints == []


SPY = """
  window.calls = [];
  for (const name of ['fillRect', 'stroke', 'strokeText', 'fillText']) {
    const original = CanvasRenderingContext2D.prototype[name];
    CanvasRenderingContext2D.prototype[name] = function (...values) {
      const style = name.startsWith('stroke') ? this.strokeStyle : this.fillStyle;
      const isMeasured = name === 'fillText' && this.textAlign !== 'right';
      const width = isMeasured ? this.measureText(String(values[0])).width : 0;
      const right = values[1] + width; // of text
      window.calls.push({name, values, style, right, align: this.textAlign, halo: this.lineWidth, id: this.canvas.id});
      return original.apply(this, values);
    };
  }
"""


def calls_of(page, condition: str = "true") -> list[dict]:
    """What was drawn so far; as text, which takes a browser a tenth of the time."""
    return json.loads(page.evaluate(f"JSON.stringify(window.calls.filter(call => {condition}))"))


def test_the_numbers_of_a_scale_stand_over_its_curve_in_a_halo(open_page, crafted_page):
    page = open_page(crafted_page, script=SPY, color_scheme="light")
    page.wait_for_selector("#list [role=option]")
    calls = calls_of(page, "call.id === 'rows'")
    numbers = [place for place, call in enumerate(calls) if call["name"] == "fillText" and call["align"] == "right"]
    assert len(numbers) >= 4
    for place in numbers:
        halo, number = calls[place - 1], calls[place]
        assert (halo["name"], halo["style"], halo["values"]) == ("strokeText", "#fafaf8", number["values"])
        assert halo["halo"] >= 3
    for first, second in zip(numbers[::2], numbers[1::2], strict=True):  # the highest and the lowest value of a curve
        assert calls[first - 2]["name"] == "stroke"
        assert second == first + 2
    assert not [call for call in calls if call["name"] == "fillRect" and call["align"] == "right"]


def test_the_number_of_a_curve_of_one_value_stands_on_its_scale_once(open_page, tmp_path):
    page = open_page(write_flat_curves(tmp_path), script=SPY)
    page.wait_for_selector("#list [role=option]")
    numbers = calls_of(page, "call.id === 'rows' && call.name === 'fillText' && call.align === 'right'")
    assert {call["values"][0] for call in numbers} == {"1.00"}
    assert len({call["values"][2] for call in numbers}) == 1  # one place, however often it is drawn


@pytest.mark.parametrize("width", [390, 1280, 1440])
def test_no_time_of_the_ruler_is_cut(open_page, crafted_page, width):
    page = open_page(crafted_page, width, script=SPY)
    page.wait_for_selector("#list [role=option]")
    for _ in range(12):  # as the view narrows, marks come near its end
        page.keyboard.press("+")
        page.wait_for_timeout(30)
    texts = calls_of(page, "call.id === 'ruler' && call.name === 'fillText'")
    assert len(texts) > 4
    room = page.locator("#ruler").bounding_box()["width"]
    assert [call["values"][0] for call in texts if call["right"] > room] == []


@pytest.mark.parametrize("width", [320, 390, 1440])
def test_the_longest_timecode_is_seen_whole(open_page, crafted_page, width):
    page = open_page(crafted_page, width=width)
    page.locator("#position").fill("00:00:00:00")
    assert page.evaluate("""() => {
        const box = document.querySelector('#position');
        return box.scrollWidth <= box.clientWidth;
    }""")


def test_a_video_from_stdin_says_why_there_is_no_player(open_page, tmp_path):
    analysis, signals = crafted_timeline.film_with_everything(tmp_path)
    write_timeline(tmp_path, replace(analysis, media=replace(analysis.media, file="-")), signals, None)
    page = open_page(tmp_path / "timeline.html")
    assert page.locator("#notice").inner_text().startswith("The video came through a pipe")
    assert page.locator("h1").inner_text() == "stdin"
    assert page.locator("#strip button").count() == 7


@pytest.mark.parametrize("width", [390, 1440])
def test_the_picture_of_now_is_within_reach(open_page, crafted_page, width):
    page = open_page(crafted_page, width, 844)
    for key in ("Home", "End", "p", "Home"):
        page.keyboard.press(key)
        box = page.locator("#strip [aria-current=true]").bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
    assert page.evaluate("document.querySelector('#strip').scrollLeft") == 0
    first = page.locator("#strip button").first
    assert first.bounding_box()["x"] >= 0


def test_filters_hide_events(open_page, crafted_page):
    page = open_page(crafted_page)
    page.select_option("#labels", label="freeze, 5")
    assert page.locator("#count").inner_text().split() == ["5", "of", "23"]
    page.locator("#least-score").fill("0.55")
    assert page.locator("#list [role=option]").count() == 3
    assert page.locator("#list [role=option] b").all_inner_texts() == ["freeze"] * 3


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1440])
def test_fits_and_can_be_read(open_page, crafted_page, width, scheme):
    page = open_page(crafted_page, width, 900, color_scheme=scheme)
    page.keyboard.press("n")
    page.locator("summary").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(CONTRAST) == []
    assert page.complaints == []


def test_paper_gets_a_storyboard(open_page, crafted_page):
    page = open_page(crafted_page)
    page.emulate_media(media="print")
    page.wait_for_selector("#paper figure")
    assert page.locator("#paper figure img").count() == 8
    assert page.locator("#paper figure").nth(1).inner_text().split("\n")[:2] == ["shot 2", "00:00:00:20 – 00:00:01:22"]
    assert not page.locator(".upper").is_visible()
    page.emulate_media(media="screen")
    wait_until(page, "!document.querySelector('#paper').childElementCount")


def test_paper_leaves_the_page_as_it_was_where_there_is_nothing_to_print(open_page, tmp_path):
    crafted = crafted_tracks.craft_rate(Fraction(25))
    empty = replace(crafted.analysis.tracks[1], items=())
    write_timeline(tmp_path, replace(crafted.analysis, tracks=(empty,)), {}, None)
    page = open_page(tmp_path / "timeline.html")
    for is_open in (False, True):
        if is_open:
            page.locator("summary").click()
        page.emulate_media(media="print")
        wait_until(page, "document.querySelector('.about').open")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        page.emulate_media(media="screen")
        wait_until(page, f"document.querySelector('.about').open === {str(is_open).lower()}")


def write_flat_curves(folder: Path) -> Path:
    """The page of events whose names have an underscore, and of two curves of one value in one row."""
    crafted = crafted_tracks.craft_rate(Fraction(25), labels=("zoom_in", "pan_left"))
    track = SignalTrack(
        "sound", "", "signals.npz#sound", ("short_term", "peak"), dict.fromkeys(("short_term", "peak"), "LUFS")
    )
    analysis = replace(crafted.analysis, tracks=(*crafted.analysis.tracks, track))
    sound = np.ones((len(crafted.clock), 2), np.float32)
    write_timeline(folder, analysis, {"sound": sound}, None)
    return folder / "timeline.html"


def test_names_are_words(open_page, tmp_path):
    page = open_page(write_flat_curves(tmp_path), script=SPY)
    assert "short term" in page.locator("#gutter").inner_text()
    assert "zoom in" in page.locator("#labels").inner_text()
    assert "zoom in" in page.locator("#list").inner_text()
    drawn = [call["values"][0] for call in calls_of(page, "call.name === 'fillText'")]
    assert "zoom in" in drawn
    seen = [page.locator(each).inner_text() for each in ("#gutter", "#labels", "#list")]
    assert "_" not in "".join([*seen, *drawn])


def test_only_events_with_measures_have_room_for_them(open_page, crafted_page):
    page = open_page(crafted_page)
    boxes = page.locator("#list [role=option]").all()
    heights = {bool(each.locator(".values").count()): each.bounding_box()["height"] for each in boxes}
    assert heights == {False: 64, True: 98}
    tops = sorted((each.bounding_box()["y"], each.bounding_box()["height"]) for each in boxes)
    assert all(y + height == below for (y, height), (below, _) in itertools.pairwise(tops))
    for key in ("End", "p", "Home", "n", "n"):
        page.keyboard.press(key)
        chosen, view = (page.locator(each).bounding_box() for each in ("#list [aria-selected=true]", "#list"))
        assert view["y"] <= chosen["y"] + 1
        assert chosen["y"] + chosen["height"] <= view["y"] + view["height"] + 1


def test_a_phone_shows_the_names_of_all_curves_whole(open_page, tmp_path):
    crafted = crafted_tracks.craft_rate(Fraction(25))
    names = ("clipped_low", "clipped_high", "black_border", "white_border")
    track = SignalTrack("quality_of_picture", "", "signals.npz#q", names, dict.fromkeys(names, "% of pixels"))
    values = np.random.default_rng(1).random((len(crafted.clock), 4)).astype(np.float32)
    write_timeline(tmp_path, replace(crafted.analysis, tracks=(track,)), {"q": values}, None)
    page = open_page(tmp_path / "timeline.html", 390, 844, script=SPY)
    texts = page.locator("#gutter b, #gutter span")
    assert texts.count() == 14
    assert texts.evaluate_all("all => all.filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.textContent)") == []
    number = next(iter(calls_of(page, "call.name === 'fillText' && call.align === 'right'")))
    row_y = number["values"][2] - 6
    label = page.locator("#gutter > div").bounding_box()
    assert label["x"] + label["width"] <= 390
    assert label["y"] + label["height"] <= page.locator("#rows").bounding_box()["y"] + row_y


def odd_analyses(folder: Path):
    hostile = crafted_tracks.hostile()
    yield "hostile", hostile.analysis, {"pts": hostile.clock.pts}
    few = crafted_tracks.craft([0, 3600], Fraction(1, 90000), (0, 1))
    yield "one frame", few.analysis, {"pts": few.clock.pts}
    yield "nothing", replace(few.analysis, tracks=()), {}
    film, signals = crafted_timeline.film_with_everything(folder)
    shots = film.items("shots")
    many = replace(film.tracks[1], items=tuple(replace(shots[k % 8], picture=None) for k in range(100_000)))
    yield "100,000 events", replace(film, tracks=(film.tracks[0], many)), signals


def test_odd_analyses_have_a_page(open_page, tmp_path):
    for name, analysis, signals in odd_analyses(tmp_path):
        write_timeline(tmp_path, analysis, signals, None)
        page = open_page(tmp_path / "timeline.html")
        for key in ("n", "n", "]", "+", "ArrowRight", "End", "p"):
            page.keyboard.press(key)
        assert page.complaints == [], name
        assert page.evaluate("document.querySelectorAll('*').length") <= 5000, name
        assert page.evaluate("document.scripts.length") == 2
        assert page.evaluate("document.documentElement.scrollWidth") <= 1280, name


def test_long_films_stay_small(open_page, tmp_path):
    analysis, signals = crafted_timeline.long_film(tmp_path)
    write_timeline(tmp_path, analysis, signals, None)
    assert (tmp_path / "timeline.html").stat().st_size <= 8_000_000
    page = open_page(tmp_path / "timeline.html")
    assert page.evaluate("document.querySelectorAll('*').length") <= 5000
    page.keyboard.press("End")
    page.keyboard.press("p")
    assert page.locator("#frame").text_content() == "frame 179,940 of 180,000"
    assert page.locator("#list [aria-selected=true]").get_attribute("aria-posinset") == "3000"
    assert page.evaluate("document.querySelectorAll('*').length") <= 5000
    assert page.complaints == []
