"""Which models there are, as plain data: readable without Keras, so that ``reelwise models`` answers at once."""

from reelwise.catalog.entries import CATALOG, choose_auto, find_entry, parse_model_name
from reelwise.catalog.entry import Argument, ClipDefaults, Entry, Preset, Value
from reelwise.catalog.whole import answer_names, contract_cost, readers

__all__ = [
    "CATALOG",
    "Argument",
    "ClipDefaults",
    "Entry",
    "Preset",
    "Value",
    "answer_names",
    "choose_auto",
    "contract_cost",
    "find_entry",
    "parse_model_name",
    "readers",
]
