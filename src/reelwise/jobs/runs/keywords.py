"""The keyword arguments of the Python verbs: the fields of the option dataclasses, as a type checker reads them.

A dataclass cannot type ``**options``, a TypedDict can. A test compares the two, so a new option that is missing here
fails the build. Paths may be text in Python; ``jobs.api`` turns them into paths.
"""

from pathlib import Path
from typing import TypedDict


class TrainKeywords(TypedDict, total=False):
    """What ``reelwise.train`` takes by name; the fields of ``TrainOptions`` say what each means."""

    model: str
    out: str | Path | None
    epochs: int | None
    batch_size: int | None
    size: int | None
    num_frames: int | None
    num_targets: int | None
    frame_stride: int | None
    folds: int | None
    group: str | None
    splits: str | Path | None
    no_join: bool
    budget: str | None
    resume: bool
    seed: int
    flip: str
    modalities: str
    image_features: str
    sound_encoder: str
    fusion: str
    columns: str | None
    ablate: str
    task: str
    label_from: str | None
    frame_rate: str | float | None
    from_model: str | Path | None
    extractor_weights: str | Path | None
    download_weights: bool
    no_refit: bool
    backend: str | None
    device: str
    precision: str
    threads: int | None
    cache_dir: str | Path | None
    cache_gb: float


class TrainShotsKeywords(TypedDict, total=False):
    """What ``reelwise.train_shots`` takes by name; the other options of ``train`` make no sense for a detector."""

    out: str | Path | None
    epochs: int | None
    seed: int
    backend: str | None
    device: str
    threads: int | None
    cache_dir: str | Path | None


class EvaluateKeywords(TypedDict, total=False):
    """What ``reelwise.evaluate`` takes by name; the fields of ``EvaluateOptions`` say what each means."""

    shots: str | Path | None
    out: str | Path | None
    views: int | None
    group: str | None
    label_from: str | None
    frame_rate: str | float | None
    ablate: str
    fvd_features: str | None
    seed: int
    backend: str | None
    device: str
    threads: int | None
    cache_dir: str | Path | None
    cache_gb: float


class EvaluateShotsKeywords(TypedDict, total=False):
    """What ``reelwise.evaluate_shots`` takes by name; the other options of ``evaluate`` judge the labels of a model."""

    model: str | Path | None
    out: str | Path | None
    threads: int | None
    cache_dir: str | Path | None


class PredictKeywords(TypedDict, total=False):
    """What ``reelwise.predict`` takes by name; the fields of ``PredictOptions`` say what each means."""

    csv: str | Path | None
    annotate: str | Path | None
    metadata: str | Path | None
    frame_rate: str | float | None
    views: int | None
    top: int
    cache_dir: str | Path | None
    backend: str | None
    device: str
    threads: int | None


class GenerateKeywords(TypedDict, total=False):
    """What ``reelwise.generate`` takes by name; the fields of ``GenerateOptions`` say what each means."""

    frame_rate: str | float | None
    at: float | None
    frames: int | None
    fps: float | None
    label: str | None
    between: tuple[str, str] | None
    num: int | None
    seed: int
    steps: int | None
    guidance: float | None
    sampler: str | None
    npz: bool
    resume: bool
    backend: str | None
    device: str
    threads: int | None
    cache_dir: str | Path | None


class AnalyzeKeywords(TypedDict, total=False):
    """What ``reelwise.analyze`` takes by name beside ``model``, which may be loaded; see ``AnalyzeOptions``."""

    out: str | Path | None
    frame_rate: str | float | None
    from_analysis: str | Path | None
    do: str | None
    window: str | None
    keyframes: int
    min_shot: int
    split: bool
    overlay: bool
    follow: bool
    sensitivity: float | None
    resume: bool
    backend: str | None
    device: str
    threads: int | None
    cache_dir: str | Path | None


class FindKeywords(TypedDict, total=False):
    """What ``reelwise.find`` takes by name; the fields of ``FindOptions`` say what each means."""

    out: str | Path | None
    frame_rate: str | float | None
    top: int
    min_score: float
    threads: int | None
    cache_dir: str | Path | None
    cache_gb: float


class CheckKeywords(TypedDict, total=False):
    """What ``reelwise.check`` takes by name; the fields of ``CheckOptions`` say what each means."""

    group: str | None
    splits: str | Path | None
    no_join: bool
    label_from: str | None
    task: str
    frame_rate: str | float | None
    seed: int
    threads: int | None
    cache_dir: str | Path | None
    cache_gb: float


class InfoKeywords(TypedDict, total=False):
    """What ``reelwise.info`` takes by name; the fields of ``InfoOptions`` say what each means."""

    full: bool
    frame_rate: str | float | None
    out: str | Path | None
