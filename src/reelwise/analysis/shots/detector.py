"""The shot detector: thumbnails in, transitions out, in constant memory."""

from collections import deque

import numpy as np

from reelwise.analysis.shots.decoding import MAX_GAP, MAX_RUN, TransitionDecoder
from reelwise.analysis.shots.descriptors import THUMBNAIL_HW, Descriptors, describe
from reelwise.analysis.shots.fade_out import FadeOut
from reelwise.analysis.shots.features import BLOCK, REACH, compute_features
from reelwise.analysis.shots.network import PLAN, FrameProbabilities, ShotNetwork
from reelwise.analysis.shots.short_shots import ShortShots
from reelwise.analysis.shots.sides import RecentThumbnails
from reelwise.analysis.shots.transitions import Transition
from reelwise.analysis.shots.weights import DetectorWeights, shipped_weights

PADDING = REACH + PLAN.reach
"""Frames before and after that decide about one; beyond the ends of the video its first and last frame stand still."""

MAX_DELAY = PADDING + BLOCK + MAX_RUN + MAX_GAP
"""Frames after which the detector has said what it has to say about one; with a longer least shot, that many."""

DAMAGE_SCORE = 0.9
"""Least score of a boundary at a damaged frame: what the decoder conceals looks like a change of scene, and the picture
that follows has moved on."""


class ProbabilityStream:
    """Thumbnails in, probabilities of the frames out, in order and each once.

    Args:
        weights: Of the network.
    """

    def __init__(self, weights: DetectorWeights) -> None:
        self._network = ShotNetwork(weights.arrays)
        self._block: list[np.ndarray] = []
        self._window: Descriptors | None = None
        self._last: np.ndarray | None = None

    def push(self, thumbnail: np.ndarray) -> list[FrameProbabilities]:
        """Add a frame."""
        pieces: list[FrameProbabilities] = []
        for _ in range(PADDING if self._last is None else 0):
            pieces += self._add(thumbnail)
        self._last = thumbnail
        return pieces + self._add(thumbnail)

    def finish(self) -> list[FrameProbabilities]:
        """The frames that waited for others."""
        if self._last is None:
            return []
        pieces: list[FrameProbabilities] = []
        for _ in range(PADDING):
            pieces += self._add(self._last)
        return pieces + self._compute()

    def _add(self, thumbnail: np.ndarray) -> list[FrameProbabilities]:
        self._block.append(thumbnail)
        return self._compute() if len(self._block) == BLOCK else []

    def _compute(self) -> list[FrameProbabilities]:
        if not self._block:
            return []
        descriptors = describe(np.stack(self._block))
        self._block = []
        window = descriptors if self._window is None else self._window.followed_by(descriptors)
        num_frames = len(window) - 2 * REACH
        self._window = window.part(max(num_frames, 0))
        return [self._network.push(compute_features(window, num_frames))] if num_frames > 0 else []


class ShotDetector:
    """Finds cuts, dissolves, fades and wipes while a video is read.

    Memory is constant, and the result does not depend on how the frames arrive. A transition is given
    within ``MAX_DELAY`` frames.

    Args:
        sensitivity: 0 to 1, more finds more; None for the calibrated thresholds, which 0.5 gives as well.
        min_shot: Least number of frames of a shot, the first and the last one too; a boundary that would make a
            shorter one is left out. 0: shots of one frame count.
        weights: Of the network; None for the shipped ones.

    Example:
        >>> detector = ShotDetector()
        >>> old, new = np.random.default_rng(0).integers(0, 256, (2, 28, 48, 3), np.uint8)
        >>> transitions = [one for frame in [old] * 40 + [new] * 40 for one in detector.push(frame)] + detector.finish()
        >>> [(one.type, one.start_frame) for one in transitions]
        [('cut', 40)]
    """

    def __init__(
        self, *, sensitivity: float | None = None, min_shot: int = 0, weights: DetectorWeights | None = None
    ) -> None:
        weights = weights or shipped_weights()
        self._stream = ProbabilityStream(weights)
        self._recent = RecentThumbnails(MAX_DELAY + 1)
        calibration = weights.calibration.with_sensitivity(sensitivity)
        self._decoder = TransitionDecoder(calibration, self._recent.change)
        self._fade_out = FadeOut(self._recent.is_blank, MAX_DELAY)
        self._short_shots = ShortShots(min_shot)
        self._last_whole: np.ndarray | None = None
        self._num_frames = 0
        self._damage: deque[tuple[int, int]] = deque()

    def push(self, thumbnail: np.ndarray, *, is_damaged: bool = False) -> list[Transition]:
        """Add the next frame.

        Args:
            thumbnail: (28, 48, 3) uint8 RGB, averaged over areas of the whole frame, whatever its shape.
            is_damaged: Whether the decoder concealed damage: the last whole frame is taken instead.

        Returns:
            The transitions that are certain now, in order.

        Raises:
            ValueError: The thumbnail has another shape or type.
        """
        if thumbnail.shape != (*THUMBNAIL_HW, 3) or thumbnail.dtype != np.uint8:
            raise ValueError(f"thumbnails must be uint8 {(*THUMBNAIL_HW, 3)}, got {thumbnail.dtype} {thumbnail.shape}")
        self._num_frames += 1
        if is_damaged:
            self._note_damage(self._num_frames - 1)
            if self._last_whole is None:
                return []
        is_first = self._last_whole is None
        if not is_damaged:
            self._last_whole = thumbnail.copy()
        assert self._last_whole is not None  # noqa: S101 - a damaged first frame has returned above
        pieces: list[FrameProbabilities] = []
        for _ in range(
            self._num_frames if is_first else 1
        ):  # damaged frames at the start are taken for the first whole
            self._recent.add(self._last_whole)
            pieces += self._stream.push(self._last_whole)
        return self._decode(pieces)

    def finish(self) -> list[Transition]:
        """The transitions that waited for more frames."""
        return self._decode(self._stream.finish()) + self._accept(self._decoder.finish())

    def _decode(self, pieces: list[FrameProbabilities]) -> list[Transition]:
        return self._accept([transition for piece in pieces for transition in self._decoder.push(piece)])

    def _accept(self, transitions: list[Transition]) -> list[Transition]:
        credible = [one for one in transitions if one.score >= DAMAGE_SCORE or not self._touches_damage(one)]
        to_shots = self._fade_out.push(credible, self._num_frames)
        return self._short_shots.push(to_shots, self._num_frames)

    def _note_damage(self, place: int) -> None:
        if self._damage and self._damage[-1][1] == place:
            self._damage[-1] = (self._damage[-1][0], place + 1)
        else:
            self._damage.append((place, place + 1))
            while self._damage[0][1] < place - MAX_DELAY:  # no transition there can still be waiting
                self._damage.popleft()

    def _touches_damage(self, transition: Transition) -> bool:
        return any(start <= transition.end_frame and transition.start_frame <= end for start, end in self._damage)
