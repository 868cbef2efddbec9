"""The signal ``similarity``: what `reelwise find` compares, frame by frame."""

from collections.abc import Iterable

import numpy as np

from reelwise.analysis.analyzer import PREVIEW, Analyzer, AnalyzerEntry, Finding, FrameView, Setup, Signal
from reelwise.analysis.similarity.descriptors import NUM_VALUES
from reelwise.analysis.similarity.prints import BlockMaker, PrintBlock
from reelwise.analysis.times import FrameClock
from reelwise.cache.scratch_rows import ScratchRows

COLUMNS = (*(f"cell_{number}" for number in range(NUM_VALUES)), "contrast")


class SimilarityAnalyzer(Analyzer):
    """Describes every frame by 64 numbers; finds nothing by itself.

    Args:
        setup: Where rows are kept.
    """

    def __init__(self, setup: Setup) -> None:
        self._maker = BlockMaker()
        self._rows = ScratchRows((len(COLUMNS),), np.float16, setup.scratch)

    def push(self, frame: FrameView) -> Iterable[Finding]:
        """Describe the next frame."""
        self._keep(self._maker.push(frame.small_grey))
        return ()

    def finish(self, clock: FrameClock) -> Iterable[Finding]:
        """There is nothing to find in one video alone."""
        del clock
        self._keep(self._maker.finish())
        return ()

    def signal(self) -> Signal:
        """(N, 65): descriptor and contrast of every frame."""
        return Signal(self._rows.read().astype(np.float32), COLUMNS, {"contrast": "grey levels"})

    def _keep(self, blocks: Iterable[PrintBlock]) -> None:
        for block in blocks:
            self._rows.append(np.column_stack([block.descriptors[0], block.contrast]))


ENTRY = AnalyzerEntry(
    name="similarity",
    summary="What each frame looks like, in 64 numbers by which the same passage is found in other videos.",
    producer="reelwise.similarity/2",
    start=SimilarityAnalyzer,
    pictures=(PREVIEW,),
    has_segments=False,
)
