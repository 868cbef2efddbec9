"""Writes src/reelwise/catalog/figures.json: parameters and multiply-adds of every preset; ``--check`` only compares.

Each preset is built by Keras with two labels, or as many predicted frames as are given, for the clips it was made for,
the usual sound, or 4 numbers and 4 categories of 10 values.
"""

import importlib
import json
import sys
from dataclasses import asdict
from pathlib import Path

import keras

from reelwise.catalog import Entry
from reelwise.catalog.cost import Cost
from reelwise.core.clip import ClipSpec, DecodeSettings
from reelwise.core.contract import Contract, InputSpec, NetworkSpec
from reelwise.core.modalities import Encoder, MetadataColumn, SoundInput
from reelwise.models.catalogue import CATALOG
from reelwise.models.cost import network_cost
from reelwise.models.unallocated import contract_cost
from reelwise.tasks.classification import ClassificationOutput

TARGET = Path("src/reelwise/catalog/figures.json")
VALUES = tuple(map(str, range(10)))
COLUMNS = (
    *(MetadataColumn(f"number {index}", "number") for index in range(4)),
    *(MetadataColumn(f"category {index}", "category", values=VALUES) for index in range(4)),
)


def main() -> int:
    """Write the figures, or with ``--check`` say whether they are current."""
    figures = {entry.name: {preset: asdict(cost(entry, preset)) for preset in entry.presets} for entry in CATALOG}
    text = json.dumps(figures, indent=1) + "\n"
    if "--check" not in sys.argv[1:]:
        TARGET.write_text(text, encoding="utf-8")
    elif TARGET.read_text(encoding="utf-8") != text:
        print(f"{TARGET} is not current. Run: .venv/bin/python scripts/model_figures.py")
        return 1
    return 0


def cost(entry: Entry, preset: str) -> Cost:
    """Parameters and multiply-adds of a preset."""
    return frames_cost(entry, preset) if entry.gives == "frames" else contract_cost(preset_contract(entry, preset))


def frames_cost(entry: Entry, preset: str) -> Cost:
    """Those of a network that gives frames."""
    clip = entry.preset(preset).clip
    module, _, function = entry.builder.partition(":")
    with keras.StatelessScope(initialize_variables=False):
        context = keras.Input((clip.num_frames, clip.input_size, clip.input_size, 3), dtype="uint8")
        build = getattr(importlib.import_module(module), function)
        frames = build(context, num_targets=clip.num_frames, **entry.resolve(preset))
        return network_cost(keras.Model(context, frames))


def preset_contract(entry: Entry, preset: str) -> Contract:
    """A contract with two labels, and inputs as in the docstring of this file."""
    clip = entry.preset(preset).clip
    spec = InputSpec(
        DecodeSettings(clip.decode_size),
        ClipSpec(clip.num_frames, input_size=clip.input_size),
        (entry.modality,),
        sound=SoundInput() if entry.modality == "sound" else None,
        metadata=COLUMNS if entry.modality == "metadata" else (),
    )
    return Contract(spec, NetworkSpec((Encoder(entry.name, preset),)), ClassificationOutput(("a", "b")))


if __name__ == "__main__":
    sys.exit(main())
