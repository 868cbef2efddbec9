"""The content of metrics.json with types: attributes for a type checker, the JSON itself by ``[…]``."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NoReturn, NotRequired, TypedDict

from reelwise.core.short_repr import ShortRepr

Fields = dict[str, Any]
"""Some fields of metrics.json, on the way to all of them."""


class ScoreEntry(TypedDict):
    """The score of a baseline, a combination of modalities or an order of frames, to which a task adds its figures.

    ``difference_ci95`` is that of model minus baseline on the same videos; ``how`` says how it was measured, on
    ``num_videos`` where these are fewer than all.
    """

    difference_ci95: NotRequired[list[float] | None]
    how: NotRequired[str]
    num_videos: NotRequired[int]


class Metrics(ShortRepr, dict[str, Any]):
    """How good a model is: every field of metrics.json, as an attribute and by ``[…]``; nothing in it can be replaced.

    Each task has a class of its own with the fields that it adds; ``scripts/schemas.py`` makes the JSON Schema from
    these classes. It is a dict, so that ``json.dumps`` gives exactly the file. Intervals are [low, high] of 95 %, None
    with fewer than four units (``num_units``): recordings, people or files, whose videos are right or wrong together. A
    model that an earlier version wrote may lack fields; they raise AttributeError, or KeyError by ``[…]``.

    Args:
        fields: As in metrics.json.

    Example:
        >>> metrics = Metrics({"task": "regression", "num_videos": 2, "verdict": "Its …"})
        >>> metrics.num_videos, metrics["verdict"]
        (2, 'Its …')
        >>> metrics
        Metrics(num_videos=2)
    """

    optional_fields: ClassVar[frozenset[str]] = frozenset({"baselines", "time", "learned_from", "num_units"})
    """Fields that are there only where they were measured."""

    schema: Literal["reelwise/metrics/1"]
    task: str
    split: str
    num_videos: int
    num_units: int
    labels: list[str]
    baselines: dict[str, Any]
    modalities: dict[str, Any]
    time: dict[str, Any]
    learned_from: int
    verdict: str

    def __init__(self, fields: Mapping[str, Any]) -> None:
        super().__init__(fields)

    if not TYPE_CHECKING:  # a type checker must know the fields above and no others

        def __getattr__(self, name: str) -> Any:
            """A field; AttributeError where the file has none."""
            try:
                return self[name]
            except KeyError:
                raise AttributeError(f"these metrics have no {name!r}") from None

    def facts(self) -> Fields:
        """The score, and of how many videos it is; ``dict(metrics)`` shows all."""
        return short_metrics(self)

    def details(self) -> Fields:
        """The verdict, and the same score of the baselines."""
        return more_metrics(self)

    def to_json(self) -> Fields:
        """A plain copy of the whole of metrics.json."""
        return dict(self)

    def __reduce__(self) -> tuple[Any, ...]:
        """For copies and other processes, which must not fill it field by field."""
        return type(self), (dict(self),)

    def _refuse(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("metrics cannot be changed; change a copy: dict(metrics)")

    __setitem__ = __delitem__ = __ior__ = update = setdefault = pop = popitem = clear = _refuse  # pyright: ignore[reportAssignmentType, reportIncompatibleMethodOverride]


def short_metrics(metrics: Mapping[str, Any]) -> dict[str, str]:
    """The score of a metrics.json, and of how many videos it is."""
    name = _score_name(metrics)
    texts = {name: _number(metrics[name])} if name in metrics else {}
    return texts | {key: str(metrics[key]) for key in ("num_videos", "split") if key in metrics}


def more_metrics(metrics: Mapping[str, Any]) -> dict[str, str]:
    """The interval of the score, the same score of the baselines, and the verdict."""
    name = _score_name(metrics)
    interval = metrics.get(f"{name}_ci95")
    texts = {"95 % interval": " to ".join(map(_number, interval))} if interval else {}
    baselines = metrics.get("baselines", {}).items()
    texts |= {key.replace("_", " "): _number(entry[name]) for key, entry in baselines if name in entry}
    return texts | ({"verdict": metrics["verdict"]} if "verdict" in metrics else {})


def _score_name(metrics: Mapping[str, Any]) -> str:
    from reelwise.core.errors import ReelwiseError
    from reelwise.tasks import task_of  # which needs this module

    try:
        return task_of(metrics).score.name
    except ReelwiseError:  # of a later version
        return ""


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:.3g}"


class AccuracyEntry(ScoreEntry):
    """Accuracy with its interval."""

    accuracy: float
    accuracy_ci95: list[float] | None


class ClassEntry(TypedDict):
    """One class; ``support`` is its number of videos."""

    precision: float
    recall: float
    f1: float
    support: int


class ClassificationMetrics(Metrics):
    """metrics.json of classes; ``confusion`` has a row per true and a column per predicted label."""

    accuracy: float
    accuracy_ci95: list[float] | None
    top5_accuracy: float | None
    macro_f1: float
    log_loss: float
    ece: float
    per_class: dict[str, ClassEntry]
    confusion: list[list[int]]
    baselines: dict[str, AccuracyEntry]
    modalities: dict[str, AccuracyEntry]
    time: dict[str, AccuracyEntry]


class MapEntry(ScoreEntry):
    """Mean average precision with its interval."""

    map: float
    map_ci95: list[float] | None


class LabelEntry(TypedDict):
    """One label; ``support`` is its number of videos, ``given`` how often the model gave it."""

    precision: float
    recall: float
    f1: float
    support: int
    given: int
    average_precision: float | None


class MultilabelMetrics(Metrics):
    """metrics.json of sets of labels; ``guessing_map`` is the mAP of random scores."""

    labels_per_video: float
    map: float
    map_ci95: list[float] | None
    guessing_map: float
    micro_precision: float
    micro_recall: float
    micro_f1: float
    macro_f1: float
    exact_match: float
    exact_match_ci95: list[float] | None
    label_accuracy: float
    log_loss: float
    per_class: dict[str, LabelEntry]
    baselines: dict[str, MapEntry]
    modalities: dict[str, MapEntry]
    time: dict[str, MapEntry]


class ErrorEntry(ScoreEntry):
    """Mean absolute and squared error in the unit of the number; ``r2`` is null where all numbers are equal."""

    mae: float
    mae_ci95: list[float] | None
    mse: NotRequired[float]
    r2: NotRequired[float | None]


class RegressionMetrics(Metrics):
    """metrics.json of numbers, in their unit; ``error_p90`` is the 90th percentile of absolute errors."""

    mae: float
    mae_ci95: list[float] | None
    mse: float
    mse_ci95: list[float] | None
    r2: float | None
    r2_ci95: list[float] | None
    bias: float
    spread: float
    predicted_spread: float
    range: list[float]
    error_p90: float
    baselines: dict[str, ErrorEntry]
    modalities: dict[str, ErrorEntry]
    time: dict[str, ErrorEntry]


class HorizonEntry(TypedDict):
    """Measures of the first, second, … predicted frame; ``ssim`` is null where frames are smaller than its window."""

    psnr: list[float]
    ssim: list[float] | None


class FramesEntry(TypedDict):
    """Predicted frames against true ones: PSNR in dB over all pixels, frames and clips, and the measures beside it.

    Intervals are null with fewer than five clips. ``psnr_frames`` is the mean over frames, each at most 60 dB; ``mse``
    is of values in [0, 1], ``mse_summed`` summed over the values of a frame.
    """

    psnr: float
    psnr_ci95: list[float] | None
    psnr_frames: float
    ssim: float | None
    mse: float
    mse_summed: float
    per_horizon: HorizonEntry


class RecognisedEntry(ScoreEntry):
    """Share of clips in which a classifier of real clips sees the class that was wanted, with its interval."""

    class_accuracy: float
    class_accuracy_ci95: list[float] | None


class KernelEntry(ScoreEntry):
    """Kernel distance of a simple rule's clips from real ones, for models without classes."""

    kvd: float


