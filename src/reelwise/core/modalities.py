"""The three modalities that a model may read, and how each becomes the input of a network."""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from reelwise.core.clip import MAX_STILLS, DecodeSettings
from reelwise.core.errors import UsageError

MODALITIES = ("frames", "sound", "metadata")
"""In the order in which they are always named."""

FUSIONS = ("concat", "gated", "attention")
"""How features of several modalities are joined."""


@dataclass(frozen=True)
class SoundInput:
    """The sound input of a network: the log-mel spectrogram from the first frame of a clip to the end of its last.

    The spectrogram of a whole track is made once and cached; a clip takes the frames that lie in it. They stand at the
    beginning of a fixed number of steps; steps behind them and steps without real sound are marked as not present.

    The defaults are 25 ms windows every 10 ms at 16 kHz, as is usual for speech and sound events.

    Args:
        sample_rate: Samples per second that the track is brought to.
        fft_length: Samples of one transform.
        window_length: Samples under the Hann window.
        hop_length: Samples from one spectrogram frame to the next.
        num_mels: Mel bands (Slaney) from 0 Hz to half the rate.
        max_seconds: The longest sound of one clip that the network reads; of a longer clip its middle.
    """

    sample_rate: int = 16_000
    fft_length: int = 512
    window_length: int = 400
    hop_length: int = 160
    num_mels: int = 64
    max_seconds: Fraction = Fraction(6)

    def __post_init__(self) -> None:
        # Bounds on the memory and time that a model file of a stranger can cost; chosen by reasoning.
        good = 8_000 <= self.sample_rate <= 48_000 and 64 <= self.fft_length <= 8192 and not self.fft_length % 2
        good = good and 16 <= self.window_length <= self.fft_length and 16 <= self.hop_length <= self.fft_length
        if not good or not 8 <= self.num_mels <= 256 or not 0 < self.max_seconds <= 60:
            raise UsageError(
                f"these sound settings are out of range: {self}.",
                hint="8000 to 48000 samples per second, transforms of 64 to 8192, 8 to 256 bands, up to 60 seconds.",
            )

    @property
    def num_steps(self) -> int:
        """Spectrogram frames that the network takes."""
        return max(1, round(self.max_seconds * self.sample_rate / self.hop_length))


@dataclass(frozen=True)
class ImageInput:
    """The image features of a video: what a network for photographs, which is never trained, gives for some stills.

    Args:
        extractor: Name of the network.
        sha256: Of its weights, in hexadecimal.
        num_stills: Stills of a video, evenly spread over it.
        size: Pixels along each side of a still.
        num_features: Numbers that the network gives for one of them.
    """

    extractor: str
    sha256: str
    num_stills: int = 8
    size: int = 160
    num_features: int = 1280

    def __post_init__(self) -> None:
        # Bounds on the memory and time that a model file of a stranger can cost; chosen by reasoning.
        if not 1 <= self.num_stills <= MAX_STILLS or not 32 <= self.size <= 512 or not 1 <= self.num_features <= 8192:
            raise UsageError(
                f"these settings of image features are out of range: {self}.",
                hint=f"1 to {MAX_STILLS} stills of 32 to 512 pixels, 1 to 8192 features.",
            )

    @property
    def decode(self) -> DecodeSettings:
        """How the stills are decoded."""
        return DecodeSettings(size=self.size, num_stills=self.num_stills)

    @property
    def num_values(self) -> int:
        """Numbers that describe a video: mean and standard deviation of each feature."""
        return 2 * self.num_features


@dataclass(frozen=True)
class MetadataColumn:
    """A column of metadata that a network reads, with its statistics over the training videos.

    Args:
        name: As in the list, such as ``site``; ``tags.…`` of the container's tags, ``container.…`` of its facts.
        kind: ``number`` (standardised) or ``category`` (embedded). Missing is a state of its own for both.
        mean: Mean of a number over the training videos.
        scale: Standard deviation of a number, over 0.
        values: The values of a category that were seen in training; all others share one code.
    """

    name: str
    kind: Literal["number", "category"]
    mean: float = 0.0
    scale: float = 1.0
    values: tuple[str, ...] = ()

    @property
    def num_codes(self) -> int:
        """Codes of a category: 0 for missing, 1 for a value not seen in training, then the values."""
        return 2 + len(self.values)


@dataclass(frozen=True)
class Encoder:
    """A catalogue entry that reads a modality, with the values of its arguments.

    Args:
        architecture: Its name, such as ``audio_cnn``.
        preset: The name of one of its presets.
        arguments: Every argument of its builder, by name.
    """

    architecture: str
    preset: str
    arguments: dict[str, int | float | str | bool] = field(default_factory=dict)
