"""Which modalities and metadata columns a model reads where the command leaves it to the data."""

from reelwise.core.contract import Contract
from reelwise.core.modalities import MetadataColumn, SoundInput
from reelwise.datasets.metadata.columns import choose_columns, require_columns
from reelwise.jobs.classifier.inputs import InputPlan, plan_inputs, requested_modalities
from reelwise.jobs.classifier.model_request import ModelRequest
from reelwise.jobs.runs.context import RunContext
from reelwise.jobs.runs.decoding import VideoSet, decode_sound
from reelwise.models.catalogue import choose_auto, parse_model_name


def choose_inputs(
    context: RunContext, request: ModelRequest, name: str, video_set: VideoSet, threads: int | None
) -> InputPlan:
    """What one model reads of these videos.

    Args:
        context: Gets notes on every choice.
        request: What the command asks of models.
        name: The model, with its preset.
        video_set: Decoded frames.
        threads: Decoding processes; None for one per core.
    """
    modalities = requested_modalities(request, name) or _usual_modalities(context, video_set, threads)
    columns: tuple[MetadataColumn, ...] = ()
    if "metadata" in modalities:
        columns = _columns_of_start(request.start, name, modalities) or _choose_columns(context, request, video_set)
    dataset = video_set.dataset
    auto = choose_auto(len(dataset.records), max(1, len(dataset.labels)))
    return plan_inputs(request, name, modalities, auto, columns)


def _columns_of_start(start: Contract | None, name: str, modalities: tuple[str, ...]) -> tuple[MetadataColumn, ...]:
    """The columns of a ``--from`` model of the same kind and modalities; empty for another one."""
    kind = (parse_model_name(name)[0].name, modalities)
    if start is None or (start.network.first.architecture, start.modalities) != kind:
        return ()
    return start.input.metadata


def _usual_modalities(context: RunContext, video_set: VideoSet, threads: int | None) -> tuple[str, ...]:
    """Frames, and sound if most clips have usable sound; a silent track is not usable."""
    records = video_set.dataset.records
    num_tracks = sum(video_set.frames_fill.facts[record.name].sound is not None for record in records)
    if 2 * num_tracks <= len(records):
        return ("frames",)
    with context.measure("decode"):  # It stays in the cache, and is not decoded again when a model reads it.
        missing = decode_sound(video_set, SoundInput(), threads, context.progress).missing_sound
    num_usable = sum(record.name not in missing for record in records)
    count = f"{num_usable} of {len(records)} videos have sound that can be used"
    if 2 * num_usable <= len(records):
        context.note(f"{count}, so the model reads the frames alone; --modalities frames,sound adds the sound.")
        return ("frames",)
    context.note(f"{count}, so the model reads the sound too; --modalities frames leaves the sound out.")
    return ("frames", "sound")


def _choose_columns(context: RunContext, request: ModelRequest, video_set: VideoSet) -> tuple[MetadataColumn, ...]:
    """The metadata columns to read, not yet fitted."""
    dataset = video_set.dataset
    rows = [video.metadata for video in video_set.videos()]
    labels = [record.label for record in dataset.records]
    names = None if request.columns is None else list(request.columns)
    choice = choose_columns(rows, names, labels=labels, skip=dataset.reserved_columns)
    require_columns(choice)
    for text in choice.notes:
        context.note(text)
    for text in choice.warnings:
        context.warn(text)
    context.note(f"metadata that the model reads: {', '.join(name for name, _ in choice.columns)}.")
    return tuple(MetadataColumn(name, kind) for name, kind in choice.columns)
