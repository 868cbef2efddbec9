"""How good shot boundaries are on videos with a list of the true ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from reelwise.analysis.catalogue import choose_analyzers
from reelwise.analysis.document import read_analysis
from reelwise.analysis.results import Analysis
from reelwise.cache.folder import cache_root
from reelwise.cache.scratch import scratch_folder
from reelwise.core.errors import DataError, UsageError
from reelwise.core.files import write_json
from reelwise.core.progress import Progress
from reelwise.evaluation.shot_truth import read_shot_truth
from reelwise.jobs.analyses.plan import make_plan
from reelwise.jobs.analyses.side_by_side import Outcome, analyze_side_by_side
from reelwise.jobs.documents import JudgedVideo, ShotEvaluation
from reelwise.jobs.runs.folder import claim_folder
from reelwise.jobs.runs.option_checks import check_numbers
from reelwise.jobs.runs.options import AnalyzeOptions, EvaluateOptions
from reelwise.metrics.boundaries import Boundary
from reelwise.metrics.shot_metrics import SCORE_TOLERANCE_FRAMES, ShotMetrics, shot_metrics

METRICS_FILE = "shot-metrics.json"
_HINT = "Names in the list count from the folder of the list, or from --data."
_NOT_WITH_SHOTS = ("model", "views", "group", "label_from")
"""Options of `reelwise evaluate` that judge a model's labels, which a list of boundaries has none of."""


@dataclass(frozen=True)
class _Comparison:
    """One video of the list: its true boundaries and, unless it failed, the predicted ones."""

    file: str
    truths: tuple[Boundary, ...]
    predictions: tuple[Boundary, ...] | None
    error: str | None


def evaluate_shots_job(options: EvaluateOptions, progress: Progress) -> ShotEvaluation:
    """Metrics of the shot boundaries that `reelwise analyze` finds; kept beside the analyses when ``out`` is given.

    Raises:
        UsageError: An option has no meaning for boundaries.
        DataError: The list cannot be used, or none of its videos.
    """
    check_numbers(options)
    _check_options(options)
    if options.shots is None:
        raise UsageError("--shots is missing.", hint="Name the list of true boundaries.")
    truths = read_shot_truth(options.shots)
    folder = options.shots.parent if options.data is None else Path(options.data)
    if options.out is not None:
        claim_folder(options.out)
        return _judge(options, options.out, truths, folder, progress)
    with scratch_folder(cache_root(options.cache_dir), "shots") as scratch:
        return _judge(options, scratch / "analyses", truths, folder, progress)


def _check_options(options: EvaluateOptions) -> None:
    for name in _NOT_WITH_SHOTS:
        if getattr(options, name) is not None:
            flag = "MODEL" if name == "model" else "--" + name.replace("_", "-")
            hint = f"Leave {flag} out; the folder of the videos is --data."
            raise UsageError(f"{flag} has no meaning with --shots: boundaries need no labels.", hint=hint)


def _judge(
    options: EvaluateOptions,
    out: Path,
    truths: Mapping[str, tuple[Boundary, ...]],
    folder: Path,
    progress: Progress,
) -> ShotEvaluation:
    paths = {file: folder / file for file in truths}
    videos = list(dict.fromkeys(paths.values()))
    analyze_options = AnalyzeOptions(threads=options.threads, cache_dir=options.cache_dir)
    plan = make_plan(analyze_options, out, videos, choose_analyzers("shots"))
    progress.stage("analyze")
    results = analyze_side_by_side(videos, plan, progress)
    outcomes = {outcome.path: outcome for outcome in results if isinstance(outcome, Outcome)}
    comparisons: list[_Comparison] = []
    for file, path in paths.items():
        if error := outcomes[path].error:
            progress.warn(f"{file}: {error} Left out.")
            comparisons.append(_Comparison(file, truths[file], None, error))
            continue
        analysis = read_analysis(out / outcomes[path].folder)
        _check_frames(file, truths[file], analysis.media.num_frames)
        comparisons.append(_Comparison(file, truths[file], _boundaries_of(analysis), None))
    pairs = [(video.truths, video.predictions) for video in comparisons if video.predictions is not None]
    if not pairs:
        raise DataError(f"{options.shots}: none of its videos could be analyzed: {comparisons[0].error}", hint=_HINT)
    document = _document(str(options.shots), comparisons, shot_metrics(pairs))
    if options.out is not None:
        write_json(options.out / METRICS_FILE, document)
    return document


def _boundaries_of(analysis: Analysis) -> tuple[Boundary, ...]:
    transitions = [item.transition_in for item in analysis.items("shots")]
    return tuple(Boundary(t.start_frame, t.end_frame, t.type, t.score) for t in transitions if t is not None)


def _check_frames(file: str, truths: Sequence[Boundary], num_frames: int) -> None:
    last = max((truth.end_frame for truth in truths), default=0)
    if last > num_frames:
        raise DataError(
            f"{file}: the list has a boundary at frame {last}, the video has {num_frames} frames.",
            hint="Count frames from 0 in the order in which they are shown, not milliseconds.",
        )


def _document(truth: str, comparisons: Sequence[_Comparison], metrics: ShotMetrics) -> ShotEvaluation:
    videos = [_video(video) for video in comparisons]
    return {"schema": "reelwise/shot-metrics/1", "truth": truth, **metrics.as_dict(), "videos": videos}


def _video(video: _Comparison) -> JudgedVideo:
    if video.predictions is None:
        return {"file": video.file, "status": "failed", "error": video.error, "boundaries": None}
    counts = shot_metrics([(video.truths, video.predictions)]).boundaries[SCORE_TOLERANCE_FRAMES]
    return {"file": video.file, "status": "ok", "error": None, "boundaries": counts.as_dict()}
