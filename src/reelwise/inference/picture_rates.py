"""A model keeps the rate that ``--frame-rate`` gave its training: folders of pictures are then read as they were."""

from dataclasses import replace

from reelwise.core.contract import Contract
from reelwise.media.frame_rates import FrameRates, frame_rates_in_use, parse_rate

NOTE = "frame_rate"
"""Title of the note of the contract."""

_SOURCE = "the model's training"


def with_rate_note(contract: Contract) -> Contract:
    """A contract with the rate that was given for all folders of numbered pictures, where one was."""
    rate = frame_rates_in_use().of_all
    return contract if rate is None else replace(contract, notes={**contract.notes, NOTE: str(rate)})


def rates_as_in_training(contract: Contract) -> FrameRates:
    """The rates of this job; where nothing says that of a folder, it is the one of the model's training."""
    rates, rate = frame_rates_in_use(), parse_rate(contract.notes.get(NOTE))
    return rates if rate is None else replace(rates, usual=rate, usual_source=_SOURCE)
