"""Fields that several kinds of requests share, as JSON and back."""

from typing import Any

from reelwise.core.errors import CacheError, ReelwiseError, VideoError

_MAX_TEXT = 1000
"""Characters of a message or hint that a worker may send; ours are shorter, a file's own text may not be."""


def pack_error(error: ReelwiseError) -> dict[str, Any]:
    """An error as a message; an error of writing stays apart from one of the video."""
    what = "write" if isinstance(error, CacheError) else "video"
    return {"kind": "error", "what": what, "message": error.message, "hint": error.hint}


def unpack_error(message: dict[str, Any]) -> CacheError | VideoError:
    """A message as an error."""
    kind = CacheError if message["what"] == "write" else VideoError
    return kind(str(message["message"])[:_MAX_TEXT], hint=str(message["hint"])[:_MAX_TEXT])
