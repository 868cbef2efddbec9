"""timeline.html: a video with everything that was found in it, on one page that works offline."""

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from markupsafe import Markup

from reelwise.analysis.formats.text import label_text, measures_text, video_name
from reelwise.analysis.formats.tracks import whole_video_items
from reelwise.analysis.results import Analysis, SegmentTrack
from reelwise.core.files import write_text
from reelwise.core.number_text import count_text, short_number
from reelwise.reports.page import human_bytes, render_with_script
from reelwise.reports.timeline_data import page_data

TIMELINE = "timeline.html"
"""Its name in the folder of analysis.json."""

_SCRIPTS = ("times", "model", "pictures", "rows", "draw", "player", "view", "events", "keys", "print", "main")
"""The parts of the page's script in ``templates/timeline``, in the order in which they need each other."""

_ADDRESS_BYTES = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-~")
"""Bytes that stand for themselves in an address. Source: RFC 3986, unreserved, and the slash between folders."""


def write_timeline(
    folder: Path,
    analysis: Analysis,
    signals: Mapping[str, np.ndarray],
    video_link: str | None,
    path: Path | None = None,
) -> None:
    """Write the page of an analysis; the same analysis gives the same bytes.

    Args:
        folder: The pictures that the analysis names lie there.
        analysis: What was found.
        signals: (N, C) by name of the track, N rows with the C columns of the analysis; what is missing is left out.
        video_link: Address of the video relative to the page (``relative_link``); None shows the pictures instead.
        path: Where the page goes; None for ``timeline.html`` in the folder.

    Raises:
        OSError: The page cannot be written, such as on a full disk.
    """
    name = video_name(analysis)
    page = render_with_script(
        "timeline.html",
        "timeline.css",
        [f"timeline/{part}.js" for part in _SCRIPTS],
        name=name,
        facts=_facts(analysis),
        summary=_summary(analysis),
        warnings=analysis.media.warnings,
        video_link=video_link,
        data=script_json(page_data(folder, analysis, signals)),
    )
    write_text(path or folder / TIMELINE, page)


def relative_link(video: Path, folder: Path) -> str | None:
    """The address of a video as seen from a page in a folder; None where there is no way from one to the other.

    Links of folders are not followed: the browser goes by the names of the address.

    Args:
        video: The file.
        folder: Where the page will lie.

    Example:
        >>> relative_link(Path("/films/a b.mp4"), Path("/films/out/a b"))
        '../../a%20b.mp4'
    """
    try:
        path = os.path.relpath(os.path.abspath(video), os.path.abspath(folder))  # noqa: PTH100  (resolve follows links)
    except ValueError:  # another drive
        return None
    octets = os.fsencode(path.replace(os.sep, "/"))
    return "".join(chr(octet) if octet in _ADDRESS_BYTES else f"%{octet:02X}" for octet in octets)


def script_json(value: object) -> Markup:
    r"""A value as JSON inside a script element: nothing in it can end the element or begin a comment.

    Example:
        >>> print(script_json({"name": "</script>"}))
        {"name":"\u003c/script\u003e"}
    """
    text = json.dumps(value, separators=(",", ":"), allow_nan=False)
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))


def _summary(analysis: Analysis) -> list[str]:
    """The facts that stand beside the name."""
    media = analysis.media
    rate = f"{_number(media.frame_rate)} fps{', varying' if media.variable_frame_rate else ''}"
    parts = [_length(media.duration_seconds), f"{media.width}×{media.height}", rate, *_loudness(analysis)]
    shots = analysis.track("shots")
    return [*parts, count_text(len(shots.items), "shot")] if isinstance(shots, SegmentTrack) else parts


def _loudness(analysis: Analysis) -> Iterator[str]:
    """The loudness of the whole video, where the sound was looked at."""
    for track, item in whole_video_items(analysis):
        yield from (f"{short_number(v)} LUFS" for name, v in item.values.items() if track.units.get(name) == "LUFS")


def _whole_video(analysis: Analysis) -> Iterator[tuple[str, str]]:
    """What was measured of the whole video, by track."""
    for track, item in whole_video_items(analysis):
        measures = measures_text(item, track.units)
        title = f"{label_text(track.id)}, whole video".capitalize()
        yield title, f"{label_text(item.label)}: {measures}" if measures else label_text(item.label)


def _facts(analysis: Analysis) -> list[tuple[str, str]]:
    """What stands below the page."""
    media, tool = analysis.media, analysis.tool
    sound = media.sound
    rows = [
        ("File", video_name(analysis)),
        ("Length", f"{_length(media.duration_seconds)}, {count_text(media.num_frames, 'frame')}"),
        ("Picture", f"{media.width}×{media.height}, {media.codec}"),
        ("Frames a second", f"{media.frame_rate} = {_number(media.frame_rate)}" + _how_even(analysis)),
        (
            "Sound",
            f"{sound.codec}, {sound.sample_rate:,} Hz, {count_text(sound.num_channels, 'channel')}"
            if sound
            else "none",
        ),
        *_whole_video(analysis),
        ("Container", media.container),
        ("Time base", f"{media.time_base} s, first pts {media.first_pts}"),
        ("First frame at", f"{media.start_seconds:.6g} s of the file's clock"),
        ("Size", human_bytes(media.size_bytes)),
        ("SHA-256", media.sha256 or ""),
        ("Looked for", ", ".join(tool.do)),
        ("Made by", f"{tool.name} {tool.version}; " + ", ".join(track.producer for track in analysis.tracks)),
    ]
    return [(title, value) for title, value in rows if value]


def _how_even(analysis: Analysis) -> str:
    return ", varying" if analysis.media.variable_frame_rate else ""


def _number(ratio: str) -> str:
    """A ratio such as 30000/1001 as a decimal; what is none stays."""
    numerator, _, denominator = ratio.partition("/")
    try:
        return f"{int(numerator) / int(denominator or 1):.5g}"
    except (ValueError, ZeroDivisionError, OverflowError):
        return ratio


def _length(seconds: float) -> str:
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    if not whole:
        return f"{seconds:.2f} s"
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
