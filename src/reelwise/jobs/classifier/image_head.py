"""The head on image features of one training: a linear model, fitted on its training videos."""

from collections.abc import Sequence

import numpy as np

from reelwise.core.contract import Contract
from reelwise.evaluation.linear_tasks import fit_linear_model
from reelwise.jobs.classifier.data import LabeledVideos
from reelwise.models.image_stream import ImageHead
from reelwise.sampling.image_statistics import mean_and_deviation


def fit_image_head(data: LabeledVideos, contract: Contract, train_indices: Sequence[int], seed: int) -> ImageHead:
    """A linear model of the task on the image features of the training videos.

    Its regularisation is chosen by folds inside the training videos that keep recordings together.

    Args:
        data: All videos, with their image features.
        contract: With the mean and scale of a number, which the head gives standardised.
        train_indices: The videos to fit on.
        seed: Of the inner folds.

    Source: Kornblith et al. 2019, "Do better ImageNet models transfer better?", arXiv 1805.08974: logistic regression
    on the features of a frozen network. Mean and deviation over stills are ours.
    """
    features = np.stack([mean_and_deviation(_features(data, i)) for i in train_indices])
    mean, scale = contract.label_output.standardization
    y = data.y[list(train_indices)]
    y = y if (mean, scale) == (0.0, 1.0) else (y - mean) / scale
    units = [data.split_plan.units[i] for i in train_indices]
    model = fit_linear_model(contract.task, features, y, len(data.labels), units, seed)
    return ImageHead(model.mean, model.scale, model.coef, model.intercept)


def _features(data: LabeledVideos, index: int) -> np.ndarray:
    features = data.videos[index].image_features
    if features is None:
        raise ValueError("the videos of a model of image features have none")
    return features
