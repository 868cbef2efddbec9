"""The kinds of requests that media brings; a package above has a table of its own and names it to its pool."""

from reelwise.core.listed import listed
from reelwise.media.requests.kind import RequestKind

MODULES = (
    "scan",
    "decode",
    "read",
    "sound",
    "sheet",
    "annotate",
)
"""Modules of ``media/requests``, one line each; each defines one kind."""

KINDS = listed(RequestKind, "reelwise.media.requests.{}", MODULES)
