"""Writes src/reelwise/catalog/figures.json: parameters and multiply-adds of every preset; ``--check`` only compares.

Each preset is built by Keras with two labels, or as many predicted frames as are given, for the clips it was made for,
the usual sound, or 4 numbers and 4 categories of 10 values.
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path

from reelwise.catalog import Entry
from reelwise.core.clip import ClipSpec, DecodeSettings
from reelwise.core.contract import Contract, InputSpec, NetworkSpec
from reelwise.core.modalities import Encoder, MetadataColumn, SoundInput
from reelwise.models.catalogue import CATALOG
from reelwise.models.unallocated import contract_cost
from reelwise.tasks.classification import ClassificationOutput
from reelwise.tasks.generation import GenerationOutput
from reelwise.tasks.prediction import PredictionOutput

TARGET = Path("src/reelwise/catalog/figures.json")
VALUES = tuple(map(str, range(10)))
COLUMNS = (
    *(MetadataColumn(f"number {index}", "number") for index in range(4)),
    *(MetadataColumn(f"category {index}", "category", values=VALUES) for index in range(4)),
)


def main() -> int:
    """Write the figures, or with ``--check`` say whether they are current."""
    figures = {
        entry.name: {preset: asdict(contract_cost(preset_contract(entry, preset))) for preset in entry.presets}
        for entry in CATALOG
    }
    text = json.dumps(figures, indent=1) + "\n"
    if "--check" not in sys.argv[1:]:
        TARGET.write_text(text, encoding="utf-8")
    elif TARGET.read_text(encoding="utf-8") != text:
        print(f"{TARGET} is not current. Run: .venv/bin/python scripts/model_figures.py")
        return 1
    return 0


def preset_contract(entry: Entry, preset: str) -> Contract:
    """A contract with two labels or frames, and inputs as in the docstring of this file."""
    clip = entry.preset(preset).clip
    spec = InputSpec(
        DecodeSettings(clip.decode_size),
        ClipSpec(clip.num_frames, input_size=clip.input_size),
        (entry.modality,),
        sound=SoundInput() if entry.modality == "sound" else None,
        metadata=COLUMNS if entry.modality == "metadata" else (),
    )
    outputs = {"frames": PredictionOutput(clip.num_frames), "clips": GenerationOutput(("a", "b"))}
    output = outputs.get(entry.gives, ClassificationOutput(("a", "b")))
    return Contract(spec, NetworkSpec((Encoder(entry.name, preset),)), output)


if __name__ == "__main__":
    sys.exit(main())
