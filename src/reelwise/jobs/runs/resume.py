"""What must match before a run may be resumed."""

import hashlib
from dataclasses import replace
from typing import Any

from reelwise.core.backend import BackendInfo
from reelwise.jobs.runs.folder import configuration_of
from reelwise.jobs.runs.options import TrainOptions


def resume_facts(options: TrainOptions, backend: BackendInfo) -> dict[str, Any]:
    """Options, versions and weights that decide a result, as JSON; part of every checkpoint's fingerprint.

    Left out is where things lie: run folder and cache; and device, threads and precision: another device or number of
    threads may go on, and the precision is part of each training's configuration.

    Args:
        options: The command's.
        backend: As chosen.
    """
    facts = configuration_of(replace(options, resume=False, out=None, cache_dir=None, cache_gb=0.0))
    for name in ("device", "threads", "precision"):
        del facts[name]
    if options.extractor_weights is not None:
        with options.extractor_weights.open("rb") as stream:
            facts["extractor_sha256"] = hashlib.file_digest(stream, "sha256").hexdigest()
    # One release may be built for a GPU on one machine and without on another: torch 2.11.0+cu128 and 2.11.0+cpu.
    versions = {name.removesuffix("-cpu"): version.partition("+")[0] for name, version in backend.versions.items()}
    return {**facts, "backend": backend.name, "versions": versions}
