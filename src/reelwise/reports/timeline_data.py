"""An analysis as the compact JSON that the script of timeline.html reads."""

import base64
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from reelwise.analysis.formats.text import STDIN_NAME, one_line, values_text
from reelwise.analysis.formats.tracks import moment_items
from reelwise.analysis.results import Analysis, Item, SegmentTrack, SignalTrack
from reelwise.analysis.sound.waveform import WAVEFORM
from reelwise.reports.page import clean_text
from reelwise.reports.timeline_pictures import picture_tiles

_MAX_NAME = 200
"""Characters of a label, track or unit: more cannot be read on one line."""

_FINE_VALUES = 300_000
"""Values of all signals that are stored with 16 bits: 800 kB of the page. More are stored with 8."""

_MAX_VALUES = 2_000_000
"""Values of all signals together: 2.7 MB of the page. Two hours at 25 frames per second have 11 columns' worth; of
more, neighbouring rows are merged into their least and greatest value."""


_MAX_WAVEFORM_STEPS = 150_000
"""Steps in time of the waveform, of two bytes each: 400 kB of the page. 25 minutes have one every 0.01 s; of more,
neighbouring steps are merged, to 0.05 s in two hours."""

_LOUDEST = 127
"""Code of full scale in the waveform, where -128 stands for "no sound"."""

_MAX_STRIP_PICTURES = 300
"""Pictures at even steps, beside those of items: of more, all would have to be smaller for the page to hold them."""

_MAX_CURVES = 8
"""Columns of a signal that are drawn as curves; more, such as the numbers of a fingerprint, become a map of colours."""

_MAP_STEPS = 1500
"""Steps in time of such a map: 64 columns take 130 kB of the page, and a screen has hardly more pixels."""


