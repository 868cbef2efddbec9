"""Networks and their files; this import loads Keras and registers our layers, so that Keras opens what we save."""

import reelwise.layers  # noqa: F401  (registers the layers)
from reelwise.models.build import build_network

__all__ = ["build_network"]