class RecognisedClass(TypedDict):
    """The same of the clips of one class."""

    class_accuracy: float
    num_clips: int


class DistanceEntry(TypedDict):
    """How far generated clips lie from real test clips as a set; under its name stands whose features measure it.

    ``value`` is ``too few`` with fewer than 256 clips of either kind, and ``refused`` where the features do not see the
    order of frames; ``why`` says it. ``floor`` is what halves of the real clips score against each other in the mean,
    ``highest_floor`` at most. ``controls`` are training clips handed out again (``copies``), real clips with their
    frames out of order (``time_shuffled``) or ``blurred``, and ``noise``. For features of a file of the user (``i3d:``
    and its name) there are ``copies`` only where DATA has training videos of the model.
    """

    value: float | Literal["too few", "refused"]
    why: NotRequired[str]
    ci95: NotRequired[list[float]]
    num_real: int
    num_generated: int
    floor: NotRequired[float]
    highest_floor: NotRequired[float]
    controls: NotRequired[dict[str, float]]


class GeneratedAndReal(TypedDict):
    """A measure of generated clips, and the same of real test clips."""

    generated: float
    real: float


class ShapePhysics(TypedDict):
    """Of two made-up shapes: the share of frames in which both are visible, and how unevenly they move; 0 is even."""

    presence: float
    unevenness: float


