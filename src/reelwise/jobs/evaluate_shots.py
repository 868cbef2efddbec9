"""How good shot boundaries are on videos with a list of the true ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from reelwise.analysis.catalogue import choose_analyzers
from reelwise.analysis.document import read_analysis
from reelwise.analysis.results import Analysis
from reelwise.analysis.shots.weights import DetectorWeights, detector_path, load_weights
from reelwise.cache.folder import cache_root
from reelwise.cache.scratch import scratch_folder
from reelwise.core.errors import DataError, UsageError
from reelwise.core.files import write_json
from reelwise.core.progress import Progress
from reelwise.evaluation.shot_truth import read_shot_truth
from reelwise.jobs.analyses.outcome import Outcome
from reelwise.jobs.analyses.plan import AnalysisPlan, make_plan
from reelwise.jobs.analyses.side_by_side import analyze_side_by_side
from reelwise.jobs.documents import JudgedVideo, ShotEvaluation
from reelwise.jobs.runs.folder import claim_folder
from reelwise.jobs.runs.folder_lock import folder_in_use
from reelwise.jobs.runs.option_checks import check_numbers, refuse_other_options
from reelwise.jobs.runs.options import AnalyzeOptions, EvaluateOptions
from reelwise.metrics.boundaries import Boundary
from reelwise.metrics.shot_metrics import SCORE_TOLERANCE_FRAMES, shot_metrics

METRICS_FILE = "shot-metrics.json"
OPTIONS = ("model", "data", "shots", "out", "threads", "cache_dir")
"""Options of `reelwise evaluate` that have a meaning for a list of boundaries; the others judge a model's labels."""
_HINT = "Names in the list count from the folder of the list, or from --data."


@dataclass(frozen=True)
class _Comparison:
    """One video of the list: its true boundaries and, unless it failed, the predicted ones."""

    file: str
    truths: tuple[Boundary, ...]
    predictions: tuple[Boundary, ...] | None
    error: str | None


@dataclass(frozen=True)
class _Task:
    """What is compared.

    Args:
        truths: The boundaries of each video, by its name in the list.
        paths: Each video's file, by the same name.
        plan: How the videos are analyzed.
        detector: Which detector is judged; None for the shipped one.
    """

    truths: Mapping[str, tuple[Boundary, ...]]
    paths: Mapping[str, Path]
    plan: AnalysisPlan
    detector: str | None


def evaluate_shots_job(options: EvaluateOptions, progress: Progress) -> ShotEvaluation:
    """Metrics of the shot boundaries that `reelwise analyze` finds; kept beside the analyses when ``out`` is given.

    Raises:
        UsageError: An option has no meaning for boundaries, or the model is no shot detector.
        ModelFileError: The detector's file is damaged.
        DataError: The list cannot be used, or none of its videos.
    """
    refuse_other_options(options, OPTIONS, "--shots")
    check_numbers(options)
    if options.shots is None:
        raise UsageError("--shots is missing.", hint="Name the list of true boundaries.")
    weights = _detector_of(options.model)
    truths = read_shot_truth(options.shots)
    folder = options.shots.parent if options.data is None else Path(options.data)
    paths = {file: folder / file for file in truths}

    def task_in(out: Path) -> _Task:
        analyze_options = AnalyzeOptions(threads=options.threads, cache_dir=options.cache_dir)
        videos = list(dict.fromkeys(paths.values()))
        plan = make_plan(analyze_options, out, videos, choose_analyzers("shots"), shot_weights=weights)
        return _Task(truths, paths, plan, None if weights is None else weights.description)

    if options.out is not None:
        with folder_in_use(options.out):
            claim_folder(options.out)
            document = _judge(options.shots, task_in(options.out), progress)
            write_json(options.out / METRICS_FILE, document)
        return document
    with scratch_folder(cache_root(options.cache_dir), "shots") as scratch:
        return _judge(options.shots, task_in(scratch / "analyses"), progress)


def _detector_of(model: Path | None) -> DetectorWeights | None:
    """The weights of MODEL; None for the shipped ones."""
    if model is None:
        return None
    file = detector_path(model)
    if file is None:
        hint = "Name a shots.safetensors of `reelwise train --model shots`; the folder of the videos is --data."
        raise UsageError(f"{model}: is no shot detector, which --shots judges.", hint=hint)
    return load_weights(file)


def _judge(truth: Path, task: _Task, progress: Progress) -> ShotEvaluation:
    progress.stage("analyze")
    comparisons: dict[str, _Comparison] = {}
    for outcome in analyze_side_by_side(list(task.plan.folders), task.plan, progress):
        video_comparisons = _compare(outcome, task) if isinstance(outcome, Outcome) else []
        comparisons |= {comparison.file: comparison for comparison in video_comparisons}
        for failure in (comparison for comparison in video_comparisons if comparison.error is not None):
            progress.warn(f"{failure.file}: {failure.error} Left out.")
    in_order = [comparisons[file] for file in task.truths]
    pairs = [(video.truths, video.predictions) for video in in_order if video.predictions is not None]
    if not pairs:
        raise DataError(f"{truth}: none of its videos can be judged: {in_order[0].error}", hint=_HINT)
    metrics = shot_metrics(pairs).as_dict()
    videos = [_video(video) for video in in_order]
    schema: Literal["reelwise/shot-metrics/1"] = "reelwise/shot-metrics/1"
    return {"schema": schema, "truth": str(truth), "detector": task.detector, **metrics, "videos": videos}


def _compare(outcome: Outcome, task: _Task) -> list[_Comparison]:
    """The lines of the list that name this video: one, or several that write its name in different ways."""
    analysis = None if outcome.folder is None else read_analysis(task.plan.out / outcome.folder)
    comparisons = []
    for file in (name for name, path in task.paths.items() if path == outcome.path):
        truths = task.truths[file]
        error = outcome.error if analysis is None else _beyond_the_end(truths, analysis.media.num_frames)
        predictions = None if analysis is None or error else _boundaries_of(analysis)
        comparisons.append(_Comparison(file, truths, predictions, error or None))
    return comparisons


def _boundaries_of(analysis: Analysis) -> tuple[Boundary, ...]:
    transitions = [item.transition_in for item in analysis.items("shots")]
    return tuple(Boundary(t.start_frame, t.end_frame, t.type, t.score) for t in transitions if t is not None)


def _beyond_the_end(truths: Sequence[Boundary], num_frames: int) -> str:
    """What is wrong with a list that has a boundary where the video has no frame; empty when nothing is."""
    last = max((truth.end_frame for truth in truths), default=0)
    if last <= num_frames:
        return ""
    return (
        f"the list has a boundary at frame {last}, the video has {num_frames} frames. "
        "Count frames from 0 in the order in which they are shown, not milliseconds."
    )


def _video(video: _Comparison) -> JudgedVideo:
    if video.predictions is None:
        return {"file": video.file, "status": "failed", "error": video.error, "boundaries": None}
    counts = shot_metrics([(video.truths, video.predictions)]).boundaries[SCORE_TOLERANCE_FRAMES]
    return {"file": video.file, "status": "ok", "error": None, "boundaries": counts.as_dict()}
