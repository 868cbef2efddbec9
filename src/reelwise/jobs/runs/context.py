"""What every part of one run needs: the options, the folder, the back end, and who listens."""

import hashlib
import importlib.metadata
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from reelwise.core.backend import BackendInfo
from reelwise.core.files import write_json
from reelwise.core.progress import Progress
from reelwise.jobs.runs.durations import parse_duration
from reelwise.jobs.runs.folder import configuration_of, read_run
from reelwise.jobs.runs.options import TrainOptions


@dataclass(frozen=True, eq=False)
class RunContext:
    """One run of ``reelwise train`` from its begin to its end.

    Args:
        options: The command's.
        path: The run folder.
        backend: Chosen before anything else.
        progress: Who hears how far it is.
        timings: Seconds by part, filled as the run goes on.
        notes: Sentences for run.json and the report, filled as the run goes on.
    """

    options: TrainOptions
    path: Path
    backend: BackendInfo
    progress: Progress
    timings: dict[str, float] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Add the block's wall time to ``timings``."""
        began = time.monotonic()
        try:
            yield
        finally:
            self.timings[name] = self.timings.get(name, 0.0) + time.monotonic() - began

    def note(self, text: str) -> None:
        """Keep a sentence, and say it; once."""
        if text and text not in self.notes:
            self.notes.append(text)
            self.progress.log(text)

    def warn(self, text: str) -> None:
        """Keep a sentence, and say it even to those who asked for quiet; once."""
        if text and text not in self.notes:
            self.notes.append(text)
            self.progress.warn(text)

    @property
    def budget_seconds(self) -> float | None:
        """``--budget`` in seconds."""
        return parse_duration(self.options.budget)

    def result_depends_on(self) -> dict[str, Any]:
        """What must be the same for a checkpoint to be gone on with: all but where things lie."""
        kept = configuration_of(replace(self.options, resume=False, out=None, cache_dir=None, cache_gb=0.0))
        backend = self.backend
        if self.options.extractor_weights is not None:
            with self.options.extractor_weights.open("rb") as stream:
                kept["extractor_sha256"] = hashlib.file_digest(stream, "sha256").hexdigest()
        return {**kept, "backend": backend.name, "versions": backend.versions, "threads": backend.threads}

    def save(self, status: str, **more: Any) -> None:
        """Write run.json as far as it is known."""
        rounded = {name: round(value, 3) for name, value in self.timings.items()}
        before = {name: value for name, value in read_run(self.path).items() if name != "error"}
        backend = {name: value for name, value in vars(self.backend).items() if name != "versions"}
        known = {"status": status, "backend": backend, "versions": self.versions(), "seed": self.options.seed}
        told = {**before, **known, "timings": rounded, "notes": self.notes, **more}
        write_json(self.path / "run.json", told)

    def versions(self) -> dict[str, str]:
        """Of Reelwise, Python, the back end and what decodes."""
        ours = {name: importlib.metadata.version(name) for name in ("reelwise", "av", "opencv-python-headless")}
        return {"python": platform.python_version(), **ours, **self.backend.versions}
