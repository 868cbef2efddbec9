"""The signal ``similarity``: what `reelwise find` compares, frame by frame."""

from collections.abc import Iterable

import numpy as np

from reelwise.analysis.analyzer import PREVIEW, Analyzer, AnalyzerEntry, Finding, FrameView, Setup, Signal
from reelwise.analysis.similarity.descriptors import NUM_VALUES
from reelwise.analysis.similarity.prints import PrintMaker
from reelwise.analysis.times import FrameClock

COLUMNS = (*(f"cell_{number}" for number in range(NUM_VALUES)), "contrast")


class SimilarityAnalyzer(Analyzer):
    """Describes every frame by 64 numbers; finds nothing by itself.

    Args:
        setup: Not needed.
    """

    def __init__(self, setup: Setup) -> None:
        del setup
        self._maker = PrintMaker()

    def push(self, frame: FrameView) -> Iterable[Finding]:
        """Describe the next frame."""
        self._maker.push(frame.small_grey)
        return ()

    def finish(self, clock: FrameClock) -> Iterable[Finding]:
        """There is nothing to find in one video alone."""
        del clock
        return ()

    def signal(self) -> Signal:
        """(N, 65): descriptor and contrast of every frame."""
        descriptors, contrast = self._maker.arrays()
        values = np.empty((len(contrast), NUM_VALUES + 1), np.float32)  # 9 MB for 20 minutes: without copies between
        values[:, :-1], values[:, -1] = descriptors[0], contrast
        return Signal(values, COLUMNS, {"contrast": "grey levels"})


ENTRY = AnalyzerEntry(
    name="similarity",
    summary="What each frame looks like, in 64 numbers by which the same passage is found in other videos.",
    producer="reelwise.similarity/2",
    start=SimilarityAnalyzer,
    pictures=(PREVIEW,),
    has_segments=False,
)
