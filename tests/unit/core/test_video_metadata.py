"""Tags and facts of files as columns of metadata."""

from dataclasses import replace
from fractions import Fraction

from reelwise.core.video import SoundFacts, VideoFacts
from reelwise.core.video_metadata import facts_metadata

FACTS = VideoFacts(
    30, 64, 48, 1.25, Fraction(24000, 1001), False, 90, "h264", "mov", SoundFacts("aac", 44100, 2),
    {"title": "A dog", "comment": " "},
)  # fmt: skip


def test_tags_by_default_and_the_container_on_request():
    assert facts_metadata(FACTS) == {"tags.title": "A dog"}
    columns = facts_metadata(FACTS, container=True)
    assert columns["container.frame_rate"] == "23.976"
    assert columns["container.sound_sample_rate"] == "44100"


def test_tags_of_phones_have_the_usual_names_too():
    tags = {
        "com.apple.quicktime.make": "Apple", "com.apple.quicktime.model": "iPhone 12", "TITLE": "A",
        "location-eng": "+1", "com.apple.quicktime.creationdate": "2021-03-04T05:06:07+0100", "location": "+2",
    }  # fmt: skip
    columns = facts_metadata(replace(FACTS, tags=tags))
    assert (columns["tags.device"], columns["tags.title"], columns["tags.location"]) == ("Apple iPhone 12", "A", "+1")
    assert columns["tags.date"].startswith("2021")
    assert columns["tags.com.apple.quicktime.make"] == "Apple"
    assert not any(name.endswith("-eng") for name in columns)
