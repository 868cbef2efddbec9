"""What every step of one run needs: the folder, the back end, progress, timings and notes."""

import importlib.metadata
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reelwise.core.backend import BackendInfo, device_in_use
from reelwise.core.files import write_json
from reelwise.core.progress import Progress
from reelwise.jobs.runs.folder import read_run


@dataclass(frozen=True, eq=False)
class RunContext:
    """One training run from its start to its end, whatever it trains.

    Args:
        path: The run folder.
        backend: Chosen before anything else.
        seed: Of the run, for run.json.
        progress: Shows how far the run is.
        timings: Seconds by stage, filled as the run goes on.
        notes: Sentences for run.json and the report, filled as the run goes on.
        precisions: ``float32`` or ``bfloat16`` by the name of each model; at first what a resumed run began with.
        changes: Sentences about each change of device or threads since the run began, those of earlier resumes too.
    """

    path: Path
    backend: BackendInfo
    seed: int
    progress: Progress
    timings: dict[str, float] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    precisions: dict[str, str] = field(default_factory=dict)
    changes: list[str] = field(default_factory=list)

    @contextmanager
    def measure(self, name: str) -> Iterator[None]:
        """Add the block's wall time to ``timings``."""
        start = time.monotonic()
        try:
            yield
        finally:
            self.timings[name] = self.timings.get(name, 0.0) + time.monotonic() - start

    def note(self, text: str) -> None:
        """Keep a sentence, and log it; once."""
        if text and text not in self.notes:
            self.notes.append(text)
            self.progress.log(text)

    def warn(self, text: str) -> None:
        """Keep a sentence, and show it with ``--quiet`` too; once."""
        if text and text not in self.notes:
            self.notes.append(text)
            self.progress.warn(text)

    def save(self, status: str, **fields: Any) -> None:
        """Write run.json as the run stands; fields that stand there already are kept."""
        timings = {name: round(value, 3) for name, value in self.timings.items()}
        before = {name: value for name, value in read_run(self.path).items() if name != "error"}
        backend = {name: value for name, value in vars(self.backend).items() if name != "versions"}
        now = {"status": status, "backend": backend, "versions": self.versions(), "seed": self.seed}
        # What it computes on is known once the models are planned: that has loaded Keras.
        plans = {"device": device_in_use().document(), "precision": self.precisions} if self.precisions else {}
        changes = {"changes": self.changes} if self.changes else {}
        document = {**before, **now, **plans, **changes, "timings": timings, "notes": self.notes, **fields}
        write_json(self.path / "run.json", document)

    def versions(self) -> dict[str, str]:
        """Of Reelwise, Python, the back end and the decoders."""
        return library_versions(self.backend)


def library_versions(backend: BackendInfo) -> dict[str, str]:
    """Versions of Reelwise, Python, the back end and the decoders."""
    ours = {name: importlib.metadata.version(name) for name in ("reelwise", "av", "opencv-python-headless")}
    return {"python": platform.python_version(), **ours, **backend.versions}
