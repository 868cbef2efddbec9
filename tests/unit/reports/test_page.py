import pytest
from markupsafe import Markup

from reelwise.reports.page import clean_text, data_uri, human_bytes, human_count


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("日本語 кириллица हिन्दी 👩‍👩‍👧", "日本語 кириллица हिन्दी 👩‍👩‍👧"),
        ("a\x00b\x1b[0m", r"a\x00b\x1b[0m"),
        ("gpj\u202e.exe\u2066", r"gpj\u202e.exe\u2066"),
        ("\udce9t\udce9", r"\udce9t\udce9"),
        ("82 %", "82\u00a0%"),
        ("two\nlines", "two\nlines"),
    ],
)
def test_text_shows_what_it_holds(text, shown):
    assert clean_text(text) == shown


def test_markup_and_numbers_pass():
    assert clean_text(7) == 7
    assert clean_text(Markup("<b>\x00</b>")) == "<b>\x00</b>"


def test_pictures_become_addresses():
    assert data_uri(b"\x00\xff", "image/webp") == "data:image/webp;base64,AP8="


@pytest.mark.parametrize(
    ("number", "words"), [(None, ""), (0, "0 B"), (2_500, "2.5 kB"), (26_400_000, "26.4 MB"), (3e9, "3.0 GB")]
)
def test_bytes_for_people(number, words):
    assert human_bytes(number) == words


@pytest.mark.parametrize(("number", "words"), [(None, ""), (0, "0"), (61_234, "61.2 k"), (1_234_567, "1.23 M")])
def test_counts_for_people(number, words):
    assert human_count(number) == words
