"""The page of a search: every match with the pictures of both videos side by side."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from reelwise.analysis.similarity.results import Match, Matches, MatchSpan
from reelwise.core.files import write_text
from reelwise.core.number_text import percent
from reelwise.reports.page import data_uri, render

_JPEG_QUALITY = 80
"""OpenCV's scale of 0 to 100: about 12 kB for a picture of 320 pixels."""


@dataclass(frozen=True)
class _Side:
    """One video of a match, as the template shows it."""

    file: str
    frames: str
    seconds: str
    share: str
    picture: str
    frame: int
    width: int
    height: int


def write_matches_page(path: Path, matches: Matches, pictures: Mapping[tuple[str, int], np.ndarray]) -> None:
    """Write the page, whole or not at all.

    Args:
        path: The file; its folder is made.
        matches: What was found.
        pictures: (H, W, 3) uint8 RGB by file and frame; those that are missing are left out.

    Raises:
        OSError: The disk is full or the folder cannot be written.
    """
    write_text(path, render_matches_page(matches, pictures))


def render_matches_page(matches: Matches, pictures: Mapping[tuple[str, int], np.ndarray]) -> str:
    """The page as text: no script, nothing loaded from elsewhere; arguments as for ``write_matches_page``."""
    rows = [
        (
            match,
            percent(match.score),
            remark_of(match),
            (_side(matches.clip.file, match.clip, pictures), _side(match.file, match.video, pictures)),
        )
        for match in matches.matches
    ]
    return render(
        "matches_page.html",
        "report.css",
        matches=matches,
        title=Path(matches.clip.file).name,
        rows=rows,
    )


def remark_of(match: Match) -> str:
    """What was done to the clip, in words; empty for nothing.

    Args:
        match: A match.
    """
    words = ["mirrored"] if match.is_mirrored else []
    if match.speed != 1:
        words.append(f"{100 * abs(match.speed - 1):.1f} % {'slower' if match.speed > 1 else 'faster'} in the video")
    return ", ".join(words)


def _side(file: str, span: MatchSpan, pictures: Mapping[tuple[str, int], np.ndarray]) -> _Side:
    frame = span.middle_frame
    picture = pictures.get((file, frame))
    height, width = picture.shape[:2] if picture is not None else (9, 16)
    start, end = span.start, span.end
    return _Side(
        file=file,
        frames=f"{start.frame:,}–{end.frame - 1:,}",
        seconds=f"{start.seconds:.2f}–{end.seconds:.2f} s",
        share=percent(span.share),
        picture="" if picture is None else _jpeg(picture),
        frame=frame,
        width=width,
        height=height,
    )


def _jpeg(picture: np.ndarray) -> str:
    bgr = cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_RGB2BGR)
    _, content = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    return data_uri(content.tobytes(), "image/jpeg")
