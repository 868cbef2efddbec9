"""Files of a run that show the same recording."""

from collections.abc import Sequence

from reelwise.core.records import Record
from reelwise.datasets.recordings.same import SameRecording, find_same_recordings
from reelwise.datasets.splits.plan import SplitPlan
from reelwise.datasets.splits.units import join_units
from reelwise.jobs.runs.context import RunContext
from reelwise.jobs.runs.data_plan import DataPlan
from reelwise.jobs.runs.decoding import VideoSet


def same_recordings(context: RunContext, plan: DataPlan, video_set: VideoSet) -> list[SameRecording]:
    """Files that show one recording; such files should not stand on both sides of a split.

    Args:
        context: Measures the time.
        plan: Which data.
        video_set: Decoded frames, which are compared.
    """
    with context.measure("compare"):
        return _compare(video_set, plan.threads)


def units_of(video_set: VideoSet, threads: int | None = None) -> tuple[str, ...]:
    """The unit of each video: its group, its file, or its recording under several names, as in a split.

    Args:
        video_set: Decoded frames, which are compared.
        threads: Processes that compare; None for one per processor.
    """
    return join_units(video_set.dataset.records, [recording.names for recording in _compare(video_set, threads)])


def _compare(video_set: VideoSet, threads: int | None) -> list[SameRecording]:
    fill, records = video_set.frames_fill, video_set.dataset.records
    return find_same_recordings(
        records, video_set.cache, video_set.settings, fill.contents, fill.facts, num_workers=threads
    )


def joined_names(plan: DataPlan, recordings: Sequence[SameRecording]) -> list[tuple[str, ...]]:
    """The names that the split keeps together; none with --no-join."""
    return [] if plan.no_join else [recording.names for recording in recordings]


def note_recordings(
    context: RunContext, recordings: Sequence[SameRecording], records: Sequence[Record], split_plan: SplitPlan
) -> None:
    """Say which recordings come more than once, and whether the split keeps each on one side.

    Args:
        context: Gets the note.
        recordings: As compared.
        records: Of the split.
        split_plan: The split as it is.
    """
    if not recordings:
        return
    sides = dict(zip((record.name for record in records), split_plan.fold or split_plan.split, strict=True))
    on_two_sides = [item for item in recordings if len({sides[name] for name in item.names}) > 1]
    examples = ", ".join((on_two_sides or recordings)[0].names[:2])
    come = "1 recording comes" if len(recordings) == 1 else f"{len(recordings)} recordings come"
    if not on_two_sides:
        on_sides = "each stays on one side of the split"
    else:
        stand = "1 of them stands" if len(on_two_sides) == 1 else f"{len(on_two_sides)} of them stand"
        on_sides = f"{stand} on both sides of the split, so that the score is too good"
    context.note(f"{come} more than once (such as {examples}); {on_sides}. `reelwise check` lists them.")
