"""A model that answers for video files: decodes them as it was trained, and says when it is unsure."""

import threading
import time
import weakref
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np

from reelwise.core.contract import Contract
from reelwise.core.errors import VideoError
from reelwise.core.frames import DecodedVideo
from reelwise.core.results import Prediction
from reelwise.inference.decode_stream import DecodeStream
from reelwise.inference.predictor import Predictor
from reelwise.media.workers.pool import WorkerPool
from reelwise.models.file import LoadedModel, load_model_file
from reelwise.sampling.metadata_codes import metadata_arrays
from reelwise.tasks import Metrics, read_metrics

Metadata = Mapping[str, object]
"""Values by column; whatever is empty, None or left out is missing."""


class Model:
    """What :func:`reelwise.load_model` gives: a network with its contract, ready for files.

    Args:
        loaded: The content of a model file.
    """

    def __init__(self, loaded: LoadedModel) -> None:
        self._loaded = loaded
        self._lock = threading.Lock()
        self._pool = WorkerPool(num_workers=1)
        weakref.finalize(self, self._pool.close)
        self._predictors: dict[int, Predictor] = {}

    @classmethod
    def load(cls, path: Path) -> "Model":
        """Read a model file; nothing that it names is run.

        Args:
            path: Usually ``model.keras``.

        Raises:
            ModelFileError: It is damaged, foreign, or asks for more than it may.
        """
        return cls(load_model_file(path))

    @property
    def labels(self) -> tuple[str, ...]:
        """The classes, in the order of the probabilities."""
        return self.contract.labels

    @property
    def contract(self) -> Contract:
        """What the network expects and answers."""
        return self._loaded.contract

    @property
    def metrics(self) -> Metrics:
        """How good it was when it was trained, as in metrics.json."""
        return read_metrics(self._loaded.metrics)

    @property
    def arrays(self) -> dict[str, np.ndarray]:
        """What travels along with the weights, such as fitted baselines."""
        return self._loaded.arrays

    @property
    def keras(self) -> keras.Model:
        """The network itself: uint8 clips to logits."""
        return self._loaded.network

    def __repr__(self) -> str:
        encoders = self.contract.network.encoders
        names = "+".join(f"{encoder.architecture}:{encoder.preset}" for encoder in encoders)
        return f"Model({names}, {len(self.labels)} labels)"

    def predict(
        self, path: str | Path, metadata: Metadata | None = None, *, num_views: int | None = None
    ) -> Prediction:
        """What one video shows.

        Args:
            path: The video.
            metadata: What else is known of it, for a model that reads metadata; tags of the file are read anyway.
            num_views: Views to average; None follows the contract.

        Returns:
            A Prediction; ``.top(3)`` are the best three.

        Raises:
            VideoError: The video cannot be used, or has nothing that the model reads; says why.
        """
        started = time.perf_counter()
        with self._lock, self._stream(self._pool, None) as stream:
            ((_, answer),) = stream.run([Path(path)])
            if isinstance(answer, VideoError):
                raise answer
            probs = self._probs(Path(path), answer, metadata, self._predictor(num_views))
        return self._prediction(str(path), probs, time.perf_counter() - started)

    def predict_many(
        self,
        paths: Iterable[str | Path],
        metadata: Mapping[str, Metadata] | None = None,
        *,
        num_views: int | None = None,
        num_workers: int | None = None,
        scratch: Path | None = None,
    ) -> Iterator[Prediction]:
        """Predictions in the order of the paths; later videos are decoded while the model looks at earlier ones.

        Args:
            paths: Videos; taken as they are needed.
            metadata: What else is known of some of them, by path as it stands in ``paths``.
            num_views: Views to average; None follows the contract.
            num_workers: Decoding processes; None for one per processor.
            scratch: Folder for frames while they are needed; None for the cache folder.

        Yields:
            One Prediction per path, whose ``seconds`` add up to the time of all; a video that cannot be used has its
            ``error`` and no probabilities.
        """
        predictor = self._predictor(num_views)
        done: dict[int, Prediction] = {}
        following, started = 0, time.perf_counter()
        known = {Path(path): values for path, values in (metadata or {}).items()}
        with WorkerPool(num_workers) as pool, self._stream(pool, scratch) as stream:
            for task, answer in stream.run(Path(path) for path in paths):
                prediction = self._judge(task.path, answer, known.get(task.path), predictor)
                now = time.perf_counter()
                done[task.number] = replace(prediction, seconds=now - started)
                started = now
                while following in done:
                    yield done.pop(following)
                    following += 1

    def close(self) -> None:
        """End the decoding process that ``predict`` keeps; it starts again when needed."""
        self._pool.close()

    def _stream(self, pool: WorkerPool, scratch: Path | None) -> DecodeStream:
        return DecodeStream(pool, self.contract.input.decode, scratch, self.contract.input.sound)

    def _judge(
        self, path: Path, answer: DecodedVideo | VideoError, metadata: Metadata | None, predictor: Predictor
    ) -> Prediction:
        try:
            if isinstance(answer, VideoError):
                raise answer
            return self._prediction(str(path), self._probs(path, answer, metadata, predictor), 0.0)
        except VideoError as problem:
            reason = f"{problem.reason_for(path)} {problem.hint}".strip()
            return Prediction(
                str(path), self.contract.label_output, np.zeros(0), unsure=True, seconds=0.0, error=reason
            )

    def _probs(self, path: Path, video: DecodedVideo, metadata: Metadata | None, predictor: Predictor) -> np.ndarray:
        given = {name: str(value) for name, value in (metadata or {}).items() if value is not None}
        video = replace(video, metadata={**video.metadata, **given})
        check_readable(self.contract, video, path)
        return predictor.predict(video, str(path))

    def _prediction(self, file: str, probs: np.ndarray, seconds: float) -> Prediction:
        output = self.contract.label_output
        return Prediction(file, output, probs, unsure=output.is_unsure(probs), seconds=seconds)

    def _predictor(self, num_views: int | None) -> Predictor:
        wanted = num_views or self.contract.input.num_views
        if wanted not in self._predictors:
            self._predictors[wanted] = Predictor(self.keras, self.contract, wanted)
        return self._predictors[wanted]


def check_readable(contract: Contract, video: DecodedVideo, path: Path) -> None:
    """Refuse a video that has nothing of what a model reads: an answer to it would be a guess.

    Raises:
        VideoError: It has no usable sound, or none of the columns; says what to do.
    """
    lacking = lacking_everything(contract, video)
    if lacking:
        hint = "Give the columns, as in its list." if contract.input.metadata else "Use a model that reads frames too."
        raise VideoError(f"{path}: it has {lacking}, and the model reads nothing else.", hint=hint)


def lacking_everything(contract: Contract, video: DecodedVideo) -> str:
    """What a video lacks of all that a model reads, in words; empty if it has any of it."""
    there = {
        "frames": True,
        "sound": video.log_mel is not None and bool(video.log_mel.present.any()),
        "metadata": bool(metadata_arrays(contract.input.metadata, video.metadata)["metadata_present"].any()),
    }
    if any(there[modality] for modality in contract.modalities):
        return ""
    columns = ", ".join(column.name for column in contract.input.metadata)
    lacks = {"sound": "no usable sound", "metadata": f"none of the columns {columns}"}
    return " and ".join(lacks[modality] for modality in contract.modalities)
