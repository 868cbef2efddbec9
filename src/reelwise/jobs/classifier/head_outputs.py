"""What the heads of a trained network give for videos that it was not trained on."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from reelwise.core.contract import Contract
from reelwise.core.progress import Progress
from reelwise.evaluation.modality_ablation import predict_ablations
from reelwise.inference.predictor import Predictor
from reelwise.jobs.classifier.data import LabeledVideos
from reelwise.jobs.runs.views_ahead import head_outputs_in_order
from reelwise.sampling.frame_order import FrameOrder


def predict_heads(
    network: Any, contract: Contract, data: LabeledVideos, indices: Sequence[int], progress: Progress
) -> np.ndarray:
    """(n, H, C) float64: mean over the views of each video, H = 1 for a network with one head.

    Args:
        network: A trained Keras model.
        contract: Its contract, with fitted metadata.
        data: All videos.
        indices: n of the videos.
        progress: Shows how far it is.
    """
    predictor = Predictor(network, contract)
    videos = ((data.videos[index], data.names[index]) for index in indices)
    rows = []
    for done, (_, head_outputs) in enumerate(head_outputs_in_order(predictor, videos), start=1):
        rows.append(head_outputs)
        progress.update(done, len(indices), "videos")
    return np.array(rows, np.float64).reshape(len(indices), max(1, len(contract.network.head_names)), len(data.labels))


def predict_masked_heads(
    network: Any, contract: Contract, data: LabeledVideos, indices: Sequence[int], progress: Progress
) -> dict[str, np.ndarray]:
    """The same for each ablation: {name: (n, H, C)}, with modalities masked or frames reordered; empty without videos.

    The arguments are those of :func:`predict_heads`.
    """
    if not len(indices):
        return {}
    predictor = Predictor(network, contract)

    def predict(index: int, masked_modalities: frozenset[str], frame_order: FrameOrder) -> np.ndarray:
        video, name = data.videos[index], data.names[index]
        return predictor.head_outputs(video, name, masked_modalities=masked_modalities, frame_order=frame_order)

    return predict_ablations(
        predict, indices, contract.modalities, lambda done, of: progress.update(done, of, "videos")
    )
