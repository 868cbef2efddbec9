"""Which models there are, as plain data: readable without Keras, so that ``reelwise models`` answers at once."""

from reelwise.catalog.entries import CATALOG, choose_auto, find_entry, parse_model_name
from reelwise.catalog.entry import Argument, ClipDefaults, Entry, Preset, Value

__all__ = [
    "CATALOG",
    "Argument",
    "ClipDefaults",
    "Entry",
    "Preset",
    "Value",
    "choose_auto",
    "find_entry",
    "parse_model_name",
]
