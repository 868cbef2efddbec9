"""One frozen dataclass per command: the flags, the Python keywords and run.json are all made from these."""

from dataclasses import KW_ONLY, dataclass
from pathlib import Path

from reelwise.core.local_paths import refuse_long_name, refuse_url

I3D_PREFIX = "i3d:"
"""Before a path in ``--fvd-features``: of which network the weights are."""


TEXTS_OF_PATHS = ("data", "inputs", "from_inputs", "between")
"""Options that are paths though their type is text."""


class LocalPaths:
    """Options whose files and folders lie on this machine.

    Raises:
        UsageError: One of them is a URL, or has a name that is too long for the file system.
    """

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            for each in value if isinstance(value, tuple) else (value,):
                if isinstance(each, str | Path):
                    refuse_url(each.removeprefix(I3D_PREFIX) if isinstance(each, str) else each)
                if isinstance(each, Path) or (isinstance(each, str) and name in TEXTS_OF_PATHS):
                    refuse_long_name(each)


@dataclass(frozen=True)
class TrainOptions(LocalPaths):
    """Options of `reelwise train`; every default works."""

    data: str
    """Folder of class folders, a CSV, JSON or Parquet list, or a made-up set: synthetic:motion, synthetic:sprites,
    synthetic:digits, synthetic:moving_digit, synthetic:moving_digits or synthetic:moving_sprites."""
    _: KW_ONLY
    model: str = "auto"
    """Catalogue name, name:preset, or several with commas for a leaderboard; shots: a detector of shot boundaries."""
    out: Path | None = None
    """The run folder; must be new or empty (runs/DATA-1, -2, … when left out)."""
    epochs: int | None = None
    """Rounds over the training clips [default: by the number of clips]."""
    batch_size: int | None = None
    """Clips in one training step [default: the model's]."""
    size: int | None = None
    """Pixels along each side that frames are kept at [default: the model's]."""
    num_frames: int | None = None
    """Frames in one clip [default: the model's]."""
    num_targets: int | None = None
    """For models that predict frames: how many follow those that are given [default: as many]."""
    frame_stride: int | None = None
    """Source frames from one frame of a clip to the next [default: spread over the video; 2 to predict frames]."""
    folds: int | None = None
    """Cross-validate in this many folds, then refit one model on all."""
    group: str | None = None
    """Column whose videos stay on one side of a split [default: found by itself]."""
    splits: Path | None = None
    """CSV with columns file,split that decides the split."""
    no_join: bool = False
    """Let files that show the same recording stand on both sides of the split."""
    budget: str | None = None
    """Time to train for, such as 90s, 5m or 1h."""
    resume: bool = False
    """Go on with an interrupted run: the same command plus --resume."""
    seed: int = 0
    """Same seed, same machine: same numbers."""
    flip: str = "auto"
    """Mirror clips while training: auto (where the training videos keep their labels in
    the mirror), on, off."""
    modalities: str = "auto"
    """What the model reads of a video: frames, sound, metadata, with commas; auto: frames, and sound if most clips
    have any that can be used."""
    image_features: str = "auto"
    """Read the looks of stills too, by a network that was trained on photographs and comes with Reelwise: on, off, auto
    (as the model of --from does, else off)."""
    sound_encoder: str = "audio_cnn"
    """What reads the sound beside frames: audio_cnn or audio_lstm, or one with its preset."""
    fusion: str = "concat"
    """How frames, sound and metadata are joined: concat, gated or attention."""
    columns: str | None = None
    """Metadata columns that the model reads, with commas [default: all that are of use; container facts never]."""
    ablate: str = "mask"
    """Test without each modality: mask (the trained model, that input masked), retrain (a model each) or off."""
    task: str = "auto"
    """Name of a task, such as multilabel (labels a|b) or regression (numbers); auto: what the labels look like."""
    label_from: str | None = None
    """Pattern over file names that holds the label, such as "{label}_{take}", or a column of metadata."""
    frame_rate: str | float | None = None
    """Frames per second of folders of numbered pictures, such as 30 or 30000/1001 [default: as a list or a JSON file
    beside them says, or 25]; a video file says its own."""
    from_model: Path | None = None
    """Start from the weights of this model, also for other classes."""
    extractor_weights: Path | None = None
    """Weights of the image network of application_lstm, a .h5 file without classifier."""
    download_weights: bool = False
    """Let Keras download those weights instead; nothing else ever uses the network."""
    no_refit: bool = False
    """Hand over the tested model instead of one refitted on all videos."""
    backend: str | None = None
    """Keras back end: tensorflow, jax or torch."""
    device: str = "auto"
    """What computes: auto (a GPU where a back end can use it), cpu or gpu."""
    precision: str = "auto"
    """Of training steps: auto (bfloat16 where it is faster), float32 or bfloat16; weights are always float32."""
    threads: int | None = None
    """Processor threads [default: all cores]."""
    cache_dir: Path | None = None
    """Folder of decoded frames and sound [default: $REELWISE_CACHE or ~/.cache/reelwise]."""
    cache_gb: float = 50.0
    """Disk that the cache may take, in GB; what was unused longest goes first."""


