"""The JSON documents that commands print and write, as types.

``scripts/schemas.py`` makes the JSON Schemas in ``reelwise/schemas`` from these. A field that may be missing is
``NotRequired``, one that may be null says ``None``; every score lies in [0, 1] where nothing else is said.
"""

from typing import Any, Literal, NotRequired, TypedDict

from reelwise.analysis.results import Moment, TransitionIn
from reelwise.metrics.match_counts import MatchScores
from reelwise.metrics.shot_metrics import ShotScores


class SoundInfo(TypedDict):
    """The first sound track of a video; the measures are there when its samples were decoded.

    ``loudness_lufs`` is the integrated loudness, the shares lie in [0, 1] and ``heard_seconds`` is the decoded length.
    """

    codec: str
    sample_rate: int
    num_channels: int
    loudness_lufs: NotRequired[float]
    silent_share: NotRequired[float]
    missing_share: NotRequired[float]
    heard_seconds: NotRequired[float]


class VideoInfo(TypedDict):
    """A video as decoding showed it; ``frame_rate`` is exact, such as ``30000/1001``.

    Stored pictures were mirrored from left to right where ``mirrored`` says so, then turned clockwise by ``rotation``.
    """

    num_frames: int
    width: int
    height: int
    duration_seconds: float
    frame_rate: str
    variable_frame_rate: bool
    rotation: int
    mirrored: bool
    codec: str
    container: str
    sound: SoundInfo | None
    tags: dict[str, str]


class ModelInfo(TypedDict):
    """A model file; ``accuracy``, ``map`` or ``mae`` is the test score by its task, null when it was never tested."""

    architecture: str
    preset: str
    labels: list[str]
    parameters: int
    accuracy: NotRequired[float | None]
    map: NotRequired[float]
    mae: NotRequired[float]
    reelwise: str
    contract: dict[str, Any]
    training: dict[str, Any]


class DeviceFacts(TypedDict):
    """What a run was computed on; memory in GiB: its own and the most that was used, null where nobody tells."""

    kind: Literal["cpu", "gpu"]
    name: str
    memory_gib: float | None
    peak_memory_gib: float | None


class RunInfo(TypedDict):
    """A run folder: its status and options, and with metrics.json what came out."""

    status: str
    configuration: dict[str, Any]
    backend: dict[str, Any] | None
    device: NotRequired[DeviceFacts]
    precision: NotRequired[dict[str, str]]
    split: NotRequired[str | None]
    num_videos: NotRequired[int | None]
    accuracy: NotRequired[float | None]
    accuracy_ci95: NotRequired[list[float] | None]
    map: NotRequired[float | None]
    map_ci95: NotRequired[list[float] | None]
    mae: NotRequired[float | None]
    mae_ci95: NotRequired[list[float] | None]
    verdict: NotRequired[str | None]
    error: NotRequired[str]


class DetectorThresholds(TypedDict):
    """Least score of each kind of boundary that is reported."""

    cut: float
    gradual: float


class DetectorInfo(TypedDict):
    """The file of a shot detector; ``training`` is what it says it was made of, and empty where it says nothing."""

    file: str
    sha256: str
    size: int
    parameters: int
    thresholds: DetectorThresholds
    training: dict[str, Any]


class Info(TypedDict):
    """The document reelwise/info/1: ``video``, ``model``, ``detector`` or ``run`` is there, as ``kind`` says."""

    schema: Literal["reelwise/info/1"]
    file: str
    kind: Literal["video", "model", "detector", "run"]
    status: Literal["ok", "refused"]
    reason: str
    hint: NotRequired[str]
    warnings: list[str]
    video: NotRequired[VideoInfo | None]
    model: NotRequired[ModelInfo | None]
    detector: NotRequired[DetectorInfo | None]
    run: NotRequired[RunInfo | None]


class LabelScore(TypedDict):
    """A label with its probability."""

    label: str
    prob: float


