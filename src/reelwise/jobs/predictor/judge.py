"""Predict the windows of test videos with a model and with the simple rules, and measure both on the same frames."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from reelwise.core.contract import Contract
from reelwise.core.progress import Progress
from reelwise.datasets.window_batches import WindowBatches
from reelwise.evaluation.verdict import verdict
from reelwise.generation.baselines import FrameBaseline
from reelwise.jobs.predictor.plan import window_of
from reelwise.metrics.frame_errors import FrameErrors, frame_errors, join_frame_errors
from reelwise.metrics.frame_metrics import psnr
from reelwise.tasks import PREDICTION, Metrics

Predict = Callable[[np.ndarray, int], np.ndarray]
"""(N, T_in, S, S, 3) uint8 and T_out to (N, T_out, S, S, 3) uint8."""

OWN = "model"
"""The name of the model among the rules it is judged beside."""


MOST_TEST = 512
"""Windows that a model is judged on: about so many together, 16 of one video at most."""

_BATCH_BYTES = 16 << 20
"""Of the windows that are judged at a time: each batch goes once through all training clips that are searched."""


@dataclass(frozen=True, eq=False)
class TestWindows:
    """The windows that a model is judged on.

    Args:
        batches: Each window once, in order.
        names: Of the videos.
        groups: The group of each video.
    """

    batches: WindowBatches
    names: Sequence[str]
    groups: Sequence[str]

    @property
    def window_groups(self) -> list[str]:
        """The group of each window's video."""
        return [self.groups[int(video)] for video in self.batches.windows.videos]

    @property
    def num_videos(self) -> int:
        """Videos that have a window."""
        return len(np.unique(self.batches.windows.videos))

    def __iter__(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Context (n, T_in, S, S, 3) and targets (n, T_out, S, S, 3), both uint8, a batch at a time."""
        for step in range(len(self.batches)):
            batch = self.batches.batch(0, step)
            is_real = batch.sample_weights > 0
            yield np.asarray(batch.inputs)[is_real], batch.targets[is_real]


@dataclass(frozen=True, eq=False)
class Judgement:
    """What a model and the rules beside it got.

    Args:
        metrics: The whole of metrics.json.
        errors: By rule, ``model`` first.
    """

    metrics: Metrics
    errors: dict[str, FrameErrors]


def judge(
    predict: Predict,
    baselines: Iterable[FrameBaseline],
    test: TestWindows,
    seed: int,
    progress: Progress,
    *,
    learned_from: int | None = None,
) -> Judgement:
    """Judge a model on test windows.

    Args:
        predict: The model.
        baselines: The rules beside it.
        test: The windows.
        seed: Of the bootstrap.
        progress: Shows how far it is.
        learned_from: How many of the videos the model was trained on; None where they were held out or nobody knows.
    """
    rules: dict[str, Predict] = {OWN: predict, **{rule.name: rule.predict for rule in baselines}}
    pieces: dict[str, list[FrameErrors]] = {name: [] for name in rules}
    num_windows = len(test.batches.windows)
    for context, target in test:
        predictions = {name: rule(context, target.shape[1]) for name, rule in rules.items()}
        with threadpool_limits(1, "blas"):  # small pictures: several threads would wait for each other
            for name, prediction in predictions.items():
                pieces[name].append(frame_errors(target, prediction, context[:, -1]))
        progress.update(min(num_windows, sum(len(piece.squared_errors) for piece in pieces[OWN])), num_windows, "clips")
    errors = {name: join_frame_errors(of_rule) for name, of_rule in pieces.items()}
    return Judgement(_metrics(errors, test, seed, learned_from), errors)


def _metrics(errors: dict[str, FrameErrors], test: TestWindows, seed: int, learned_from: int | None) -> Metrics:
    own, groups = errors[OWN], test.window_groups
    fields = PREDICTION.metrics(own, groups, "test", test.num_videos)
    fields["baselines"] = {
        name: PREDICTION.baseline_entry(own, of_rule, groups, seed) for name, of_rule in errors.items() if name != OWN
    }
    fields["num_units"] = len(set(groups))
    fields["modalities"] = {"frames": PREDICTION.score_entry(own, groups)}
    if learned_from is not None:
        fields["learned_from"] = learned_from
    return PREDICTION.metrics_type({**fields, "verdict": verdict(PREDICTION.metrics_type(fields))})


def prediction_rows(judgement: Judgement, test: TestWindows) -> list[list[str]]:
    """The rows of predictions.csv, header first: each window with the PSNR of the model and of every rule, in dB.

    Args:
        judgement: Of these windows.
        test: The windows.
    """
    windows = test.batches.windows
    rules = [f"psnr_{name}" for name in judgement.errors if name != OWN]
    header = ["file", "first_frame", "last_frame", "psnr", *rules]
    columns = [psnr(errors.clip_squared_errors) for errors in judgement.errors.values()]
    rows = [header]
    for window in range(len(windows)):
        frames = windows.frame_indices(window)
        values = [repr(float(column[window])) for column in columns]
        rows.append([test.names[int(windows.videos[window])], str(int(frames[0])), str(int(frames[-1])), *values])
    return rows


def test_batch(contract: Contract) -> int:
    """How many windows are judged at a time, so that their frames take 16 MiB at most.

    Args:
        contract: Of the model.
    """
    window_bytes = window_of(contract).num_frames * contract.input.clip.input_size**2 * 3
    return max(1, min(MOST_TEST, _BATCH_BYTES // window_bytes))