def page_data(folder: Path, analysis: Analysis, signals: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """What the script of the page reads.

    Args:
        folder: Of analysis.json, with the pictures.
        analysis: What was found.
        signals: (N, C) by name of the track.
    """
    media = analysis.media
    segment_tracks = [track for track in analysis.tracks if isinstance(track, SegmentTrack)]
    named_pictures = [(item.picture, item.start.frame) for track in segment_tracks for item in track.items]
    thinning = -(-len(analysis.strip) // _MAX_STRIP_PICTURES) or 1
    named_pictures += [(each.picture, each.moment.frame) for each in analysis.strip[::thinning]]
    pictures = picture_tiles(folder, named_pictures, (media.width, media.height))
    index_of_picture = {name: index for index, name in enumerate(pictures["names"])}
    numerator, denominator = _ratio(media.time_base)
    return {
        "frames": media.num_frames,
        "size": [media.width, media.height],
        "isStream": media.file == STDIN_NAME,
        "start": media.start_seconds,
        "firstPts": media.first_pts,
        "timeBase": [numerator, denominator],
        "rate": _ratio(media.timecode_rate) if media.timecode_rate else None,
        "times": packed_times(signals.get("pts"), media.num_frames, media.first_pts, media.end_pts),
        "damage": [list(interval) for interval in media.damage],
        "pictures": pictures,
        "tracks": [_track(track, moment_items(analysis, track), index_of_picture) for track in segment_tracks],
        "signals": _signals(analysis, signals),
        "maps": _maps(analysis, signals),
        "waveform": _waveform(analysis, signals),
    }


def packed_times(pts: np.ndarray | None, num_frames: int, first_pts: int, end_pts: int) -> dict[str, Any]:
    """How long each frame lasts, in units of the time base: one number at a constant rate, else a few bytes a frame.

    Args:
        pts: (N,) of every frame; None where it is not known, then the frames are spread evenly.
        num_frames: N.
        first_pts: Of the first frame.
        end_pts: Where the last frame ends.

    Returns:
        ``unit`` and ``least``, whole numbers, and ``extra``: base64 of little-endian unsigned numbers of ``width``
        bytes. Frame k lasts ``unit * (least + extra[k])``.
    """
    if pts is None or len(pts) != num_frames:
        edges = first_pts + (np.arange(num_frames + 1) * (end_pts - first_pts)) // max(1, num_frames)
    else:
        edges = np.append(pts.astype(np.int64), end_pts)
    steps = np.diff(edges)
    unit = int(np.gcd.reduce(steps)) or 1 if len(steps) else 1
    steps = steps // unit
    least = int(steps.min()) if len(steps) else 1
    extra = steps - least
    most = int(extra.max()) if len(extra) else 0
    if most == 0:
        return {"unit": unit, "least": least, "width": 0, "extra": ""}
    width = next((width for width in (1, 2, 4) if most < 1 << 8 * width), 8)
    return {"unit": unit, "least": least, "width": width, "extra": _base64(extra.astype(f"<u{width}"))}


def _track(track: SegmentTrack, items: Sequence[Item], index_of_picture: Mapping[str, int]) -> dict[str, Any]:
    """A track in columns, one entry per item; what holds for the whole video is none, and stands below the page."""
    items = sorted(items, key=lambda item: (item.start.frame, item.end.frame))
    labels = list(dict.fromkeys(item.label for item in items))
    index_of_label = {label: index for index, label in enumerate(labels)}
    return {
        "id": _name(track.id),
        "labels": [_words(label) for label in labels],
        "starts": [item.start.frame for item in items],
        "lengths": [item.end.frame - item.start.frame for item in items],
        "label": [index_of_label[item.label] for item in items],
        "scores": [_short(item.score) for item in items],
        "pictures": [index_of_picture.get(item.picture) if item.picture else None for item in items],
        "transitions": [_transition(item) for item in items] if any(item.transition_in for item in items) else [],
        "measures": [_name(values_text(item, track.units)) for item in items],
    }


def _transition(item: Item) -> list[Any] | None:
    transition = item.transition_in
    if transition is None:
        return None
    return [transition.type, transition.start_frame, transition.end_frame, _short(transition.score)]


def _signals(analysis: Analysis, signals: Mapping[str, np.ndarray]) -> list[dict[str, Any]]:
    """The curves whose array fits the track."""
    arrays = _arrays(analysis, signals)
    fitting = [(track, array) for track, array in arrays if len(track.columns) <= _MAX_CURVES and track.id != WAVEFORM]
    num_values = sum(array.size for _, array in fitting)
    merge = -(-2 * num_values // _MAX_VALUES) if num_values > _MAX_VALUES else 1
    width = 2 if num_values <= _FINE_VALUES else 1
    return [
        {
            "id": _name(track.id),
            "step": float(Fraction(track.step_seconds)) if track.step_seconds else None,
            "merge": merge,
            "width": width,
            "rows": len(array),
            "columns": [
                {"name": _words(name), "unit": _name(track.units.get(name, "")), **_curve(array[:, i], merge, width)}
                for i, name in enumerate(track.columns)
            ],
        }
        for track, array in fitting
    ]


def _waveform(analysis: Analysis, signals: Mapping[str, np.ndarray]) -> dict[str, Any] | None:
    """Lowest and highest sample of each step, in turn and as one byte each; None where an older analysis has none."""
    waveform = next(((track, array) for track, array in _arrays(analysis, signals) if track.id == WAVEFORM), None)
    if waveform is None:
        return None
    track, array = waveform
    if array.shape[1] != 2 or not track.step_seconds:
        return None
    merge = -(-len(array) // _MAX_WAVEFORM_STEPS)
    blocks = np.pad(array.astype(np.float64), ((0, -len(array) % merge), (0, 0)), constant_values=np.nan)
    blocks = blocks.reshape(-1, merge, 2)
    extremes = np.stack([np.fmin.reduce(blocks[..., 0], axis=1), np.fmax.reduce(blocks[..., 1], axis=1)], axis=1)
    is_known = np.isfinite(extremes).all(axis=1)
    extremes[~is_known] = 0.0
    full = max(1.0, float(np.abs(extremes).max()))  # samples may lie above full scale
    codes = np.rint(extremes / full * _LOUDEST)
    codes[~is_known] = -_LOUDEST - 1
    step = float(Fraction(track.step_seconds)) * merge
    return {"step": step, "full": _short(full), "data": _base64(codes.astype(np.int8).ravel())}


def _maps(analysis: Analysis, signals: Mapping[str, np.ndarray]) -> list[dict[str, Any]]:
    """Signals of many columns, as the mean of each over each step of time: 1 to 255, and 0 for "not known"."""
    wide = [(track, array) for track, array in _arrays(analysis, signals) if len(track.columns) > _MAX_CURVES]
    maps = []
    for track, array in wide:
        seconds = _row_seconds(analysis, track, signals.get("pts"), len(array))
        steps = (seconds / (analysis.media.duration_seconds or 1.0) * _MAP_STEPS).astype(int).clip(0, _MAP_STEPS - 1)
        # A column at a time: two hours of fingerprints are 56 MB, and each copy of them as much.
        means = np.stack([_means(array[:, i], steps) for i in range(len(track.columns))], axis=1)
        low, high = np.fmin.reduce(means), np.fmax.reduce(means)  # (C,), NaN where nothing is known
        spans = np.where(high > low, high - low, 1.0)
        levels = np.nan_to_num((means - low) / spans * 254 + 1, nan=0.0)
        content = _base64(np.rint(levels.T).astype(np.uint8))
        maps.append({"id": _name(track.id), "columns": len(track.columns), "steps": _MAP_STEPS, "data": content})
    return maps


def _means(values: np.ndarray, steps: np.ndarray) -> np.ndarray:
    """(_MAP_STEPS,) means of the rows of each step; of a step without rows, those of the step before."""
    is_known = np.isfinite(values)
    sums, counts = np.zeros(_MAP_STEPS), np.zeros(_MAP_STEPS)
    present, first_rows = np.unique(steps, return_index=True)  # rows are in order of time
    sums[present] = np.add.reduceat(np.where(is_known, values, 0.0), first_rows, dtype=np.float64)
    counts[present] = np.add.reduceat(is_known, first_rows, dtype=np.float64)
    means = np.divide(sums, counts, out=np.full_like(sums, np.nan), where=counts > 0)
    has_rows = np.isin(np.arange(_MAP_STEPS), present)
    return means[np.maximum.accumulate(np.where(has_rows, np.arange(_MAP_STEPS), 0))]


def _row_seconds(analysis: Analysis, track: SignalTrack, pts: np.ndarray | None, num_rows: int) -> np.ndarray:
    """(N,) seconds from the first frame at which each row begins."""
    if track.step_seconds:
        return np.arange(num_rows) * float(Fraction(track.step_seconds))
    if pts is None or len(pts) != num_rows:
        return np.arange(num_rows) * analysis.media.duration_seconds / num_rows
    return (pts - pts[0]) * float(Fraction(analysis.media.time_base))


def _arrays(analysis: Analysis, signals: Mapping[str, np.ndarray]) -> list[tuple[SignalTrack, np.ndarray]]:
    """The signals that are there, with their values."""
    tracks = [track for track in analysis.tracks if isinstance(track, SignalTrack)]
    arrays = [(track, signals.get(track.ref.partition("#")[2], signals.get(track.id))) for track in tracks]
    return [(track, array) for track, array in arrays if array is not None and _fits(array, track)]


def _fits(array: np.ndarray, track: SignalTrack) -> bool:
    return array.ndim == 2 and array.shape[1] == len(track.columns) and array.dtype.kind in "fiu" and len(array) > 0


def _curve(values: np.ndarray, merge: int, width: int) -> dict[str, Any]:
    """One column: its least and greatest value, and the curve between them in steps; 0 stands for "not known"."""
    values = values.astype(np.float64)
    values[~np.isfinite(values)] = np.nan
    is_known = ~np.isnan(values)
    low, high = (float(values[is_known].min()), float(values[is_known].max())) if is_known.any() else (0.0, 0.0)
    if merge > 1:
        blocks = np.pad(values, (0, -len(values) % merge), constant_values=np.nan).reshape(-1, merge)
        least = np.where(np.isnan(blocks), np.inf, blocks).min(axis=1)
        most = np.where(np.isnan(blocks), -np.inf, blocks).max(axis=1)
        values = np.stack([least, most], axis=1).ravel()
        values[~np.isfinite(values)] = np.nan
    levels = (1 << 8 * width) - 2
    steps = np.nan_to_num((values - low) / ((high - low) or 1.0) * levels, nan=-1.0)
    codes = (np.rint(steps) + 1).astype(f"<u{width}")
    return {"low": _short(low), "high": _short(high), "data": _base64(codes)}


def _ratio(text: str) -> tuple[int, int]:
    ratio = Fraction(text)
    return ratio.numerator, ratio.denominator


def _name(text: str) -> str:
    """A stranger's text on one line, without what could hide in it."""
    line = str(clean_text(one_line(text))) if text else ""
    return line if len(line) <= _MAX_NAME else f"{line[: _MAX_NAME - 1]}…"


def _words(text: str) -> str:
    """A label or the name of a curve, as it is read."""
    return _name(text.replace("_", " "))


def _short(value: float) -> float:
    """A number with the digits that a person reads."""
    return float(f"{value:.6g}") if np.isfinite(value) else 0.0


def _base64(values: Sequence[int] | np.ndarray) -> str:
    return base64.b64encode(np.asarray(values).tobytes()).decode("ascii")
