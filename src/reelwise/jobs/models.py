"""The catalogue as a document, without loading Keras."""

from typing import cast

from reelwise.core.errors import UsageError
from reelwise.jobs.documents import CatalogModel, Models
from reelwise.models.catalogue import CATALOG


def models_document(name: str = "") -> Models:
    """Schema reelwise/models/1: every catalogue entry, or the one that is named.

    Raises:
        UsageError: There is no such entry.
    """
    entries = [entry for entry in CATALOG if name in ("", entry.name)]
    if not entries:
        raise UsageError(f"no model is called {name!r}.", hint=f"There are: {', '.join(e.name for e in CATALOG)}.")
    lines = [cast("CatalogModel", entry.to_json()) for entry in entries]
    return {"schema": "reelwise/models/1", "models": lines}
