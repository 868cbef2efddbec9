"""The JSON documents that commands print, as types; their JSON Schemas in reelwise/schemas are made from these."""

from typing import Any, Literal, NotRequired, TypedDict


class SoundInfo(TypedDict):
    """The first sound track of a video; the measures are there when its samples were decoded.

    ``loudness_lufs`` is the integrated loudness, the shares lie in [0, 1] and ``heard_seconds`` is the decoded length.
    """

    codec: str
    sample_rate: int
    num_channels: int
    loudness_lufs: NotRequired[float]
    silent_share: NotRequired[float]
    missing_share: NotRequired[float]
    heard_seconds: NotRequired[float]


class VideoInfo(TypedDict):
    """A video as decoding showed it; ``frame_rate`` is exact, such as ``30000/1001``."""

    num_frames: int
    width: int
    height: int
    duration_seconds: float
    frame_rate: str
    variable_frame_rate: bool
    rotation: int
    codec: str
    container: str
    sound: SoundInfo | None
    tags: dict[str, str]


class Info(TypedDict):
    """The document reelwise/info/1: one of ``video``, ``model`` and ``run`` is there, as ``kind`` says."""

    schema: Literal["reelwise/info/1"]
    file: str
    kind: Literal["video", "model", "run"]
    status: Literal["ok", "refused"]
    reason: str
    hint: NotRequired[str]
    warnings: list[str]
    video: NotRequired[VideoInfo | None]
    model: NotRequired[dict[str, Any] | None]
    run: NotRequired[dict[str, Any] | None]
