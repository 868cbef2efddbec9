"""timeline.fcpxml: rational times on frame boundaries, in the documented structure."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import crafted_tracks
import pytest

from reelwise.analysis.formats.cuts import timeline_pieces
from reelwise.analysis.formats.fcpxml import FORMAT
from reelwise.analysis.formats.format import FormatError
from reelwise.analysis.results import Analysis

ATTRIBUTES = {
    "fcpxml": "version",
    "resources": "",
    "format": "id name frameDuration fieldOrder width height paspH paspV colorSpace",
    "asset": "id name uid start duration hasVideo format hasAudio videoSources audioSources audioChannels audioRate",
    "media-rep": "kind sig src suggestedFilename",
    "library": "location colorProcessing",
    "event": "name uid",
    "project": "name uid id modDate",
    "sequence": "format duration tcStart tcFormat audioLayout audioRate renderFormat keywords",
    "spine": "lane offset name format",
    "asset-clip": "ref lane offset name start duration enabled srcEnable format tcStart tcFormat",
    "marker": "start duration value completed note",
}
"""Elements and attributes of FCPXML 1.10 that are used here. Source: Apple, Document Type Definition of FCPXML 1.10."""


def tree_of(analysis: Analysis, folder: Path) -> ElementTree.Element:
    text = FORMAT.write(analysis, folder)["timeline.fcpxml"]
    assert isinstance(text, str)
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n')
    root = ElementTree.fromstring(text)
    for element in root.iter():
        assert set(element.attrib) <= set(ATTRIBUTES[element.tag].split())
    return root


def seconds(text: str | None) -> Fraction:
    assert text is not None
    assert text.endswith("s")
    return Fraction(text[:-1])


@pytest.mark.parametrize("is_drop_frame", [True, False])
@pytest.mark.parametrize("rate", crafted_tracks.RATES)
def test_every_time_comes_back_to_its_frame(rate: Fraction, is_drop_frame: bool, tmp_path: Path) -> None:
    analysis = crafted_tracks.craft_rate(rate, transition_length=3, first_pts=500).analysis
    if not is_drop_frame:
        analysis = crafted_tracks.non_drop(analysis)
    root = tree_of(analysis, tmp_path)
    frame = seconds(root.find("resources/format").get("frameDuration"))  # type: ignore[union-attr]
    assert frame == 1 / rate
    drops = is_drop_frame and rate in (Fraction(30000, 1001), Fraction(60000, 1001))
    assert {each.get("tcFormat") for each in root.iter() if each.get("tcFormat")} == {"DF" if drops else "NDF"}
    clips = root.findall("library/event/project/sequence/spine/asset-clip")
    for piece, clip in zip(timeline_pieces(analysis), clips, strict=True):
        assert clip.get("name") == piece.name
        assert seconds(clip.get("offset")) / frame == seconds(clip.get("start")) / frame == piece.start.frame
        assert seconds(clip.get("duration")) / frame == piece.end.frame - piece.start.frame
    assert sum(seconds(clip.get("duration")) for clip in clips) == seconds(root.find(".//sequence").get("duration"))  # type: ignore[union-attr]
    markers = [(clip, marker) for clip in clips for marker in clip.findall("marker")]
    for item, (clip, marker) in zip(analysis.items("quality"), markers, strict=True):
        assert seconds(marker.get("start")) / frame == item.start.frame
        assert seconds(marker.get("duration")) / frame == item.end.frame - item.start.frame
        assert 0 <= seconds(marker.get("start")) - seconds(clip.get("start")) < seconds(clip.get("duration"))
        assert marker.get("value") == "freeze"


def test_the_video_and_its_sound_are_named(tmp_path: Path) -> None:
    root = tree_of(crafted_tracks.craft_rate(Fraction(25), file="/a b/ü.mp4").analysis, tmp_path)
    asset = root.find("resources/asset")
    assert asset is not None
    assert asset.find("media-rep").get("src") == "file:///a%20b/%C3%BC.mp4"  # type: ignore[union-attr]
    assert (asset.get("audioRate"), root.find(".//sequence").get("audioRate")) == ("48000", "48k")  # type: ignore[union-attr]
    assert root.get("version") == "1.10"


@pytest.mark.parametrize(("num_channels", "layout"), [(1, "mono"), (2, "stereo"), (6, "surround")])
def test_the_layout_of_the_sound(num_channels: int, layout: str, tmp_path: Path) -> None:
    analysis = crafted_tracks.craft_rate(Fraction(25)).analysis
    assert analysis.media.sound is not None
    sound = replace(analysis.media.sound, num_channels=num_channels, sample_rate=8000)
    root = tree_of(replace(analysis, media=replace(analysis.media, sound=sound)), tmp_path)
    sequence = root.find(".//sequence")
    assert sequence is not None
    assert (sequence.get("audioLayout"), sequence.get("audioRate")) == (layout, "48k")


def test_a_video_from_stdin_has_no_address(tmp_path: Path) -> None:
    analysis = crafted_tracks.craft_rate(Fraction(25), file="-").analysis
    with pytest.raises(FormatError, match="came through a pipe"):
        FORMAT.write(analysis, tmp_path)
