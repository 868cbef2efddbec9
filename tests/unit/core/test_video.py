"""VideoFacts as JSON: exact there and back, and readable where an older version wrote it."""

import json
from fractions import Fraction

import pytest

from reelwise.core.video import SoundFacts, VideoFacts, VideoWarning, WarningKind, facts_from_json, facts_to_json

FACTS = VideoFacts(
    12, 64, 48, 0.4, Fraction(30000, 1001), True, 90, "h264", "mov", SoundFacts("aac", 44100, 2), {"title": "x"},
    (VideoWarning(WarningKind.GAPS, "any sentence at all"), VideoWarning(WarningKind.HDR, "HDR: PQ colours.")), True,
)  # fmt: skip


def through_a_file(facts: VideoFacts) -> dict:
    return json.loads(json.dumps(facts_to_json(facts)))


def test_the_facts_come_back_exactly():
    assert facts_from_json(through_a_file(FACTS)) == FACTS


def test_the_warnings_stay_a_list_of_sentences():
    assert through_a_file(FACTS)["warnings"] == ["any sentence at all", "HDR: PQ colours."]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("truncated: the header declares 3.0 s, the pictures last 1.0 s.", WarningKind.TRUNCATED),
        ("timestamps go back: 2 frames had a repeated or earlier time; they were spread.", WarningKind.TIMES_GO_BACK),
        ("what no version ever said", WarningKind.OTHER),
    ],
)
def test_a_cache_from_before_kinds_is_read_with_its_kinds(text, kind):
    old = through_a_file(FACTS) | {"warnings": [text]}
    del old["warning_kinds"]
    assert facts_from_json(old).warnings == (VideoWarning(kind, text),)


def test_warnings_with_fewer_kinds_than_sentences_are_refused():
    with pytest.raises(ValueError, match="zip"):
        facts_from_json(through_a_file(FACTS) | {"warning_kinds": ["gaps"]})


def test_a_cache_from_before_mirrors_is_read():
    old = through_a_file(FACTS)
    del old["is_mirrored"]
    assert not facts_from_json(old).is_mirrored
