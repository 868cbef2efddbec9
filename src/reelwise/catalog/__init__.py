"""What a line of the catalogue is made of: a model, its arguments and its cost, readable without Keras."""

from reelwise.catalog.entry import Argument, ClipDefaults, Entry, Preset, Value

__all__ = ["Argument", "ClipDefaults", "Entry", "Preset", "Value"]
