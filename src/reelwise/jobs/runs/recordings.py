"""Files of a run that show the same recording."""

from reelwise.datasets.recordings.same import find_same_recordings
from reelwise.jobs.runs.context import RunContext
from reelwise.jobs.runs.decoding import VideoSet


def same_recordings(context: RunContext, video_set: VideoSet) -> list[tuple[str, ...]]:
    """Names of files that show one recording; such files must not stand on both sides of a split.

    Args:
        context: Gets a note if there are any.
        video_set: Decoded frames, which are compared.
    """
    fill, records = video_set.frames_fill, video_set.dataset.records
    with context.measure("compare"):
        recordings = find_same_recordings(records, video_set.cache, video_set.settings, fill.contents, fill.facts)
    if recordings:
        examples = ", ".join(recordings[0].names[:2])
        come = "1 recording comes" if len(recordings) == 1 else f"{len(recordings)} recordings come"
        context.note(
            f"{come} more than once (such as {examples}); each stays on one side of the split."
            " `reelwise check` lists them."
        )
    return [recording.names for recording in recordings]