@dataclass(frozen=True)
class EvaluateOptions(LocalPaths):
    """Options of `reelwise evaluate`."""

    model: Path | None = None
    """The model file, or a run folder; with --shots a shot detector [default: the shipped one]."""
    data: str | None = None
    """Labelled videos, as for train; with --shots the folder of its videos [default: that of the list]."""
    _: KW_ONLY
    shots: Path | None = None
    """List of true shot boundaries: columns file,cut_frame or file,start_frame,end_frame,type."""
    out: Path | None = None
    """Folder for metrics.json, predictions.csv and report.html; must be new or empty."""
    views: int | None = None
    """Views averaged per video [default: the model's]."""
    group: str | None = None
    """Column whose videos belong together, for the interval."""
    label_from: str | None = None
    """Pattern over file names that holds the label, or a column of metadata."""
    frame_rate: str | float | None = None
    """Frames per second of folders of numbered pictures, such as 30 or 30000/1001 [default: as a list or a JSON file
    beside them says, or 25]; a video file says its own."""
    ablate: str = "off"
    """mask tests the model again with each modality masked, and takes as long again for each; off."""
    fvd_features: str | None = None
    """Judge clips of a model of generation by features of I3D too: i3d:PATH, a file of its weights from PyTorch, such
    as rgb_imagenet.pt. Slow without a GPU: about a second for a clip, half an hour in all."""
    seed: int = 0
    """For the bootstrap interval."""
    backend: str | None = None
    """Keras back end."""
    device: str = "auto"
    """What computes: auto (a GPU where a back end can use it), cpu or gpu."""
    threads: int | None = None
    """Processor threads [default: all cores]."""
    cache_dir: Path | None = None
    """Folder of decoded frames and sound [default: $REELWISE_CACHE or ~/.cache/reelwise]."""
    cache_gb: float = 50.0
    """Disk that the cache may take, in GB; what was unused longest goes first."""


@dataclass(frozen=True)
class PredictOptions(LocalPaths):
    """Options of `reelwise predict`."""

    model: Path
    """The model file, or a run folder."""
    inputs: tuple[str, ...]
    """Videos, folders or globs."""
    _: KW_ONLY
    csv: Path | None = None
    """Write one row per video: file, status, predicted, unsure, one column per label."""
    annotate: Path | None = None
    """Write a copy of the (single) input video with the prediction written into the picture."""
    metadata: Path | None = None
    """List with a column file and the columns that the model reads, for a model of metadata."""
    frame_rate: str | float | None = None
    """Frames per second of folders of numbered pictures, such as 30 or 30000/1001 [default: as a list or a JSON file
    beside them says, or 25]; a video file says its own."""
    views: int | None = None
    """Views averaged per video [default: the model's]."""
    top: int = 3
    """How many labels to show per video."""
    cache_dir: Path | None = None
    """Folder for frames while they are needed [default: $REELWISE_CACHE or ~/.cache/reelwise]."""
    backend: str | None = None
    """Keras back end."""
    device: str = "auto"
    """What computes: auto (a GPU where a back end can use it), cpu or gpu."""
    threads: int | None = None
    """Processor threads [default: all cores]."""


