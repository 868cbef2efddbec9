"""FCPXML 1.10, which Final Cut Pro and DaVinci Resolve open: exact rational times."""

from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

from reelwise.analysis.formats.clock import timecode_clock
from reelwise.analysis.formats.cuts import Piece, timeline_pieces
from reelwise.analysis.formats.format import ExportFormat, Files, FormatError
from reelwise.analysis.formats.text import one_line, video_address, video_name, video_stem
from reelwise.analysis.formats.tracks import index_at, moment_items, other_tracks
from reelwise.analysis.results import Analysis, Item, SoundMedia

_SEQUENCE_RATES = {
    32_000: "32k", 44_100: "44.1k", 48_000: "48k", 88_200: "88.2k", 96_000: "96k", 176_400: "176.4k", 192_000: "192k",
}  # fmt: skip
"""Names of the rates of sound that a sequence has. Source: DTD of FCPXML 1.10, attribute audioRate."""


def write(analysis: Analysis, folder: Path) -> Files:
    """``timeline.fcpxml``: a clip per shot and per gradual transition, and a marker for each item of other tracks.

    All times are whole multiples of the frame duration, such as ``1001/30000s``.

    Raises:
        FormatError: The rate is variable or has no timecode, or the video came on stdin.
    """
    address = video_address(analysis)
    if address is None:  # its DTD asks for the address of every asset: (media-rep+, metadata?), src required
        raise FormatError("it names the file of the video, which came through a pipe.", hint="Analyze the file itself.")
    clock = timecode_clock(analysis)
    pieces = timeline_pieces(analysis)
    frame = 1 / clock.rate
    root = ElementTree.Element("fcpxml", version="1.10")
    _add_resources(root, analysis, address, frame)
    event = ElementTree.SubElement(ElementTree.SubElement(root, "library"), "event", name="Reelwise")
    project = ElementTree.SubElement(event, "project", name=video_stem(analysis))
    duration = _time(analysis.media.num_frames, frame)
    tc_format = "DF" if clock.is_drop_frame else "NDF"
    sequence = ElementTree.SubElement(
        project, "sequence", format="r1", duration=duration, tcStart="0s", tcFormat=tc_format
    )
    if sound := analysis.media.sound:
        sequence.set("audioLayout", {1: "mono", 2: "stereo"}.get(sound.num_channels, "surround"))
        sequence.set("audioRate", _SEQUENCE_RATES.get(sound.sample_rate, "48k"))
    spine = ElementTree.SubElement(sequence, "spine")
    clips = [_add_clip(spine, piece, frame, tc_format) for piece in pieces]
    _add_markers(analysis, pieces, clips, frame)
    ElementTree.indent(root, " ")
    text = ElementTree.tostring(root, encoding="unicode")
    return {"timeline.fcpxml": f'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n{text}\n'}


def _add_resources(root: ElementTree.Element, analysis: Analysis, address: str, frame: Fraction) -> None:
    media = analysis.media
    resources = ElementTree.SubElement(root, "resources")
    size = {"width": str(media.width), "height": str(media.height)}
    ElementTree.SubElement(resources, "format", {"id": "r1", "frameDuration": _time(1, frame), **size})
    attributes = {"id": "r2", "name": video_name(analysis), "start": "0s", "duration": _time(media.num_frames, frame)}
    attributes |= {"hasVideo": "1", "format": "r1", **(_sound_attributes(media.sound) if media.sound else {})}
    asset = ElementTree.SubElement(resources, "asset", attributes)
    ElementTree.SubElement(asset, "media-rep", kind="original-media", src=address)


def _sound_attributes(sound: SoundMedia) -> dict[str, str]:
    channels, rate = str(sound.num_channels), str(sound.sample_rate)
    return {"hasAudio": "1", "audioSources": "1", "audioChannels": channels, "audioRate": rate}


def _add_clip(spine: ElementTree.Element, piece: Piece, frame: Fraction, tc_format: str) -> ElementTree.Element:
    start = _time(piece.start.frame, frame)
    duration = _time(piece.end.frame - piece.start.frame, frame)
    attributes = {"ref": "r2", "name": piece.name, "offset": start, "start": start, "duration": duration}
    return ElementTree.SubElement(spine, "asset-clip", {**attributes, "tcFormat": tc_format})


def _add_markers(analysis: Analysis, pieces: list[Piece], clips: list[ElementTree.Element], frame: Fraction) -> None:
    """A marker lies in the clip that its first frame is in; its duration may reach beyond."""
    starts = [piece.start.frame for piece in pieces]
    for track in other_tracks(analysis) if clips else ():
        for item in moment_items(analysis, track):
            clip = clips[index_at(starts, item.start.frame)]
            ElementTree.SubElement(clip, "marker", _marker(one_line(track.id), item, frame))


def _marker(track: str, item: Item, frame: Fraction) -> dict[str, str]:
    duration = _time(item.end.frame - item.start.frame, frame)
    text = {"value": one_line(item.label), "note": f"{track}, score {item.score:.4f}"}
    return {"start": _time(item.start.frame, frame), "duration": duration, **text}


def _time(frames: int, frame: Fraction) -> str:
    """So many frames as rational seconds, in units of a frame's denominator."""
    return f"{frames * frame.numerator}/{frame.denominator}s"


FORMAT = ExportFormat("fcpxml", ("timeline.fcpxml",), "the shots and markers for Final Cut Pro and Resolve", write)
