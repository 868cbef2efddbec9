"""OpenTimelineIO: the shots as a timeline of exact ticks, which editors and pipelines open."""

from pathlib import Path
from typing import Any

from reelwise.analysis.formats.clock import time_base_of
from reelwise.analysis.formats.cuts import Piece, timeline_pieces
from reelwise.analysis.formats.format import ExportFormat, Files, FormatError
from reelwise.analysis.formats.text import one_line, video_address, video_name, video_stem
from reelwise.analysis.formats.tracks import moment_items, other_tracks
from reelwise.analysis.results import Analysis, Item, Moment

_EXACT_TICKS = 1 << 53
"""OpenTimelineIO keeps ticks as float64, which is exact up to here: 3,000 years at 90 kHz."""


def write(analysis: Analysis, folder: Path) -> Files:
    """``timeline.otio``: a clip per shot and per gradual transition, and a marker for each item of other tracks.

    Times are the stream's own ticks from the first frame, at the rate 1/time_base, so any rate is held without loss.

    Raises:
        FormatError: The ticks are too many for float64.
    """
    return {"timeline.otio": _Timeline(analysis).text() + "\n"}


class _Timeline:
    def __init__(self, analysis: Analysis) -> None:
        # Imported here because it takes 0.1 s and few commands need it.
        import opentimelineio

        self._otio: Any = opentimelineio  # no types come with the library
        self._analysis = analysis
        self._rate = float(1 / time_base_of(analysis.media))
        self._first = analysis.media.first_pts
        if abs(analysis.media.end_pts - self._first) >= _EXACT_TICKS:
            raise FormatError("its times have more than 53 bits, which this format rounds.", hint="Use csv.")

    def text(self) -> str:
        """The timeline as JSON; written by the library itself, without its plug-ins."""
        schema, media = self._otio.schema, self._analysis.media
        whole = self._range(media.first_pts, media.end_pts)
        address = video_address(self._analysis)
        reference = schema.ExternalReference(address, whole) if address else schema.MissingReference("", whole)
        track = schema.Track("shots", kind=schema.TrackKind.Video)
        for piece in timeline_pieces(self._analysis):
            clip = schema.Clip(piece.name, reference.clone(), self._range(piece.start.pts, piece.end.pts))
            clip.metadata["reelwise"] = _clip_metadata(piece)
            track.append(clip)
        for other in other_tracks(self._analysis):
            track.markers.extend(self._marker(one_line(other.id), item) for item in moment_items(self._analysis, other))
        timeline = schema.Timeline(video_stem(self._analysis))
        timeline.metadata["reelwise"] = {"file": video_name(self._analysis), "time_base": media.time_base}
        timeline.tracks.append(track)
        return timeline.to_json_string(indent=1)

    def _marker(self, track: str, item: Item) -> Any:
        marker = self._otio.schema.Marker(one_line(item.label), self._range(item.start.pts, item.end.pts))
        marker.metadata["reelwise"] = {"track": track, **_item_metadata(item, item.start, item.end)}
        return marker

    def _range(self, start: int, end: int) -> Any:
        time = self._otio.opentime
        start_time = time.RationalTime(start - self._first, self._rate)
        return time.TimeRange(start_time, time.RationalTime(end - start, self._rate))


def _clip_metadata(piece: Piece) -> dict[str, Any]:
    fields = _item_metadata(piece.shot, piece.start, piece.end) | {"is_transition": piece.is_transition}
    if transition := piece.shot.transition_in:
        fields["transition_in"] = {
            "type": transition.type,
            "start_frame": transition.start_frame,
            "end_frame": transition.end_frame,
            "score": transition.score,
        }
    return fields


def _item_metadata(item: Item, start: Moment, end: Moment) -> dict[str, Any]:
    return {"id": one_line(item.id), "score": item.score, "start_frame": start.frame, "end_frame": end.frame}


FORMAT = ExportFormat("otio", ("timeline.otio",), "the shots and markers as an OpenTimelineIO timeline", write)
