"""From a path to a model that can predict: a model file, or the one inside a run folder."""

from pathlib import Path
from typing import TYPE_CHECKING

from reelwise.analysis.shots.weights import detector_path
from reelwise.cache.folder import cache_root
from reelwise.core.backend import backend_environment, without_side_effects
from reelwise.core.errors import UsageError
from reelwise.core.interrupt import whole_imports

if TYPE_CHECKING:
    from reelwise.inference.model import Model


def model_path(path: Path) -> Path:
    """The model file itself, or ``model.keras`` inside a run folder.

    Raises:
        UsageError: There is no such file, or it is a shot detector.
    """
    if detector_path(path) is not None:
        hint = "A detector is for `reelwise analyze VIDEO --model` and `reelwise evaluate --shots`."
        raise UsageError(f"{path}: is a shot detector, expected a classifier.", hint=hint)
    file = path / "model.keras" if path.is_dir() else path
    if not file.is_file():
        hint = "Check the spelling of the path."
        if (path / "checkpoints").is_dir():
            hint = "Its training was broken off: the same train command with --resume goes on."
        elif path.exists():
            hint = "Name a model.keras or a run folder that has one."
        raise UsageError(f"{path}: no model there.", hint=hint)
    return file


def load_model(
    path: Path,
    *,
    backend: str | None = None,
    threads: int | None = None,
    cache_dir: Path | None = None,
    device: str = "auto",
) -> "Model":
    """Choose the back end, then check and rebuild the model."""
    file = model_path(path)
    with backend_environment(backend, threads, cache_root(cache_dir), device), without_side_effects():
        with whole_imports():
            from reelwise.inference.model import Model

        return Model.load(file)