class VideoPrediction(TypedDict):
    """One video: ``labels`` of a multilabel model, ``value`` of a regression; ``seconds`` is wall time."""

    file: str
    status: Literal["ok", "failed"]
    error: str | None
    top: list[LabelScore]
    unsure: bool
    seconds: float
    labels: NotRequired[list[str]]
    value: NotRequired[float | None]


class PredictionModel(TypedDict):
    """The model that predicted."""

    file: str


class Predictions(TypedDict):
    """The document reelwise/predictions/1."""

    schema: Literal["reelwise/predictions/1"]
    model: PredictionModel
    videos: list[VideoPrediction]


class ModelArgument(TypedDict):
    """One argument of a catalogue model; ``range`` says in words what it may be."""

    summary: str
    default: int | float | str | bool
    range: str


class ModelPreset(TypedDict):
    """A preset with its cost for two labels; ``flops`` of one clip forward."""

    name: str
    parameters: int
    flops: int
    clip: dict[str, int]
    arguments: dict[str, int | float | str | bool]


class CatalogModel(TypedDict):
    """One line of the catalogue."""

    name: str
    summary: str
    purpose: str
    modality: str
    input: str
    gives: str
    weights: str
    presets: list[ModelPreset]
    arguments: dict[str, ModelArgument]


class Models(TypedDict):
    """The document reelwise/models/1."""

    schema: Literal["reelwise/models/1"]
    models: list[CatalogModel]


class Cache(TypedDict):
    """The document reelwise/cache/1: ``bytes`` on disk and entries, after ``removed`` entries were cleared."""

    schema: Literal["reelwise/cache/1"]
    folder: str
    entries: int
    bytes: int
    removed: int


class AnalyzedVideo(TypedDict):
    """One video; ``folder`` is relative to the folder of index.json, ``seconds`` is wall time.

    ``folder`` is null when there is no whole analysis. A failed video may have one: then its clips or its overlay could
    not be written.

    ``found`` is the number of findings by track, ``warnings`` says what was odd but usable, ``refused_exports`` which
    formats cannot hold it and why.
    """

    file: str
    status: Literal["ok", "failed"]
    error: str | None
    folder: str | None
    found: dict[str, int]
    warnings: list[str]
    refused_exports: dict[str, str]
    seconds: float


class AnalyzeTool(TypedDict):
    """What was asked for; ``--resume`` needs the same."""

    version: str
    do: list[str]
    options: dict[str, str | float | int | bool | None]


class Analyses(TypedDict):
    """The document reelwise/analyses/1: index.json."""

    schema: Literal["reelwise/analyses/1"]
    tool: AnalyzeTool
    videos: list[AnalyzedVideo]


class Finding(TypedDict):
    """The document reelwise/finding/1: each line that ``analyze -`` and ``analyze --follow`` print is one.

    It names its ``track`` and is an item of analysis.json without its ``id``: ids number a track in order of time, and
    an earlier finding may still come. ``timecode`` counts at the rate of the frames so far, and is null until those
    fit one rate alone; where later frames leave that rate, analysis.json has none.
    """

    schema: Literal["reelwise/finding/1"]
    track: str
    label: str
    score: float
    start: Moment
    end: Moment
    picture: str | None
    transition_in: TransitionIn | None
    values: dict[str, float]


class JudgedVideo(TypedDict):
    """One video of the list; ``boundaries`` is its score one frame off at most, null when it failed."""

    file: str
    status: Literal["ok", "failed"]
    error: str | None
    boundaries: MatchScores | None


class ShotEvaluation(ShotScores):
    """The document reelwise/shot-metrics/1; videos that failed are left out of every score.

    ``detector`` is name and hash of the detector's file, null for the shipped one.
    """

    schema: Literal["reelwise/shot-metrics/1"]
    truth: str
    detector: str | None
    videos: list[JudgedVideo]


class FramePlace(TypedDict):
    """Where a frame stands in its video; ``frame`` is null where a long video of variable rate was not counted."""

    frame: int | None
    seconds: float


