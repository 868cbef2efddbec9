"""The track of quality: black, white, blur, exposure, bars, flicker and repeated frames, with curves."""

from collections.abc import Iterator

from reelwise.analysis.analyzer import Analyzer, AnalyzerEntry, Finding, FrameView, Setup, Signal
from reelwise.analysis.curves import Curve
from reelwise.analysis.quality.bars import BarFinder
from reelwise.analysis.quality.cadence import CadenceMeter
from reelwise.analysis.quality.flicker import FlickerFinder
from reelwise.analysis.quality.measures import Measures, measure
from reelwise.analysis.runs import RunFinder, RunRule
from reelwise.analysis.times import FrameClock

RULES = (
    # 98 % of the pixels, as in FFmpeg's blackdetect, whose least length of 2 s would miss what lies between two shots.
    RunRule("black", enter=0.98, leave=0.97, least_seconds=0.06),
    RunRule("white", enter=0.98, leave=0.97, least_seconds=0.06),
    # Sharp footage has 0.4 to 1.6, softened by a Gaussian of 3 pixels of 320 0.1 to 0.2.
    RunRule("blurred", enter=-0.17, leave=-0.2, least_seconds=0.5, gap_seconds=0.2, least_frames=3),
    # Mean brightness of 12 %, and nothing that shines: a lamp in the night is no fault.
    RunRule("underexposed", enter=-30.0, leave=-36.0, least_seconds=1.0, gap_seconds=0.3, least_frames=3),
    # A quarter of the picture without any drawing in its lights.
    RunRule("overexposed", enter=0.25, leave=0.2, least_seconds=1.0, gap_seconds=0.3, least_frames=3),
    RunRule("repeated_frames", enter=0.12, leave=0.1, least_seconds=1.5, gap_seconds=0.5, least_frames=12),
)
"""What begins and ends by one measure; below each the unit of that measure."""

_DARKEST_HIGHLIGHT = 110
"""Grey level under which 99 % of an underexposed picture lie."""

_LEAST_NEAR_WHITE = 0.1
"""Of the clipped part, that is nearly clipped: light runs into white, a drawing on a white page does not."""

_LEAST_CONTRAST = 8.0
"""Grey levels below which nothing can be said about sharpness."""

UNITS = {
    "brightness": "% of range",
    "contrast": "% of range",
    "sharpness": "grey levels²",
    "clipped_low": "% of pixels",
    "clipped_high": "% of pixels",
}


class QualityAnalyzer(Analyzer):
    """Measures every frame by itself, and what changes from one to the next.

    All is measured in the preview of 320 pixels: blur that only shows at full size, and noise, are not seen.

    Args:
        setup: Size of the video, and where pictures go.

    Source: blackdetect and freezedetect of FFmpeg for black; ITU-R BT.1702-2 for flicker.
    """

    def __init__(self, setup: Setup) -> None:
        self._runs = {rule.label: RunFinder(rule, setup) for rule in RULES}
        self._bars = (
            BarFinder("letterbox", 0, ("top", "bottom"), setup),
            BarFinder("pillarbox", 1, ("left", "right"), setup),
        )
        self._flicker = FlickerFinder(setup)
        self._cadence = CadenceMeter()
        self._curve = Curve(UNITS, setup.scratch)

    def push(self, frame: FrameView) -> Iterator[Finding]:
        """Look at the next preview."""
        measures = measure(frame.grey, frame.laplacian, frame.sharpness)
        self._curve.append(_row(measures))
        cadence = None
        if not frame.is_damaged:
            cadence = self._cadence.push(frame.seconds, frame.grey)
        values = _row_values(measures, cadence)
        strengths = (
            {} if frame.is_damaged else _strengths(measures) | {"repeated_frames": cadence[0] if cadence else 0.0}
        )
        for label, run in self._runs.items():
            segment = run.push(frame.index, frame.seconds, strengths.get(label), values=values.get(label, {}))
            if segment:
                yield segment
        for bars in self._bars:
            segment = bars.push(frame.index, frame.seconds, None if frame.is_damaged else frame.grey)
            if segment:
                yield segment
        if not frame.is_damaged:
            segment = self._flicker.push(frame.index, frame.seconds, measures.brightness)
            if segment:
                yield segment

    def finish(self, clock: FrameClock) -> Iterator[Finding]:
        """The segments that are left."""
        end = float(clock.seconds_of(len(clock)))
        segments = [run.end(len(clock) - 1, end) for run in (*self._runs.values(), *self._bars)]
        yield from (segment for segment in (*segments, self._flicker.end()) if segment)

    def signal(self) -> Signal:
        """Brightness, contrast, sharpness and clipping, a row per frame."""
        return self._curve.signal()


def _row(measures: Measures) -> tuple[float, ...]:
    percent = 100 / 255
    return (
        measures.brightness * percent,
        measures.contrast * percent,
        measures.sharpness,
        100 * measures.clipped_low,
        100 * measures.clipped_high,
    )


def _row_values(measures: Measures, cadence: tuple[float, float] | None) -> dict[str, dict[str, float]]:
    """What is said of a segment, by label."""
    row = dict(zip(UNITS, _row(measures), strict=True))
    values = {label: {"brightness": row["brightness"]} for label in ("black", "white", "underexposed", "overexposed")}
    values["overexposed"]["clipped_high"] = row["clipped_high"]
    values["underexposed"]["clipped_low"] = row["clipped_low"]
    values["blurred"] = {"sharpness": row["sharpness"]}
    if cadence:
        values["repeated_frames"] = {"repeats": 100 * cadence[0], "distinct_rate": cadence[1]}
    return values


def _strengths(measures: Measures) -> dict[str, float]:
    """What the rules are about."""
    is_dull = measures.dark < 0.98 and measures.highlight < _DARKEST_HIGHLIGHT
    runs_out = measures.near_white >= _LEAST_NEAR_WHITE * measures.clipped_high and measures.bright < 0.98
    return {
        "black": measures.dark,
        "white": measures.bright,
        "blurred": -measures.edge if measures.contrast >= _LEAST_CONTRAST else -1.0,
        "underexposed": -measures.brightness if is_dull else -255.0,
        "overexposed": measures.clipped_high if runs_out else 0.0,
    }


ENTRY = AnalyzerEntry(
    name="quality",
    summary="What is wrong with the picture: black, white, blur, exposure, bars, flicker, repeated frames.",
    producer="reelwise.quality/2",
    start=QualityAnalyzer,
    labels={
        "black": "98 % of the pixels are black.",
        "white": "98 % of the pixels are white.",
        "blurred": "No edge of the picture is sharp.",
        "underexposed": "The picture is dark, and nothing in it is bright.",
        "overexposed": "A quarter of the picture is white without any drawing in it.",
        "repeated_frames": "Frames are shown twice and more, as after a wrong change of the frame rate.",
        "letterbox": "Plain bars above and below the picture.",
        "pillarbox": "Plain bars to the left and right of the picture.",
        "flicker": "The brightness of the whole picture swings, as under lamps.",
    },
    units={
        **UNITS,
        "top": "pixels",
        "bottom": "pixels",
        "left": "pixels",
        "right": "pixels",
        "frequency": "Hz",
        "change": "grey levels",
        "repeats": "% of frames",
        "distinct_rate": "frames/s",
    },
)
