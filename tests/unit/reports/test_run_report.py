import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from reelwise.core.records import SkippedFile
from reelwise.reports import run_report
from reelwise.reports.report_data import ExampleClip
from reelwise.reports.run_report import render_report, write_report
from reelwise.tasks.metrics import Metrics

HOSTILE = (
    "<script>alert(1)</script>\"'><img src=http://evil.example/x onerror=alert(2)>{{ 7*7 }}\x1b[31m\u202e\udcff\x00"
)
VOID = {"meta", "link", "img", "br", "source", "input"}


class Page(HTMLParser):
    """Collects tags, checks that they close, and keeps the text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] != "style":
            self.text += data

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


def test_every_section_is_there(make_report):
    page = Page(render_report(make_report()))
    headings = re.findall(r"<h2>(.*?)</h2>", render_report(make_report()))
    assert headings == [
        "Is it better than a simple rule?", "Which model did best?", "What does it mix up?", "Class by class",
        "Can you believe how sure it is?", "See for yourself", "How it learned", "The data", "How to repeat it",
    ]  # fmt: skip
    ids = {attrs["id"] for _, attrs in page.tags if "id" in attrs}
    assert {str(a["href"])[1:] for a in page.named("a")} <= ids
    assert len(page.named("h1")) == 1


def test_nothing_is_loaded_and_nothing_runs(make_report):
    text = render_report(make_report())
    page = Page(text)
    assert not {"script", "iframe", "object", "embed", "form", "base"} & {tag for tag, _ in page.tags}
    for _, attrs in page.tags:
        assert not [name for name in attrs if name.startswith("on") or name == "style"]
        for name in ("src", "href", "srcset", "data"):
            assert re.match(r"data:|#", attrs.get(name) or "#")
    without_pictures = re.sub(r"data:image/\w+;base64,[\w+/=]+", "", text)
    assert not re.search(r"https?:|//[a-z]|url\(|@import", without_pictures, re.IGNORECASE)
    policy = next(m["content"] for m in page.named("meta") if m.get("http-equiv") == "Content-Security-Policy")
    assert policy
    assert policy.startswith("default-src 'none'; img-src data:;")
    assert "unsafe" not in policy


def test_hostile_text_in_every_place_stays_text(make_report, tmp_path):
    write_report(tmp_path / "report.html", make_report((HOSTILE, "b", "c"), text=HOSTILE))
    text = (tmp_path / "report.html").read_bytes().decode("utf-8")
    page = Page(text)
    assert not page.named("script")
    assert {attrs["src"][:5] for attrs in page.named("img")} == {"data:"}
    assert "onerror" not in {name for _, attrs in page.tags for name in attrs}
    assert page.text.count("<script>alert(1)</script>") >= 12
    assert "7*7" in page.text
    assert not set("\x1b\x00\u202e") & set(text)
    assert r"\u202e" in page.text
    assert r"\udcff" in page.text


@pytest.mark.parametrize("num_classes", [2, 6, 20, 21, 400])
def test_from_two_classes_to_four_hundred(make_report, num_classes):
    labels = tuple(f"класс 動作 {i}" for i in range(num_classes))
    text = render_report(make_report(labels, num_videos=max(60, num_classes)))
    page = Page(text)
    matrices = [attrs for attrs in page.named("table") if "matrix" in str(attrs.get("class"))]
    assert bool(matrices) == (num_classes <= 20)
    assert page.text.count("класс 動作 1") >= 1
    assert len(text) < 1_500_000


def test_missing_parts_leave_no_empty_sections(make_bare_report):
    text = render_report(make_bare_report(("a", "b")))
    headings = re.findall(r"<h2>(.*?)</h2>", text)
    assert headings == ["Is it better than a simple rule?", "What does it mix up?", "Class by class"]
    assert "carries no simple rules" in text
    Page(text)


def test_all_right_with_many_classes(make_bare_report):
    bare = make_bare_report(tuple(f"c{i}" for i in range(30)))
    diagonal = [[2 * (i == j) for j in range(30)] for i in range(30)]
    assert "every video was right" in render_report(
        replace(bare, metrics=Metrics({**bare.metrics, "confusion": diagonal}))
    )


def test_one_video(make_report):
    Page(render_report(make_report(("a", "b"), num_videos=1)))


@pytest.mark.parametrize(("num_videos", "has_intervals"), [(3, False), (60, True)])
def test_a_line_is_explained_where_one_is_drawn(make_report, num_videos, has_intervals):
    data = make_report(num_videos=num_videos)
    row = {"accuracy": 0.5, "accuracy_ci95": [0.4, 0.6] if has_intervals else None, "how": "masked"}
    time = {"shuffled": row | {"difference_ci95": [0.1, 0.2] if has_intervals else None}}
    text = render_report(replace(data, metrics=Metrics({**data.metrics, "modalities": {"frames": row}, "time": time})))
    assert "Frames shuffled" in text
    assert text.count("thin line") == (2 if has_intervals else 0)
    for words in ('class="whisker"', "likely between"):
        assert (words in text) == has_intervals


def test_metrics_that_went_through_a_file_look_the_same(make_report):
    data = make_report()
    assert render_report(replace(data, metrics=Metrics(json.loads(json.dumps(data.metrics))))) == render_report(data)


def test_no_claim_about_new_videos_where_the_model_was_trained_on_these(make_report):
    data = make_report()
    assert "On new videos like these" in render_report(data)
    assert "held back from training" in render_report(data)
    learned = render_report(replace(data, metrics=Metrics({**data.metrics, "learned_from": 5})))
    assert "On new videos like these" not in learned
    assert "held back" not in learned
    assert "the model was trained on 5 of these videos" in learned
    unknown = replace(data, split_method="")  # of an evaluation, with a model file that does not say
    assert "held back" not in render_report(unknown)
    none = replace(unknown, metrics=Metrics({**data.metrics, "learned_from": 0}))
    assert "held back" in render_report(none)


def test_a_verdict_of_another_version_is_shown_as_it_stands(make_report):
    data = make_report()
    old = replace(data, metrics=Metrics({**data.metrics, "verdict": "Good; but old."}))
    assert '<h1 class="verdict">Good; but old.</h1>' in render_report(old)


def test_pictures_are_kept_within_bounds(make_report, pixel, monkeypatch):
    monkeypatch.setattr(run_report, "MAX_PICTURE_BYTES", 3 * len(pixel))
    clip = ExampleClip("a.mp4", "hug", "kick", 0.9, 0.1, "worst", pixel, "image/gif")
    page = Page(render_report(replace(make_report(), examples=(clip,) * 5)))
    assert len(page.named("img")) == 3
    assert len(re.findall(r"^no picture$", page.text, re.MULTILINE)) == 2


def test_a_clip_with_sound_is_a_player_and_foreign_types_are_left_out(make_report, pixel):
    clips = [
        ExampleClip("a.mp4", "hug", "kick", 0.9, 0.1, "worst", pixel, kind)
        for kind in ("video/mp4", 'image/svg+xml" onload="x', "text/html")
    ]
    page = Page(render_report(replace(make_report(), examples=tuple(clips))))
    assert len(page.named("video")) == 1
    assert not page.named("img")


def test_every_picture_has_words(make_report):
    page = Page(render_report(make_report()))
    assert all(attrs.get("alt") for attrs in page.named("img"))
    for attrs in page.named("svg"):
        assert attrs.get("aria-hidden") or (attrs.get("role") == "img" and attrs.get("aria-label"))
    assert page.named("html")[0]["lang"] == "en"
    assert all(attrs.get("scope") for attrs in page.named("th"))


def test_motion_is_optional(make_report):
    sources = Page(render_report(make_report())).named("source")
    assert sources
    assert all(attrs["media"] == "(prefers-reduced-motion: reduce)" for attrs in sources)


def test_ten_thousand_skipped_files_are_cut(make_report):
    skipped = tuple(SkippedFile(f"{i}.mp4", "no frames") for i in range(10_000))
    text = render_report(replace(make_report(), skipped_files=skipped))
    assert "10000 files could not be used" in text
    assert text.count("no frames") == 500


def test_the_same_page_each_time(make_report):
    assert render_report(make_report()) == render_report(make_report())


def test_a_failed_write_leaves_the_old_report(make_report, tmp_path, monkeypatch):
    (tmp_path / "report.html").write_text("old")
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        write_report(tmp_path / "report.html", make_report())
    assert (tmp_path / "report.html").read_text() == "old"
