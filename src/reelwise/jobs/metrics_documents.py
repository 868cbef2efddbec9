"""metrics.json (reelwise/metrics/1) as types, one for each task.

Intervals are [low, high] of 95 %; ``difference_ci95`` is that of model minus baseline on the same videos.
"""

from typing import Literal, NotRequired, TypedDict


class AccuracyScore(TypedDict):
    """Accuracy of a baseline, a combination of modalities or an order of frames; ``how`` it was measured."""

    accuracy: float
    accuracy_ci95: list[float]
    difference_ci95: NotRequired[list[float]]
    how: NotRequired[str]
    num_videos: NotRequired[int]


class MapScore(TypedDict):
    """Mean average precision, as in ``AccuracyScore``."""

    map: float
    map_ci95: list[float]
    difference_ci95: NotRequired[list[float]]
    how: NotRequired[str]
    num_videos: NotRequired[int]


class ErrorScore(TypedDict):
    """Mean absolute and squared error in the unit of the target; ``r2`` is null where all numbers are equal."""

    mae: float
    mae_ci95: list[float]
    mse: NotRequired[float]
    r2: NotRequired[float | None]
    difference_ci95: NotRequired[list[float]]
    how: NotRequired[str]
    num_videos: NotRequired[int]


class ClassScores(TypedDict):
    """One class; ``support`` is its number of videos."""

    precision: float
    recall: float
    f1: float
    support: int


class LabelScores(ClassScores):
    """One label of several per video; ``given`` is how often the model gave it."""

    given: int
    average_precision: float | None


class ClassificationMetrics(TypedDict):
    """One class per video; ``confusion`` has a row per true and a column per predicted label."""

    schema: Literal["reelwise/metrics/1"]
    task: Literal["classification"]
    split: str
    num_videos: int
    labels: list[str]
    accuracy: float
    accuracy_ci95: list[float]
    top5_accuracy: float | None
    macro_f1: float
    log_loss: float
    ece: float
    per_class: dict[str, ClassScores]
    confusion: list[list[int]]
    baselines: NotRequired[dict[str, AccuracyScore]]
    modalities: dict[str, AccuracyScore]
    time: NotRequired[dict[str, AccuracyScore]]
    learned_from: NotRequired[int]
    verdict: str


class MultilabelMetrics(TypedDict):
    """Any number of labels per video; ``guessing_map`` is the mAP of random scores."""

    schema: Literal["reelwise/metrics/1"]
    task: Literal["multilabel"]
    split: str
    num_videos: int
    labels: list[str]
    labels_per_video: float
    map: float
    map_ci95: list[float]
    guessing_map: float
    micro_precision: float
    micro_recall: float
    micro_f1: float
    macro_f1: float
    exact_match: float
    exact_match_ci95: list[float]
    label_accuracy: float
    log_loss: float
    per_class: dict[str, LabelScores]
    baselines: NotRequired[dict[str, MapScore]]
    modalities: dict[str, MapScore]
    time: NotRequired[dict[str, MapScore]]
    learned_from: NotRequired[int]
    verdict: str


class RegressionMetrics(TypedDict):
    """A number per video, in the unit of the target; ``error_p90`` is the 90th percentile of absolute errors."""

    schema: Literal["reelwise/metrics/1"]
    task: Literal["regression"]
    split: str
    num_videos: int
    labels: list[str]
    mae: float
    mae_ci95: list[float]
    mse: float
    mse_ci95: list[float]
    r2: float | None
    r2_ci95: list[float] | None
    bias: float
    spread: float
    predicted_spread: float
    range: list[float]
    error_p90: float
    baselines: NotRequired[dict[str, ErrorScore]]
    modalities: dict[str, ErrorScore]
    time: NotRequired[dict[str, ErrorScore]]
    learned_from: NotRequired[int]
    verdict: str
