"""The catalogue as a document, without loading Keras."""

from typing import Any

from reelwise.core.errors import UsageError
from reelwise.models.catalogue import CATALOG


def models_document(name: str = "") -> dict[str, Any]:
    """Schema reelwise/models/1: every catalogue entry, or the one that is named.

    Raises:
        UsageError: There is no such entry.
    """
    entries = [entry for entry in CATALOG if name in ("", entry.name)]
    if not entries:
        raise UsageError(f"no model is called {name!r}.", hint=f"There are: {', '.join(e.name for e in CATALOG)}.")
    return {"schema": "reelwise/models/1", "models": [entry.to_json() for entry in entries]}
