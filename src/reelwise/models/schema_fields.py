"""Fields of reelwise.json that both of its schemas have, with limits for files of strangers."""

from dataclasses import asdict
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from reelwise.core.clip import MAX_STILLS, ClipSpec, DecodeSettings
from reelwise.core.modalities import Encoder, ImageInput, MetadataColumn, SoundInput

MAX_COLUMNS = 64
"""Columns of metadata: more than any study of videos has had, and few enough for a form."""

MAX_VALUES = 1000
"""Values of a category: each has an embedding of its own, and a name in the document."""

MAX_HEADS = 8
"""Two streams of each of three modalities, one head of all and one of image features."""

MAX_LABELS = 10_000
"""Ten times the largest video data sets (Kinetics has 700 classes)."""

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Text = Annotated[str, Field(max_length=1000)]
Label = Annotated[str, Field(min_length=1, max_length=300)]
Ratio = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,8}/[1-9][0-9]{0,8}$")]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Weight = Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)]
Probability = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Modality = Literal["frames", "sound", "metadata"]
Arguments = Annotated[dict[Name, int | Finite | Text | bool], Field(max_length=40)]


class Strict(BaseModel):
    """Types are not converted, and unknown fields are refused."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class DecodeFields(Strict):
    """DecodeSettings."""

    size: Annotated[int, Field(ge=16, le=512)]
    max_frame_rate: Ratio | None
    max_frames: Annotated[int, Field(ge=1, le=100_000)]
    window_seconds: Ratio
    fit: Literal["squash", "crop"] = "squash"


class ClipFields(Strict):
    """ClipSpec."""

    num_frames: Annotated[int, Field(ge=1, le=256)]
    frame_stride: Annotated[int, Field(ge=1, le=1000)] | None
    max_span_seconds: Ratio
    input_size: Annotated[int, Field(ge=8, le=512)]


class SoundFields(Strict):
    """SoundInput."""

    sample_rate: Annotated[int, Field(ge=8_000, le=48_000)]
    fft_length: Annotated[int, Field(ge=64, le=8192)]
    window_length: Annotated[int, Field(ge=16, le=8192)]
    hop_length: Annotated[int, Field(ge=16, le=8192)]
    num_mels: Annotated[int, Field(ge=8, le=256)]
    max_seconds: Ratio


class ImageFields(Strict):
    """ImageInput."""

    extractor: Name
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    num_stills: Annotated[int, Field(ge=1, le=MAX_STILLS)]
    size: Annotated[int, Field(ge=32, le=512)]
    num_features: Annotated[int, Field(ge=1, le=8192)]


class ColumnFields(Strict):
    """MetadataColumn."""

    name: Annotated[str, Field(min_length=1, max_length=300)]
    kind: Literal["number", "category"]
    mean: Finite
    scale: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    values: Annotated[list[Label], Field(max_length=MAX_VALUES)]


class EncoderFields(Strict):
    """Encoder."""

    architecture: Name
    preset: Name
    arguments: Arguments


def decode_fields(settings: DecodeSettings) -> dict[str, Any]:
    """The fields of DecodeSettings as files have them: no fit stands for the default, as in files of before it.

    A model reads clips of all frames, so the number of stills is no field.
    """
    values = asdict(settings)
    del values["num_stills"]
    if settings.fit == DecodeSettings.fit:
        del values["fit"]
    return plain(values)


def decode_settings(fields: dict[str, Any]) -> DecodeSettings:
    """DecodeSettings from validated fields, with ratios such as ``"30/1"``."""
    rate, window = fields["max_frame_rate"], Fraction(fields["window_seconds"])
    exact = {"max_frame_rate": None if rate is None else Fraction(rate), "window_seconds": window}
    return DecodeSettings(**{**fields, **exact})


def clip_spec(fields: dict[str, Any]) -> ClipSpec:
    """ClipSpec from validated fields."""
    return ClipSpec(**{**fields, "max_span_seconds": Fraction(fields["max_span_seconds"])})


def sound_input(fields: dict[str, Any] | None) -> SoundInput | None:
    """SoundInput from validated fields; None for a model that reads no sound."""
    return None if fields is None else SoundInput(**{**fields, "max_seconds": Fraction(fields["max_seconds"])})


def image_input(fields: dict[str, Any] | None) -> ImageInput | None:
    """ImageInput from validated fields; None for a model that reads no image features."""
    return None if fields is None else ImageInput(**fields)


def metadata_columns(fields: list[dict[str, Any]]) -> tuple[MetadataColumn, ...]:
    """The columns from validated fields."""
    return tuple(MetadataColumn(**{**column, "values": tuple(column["values"])}) for column in fields)


def encoders(fields: list[dict[str, Any]]) -> tuple[Encoder, ...]:
    """The encoders from validated fields."""
    return tuple(Encoder(**encoder) for encoder in fields)


def plain(value: Any) -> Any:
    """The same data as JSON values: fractions become ``"30/1"``, tuples become lists."""
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    if isinstance(value, dict):
        return {plain(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, str):  # odd file names carry lone surrogates, which are not text
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    return value
