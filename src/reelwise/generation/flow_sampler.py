"""Draws clips from a denoiser: by class or without, around frames that are given, and on and on by windows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

import keras
import numpy as np

from reelwise.core.errors import UsageError
from reelwise.generation.flow_solvers import METHODS, falling_levels, solve_flow
from reelwise.inference.finite_frames import require_finite
from reelwise.training.arrays import to_array
from reelwise.training.forward import Forward, forward_pass
from reelwise.transforms.frame_noise import from_signed, to_signed

MOST_STEPS = 1000

_VALUES_PER_PASS = 8 * 8 * 32 * 32 * 3
"""Of the clips in one forward pass: 8 clips of 8x32x32, one of 16x64x64. Fewer leave processors idle, more
only wait."""


@dataclass(frozen=True)
class SamplerSettings:
    """How clips are drawn.

    Args:
        num_steps: Steps from noise to clip, 10 to 50 as a rule.
        method: ``ancestral``, ``euler`` or ``heun``, as :func:`reelwise.generation.flow_solvers.solve_flow` takes it; a
            step of the last takes twice as long.
        guidance: How much further than the class alone to go away from what has no class; 1 does not.
        shift: How much more of the steps lie near pure noise, as
            :func:`reelwise.generation.flow_solvers.falling_levels` takes it.

    Raises:
        UsageError: A value is out of its range.

    Source of guidance: Ho and Salimans 2022, "Classifier-Free Diffusion Guidance", arXiv:2207.12598, equation 6; their
    w is guidance - 1.
    """

    num_steps: int = 25
    method: str = "ancestral"
    guidance: float = 5.0
    shift: float = 4.0

    def __post_init__(self) -> None:
        if not 1 <= self.num_steps <= MOST_STEPS:
            raise UsageError(f"steps is {self.num_steps}, expected 1 to {MOST_STEPS}.", hint="Use --steps 25.")
        if self.method not in METHODS:
            hint = f"Use {METHODS[0]}."
            raise UsageError(f"sampler is {self.method!r}, expected {' or '.join(METHODS)}.", hint=hint)
        if not 0.1 <= self.shift <= 100:
            raise UsageError(f"shift is {self.shift}, expected 0.1 to 100.", hint="Use 4.")
        if not 0 <= self.guidance <= 100:
            raise UsageError(f"guidance is {self.guidance}, expected 0 to 100.", hint="Use --guidance 5.")


@dataclass(frozen=True, eq=False)
class SampleRequest:
    """One clip to draw.

    Args:
        number: Of the sample; with the seed it decides the noise.
        label: Number of the class; None for no class.
        frames: Frames that are given, (S, S, 3) uint8, by their place in the clip, from 0.
        window: Number of the window in a longer video; it decides the noise as well.
    """

    number: int = 0
    label: int | None = None
    frames: Mapping[int, np.ndarray] = field(default_factory=dict)
    window: int = 0


class FlowSampler:
    """Draws clips from one network.

    The noise of a sample depends on seed, number and window alone, and each forward pass has the same number of rows,
    filled up where there are fewer. So a sample is the same bytes whatever is drawn with it, on one back end.

    Args:
        network: As :func:`reelwise.models.flowdit.backbone.build_denoiser` makes it; its weights are not changed.
        settings: How.
        seed: Of the noise.
    """

    def __init__(self, network: keras.Model, settings: SamplerSettings | None = None, seed: int = 0) -> None:
        inputs: Any = network.input
        _, self.num_frames, self.size, _, _ = inputs["frames"].shape
        self.num_labels = int(network.get_layer("class").kernel.shape[0]) - 1
        self.network = network
        self.settings = settings or SamplerSettings()
        self.seed = seed
        self.num_rows = max(1, _VALUES_PER_PASS // (self.num_frames * self.size**2 * 3))

    def sample(self, requests: Sequence[SampleRequest]) -> np.ndarray:
        """Draw one clip for each request.

        Args:
            requests: In any order.

        Returns:
            (N, T, S, S, 3) uint8; frames that were given come back bit for bit.

        Raises:
            UsageError: A label or a frame that the network cannot take.
            ModelFileError: The network gives NaN or infinite numbers.
        """
        clips = list(self.iterate(requests))
        return np.stack(clips) if clips else np.zeros((0, self.num_frames, self.size, self.size, 3), np.uint8)

    def iterate(self, requests: Sequence[SampleRequest]) -> Iterator[np.ndarray]:
        """As :meth:`sample`, but each (T, S, S, 3) as soon as it is drawn, so that a caller can write and stop."""
        for request in requests:
            self._check(request)
        # Apart, since with guidance a pass has twice the rows, which may change the last bits.
        for _, group in groupby(requests, key=lambda request: request.label is None):
            group_requests = list(group)
            for start in range(0, len(group_requests), self.num_rows):
                part = group_requests[start : start + self.num_rows]
                # Opened for each part: what is done with its clips must find the weights in their place.
                with forward_pass(self.network) as forward:
                    clips = self._draw(part + part[-1:] * (self.num_rows - len(part)), forward)
                yield from clips[: len(part)]

    def extend(self, request: SampleRequest, num_frames: int, num_overlap: int | None = None) -> np.ndarray:
        """One longer video, (``num_frames``, S, S, 3) uint8, as :meth:`extend_all` makes it."""
        return self.extend_all([request], num_frames, num_overlap)[0]

    def extend_all(
        self, requests: Sequence[SampleRequest], num_frames: int, num_overlap: int | None = None
    ) -> np.ndarray:
        """Draw longer videos by windows, each of which is given the last frames of the one before.

        Args:
            requests: Of the first windows; a label holds for all windows of its video.
            num_frames: Of each video.
            num_overlap: Frames that each window is given, from 1 to T - 1; None for half of T.

        Returns:
            (N, ``num_frames``, S, S, 3) uint8.

        Raises:
            UsageError: The overlap leaves no frame to draw, or as for :meth:`sample`.
        """
        overlap = self.num_frames // 2 if num_overlap is None else num_overlap
        if not 1 <= overlap < self.num_frames:
            hint = f"Use {max(1, self.num_frames // 2)}."
            raise UsageError(f"overlap is {overlap}, expected 1 to {self.num_frames - 1}.", hint=hint)
        videos, num_windows = self.sample(requests), 1
        while videos.shape[1] < num_frames:
            following = [
                replace(request, frames=dict(enumerate(video[-overlap:])), window=request.window + num_windows)
                for request, video in zip(requests, videos, strict=True)
            ]
            videos = np.concatenate([videos, self.sample(following)[:, overlap:]], axis=1)
            num_windows += 1
        return videos[:, :num_frames]

    def _check(self, request: SampleRequest) -> None:
        if request.label is not None and not 0 <= request.label < self.num_labels:
            raise UsageError(
                f"label number {request.label} is not one of the model's {self.num_labels} classes.",
                hint="Leave --label out." if self.num_labels == 0 else f"Use 0 to {self.num_labels - 1}.",
            )
        shape = (self.size, self.size, 3)
        for place, frame in request.frames.items():
            if not 0 <= place < self.num_frames or frame.shape != shape or frame.dtype != np.uint8:
                raise UsageError(
                    f"frame {place} of {self.num_frames} is {frame.dtype} {frame.shape}, expected uint8 {shape}.",
                    hint="Give frames of the size of the model, inside of its clip.",
                )

    def _draw(self, requests: Sequence[SampleRequest], forward: Forward) -> np.ndarray:
        """(R, T, S, S, 3) uint8 for R requests, the rows of one pass."""
        start = np.stack([self._noise(request) for request in requests])
        is_free = np.ones((len(requests), self.num_frames), bool)
        for row, request in enumerate(requests):
            for place, frame in request.frames.items():
                start[row, place] = to_signed(frame)
                is_free[row, place] = False
        none = self.num_labels
        labels = np.array([none if request.label is None else request.label for request in requests], np.int32)
        denoise = _Guidance(forward, labels, none, self.settings.guidance)
        steps = falling_levels(self.settings.num_steps, self.settings.shift)
        new_noise = lambda step: np.stack([self._noise(request, 1 + step) for request in requests])  # noqa: E731
        frames = solve_flow(denoise, start, is_free, steps, self.settings.method, new_noise)
        clips = from_signed(require_finite(frames))
        for row, request in enumerate(requests):
            for place, frame in request.frames.items():
                clips[row, place] = frame
        return clips

    def _noise(self, request: SampleRequest, *step: int) -> np.ndarray:
        """(T, S, S, 3) float32: of the start, or of a step from 1."""
        rng = np.random.default_rng((self.seed, request.number, request.window, *step))
        return rng.standard_normal((self.num_frames, self.size, self.size, 3), np.float32)


@dataclass(frozen=True, eq=False)
class _Guidance:
    """Clean frames by class, moved away from those without a class.

    Args:
        forward: Of the network.
        labels: (R,) int32.
        none: The label that stands for none.
        guidance: 1 asks for the class alone.
    """

    forward: Forward
    labels: np.ndarray
    none: int
    guidance: float

    def __call__(self, frames: np.ndarray, levels: np.ndarray) -> np.ndarray:
        """(R, T, S, S, 3) noisy and (R, T) levels to clean frames."""
        levels = levels.astype(np.float32)
        if self.guidance == 1 or np.all(self.labels == self.none):
            return to_array(self.forward({"frames": frames, "levels": levels, "label": self.labels}))
        both = np.concatenate([self.labels, np.full_like(self.labels, self.none)])
        inputs = {"frames": np.concatenate([frames] * 2), "levels": np.concatenate([levels] * 2), "label": both}
        by_class, without = np.split(to_array(self.forward(inputs)), 2)
        return without + np.float32(self.guidance) * (by_class - without)