class PhysicsOfSets(TypedDict):
    """The same of generated and of real clips."""

    generated: ShapePhysics
    real: ShapePhysics


class MemorisationEntry(TypedDict):
    """How many generated clips lie nearer to a training clip than all but 5 % of held-out real clips do.

    ``median_ratio`` is the median distance of generated clips over that of held-out ones. With fewer than 60 held-out
    clips ``nearer_share`` is ``too few``.
    """

    nearer_share: float | Literal["too few"]
    nearer_share_ci95: NotRequired[list[float] | None]
    median_ratio: NotRequired[float | None]
    is_likely: NotRequired[bool]
    num_training: int
    num_held_out: int


class GenerationMetrics(Metrics):
    """metrics.json of generated clips, of which ``num_videos`` are judged by class; ``chance`` is what guessing gets.

    ``judge_accuracy`` is that of the classifier on ``judge_num_clips`` real clips of the test videos. ``diversity`` is
    the mean distance of two clips of a class, in features of one clip per video; null where no class has two.
    ``motion`` is the mean change from frame to frame, in grey levels; ``physics`` how made-up shapes behave.

    ``num_real_videos`` are the videos of the real test clips. An evaluation beside videos of which the model has
    learned from none has no ``memorisation``.

    Without classes there is no field of the classifier; ``kvd`` is the kernel distance in features of an untrained
    network, null where that is refused, and the baselines have it too.
    """

    optional_fields: ClassVar[frozenset[str]] = Metrics.optional_fields | {
        "class_accuracy", "class_accuracy_ci95", "chance", "per_class", "judge_accuracy", "judge_accuracy_ci95",
        "judge_num_clips", "kvd", "kvd_ci95", "memorisation", "num_real_videos", "physics",
    }  # fmt: skip

    kvd: float | None
    kvd_ci95: list[float] | None
    class_accuracy: float
    class_accuracy_ci95: list[float] | None
    chance: float
    per_class: dict[str, RecognisedClass]
    judge_accuracy: float
    judge_accuracy_ci95: list[float] | None
    judge_num_clips: int
    num_training_videos: int
    num_real_videos: int
    distances: dict[str, DistanceEntry]
    memorisation: MemorisationEntry
    diversity: GeneratedAndReal | None
    motion: GeneratedAndReal
    physics: PhysicsOfSets
    baselines: dict[str, RecognisedEntry | KernelEntry]
    modalities: dict[str, RecognisedEntry]


class FramesBaseline(FramesEntry):
    """A simple rule; ``difference_ci95`` is that of model minus rule on the same clips."""

    difference_ci95: list[float] | None


class PredictionMetrics(Metrics):
    """metrics.json of frames that follow; ``still_share`` is that of true frames that equal the one before."""

    num_clips: int
    psnr: float
    psnr_ci95: list[float] | None
    psnr_frames: float
    ssim: float | None
    mse: float
    mse_summed: float
    per_horizon: HorizonEntry
    still_share: float
    baselines: dict[str, FramesBaseline]
    modalities: dict[str, FramesEntry]
