"""The kinds of requests that media brings; a package above has a table of its own and names it to its pool."""

from reelwise.core.catalogues import load_catalogue
from reelwise.media.requests.kind import RequestKind

MODULES = (
    "scan",
    "frame_times",
    "decode",
    "read",
    "sound",
    "stream",
    "sound_stream",
    "sheet",
    "picture",
    "annotate",
    "split",
)
"""Modules of ``media/requests``, one line each; each defines one kind."""

KINDS = load_catalogue(RequestKind, "reelwise.media.requests.{}", MODULES)
