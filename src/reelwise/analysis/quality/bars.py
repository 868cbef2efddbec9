"""Black bars above and below, or left and right, of a picture that does not fill the frame."""

from collections import Counter

import cv2
import numpy as np

from reelwise.analysis.analyzer import Finding, Setup

_BAR_MEAN, _BAR_MAX = 22.0, 48
"""Grey levels that a line of a bar has at most, on the mean and anywhere: black, and what a codec rings at its edge."""

_LEAST_LINES, _LEAST_PART = 2, 0.015
"""Lines of the preview, and part of the side, that a bar has at least."""

_ASYMMETRY = 0.2
"""Bars of one picture differ by this part at most, or by two lines: it stands in the middle."""

_LEAST_STEADY = 0.7
"""Part of the frames that show the same width, give or take a line: the edge of a bar does not move."""

_LEAST_SECONDS = 1.0
"""Shorter ones are dark scenes."""

_MOST_UNKNOWN_SECONDS = 1.5
"""Bars last over black or damage of this length: over a fade through black, and not over the end of a film."""


def bar_lines(grey: np.ndarray, axis: int) -> tuple[int, int, np.ndarray] | None:
    """Dark lines at both ends.

    Args:
        grey: (H, W) uint8.
        axis: 0 for rows, above and below; 1 for columns, left and right.

    Returns:
        Lines at the start, lines at the end, and the (N,) mean of every line; None where all is dark.
    """
    means = cv2.reduce(grey, 1 - axis, cv2.REDUCE_AVG, dtype=cv2.CV_32F).reshape(-1)
    peaks = cv2.reduce(grey, 1 - axis, cv2.REDUCE_MAX).reshape(-1)
    bright_lines = np.flatnonzero((means > _BAR_MEAN) | (peaks > _BAR_MAX))
    if not len(bright_lines):
        return None
    return int(bright_lines[0]), len(means) - 1 - int(bright_lines[-1]), means


def _has_bright_edge(grey: np.ndarray, axis: int) -> bool:
    """Whether an outermost line is too bright for a bar: so it is in most pictures, and two lines are read quickly."""
    edges = (grey[0], grey[-1]) if axis == 0 else (grey[:, 0], grey[:, -1])
    return any(int(line.max()) > _BAR_MAX for line in edges)


