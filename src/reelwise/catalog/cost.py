"""Parameters and operations of a network, and those of every preset, readable without Keras."""

import functools
import json
from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True)
class Cost:
    """The size of a network and its work for one clip.

    Args:
        parameters: Numbers in all its weight arrays, frozen ones included.
        multiply_adds: Multiplications with addition for one clip; normalisation, pooling and activation apart.
    """

    parameters: int
    multiply_adds: int

    @property
    def flops(self) -> int:
        """Floating point operations for one clip."""
        return 2 * self.multiply_adds


def preset_cost(name: str, preset: str) -> Cost:
    """The cost of a preset with two labels; ``scripts/model_figures.py`` counts it from the network that Keras builds.

    Args:
        name: Of the model.
        preset: Of the preset.
    """
    return Cost(**_figures()[name][preset])


@functools.cache
def _figures() -> dict[str, dict[str, dict[str, int]]]:
    return json.loads(files("reelwise.catalog").joinpath("figures.json").read_text(encoding="utf-8"))
