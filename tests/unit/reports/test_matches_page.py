"""The page of a search, whatever a file is called."""

from dataclasses import replace

import numpy as np

from reelwise.analysis.results import Moment
from reelwise.analysis.similarity.results import ClipFacts, Match, Matches, MatchSpan, UnsearchedVideo
from reelwise.reports.matches_page import remark_of, render_matches_page

EVIL = '"><script>alert(1)</script><img src=x onerror=y>\u202egpj\n.mp4'


def span_of(start: int, end: int) -> MatchSpan:
    return MatchSpan(Moment(start, start, start / 25, None), Moment(end, end, end / 25, None), 0.25)


def matches_of(name: str) -> Matches:
    match = Match(name, 0.98, 1.1, True, span_of(0, 50), span_of(100, 155))
    return Matches(ClipFacts(name, 50, 2.0), 3, 1, 1, (match,), (UnsearchedVideo(name, name, False),))


def test_it_shows_both_spans_and_pictures():
    picture = np.zeros((18, 32, 3), np.uint8)
    page = render_matches_page(matches_of("film.mp4"), {("film.mp4", 24): picture, ("film.mp4", 127): picture})
    for part in ("100–154", "4.00–6.20 s", "0–49", "0.00–2.00 s", ">98\xa0%<", "mirrored, 10.0", "is in 1 of 3 videos"):
        assert part in page, part
    assert page.count("<img ") == 2


def test_what_is_not_certain_is_no_100_percent():
    matches = matches_of("film.mp4")
    span = replace(span_of(0, 50), share=0.998)
    page = render_matches_page(replace(matches, matches=(replace(matches.matches[0], score=0.997, clip=span),)), {})
    assert ">99.7\xa0%<" in page
    assert "99.8\xa0% of it" in page
    assert "100\xa0%" not in page


def test_it_counts_what_is_not_shown():
    matches = replace(matches_of("film.mp4"), num_videos_with_clip=2, num_matches=5)
    page = render_matches_page(matches, {})
    assert "is in 2 of 3 videos" in page
    assert "The best 1 of 5" in page


def test_a_strangers_name_stays_text():
    page = render_matches_page(matches_of(EVIL), {})
    assert "<script" not in page
    assert "onerror=y>" not in page
    assert "\u202e" not in page


def test_without_a_match_it_says_so():
    page = render_matches_page(Matches(ClipFacts("a.mp4", 1, 0.04), 1, 0, 0, (), ()), {})
    assert "is in none of 1 video<" in page


def test_remarks():
    match = matches_of("a").matches[0]
    assert remark_of(match) == "mirrored, 10.0 % slower in the video"
