"""What a video, a model or a run is, as schema reelwise/info/1."""

import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from reelwise.core.errors import ReelwiseError, UsageError
from reelwise.core.video import SoundFacts, VideoFacts
from reelwise.jobs.documents import Info, SoundInfo, VideoInfo
from reelwise.jobs.runs.folder import read_run
from reelwise.jobs.runs.options import InfoOptions

if TYPE_CHECKING:
    from reelwise.reports.sound_overview import SoundOverview
    from reelwise.reports.video_page import VideoOverview

SCHEMA = "reelwise/info/1"
NUM_PICTURES = 24


def info_job(options: InfoOptions) -> Info:
    """The document for one path; what cannot be used has ``status`` refused and a ``reason``.

    Raises:
        UsageError: ``out`` exists, does not end in .html, or the path is no video.
    """
    return look_job(options)[0]


def look_job(options: InfoOptions, *, with_pictures: bool = False) -> "tuple[Info, VideoOverview | None]":
    """The document, and for a video what was seen and heard of it.

    Args:
        options: The path; with ``out`` a page is written too.
        with_pictures: Whether pictures are wanted without a page too.

    Raises:
        UsageError: ``out`` exists, does not end in .html, or the path is no video.
    """
    path = options.path
    _check_page(options)
    if path.is_dir():
        return _document(path, "run", _run_facts, path), None
    if path.is_file() and zipfile.is_zipfile(path):
        return _document(path, "model", _model_facts, path), None
    looks: list[VideoOverview] = []
    wanted = NUM_PICTURES if options.out or with_pictures else 0
    document = _document(path, "video", _video_facts, options, wanted, looks)
    if looks and options.out:
        _write_page(options.out, looks[0], path.stat().st_size)
    return document, looks[0] if looks else None


def _check_page(options: InfoOptions) -> None:
    out, path = options.out, options.path
    if out is None:
        return
    if out.suffix.lower() not in (".html", ".htm"):
        raise UsageError(f"{out}: --out writes a web page.", hint="Choose a name that ends in .html.")
    if out.exists():
        raise UsageError(f"{out}: exists, and nothing is ever overwritten.", hint="Choose another name.")
    if path.is_dir() or (path.is_file() and zipfile.is_zipfile(path)):
        hint = "A run has its report.html already." if path.is_dir() else "Leave --out away."
        raise UsageError(f"{path}: is no video, and --out writes a page about a video.", hint=hint)


def _write_page(out: Path, look: "VideoOverview", size_bytes: int) -> None:
    from reelwise.reports.video_page import write_video_page

    facts = look.facts
    sound = facts.sound
    rows = [("picture", f"{facts.codec} in {facts.container}")]
    if sound:
        channels = {1: "mono", 2: "stereo"}.get(sound.num_channels, f"{sound.num_channels} channels")
        rows.append(("sound", f"{sound.codec}, {sound.sample_rate:,} Hz, {channels}"))
    rows += [("rotated by", f"{facts.rotation}°")] if facts.rotation else []
    write_video_page(out, look, tuple(rows), size_bytes)


def _document(path: Path, kind: str, facts: Any, *arguments: Any) -> Info:
    head = {"schema": SCHEMA, "file": str(path), "kind": kind}
    try:
        found, warnings = facts(*arguments)
    except ReelwiseError as problem:
        reason = problem.reason_for(path)
        refused = {"status": "refused", "reason": reason, "hint": problem.hint, "warnings": [], kind: None}
        return cast("Info", head | refused)
    return cast("Info", head | {"status": "ok", "reason": "", "warnings": list(warnings), kind: found})


def video_document(facts: VideoFacts, sound: "SoundOverview | None" = None) -> VideoInfo:
    """VideoFacts as the ``video`` object of reelwise/info/1; the measures of ``sound`` are added to its ``sound``."""
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
        "sound": None if facts.sound is None else _sound_document(facts.sound, sound),
        "tags": facts.tags,
    }


def _sound_document(facts: SoundFacts, sound: "SoundOverview | None") -> SoundInfo:
    document: SoundInfo = {
        "codec": facts.codec,
        "sample_rate": facts.sample_rate,
        "num_channels": facts.num_channels,
    }
    if sound is not None:
        document["loudness_lufs"] = round(sound.loudness_lufs, 2)
        document["silent_share"] = round(sound.silent_share, 4)
        document["missing_share"] = round(sound.missing_share, 4)
        document["heard_seconds"] = round(sound.decoded_seconds, 3)
    return document


def _video_facts(
    options: InfoOptions, num_pictures: int, looks: "list[VideoOverview]"
) -> tuple[VideoInfo, tuple[str, ...]]:
    from reelwise.cache.folder import cache_root
    from reelwise.jobs.previews.video_overview import FULL, QUICK, summarize_video

    times = FULL if options.full else QUICK
    look = summarize_video(options.path, cache_root(None), num_pictures=num_pictures, times=times)
    looks.append(look)
    missing = (f"sound: {look.sound_missing}",) if look.facts.sound and look.sound_missing else ()
    return video_document(look.facts, look.sound), (*look.warnings, *missing)


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
        from reelwise.tasks import task_of

        read = json.loads(metrics.read_text(encoding="utf-8"))
        score = task_of(read).score.name
        found |= {key: read.get(key) for key in ("split", "num_videos", score, f"{score}_ci95", "verdict")}
    if begun.get("error"):
        found["error"] = begun["error"]
    warnings = () if begun.get("status") == "finished" else ("This run is not finished; --resume goes on with it.",)
    return found, warnings