class BarFinder:
    """Finds bars at two opposite sides, and how wide they are in pixels of the video.

    Dark scenes make a bar seem wider and never narrower, so its width is the one that most frames show, and a frame
    that shows a picture in it ends it, or black that lasts. What stands in one of both bars, such as subtitles, does
    not end it.

    Args:
        label: Of the findings.
        axis: 0 for rows, 1 for columns.
        names: Of the values, such as top and bottom.
        setup: Size of the video, and where pictures go.
    """

    def __init__(self, label: str, axis: int, names: tuple[str, str], setup: Setup) -> None:
        self._label, self._axis, self._names = label, axis, names
        self._side = setup.frame_hw[axis]
        self._keep_picture, self._drop_picture = setup.keep_picture, setup.drop_picture
        self._start: int | None = None
        self._start_seconds = 0.0
        self._end = 0
        self._end_seconds = 0.0
        self._clear()

    def push(self, frame: int, seconds: float, grey: np.ndarray | None) -> Finding | None:
        """Look at the next frame; gives bars that have ended.

        Args:
            frame: Its number.
            seconds: From the first frame.
            grey: (H, W) uint8; None where nothing is known, as of damaged frames.
        """
        if self._start is not None and frame == self._end:
            self._end_seconds = seconds
        if self._start is None and (grey is None or _has_bright_edge(grey, self._axis)):
            return None
        lines = None if grey is None else bar_lines(grey, self._axis)
        if lines is None:
            return self._push_unknown(frame, seconds)
        start_lines, end_lines, means = lines
        num_lines = len(means)
        finding = None
        if self._start is not None and not self._goes_on(start_lines, end_lines):
            if self._have_lasted(self._end_seconds):
                finding = self.end(frame, seconds)
            else:
                self._clear()
        least = max(_LEAST_LINES, _LEAST_PART * num_lines)
        are_alike = abs(start_lines - end_lines) <= max(2, _ASYMMETRY * max(start_lines, end_lines))
        if self._start is None and (min(start_lines, end_lines) < least or not are_alike):
            return finding
        if self._num_frames == 0 and min(start_lines, end_lines) < least:
            self._start = None
            return finding
        if self._start is None:
            self._start, self._start_seconds = frame, seconds
        self._add(start_lines, end_lines, means)
        self._end = frame + 1
        if self._picture is None and seconds - self._start_seconds >= _LEAST_SECONDS:
            self._picture = frame
            self._keep_picture(frame)
        return finding

    def end(self, newest: int, seconds: float) -> Finding | None:
        """End the bars, as behind the last frame, which is ``newest``."""
        start, self._start = self._start, None
        if start is None or not self._have_lasted(self._end_seconds if self._end <= newest else seconds):
            self._clear()
            return None
        first, second = self._width(0), self._width(1)
        score = max(self._steadiness(0), self._steadiness(1))  # subtitles may stand in one of both
        picture = min(newest, self._end - 1) if self._picture is None else self._picture
        if self._picture is None:
            self._keep_picture(picture)
        if score < _LEAST_STEADY or min(first, second) < 1:
            self._drop_picture(picture)
            self._clear()
            return None
        values = dict(zip(self._names, (first, second), strict=True))
        finding = Finding(self._label, start, self._end, score, picture, values=values)
        self._clear()
        return finding

    def _clear(self) -> None:
        self._lines: tuple[Counter[int], Counter[int]] = (Counter(), Counter())
        self._edges = np.zeros((2, 2))
        self._num_frames = 0
        self._num_lines = 1
        self._picture: int | None = None

    def _goes_on(self, start_lines: int, end_lines: int) -> bool:
        if not self._num_frames:
            return True
        modes = [counter.most_common(1)[0][0] for counter in self._lines]
        return start_lines >= modes[0] - 1 or end_lines >= modes[1] - 1

    def _push_unknown(self, frame: int, seconds: float) -> Finding | None:
        """Look at a frame that is black or damaged; gives bars that were not seen for long."""
        if self._start is None:
            return None
        if self._picture is None and frame == self._end and self._have_lasted(seconds):
            self._picture = frame - 1  # which does not wait for the end of the black
            self._keep_picture(self._picture)
        return self.end(frame, seconds) if seconds - self._end_seconds >= _MOST_UNKNOWN_SECONDS else None

    def _have_lasted(self, end_seconds: float) -> bool:
        """Whether it were bars; otherwise a dark scene made them too wide, and they began as they are now."""
        return end_seconds - self._start_seconds >= _LEAST_SECONDS - 1e-6

    def _steadiness(self, place: int) -> float:
        mode = self._lines[place].most_common(1)[0][0]
        return sum(count for lines, count in self._lines[place].items() if abs(lines - mode) <= 1) / self._num_frames

    def _add(self, start_lines: int, end_lines: int, means: np.ndarray) -> None:
        self._num_frames += 1
        self._num_lines = len(means)
        for place, (lines, from_edge) in enumerate(((start_lines, means), (end_lines, means[::-1]))):
            self._lines[place][lines] += 1
            if lines == self._lines[place].most_common(1)[0][0] and lines + 1 < len(means):
                self._edges[place] += from_edge[lines], from_edge[lines + 1]

    def _width(self, place: int) -> float:
        """In pixels of the video: whole lines, and the dark part of the line where the picture begins."""
        lines = self._lines[place].most_common(1)[0][0]
        scale = self._side / self._num_lines
        at_edge, inside = self._edges[place]
        dark_part = max(0.0, 1 - at_edge / inside) if scale > 1 and inside > 0 else 0.0
        return float(round((lines + (dark_part if dark_part > 0.1 else 0.0)) * scale))
