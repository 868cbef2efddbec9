"""What was done to fit given files to a model, in few lines."""

from collections import Counter
from collections.abc import Sequence

from reelwise.core.number_text import count_text
from reelwise.jobs.generator.source_clip import SourceClip

_MOST_LINES = 3
"""More different remarks are counted: a folder may hold hundreds of files."""


def notes_in_short(clips: Sequence[SourceClip]) -> list[str]:
    """A line for each remark, or one on all of them where there are many.

    Args:
        clips: What is given; several clips of one file count once.

    Returns:
        The remark itself where it is on one file, else how many files it is on.
    """
    files = {clip.path: clip for clip in clips if clip.notes}
    pairs = [(note.removeprefix(f"{path.name}: "), note) for path, clip in files.items() for note in clip.notes]
    counts = Counter(remark for remark, _ in pairs)
    if len(counts) > _MOST_LINES:
        return [
            f"{count_text(len(files), 'file')} of another size or rate than the model's were fitted to it, such as"
            f" {pairs[0][1]} manifest.json says it of each."
        ]
    whole = dict(pairs)
    return [
        whole[remark] if count == 1 else f"{count_text(count, 'file')}: {remark}" for remark, count in counts.items()
    ]
