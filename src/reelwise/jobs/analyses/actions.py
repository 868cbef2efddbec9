"""Classifiers for the analysis: from model files to what an analyzer needs of them."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from reelwise.analysis.actions import ActionModel, Window, thresholds_of
from reelwise.cache.sound_entry import map_log_mel, no_sound, write_log_mel
from reelwise.core.contract import Contract
from reelwise.core.errors import UsageError
from reelwise.core.frames import DecodedVideo, FrameTimes
from reelwise.core.sound import LogMel
from reelwise.core.video import VideoFacts
from reelwise.inference.picture_rates import rates_as_in_training
from reelwise.jobs.runs.device_notes import naming_device_faults
from reelwise.jobs.runs.durations import parse_duration
from reelwise.jobs.runs.loading import load_model, model_path
from reelwise.media.decode_many import perform_one
from reelwise.media.frame_rates import FLAG, FrameRates, frame_rates_in_use
from reelwise.media.requests.sound import SoundTask
from reelwise.media.sound.track import SoundSettings
from reelwise.tasks import find_any_task, find_task

if TYPE_CHECKING:
    from reelwise.inference.model import Model


ACTIONS = "actions"
"""The track of the first classifier; those of further ones are numbered."""

NO_MODELS: Mapping[Path, "Model"] = {}

LEAST_WINDOW = Fraction(1, 4)
"""Seconds: half a step of a walking person. Every window is predicted, so shorter ones cost much and hold no action."""


class Classifiers:
    """The models of one command, loaded once and used for all videos.

    Args:
        paths: Model files or run folders.
        loaded_models: Models that need not be loaded again, by their path.
        window: Length of a window as text, such as ``2s``; None for what each model was trained on.
        backend: Keras back end.
        threads: Processor threads.
        cache_dir: The cache folder.
        device: As in ``--device``.

    Raises:
        UsageError: A file is no model for labels, or does not say how long a window should be.
        ModelFileError: A model file is damaged.
    """

    def __init__(
        self,
        paths: Sequence[Path],
        loaded_models: Mapping[Path, "Model"] = NO_MODELS,
        *,
        window: str | None = None,
        backend: str | None = None,
        threads: int | None = None,
        cache_dir: Path | None = None,
        device: str = "auto",
    ) -> None:
        self._models: list[tuple[str, Path, Model, Fraction]] = []
        self._digests: list[str] = []
        for number, path in enumerate(paths, 1):
            model = loaded_models.get(path)
            if model is None:
                model = load_model(path, backend=backend, threads=threads, cache_dir=cache_dir, device=device)
            name = ACTIONS if number == 1 else f"{ACTIONS}-{number}"
            self._models.append((name, model_path(path), model, window_of(path, model.contract, window)))
            self._digests.append(model.sha256)

    def for_video(self, path: Path, scratch: Path) -> tuple[ActionModel, ...]:
        """The models, ready for one video.

        Args:
            path: The video, whose sound is decoded beforehand where a model reads it.
            scratch: Folder for the sound.
        """
        return tuple(
            _action_model(name, file, model, window, sound_of(model.contract, path, scratch / name))
            for name, file, model, window in self._models
        )

    def describe(self) -> dict[str, str]:
        """What of the models decides the result, for analysis.json: file, SHA-256 and window, by name of the track."""
        return {
            name: f"{file.name}, sha256 {digest}, window {float(window):g} s"
            for (name, file, _, window), digest in zip(self._models, self._digests, strict=True)
        }

    def frame_rates(self) -> FrameRates:
        """The rates of this job, with that of the models' training where nothing says that of a folder of pictures.

        Raises:
            UsageError: Their trainings were given different rates.
        """
        rates = {rates_as_in_training(model.contract).usual for _, _, model, _ in self._models}
        if len(rates) > 1 and frame_rates_in_use().of_all is None:
            each = " and ".join(f"{float(rate):g}" for rate in sorted(rates))
            hint = f"Say the one that holds with {FLAG}, or analyze with one model at a time."
            raise UsageError(f"the models read folders of numbered pictures at {each} frames per second.", hint=hint)
        return rates_as_in_training(self._models[0][2].contract)

    def check_growing(self) -> None:
        """Refuse models that read sound where the video is still being written: its sound is not there yet.

        Raises:
            UsageError: It names the model.
        """
        for _, file, model, _ in self._models:
            if "sound" in model.contract.modalities:
                hint = "Analyze the video when it is written, or use a model of frames alone."
                raise UsageError(f"{file}: reads sound, which a video that is still being written lacks.", hint=hint)


def window_of(path: Path, contract: Contract, window: str | None) -> Fraction:
    """Seconds of a window: as asked for, or the median length of the clips that the model learned from.

    Raises:
        UsageError: The model cannot look at a window, neither it nor the option says how long one is, or it is shorter
            than ``LEAST_WINDOW``.
    """
    if not find_any_task(contract.task).has_classes:
        hint = "Use a model of classes or of several labels."
        raise UsageError(f"{path}: is a model for {contract.task}, which finds no actions.", hint=hint)
    if "metadata" in contract.modalities:
        hint = "Train one with --modalities frames, or frames,sound."
        raise UsageError(f"{path}: reads metadata, which a part of a video does not have.", hint=hint)
    if window is not None:
        seconds = Fraction(str(parse_duration(window, "--window", "2s")))
        if seconds < LEAST_WINDOW:
            hint = "Give the time that one action lasts, such as --window 2s."
            raise UsageError(f"--window is {window!r}, expected {float(LEAST_WINDOW):g} s or more.", hint=hint)
        return seconds
    if contract.input.typical_seconds is None:
        hint = "Say how long one action lasts, such as --window 2s."
        raise UsageError(f"{path}: does not say how long its training clips were.", hint=hint)
    # Sixtieths of a second: a plain number for people, and short fractions for exact times.
    return max(LEAST_WINDOW, Fraction(round(contract.input.typical_seconds[1] * 60), 60))


def _action_model(name: str, file: Path, model: "Model", window: Fraction, log_mel: LogMel | None) -> ActionModel:
    output = model.contract.label_output
    calibration = output.calibration
    thresholds = thresholds_of(calibration.unsure_below, calibration.thresholds, len(output.labels))

    def predict(window: Window) -> np.ndarray:
        facts = _facts_of(window.frames, window.times)
        video = DecodedVideo(window.frames, window.times, facts, log_mel, stills=window.stills)
        with naming_device_faults():
            return model.predict_frames(video)

    return ActionModel(
        name=name,
        producer=file.name,
        labels=output.labels,
        decode=model.contract.input.decode,
        window=window,
        thresholds=thresholds,
        is_exclusive=not find_task(model.contract.task).has_label_sets,
        predict=predict,
        images=model.contract.input.images,
    )


def _facts_of(frames: np.ndarray, times: FrameTimes) -> VideoFacts:
    """What is known of a window; no model of frames and sound reads more, and those of metadata are refused."""
    seconds = float(times.duration_seconds)
    size = frames.shape[1]
    return VideoFacts(
        len(frames), size, size, seconds, Fraction(len(frames)) / times.duration_seconds, False, 0, "", ""
    )


def sound_of(contract: Contract, path: Path, stem: Path) -> LogMel | None:
    """The spectrogram of the whole track, as the model reads it; None for a model that reads no sound.

    Args:
        contract: Of the model.
        path: The video.
        stem: Where samples and spectrogram are written, with suffixes.
    """
    sound = contract.input.sound
    if sound is None:
        return None
    samples = stem.with_suffix(".samples")
    track = perform_one(SoundTask(path, SoundSettings(sound.sample_rate), samples))
    entry = write_log_mel(track, samples, sound, stem.with_suffix(".sound"))
    return map_log_mel(stem.with_suffix(".sound"), entry) or no_sound(sound)
