"""A trained model that predicts video files, decoded with the settings of its training."""

import threading
import time
import weakref
from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np

from reelwise.core.contract import Contract
from reelwise.core.errors import VideoError
from reelwise.core.files import file_sha256
from reelwise.core.frames import DecodedVideo
from reelwise.core.results import Prediction
from reelwise.inference.decode_stream import DecodeStream
from reelwise.inference.picture_rates import rates_as_in_training
from reelwise.inference.predictor import Predictor
from reelwise.media.frame_rates import steps_with, use_frame_rates
from reelwise.media.workers.pool import WorkerPool
from reelwise.models.file import LoadedModel, load_model_file
from reelwise.sampling.metadata_codes import metadata_arrays
from reelwise.tasks import Metrics, read_metrics

Metadata = Mapping[str, object]
"""Values by column; one that is empty, None or left out counts as missing."""


class Model:
    """A network with its contract, ready for video files; :func:`reelwise.load_model` makes it.

    Args:
        content: The content of a model file.
        file: That file; None for a model that has none.
        sha256: Hash of the file's bytes in hexadecimal when it was read.
    """

    def __init__(self, content: LoadedModel, file: Path | None = None, sha256: str = "") -> None:
        self._content = content
        self.file = file
        self.sha256 = sha256
        self._lock = threading.Lock()
        self._pool = WorkerPool(num_workers=1)
        weakref.finalize(self, self._pool.close)
        self._predictors: dict[int, Predictor] = {}

    @classmethod
    def load(cls, path: Path) -> "Model":
        """Read a model file; no code from the file is run.

        Args:
            path: Usually ``model.keras``.

        Raises:
            ModelFileError: The file is damaged, is no Reelwise model, or would need more memory than is allowed.
        """
        return cls(load_model_file(path), path, file_sha256(path))

    @property
    def labels(self) -> tuple[str, ...]:
        """The classes, in the order of the probabilities."""
        return self.contract.labels

    @property
    def contract(self) -> Contract:
        """The input, network and output of the model."""
        return self._content.contract

    @property
    def metrics(self) -> Metrics:
        """The metrics of its training, as in metrics.json."""
        return read_metrics(self._content.metrics)

    @property
    def arrays(self) -> dict[str, np.ndarray]:
        """Arrays that the file holds beside the weights, such as fitted baselines."""
        return self._content.arrays

    @property
    def keras(self) -> keras.Model:
        """The network itself: uint8 clips to logits."""
        return self._content.network

    def __repr__(self) -> str:
        encoders = self.contract.network.encoders
        names = "+".join(f"{encoder.architecture}:{encoder.preset}" for encoder in encoders)
        return f"Model({names}, {len(self.labels)} labels)"

    def predict(
        self, path: str | Path, metadata: Metadata | None = None, *, num_views: int | None = None
    ) -> Prediction:
        """The prediction for one video.

        Args:
            path: The video.
            metadata: Values for a model that reads metadata; tags of the file are read in any case.
            num_views: Views to average; None follows the contract.

        Returns:
            A Prediction; ``.top(3)`` are the best three.

        Raises:
            VideoError: The video cannot be used, or has none of the modalities that the model reads.
        """
        start = time.perf_counter()
        rates = rates_as_in_training(self.contract)
        with self._lock, use_frame_rates(rates), self._stream(self._pool, None) as stream:
            ((_, video),) = stream.run([Path(path)])
            if isinstance(video, VideoError):
                raise video
            probs = self._probs(Path(path), video, metadata, self._predictor(num_views))
        return self._prediction(str(path), probs, time.perf_counter() - start)

    def predict_many(
        self,
        paths: Iterable[str | Path],
        metadata: Mapping[str, Metadata] | None = None,
        *,
        num_views: int | None = None,
        num_workers: int | None = None,
        scratch: Path | None = None,
    ) -> Iterator[Prediction]:
        """Predictions in the order of the paths; later videos are decoded while earlier ones are predicted.

        Args:
            paths: Videos; taken as they are needed.
            metadata: Values for some of the videos, by their path as in ``paths``.
            num_views: Views to average; None follows the contract.
            num_workers: Decoding processes; None for one per processor.
            scratch: Folder for temporary frames; None for the cache folder.

        Yields:
            One Prediction per path, whose ``seconds`` add up to the time of all; a video that cannot be used has its
            ``error`` and no probabilities.
        """
        predictor = self._predictor(num_views)
        rates = rates_as_in_training(self.contract)
        return steps_with(rates, self._predict_many(paths, metadata or {}, predictor, num_workers, scratch))

    def _predict_many(
        self,
        paths: Iterable[str | Path],
        metadata: Mapping[str, Metadata],
        predictor: Predictor,
        num_workers: int | None,
        scratch: Path | None,
    ) -> Generator[Prediction]:
        waiting: dict[int, Prediction] = {}  # predicted, but a video before it is not yet
        next_number, start = 0, time.perf_counter()
        metadata_of = {Path(path): values for path, values in metadata.items()}
        with WorkerPool(num_workers) as pool, self._stream(pool, scratch) as stream:
            for item, video in stream.run(Path(path) for path in paths):
                prediction = self._predict_or_explain(item.path, video, metadata_of.get(item.path), predictor)
                now = time.perf_counter()
                waiting[item.number] = replace(prediction, seconds=now - start)
                start = now
                while next_number in waiting:
                    yield waiting.pop(next_number)
                    next_number += 1

    def predict_frames(self, video: DecodedVideo) -> np.ndarray:
        """The prediction for frames that were decoded with ``contract.input.decode``, such as a window of a long video.

        Args:
            video: Frames with their times, and the sound and the stills where the model reads them.

        Returns:
            (C,) float64, the same to the last digit as ``predict`` gives for a video that holds these frames.
        """
        with self._lock:
            return self._predictor(None).predict(video)

    def close(self) -> None:
        """End the decoding process that ``predict`` keeps; it starts again when needed."""
        self._pool.close()

    def _stream(self, pool: WorkerPool, scratch: Path | None) -> DecodeStream:
        spec = self.contract.input
        return DecodeStream(pool, spec.decode, scratch, spec.sound, spec.images)

    def _predict_or_explain(
        self, path: Path, video: DecodedVideo | VideoError, metadata: Metadata | None, predictor: Predictor
    ) -> Prediction:
        """A prediction; for a video that cannot be used, one with the reason in ``error``."""
        try:
            if isinstance(video, VideoError):
                raise video
            return self._prediction(str(path), self._probs(path, video, metadata, predictor), 0.0)
        except VideoError as problem:
            reason = f"{problem.reason_for(path)} {problem.hint}".strip()
            return Prediction(
                str(path), self.contract.label_output, np.zeros(0), unsure=True, seconds=0.0, error=reason
            )

    def _probs(self, path: Path, video: DecodedVideo, metadata: Metadata | None, predictor: Predictor) -> np.ndarray:
        values = {name: str(value) for name, value in (metadata or {}).items() if value is not None}
        video = replace(video, metadata={**video.metadata, **values})
        check_readable(self.contract, video, path)
        return predictor.predict(video, str(path))

    def _prediction(self, file: str, probs: np.ndarray, seconds: float) -> Prediction:
        output = self.contract.label_output
        return Prediction(file, output, probs, unsure=output.is_unsure(probs), seconds=seconds)

    def _predictor(self, num_views: int | None) -> Predictor:
        _ = self.contract.label_output  # refuses a model that gives no labels before its network gets a video
        num_views = num_views or self.contract.input.num_views
        if num_views not in self._predictors:
            self._predictors[num_views] = Predictor(self.keras, self.contract, num_views)
        return self._predictors[num_views]


def check_readable(contract: Contract, video: DecodedVideo, path: Path) -> None:
    """Refuse a video that has none of the modalities that a model reads: a prediction would be a guess.

    Raises:
        VideoError: It has no usable sound, or none of the columns; give the columns or use another model.
    """
    lacking = describe_missing_modalities(contract, video)
    if lacking:
        hint = (
            "Give at least one of these columns." if contract.input.metadata else "Use a model that reads frames too."
        )
        raise VideoError(f"{path}: it has {lacking}, and the model reads nothing else.", hint=hint)


def describe_missing_modalities(contract: Contract, video: DecodedVideo) -> str:
    """The modalities that a video lacks, in words, if it has none of those that a model reads; else an empty text."""
    has_modality = {
        "frames": True,
        "sound": video.log_mel is not None and bool(video.log_mel.present.any()),
        "metadata": bool(metadata_arrays(contract.input.metadata, video.metadata)["metadata_present"].any()),
    }
    if any(has_modality[modality] for modality in contract.modalities):
        return ""
    columns = ", ".join(column.name for column in contract.input.metadata)
    lacks = {"sound": "no usable sound", "metadata": f"none of the columns {columns}"}
    return " and ".join(lacks[modality] for modality in contract.modalities)
