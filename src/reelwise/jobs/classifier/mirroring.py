"""Whether the training videos of one training allow that their clips are mirrored."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from reelwise.core.frames import DecodedVideo
from reelwise.evaluation.baselines import BaselineFeatures
from reelwise.evaluation.linear_classifier import search_sample
from reelwise.evaluation.mirror_trial import MirrorFeatures, MirrorTrial, try_mirror
from reelwise.features.hog import hog
from reelwise.features.motion_direction import motion_direction
from reelwise.features.motion_energy import motion_energy
from reelwise.jobs.classifier.data import LabeledVideos


@dataclass(frozen=True, eq=False)
class Mirroring:
    """Asks the training videos of each training of a model, once for each set of videos.

    Args:
        data: All videos.
        features: What the baselines read of them, as they are.
        seed: Of the run.
    """

    data: LabeledVideos
    features: BaselineFeatures
    seed: int
    _rows: dict[int, "_Row"] = field(default_factory=dict)
    _trials: dict[tuple[int, ...], MirrorTrial] = field(default_factory=dict)

    def trial(self, train_indices: Sequence[int]) -> MirrorTrial:
        """Whether mirrored clips of these videos keep their labels.

        Args:
            train_indices: The training videos; of more than 1,500 a random sample is asked.
        """
        key = tuple(train_indices)
        if key not in self._trials:
            self._trials[key] = self._try([key[i] for i in search_sample(len(key), self.seed)])
        return self._trials[key]

    def _try(self, indices: Sequence[int]) -> MirrorTrial:
        rows = [self._row(i) for i in indices]
        sample = self.features.take(np.array(indices, np.int64))
        directions, *in_mirror = (np.stack(column) for column in zip(*rows, strict=True))
        features = MirrorFeatures((sample.single_frame, sample.motion_energy, directions), tuple(in_mirror))
        units = [self.data.split_plan.units[i] for i in indices]
        return try_mirror(features, self.data.y[list(indices)], self.data.labels, units, self.seed, self.data.task)

    def _row(self, index: int) -> "_Row":
        if index not in self._rows:
            self._rows[index] = _row(self.data.videos[index])
        return self._rows[index]


_Row = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
"""Direction of motion as it is; outlines, motion and its direction mirrored: (900,), (356,) and (72,) float32."""


def _row(video: DecodedVideo) -> _Row:
    frames, seconds = video.frames, video.times.seconds
    in_mirror = frames[:, :, ::-1]
    outlines = hog(np.asarray(in_mirror[len(in_mirror) // 2]))
    directions = motion_direction(frames, seconds), motion_direction(in_mirror, seconds)
    return directions[0], outlines, motion_energy(in_mirror, seconds), directions[1]


def mirroring_in_words(trial: MirrorTrial, test_trials: Sequence[MirrorTrial | None]) -> str:
    """What was decided and why.

    Args:
        trial: Of the model that is handed over.
        test_trials: Of the trainings that were tested, each of which asked its own training videos.
    """
    word = "mirrored" if trial.keeps_labels else "not mirrored"
    text = f"clips are {word} in training: {trial.sentence}"
    num_others = sum(other is not None and other.keeps_labels != trial.keeps_labels for other in test_trials)
    if num_others:
        text += f"; {num_others} of {len(test_trials)} tested trainings decided otherwise"
    return f"{text}." if trial.keeps_labels else f"{text}. --flip on mirrors them all the same."
