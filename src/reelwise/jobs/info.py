"""What a video, a model or a run is, as schema reelwise/info/1."""

import json
import zipfile
from pathlib import Path
from typing import Any

from reelwise.core.errors import ReelwiseError, UsageError, VideoError
from reelwise.core.video import VideoFacts
from reelwise.jobs.options import InfoOptions
from reelwise.jobs.run_folder import read_run

SCHEMA = "reelwise/info/1"
QUICK_SECONDS = 15.0


def info_job(options: InfoOptions) -> dict[str, Any]:
    """The document for one path; what cannot be used has ``status`` refused and a ``reason``."""
    path = options.path
    if path.is_dir():
        return _document(path, "run", _run_facts, path)
    if path.is_file() and zipfile.is_zipfile(path):
        return _document(path, "model", _model_facts, path)
    return _document(path, "video", _video_facts, path, options.full)


def _document(path: Path, kind: str, facts: Any, *arguments: Any) -> dict[str, Any]:
    head = {"schema": SCHEMA, "file": str(path), "kind": kind}
    try:
        found, warnings = facts(*arguments)
    except ReelwiseError as problem:
        reason = problem.message.removeprefix(f"{path}: ").removeprefix(f"{path.name}: ")
        return {**head, "status": "refused", "reason": reason, "hint": problem.hint, "warnings": [], kind: None}
    return {**head, "status": "ok", "reason": "", "warnings": list(warnings), kind: found}


def video_document(facts: VideoFacts) -> dict[str, Any]:
    """VideoFacts as the ``video`` object of reelwise/info/1."""
    sound = facts.sound
    return {
        "num_frames": facts.num_frames,
        "width": facts.width,
        "height": facts.height,
        "duration_seconds": facts.duration_seconds,
        "frame_rate": str(facts.frame_rate),
        "variable_frame_rate": facts.variable_frame_rate,
        "rotation": facts.rotation,
        "codec": facts.codec,
        "container": facts.container,
        "sound": None
        if sound is None
        else {"codec": sound.codec, "sample_rate": sound.sample_rate, "num_channels": sound.num_channels},
        "tags": facts.tags,
    }


def _video_facts(path: Path, full: bool) -> tuple[dict[str, Any], tuple[str, ...]]:
    from reelwise.media.pool import DecodePool
    from reelwise.media.wire import ScanTask

    with DecodePool(num_workers=1) as pool:
        ((_, result),) = pool.run([ScanTask(path, deadline_seconds=None if full else QUICK_SECONDS)])
    if not isinstance(result, VideoFacts):
        raise result if isinstance(result, VideoError) else VideoError(f"{path}: the worker gave another answer.")
    return video_document(result), result.warnings


def _model_facts(path: Path) -> tuple[dict[str, Any], tuple[str, ...]]:
    from reelwise.models.file import read_manifest

    return read_manifest(path).summary(), ()


def _run_facts(path: Path) -> tuple[dict[str, Any], tuple[str, ...]]:
    if not (path / "run.json").is_file():
        hint = "`reelwise check` looks at a folder of videos."
        raise UsageError(f"{path}: is a folder without run.json, so not a run of Reelwise.", hint=hint)
    begun = read_run(path)
    found = {
        "status": begun.get("status"),
        "configuration": begun.get("configuration"),
        "backend": begun.get("backend"),
    }
    metrics = path / "metrics.json"
    if metrics.is_file():
        read = json.loads(metrics.read_text(encoding="utf-8"))
        found |= {key: read.get(key) for key in ("split", "num_videos", "accuracy", "accuracy_ci95", "verdict")}
    if begun.get("error"):
        found["error"] = begun["error"]
    warnings = () if begun.get("status") == "finished" else ("This run is not finished; --resume goes on with it.",)
    return found, warnings
