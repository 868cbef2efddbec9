"""The frames that lines through a clip and a film lay on each other: along one line, and along many."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from reelwise.analysis.similarity.agreement import QUICK_SECONDS, changes_of, quick_changes_of


@dataclass(frozen=True, eq=False)
class LineGrid:
    """Lines of S speeds and O offsets through M moments of a clip, and the F frames of the film that they meet.

    Args:
        clip: (M, 64) float32.
        film: (F, 64) float32.
        places: (S, O, M): index of the film's frame.
        is_inside: (S, O, M): whether the line is inside of the film there.
    """

    clip: np.ndarray
    film: np.ndarray
    places: np.ndarray
    is_inside: np.ndarray

    def look_up(self, table: np.ndarray) -> np.ndarray:
        """(S, O, M) of an (M, F) table."""
        return table[np.arange(len(table)), self.places]

    def squares_of_means(self, is_rated: np.ndarray, segments: np.ndarray, means: np.ndarray) -> np.ndarray:
        """(S, O): by how much squared changes from some mean pictures exceed those from each line's own.

        Args:
            is_rated: (S, O, M).
            segments: (G,) first moments of the shots.
            means: (G, 64) the mean pictures.
        """
        result = []
        for places, mask in zip(self.places, is_rated, strict=True):  # one speed at a time stays in the cache
            sums = np.add.reduceat(self.film[places] * mask[..., None], segments, axis=1)
            counts = np.add.reduceat(mask.astype(np.float32), segments, axis=1)[..., None]
            result.append(((sums - counts * means) ** 2 / np.maximum(counts, 1)).sum((1, 2)))
        return np.stack(result)


@dataclass(frozen=True, eq=False)
class LineFrames:
    """M frames of a clip and what a line lays on them.

    Args:
        seconds: (M,) of the clip.
        frame_seconds: Seconds from one to the next.
        clip: (M, 64) float32.
        film: (M, 64) float32.
        grey: (M, 1): grey levels of one unit of a descriptor.
        segments: (S,) first frames of the clip's shots.
    """

    seconds: np.ndarray
    frame_seconds: float
    clip: np.ndarray
    film: np.ndarray
    grey: np.ndarray
    segments: np.ndarray

    @cached_property
    def clip_changes(self) -> np.ndarray:
        """(M, 64): without the mean picture of each shot."""
        return changes_of(self.clip, self.segments)

    @cached_property
    def film_changes(self) -> np.ndarray:
        """(M, 64): the same of the film."""
        return changes_of(self.film, self.segments)

    @property
    def energies(self) -> np.ndarray:
        """(M,): mean squared change of the film in grey levels."""
        return ((self.film_changes * self.grey) ** 2).mean(1)

    @cached_property
    def quick_clip(self) -> np.ndarray:
        """(M, 64): what changes within a second."""
        return quick_changes_of(self.clip, self.segments, self._width)

    @cached_property
    def quick_film(self) -> np.ndarray:
        """(M, 64): the same of the film."""
        return quick_changes_of(self.film, self.segments, self._width)

    @property
    def quick_energies(self) -> np.ndarray:
        """(M,): mean squared quick change of the film in grey levels."""
        return ((self.quick_film * self.grey) ** 2).mean(1)

    @property
    def _width(self) -> int:
        return max(1, round(QUICK_SECONDS / 2 / self.frame_seconds))