@dataclass(frozen=True)
class GenerateOptions(LocalPaths):
    """Options of `reelwise generate`."""

    model: Path
    """The model file, or a run folder."""
    _: KW_ONLY
    out: Path | None = None
    """Folder for the samples; must be new or empty."""
    from_inputs: tuple[str, ...] = ()
    """A video that the model goes on from, a folder or a glob; once for each of several. A model of generation goes on
    from pictures too."""
    frame_rate: str | float | None = None
    """Frames per second of folders of numbered pictures, such as 30 or 30000/1001 [default: as a list or a JSON file
    beside them says, or 25]; a video file says its own."""
    at: float | None = None
    """Go on from this second of the video instead of from its end; then what really follows is shown beside."""
    frames: int | None = None
    """Frames to make [default: as many as the model was trained for]. Of a model of generation they are those of the
    whole video, with the ones that are given."""
    fps: float | None = None
    """Frames per second at which the samples play [default: the model's]."""
    label: str | None = None
    """The class that is to be seen, for a model of generation."""
    between: tuple[str, str] | None = None
    """Two pictures or videos between which the clip lies, for a model of generation; the same video twice: the ends of
    its last clip."""
    num: int | None = None
    """How many samples, for a model of generation [default: 8; of each given file 1]."""
    seed: int = 0
    """Seed of the noise, for a model of generation."""
    steps: int | None = None
    """Steps from noise to video, for a model of generation [default: 25]."""
    guidance: float | None = None
    """How strongly the class is followed, for a model of generation [default: 5]."""
    sampler: str | None = None
    """How a step is taken, for a model of generation: ancestral (renews noise), euler or heun
    [default: ancestral]."""
    npz: bool = False
    """Write the exact pixels too: samples.npz."""
    resume: bool = False
    """Go on in a folder that an interrupted call left: the same command plus --resume."""
    backend: str | None = None
    """Keras back end."""
    device: str = "auto"
    """What computes: auto (a GPU where a back end can use it), cpu or gpu."""
    threads: int | None = None
    """Processor threads [default: all cores]."""
    cache_dir: Path | None = None
    """Folder for frames while they are needed [default: $REELWISE_CACHE or ~/.cache/reelwise]."""


@dataclass(frozen=True)
class CheckOptions(LocalPaths):
    """Options of `reelwise check`."""

    data: str
    """Folder of class folders or a CSV, JSON or Parquet list."""
    _: KW_ONLY
    group: str | None = None
    """Column whose videos stay on one side of a split."""
    splits: Path | None = None
    """CSV with columns file,split to look for leaks in."""
    no_join: bool = False
    """Let files that show the same recording stand on both sides of the split that train would make."""
    label_from: str | None = None
    """Pattern over file names that holds the label, or a column, a key of JSON files, or a tag."""
    task: str = "auto"
    """Name of a task, such as multilabel (labels a|b) or regression (numbers); auto: what the labels look like."""
    frame_rate: str | float | None = None
    """Frames per second of folders of numbered pictures, such as 30 or 30000/1001 [default: as a list or a JSON file
    beside them says, or 25]; a video file says its own."""
    seed: int = 0
    """Seed of the split that train would make."""
    threads: int | None = None
    """Decoding processes [default: all cores]."""
    cache_dir: Path | None = None
    """Folder of decoded frames and sound [default: $REELWISE_CACHE or ~/.cache/reelwise]."""
    cache_gb: float = 50.0
    """Disk that the cache may take, in GB; what was unused longest goes first."""


@dataclass(frozen=True)
class InfoOptions(LocalPaths):
    """Options of `reelwise info`."""

    path: Path
    """A video, a model file or a run folder."""
    _: KW_ONLY
    full: bool = False
    """Decode all of a long video instead of counting packets after 15 s."""
    frame_rate: str | float | None = None
    """Frames per second of folders of numbered pictures, such as 30 or 30000/1001 [default: as a list or a JSON file
    beside them says, or 25]; a video file says its own."""
    out: Path | None = None
    """Write a page about the video, .html: pictures with their times, sound, facts."""