class SampleSource(TypedDict):
    """A video or picture that was given, which of its frames, and what was done to fit it."""

    file: str
    sha256: str
    context: list[FramePlace]
    notes: list[str]


class SampleTruth(TypedDict):
    """What really followed; ``file`` shows it beside the sample. PSNR of the frames that were made, in dB.

    ``psnr_copy_last`` is that of repeating the last frame that was given before them, ``psnr_blend`` that of a linear
    blend where both ends were given.
    """

    file: str
    frames: list[FramePlace]
    psnr: float
    psnr_copy_last: float
    psnr_blend: float | None


class SamplingSettings(TypedDict):
    """How samples were drawn out of noise."""

    steps: int
    method: str
    guidance: float
    shift: float


class Sample(TypedDict):
    """One new video; ``seed`` and ``label`` are null where nothing is drawn and no class is chosen.

    ``num_made`` of its frames were made. Those that were given are its first and last ones where it was drawn, and not
    in it where it was predicted. ``noise_number`` decides with the seed what was drawn.
    """

    file: str
    sha256: str
    seed: int | None
    noise_number: int | None
    label: str | None
    num_frames: int
    num_made: int
    frame_rate: str
    size: int
    source: SampleSource | None
    end: SampleSource | None
    truth: SampleTruth | None


class FailedSource(TypedDict):
    """A given file that cannot be used, and why."""

    file: str
    error: str


class SampleModel(TypedDict):
    """The model of the samples; ``encoders`` as in ``--model``."""

    file: str
    sha256: str
    task: str
    encoders: list[str]


class DemoMetrics(TypedDict):
    """The document reelwise/demo/1: metrics.json of both models that `reelwise demo --generate` trains."""

    schema: Literal["reelwise/demo/1"]
    predictor: dict[str, Any]
    generator: dict[str, Any]


class Samples(TypedDict):
    """The document reelwise/samples/1: manifest.json, with which the same samples can be made again.

    ``grid``, ``gif`` and ``arrays`` name files that hold all samples; they are written last.
    """

    schema: Literal["reelwise/samples/1"]
    status: Literal["running", "finished", "interrupted"]
    command: str
    configuration: dict[str, Any]
    model: SampleModel
    backend: dict[str, Any]
    device: DeviceFacts
    versions: dict[str, str]
    sampling: SamplingSettings | None
    samples: list[Sample]
    failures: list[FailedSource]
    grid: str | None
    gif: str | None
    arrays: str | None


class LeaderboardRow(TypedDict):
    """One of several models: its score with interval by its task, speed, and size of its file in bytes."""

    model: str
    accuracy: NotRequired[float]
    accuracy_ci95: NotRequired[list[float] | None]
    map: NotRequired[float]
    map_ci95: NotRequired[list[float] | None]
    mae: NotRequired[float]
    mae_ci95: NotRequired[list[float] | None]
    psnr: NotRequired[float]
    psnr_ci95: NotRequired[list[float] | None]
    class_accuracy: NotRequired[float]
    class_accuracy_ci95: NotRequired[list[float] | None]
    kvd: NotRequired[float | None]
    kvd_ci95: NotRequired[list[float] | None]
    clips_per_second: float
    parameters: int
    size: int
    file: str


class RunFile(TypedDict):
    """run.json (reelwise/run/1): what was asked for at first, what came of it at the end; timings in seconds."""

    schema: Literal["reelwise/run/1"]
    status: Literal["running", "finished", "failed", "interrupted"]
    configuration: dict[str, Any]
    backend: NotRequired[dict[str, Any]]
    device: NotRequired[DeviceFacts]
    precision: NotRequired[dict[str, str]]
    versions: NotRequired[dict[str, str]]
    seed: NotRequired[int]
    timings: NotRequired[dict[str, float]]
    notes: NotRequired[list[str]]
    changes: NotRequired[list[str]]
    error: NotRequired[str]
    command: NotRequired[str]
    data_fingerprint: NotRequired[str]
    leaderboard: NotRequired[list[LeaderboardRow]]
    training: NotRequired[dict[str, Any]]
