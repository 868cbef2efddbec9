"""Text lists of frame folders: ``walk/clip01 96 3``, whose first number is how many pictures the folder has."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from reelwise.datasets.lists.text_lines import TextLine
from reelwise.media.frame_folders import read_frame_folder

_NUM_COUNTED = 20
"""Folders whose pictures are counted to know what the number is."""

_MOST_OFF = 1
"""Pictures that a list may count too many or too few: of optical flow there is one fewer than of frames."""


def without_frame_counts(lines: Sequence[TextLine], base: Path) -> tuple[Sequence[TextLine], str]:
    """Lines without the number of pictures behind each path, where it is that.

    Args:
        lines: Split into path and cells.
        base: The folder of the paths.

    Returns:
        The lines, and a sentence for a person where numbers were left out.
    """
    with_number = [line for line in lines if len(line.cells) >= 2 and line.cells[0].isdecimal()]
    folders = ((line, read_frame_folder(base / line.file)) for line in with_number)
    sample = list(islice(((line, frames) for line, frames in folders if frames is not None), _NUM_COUNTED))
    num_right = sum(abs(int(line.cells[0][:9]) - len(frames.names)) <= _MOST_OFF for line, frames in sample)
    if not sample or 2 * num_right <= len(sample):
        return lines, ""
    numbers = {line.number for line in with_number}
    short_lines = [replace(line, cells=line.cells[1:]) if line.number in numbers else line for line in lines]
    return short_lines, "the number behind each path counts its pictures"