@dataclass(frozen=True)
class AnalyzeOptions(LocalPaths):
    """Options of `reelwise analyze`."""

    inputs: tuple[str, ...] = ()
    """Videos, folders or globs; - is the video that comes on stdin."""
    _: KW_ONLY
    out: Path | None = None
    """Folder for the results: one folder per video, and index.json."""
    frame_rate: str | float | None = None
    """Frames per second of folders of numbered pictures, such as 30 or 30000/1001 [default: as a list or a JSON file
    beside them says, or 25]; a video file says its own."""
    from_analysis: Path | None = None
    """Make exports and page again from the analysis in this folder; nothing is decoded, no other option is taken."""
    do: str | None = None
    """What to look for, with commas: shots, keyframes, motion, quality, sound, onsets, similarity, and actions beside
    --model [default: everything]."""
    model: tuple[Path, ...] = ()
    """A trained classifier: what it recognizes is a track. Once for each of several. shots.safetensors of
    `train --model shots` finds the shots in place of the shipped detector."""
    window: str | None = None
    """Length of the part of a video that a classifier looks at, such as 2s [default: as in its training]."""
    keyframes: int = 3
    """Pictures per shot."""
    min_shot: int = 0
    """Frames of the shortest shot that counts, at the ends of the video too; 0: every shot."""
    split: bool = False
    """Write every shot as a video of its own, with its sound."""
    overlay: bool = False
    """Write a copy of the video with the findings drawn in."""
    sensitivity: float | None = None
    """How readily a boundary is reported, 0 to 1 [default: as calibrated]."""
    follow: bool = False
    """The video is still being written: wait for more at its end, and print each finding as a JSON line at once."""
    resume: bool = False
    """Go on with an interrupted analysis: the same command plus --resume."""
    backend: str | None = None
    """Keras back end, for --model."""
    device: str = "auto"
    """What computes, for --model: auto (a GPU where a back end can use it), cpu or gpu."""
    threads: int | None = None
    """Processor threads [default: all cores]."""
    cache_dir: Path | None = None
    """Folder for curves and sound while they are needed [default: $REELWISE_CACHE or ~/.cache/reelwise]."""


@dataclass(frozen=True)
class FindOptions(LocalPaths):
    """Options of `reelwise find`."""

    clip: Path
    """The video that holds the passage that is looked for."""
    inputs: tuple[str, ...] = ()
    """Where to search: videos, folders or globs."""
    _: KW_ONLY
    out: Path | None = None
    """Write a page about the matches, .html: the pictures of both side by side."""
    frame_rate: str | float | None = None
    """Frames per second of folders of numbered pictures, such as 30 or 30000/1001 [default: as a list or a JSON file
    beside them says, or 25]; a video file says its own."""
    top: int = 20
    """How many matches to show."""
    min_score: float = 0.5
    """How likely a match must be, 0 to 1."""
    threads: int | None = None
    """Videos that are decoded at a time [default: all cores]."""
    cache_dir: Path | None = None
    """Folder of what was learned about each video [default: $REELWISE_CACHE or ~/.cache/reelwise]."""
    cache_gb: float = 50.0
    """Disk that the cache may take, in GB; what was unused longest goes first."""


@dataclass(frozen=True)
class DemoOptions(LocalPaths):
    """Options of `reelwise demo`."""

    out: Path = Path("reelwise-demo")
    """Folder for the clips and the run; an earlier demo's run is kept beside the new one."""
    _: KW_ONLY
    generate: bool = False
    """Make new video instead: a model that predicts frames goes on from clips, and another draws new ones by class."""
    seed: int = 0
    """Seed of the clips and the training."""
    backend: str | None = None
    """Keras back end."""
    device: str = "auto"
    """What computes: auto (a GPU where a back end can use it), cpu or gpu."""
    threads: int | None = None
    """Processor threads [default: all cores]."""
