"""What a video, a model, a shot detector or a run is, as schema reelwise/info/1."""

import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from reelwise.analysis.shots.weights import detector_path, load_weights, read_facts
from reelwise.core.errors import ReelwiseError, UsageError
from reelwise.core.files import cannot_write
from reelwise.core.video import SoundFacts, VideoFacts
from reelwise.jobs.documents import DetectorInfo, Info, SoundInfo, VideoInfo
from reelwise.jobs.runs.folder import claim_file, read_run
from reelwise.jobs.runs.frame_rate import check_frame_rate, with_frame_rate
from reelwise.jobs.runs.options import InfoOptions
from reelwise.media.frame_folders import content_bytes, is_frame_folder

if TYPE_CHECKING:
    from reelwise.reports.sound_overview import SoundOverview
    from reelwise.reports.video_page import VideoOverview

SCHEMA = "reelwise/info/1"
NUM_PICTURES = 24
"""Thumbnails of a video: four rows of six on the page."""


def info_job(options: InfoOptions) -> Info:
    """The document for one path; what cannot be used has ``status`` refused and a ``reason``.

    Raises:
        UsageError: ``out`` exists, does not end in .html, or the path is no video.
        CacheError: ``out`` cannot be written.
    """
    return look_job(options)[0]


@with_frame_rate
def look_job(options: InfoOptions, *, with_pictures: bool = False) -> "tuple[Info, VideoOverview | None]":
    """The document, and for a video its thumbnails and sound.

    Args:
        options: The path; with ``out`` a page is written too.
        with_pictures: Whether to read pictures without a page too.

    Raises:
        UsageError: ``out`` exists, does not end in .html, or the path is no video.
        CacheError: ``out`` cannot be written.
    """
    path = options.path
    check_frame_rate(options, [path])
    _check_page(options)
    if (detector := detector_path(path)) is not None and not (path / "run.json").is_file():
        return _document(path, "detector", _detector_facts, detector), None
    if path.is_dir() and not _is_video_folder(path):
        return _document(path, "run", _run_facts, path), None
    if path.is_file() and zipfile.is_zipfile(path):
        return _document(path, "model", _model_facts, path), None
    previews: list[VideoOverview] = []
    num_pictures_shown = NUM_PICTURES if options.out or with_pictures else 0
    with claim_file(options.out):
        document = _document(path, "video", _video_facts, options, num_pictures_shown, previews)
        if previews and options.out:
            _write_page(options.out, previews[0], content_bytes(path))
    return document, previews[0] if previews else None


def _check_page(options: InfoOptions) -> None:
    out, path = options.out, options.path
    if out is None:
        return
    if out.suffix.lower() not in (".html", ".htm"):
        raise UsageError(f"{out}: --out writes a web page.", hint="Choose a name that ends in .html.")
    if out.exists():
        raise UsageError(f"{out}: exists, and nothing is ever overwritten.", hint="Choose another name.")
    is_other_folder = path.is_dir() and not _is_video_folder(path)
    if is_other_folder or detector_path(path) is not None or (path.is_file() and zipfile.is_zipfile(path)):
        hint = "A run has its report.html already." if path.is_dir() else "Leave --out out."
        raise UsageError(f"{path}: is no video, and --out writes a page about a video.", hint=hint)


def _is_video_folder(path: Path) -> bool:
    """Whether a folder is a video of numbered pictures and no run that happens to hold such."""
    return is_frame_folder(path) and not (path / "run.json").is_file()


def _write_page(out: Path, preview: "VideoOverview", size_bytes: int) -> None:
    from reelwise.reports.video_page import write_video_page

    facts = preview.facts
    sound = facts.sound
    rows = [("picture", f"{facts.codec} in {facts.container}")]
    if sound:
        channels = {1: "mono", 2: "stereo"}.get(sound.num_channels, f"{sound.num_channels} channels")
        rows.append(("sound", f"{sound.codec}, {sound.sample_rate:,} Hz, {channels}"))
    rows += [("rotated by", f"{facts.rotation}°")] if facts.rotation else []
    rows += [("mirrored", "yes, before it is rotated" if facts.rotation else "yes")] if facts.is_mirrored else []
    try:
        write_video_page(out, preview, tuple(rows), size_bytes)
    except OSError as error:
        raise cannot_write(out, error) from None


def _document(path: Path, kind: str, facts: Any, *arguments: Any) -> Info:
    head = {"schema": SCHEMA, "file": str(path), "kind": kind}
    try:
        content, warnings = facts(*arguments)
    except ReelwiseError as problem:
        reason = problem.reason_for(path)
        refusal = {"status": "refused", "reason": reason, "hint": problem.hint, "warnings": [], kind: None}
        return cast("Info", head | refusal)
    return cast("Info", head | {"status": "ok", "reason": "", "warnings": list(warnings), kind: content})


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
        "mirrored": facts.is_mirrored,
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
    options: InfoOptions, num_pictures: int, previews: "list[VideoOverview]"
) -> tuple[VideoInfo, tuple[str, ...]]:
    from reelwise.cache.folder import cache_root
    from reelwise.jobs.previews.video_overview import FULL, QUICK, summarize_video

    times = FULL if options.full else QUICK
    preview = summarize_video(options.path, cache_root(None), num_pictures=num_pictures, times=times)
    previews.append(preview)
    missing = (f"sound: {preview.sound_missing}",) if preview.facts.sound and preview.sound_missing else ()
    return video_document(preview.facts, preview.sound), (*preview.warnings, *missing)


def _model_facts(path: Path) -> tuple[dict[str, Any], tuple[str, ...]]:
    from reelwise.models.file import read_manifest

    return read_manifest(path).summary(), ()


def _detector_facts(path: Path) -> tuple[DetectorInfo, tuple[str, ...]]:
    weights = load_weights(path)
    cut, gradual = weights.calibration.thresholds
    document: DetectorInfo = {
        "file": weights.name,
        "sha256": weights.sha256,
        "size": path.stat().st_size,
        "parameters": sum(array.size for array in weights.arrays.values()),
        "thresholds": {"cut": round(cut, 4), "gradual": round(gradual, 4)},
        "training": read_facts(path),
    }
    return document, ()


def _run_facts(path: Path) -> tuple[dict[str, Any], tuple[str, ...]]:
    if not (path / "run.json").is_file():
        hint = "`reelwise check` examines a folder of videos."
        raise UsageError(f"{path}: is a folder without run.json, so not a run of Reelwise.", hint=hint)
    run_file = read_run(path)
    document = {
        "status": run_file.get("status"),
        "configuration": run_file.get("configuration"),
        "backend": run_file.get("backend"),
        **{key: run_file[key] for key in ("device", "precision") if key in run_file},
    }
    metrics = path / "metrics.json"
    if metrics.is_file():
        from reelwise.tasks import task_of

        read = json.loads(metrics.read_text(encoding="utf-8"))
        score = task_of(read).score.name
        document |= {key: read.get(key) for key in ("split", "num_videos", score, f"{score}_ci95", "verdict")}
    if run_file.get("error"):
        document["error"] = run_file["error"]
    warnings = () if run_file.get("status") == "finished" else ("This run is not finished; --resume goes on with it.",)
    return document, warnings
