"""All kinds of models that give new video."""

from reelwise.core.contract import Contract
from reelwise.core.errors import UsageError
from reelwise.jobs.generator.drawn_samples import DrawnSamples
from reelwise.jobs.generator.maker import SampleMaker
from reelwise.jobs.generator.predicted_samples import PredictedSamples

MAKERS: tuple[SampleMaker, ...] = (PredictedSamples(), DrawnSamples())
"""One object per task."""


def find_maker(contract: Contract) -> SampleMaker:
    """The maker for a model.

    Raises:
        UsageError: It gives no video.
    """
    for maker in MAKERS:
        if isinstance(contract.output, maker.output_type):
            return maker
    raise UsageError(f"this is a model for {contract.task}; it makes no video.", hint="Use it with `reelwise predict`.")
