"""What is said of folders of numbered pictures that are read as videos: how many, and at which rate."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from reelwise.core.errors import UsageError
from reelwise.core.number_text import count_text
from reelwise.core.records import Record
from reelwise.media.frame_folders import FrameFolder, read_frame_folder
from reelwise.media.frame_rates import FLAG, frame_rates_in_use


def on_frame_folders(records: Sequence[Record], root: Path) -> list[str]:
    """A sentence for each rate, and one on numbers that are missing.

    Args:
        records: All videos of a set.
        root: The folder that names in sentences are relative to.

    Raises:
        UsageError: A rate was given for all folders of pictures, and there is none.
    """
    paths = dict.fromkeys(record.path for record in records)
    folders = [frames for path in paths if path.is_dir() and (frames := read_frame_folder(path)) is not None]
    if frame_rates_in_use().of_all is not None and paths and not folders:
        reason = f"{root}: none of the videos is a folder of numbered pictures, and {FLAG} is for those: a video file"
        raise UsageError(f"{reason} says its own rate.", hint=f"Leave {FLAG} out.")
    by_rate: dict[tuple[str, bool], list[FrameFolder]] = defaultdict(list)
    for frames in folders:
        by_rate[str(frames.frame_rate), bool(frames.rate_source)].append(frames)
    sentences = [_on_rate(rate, group, root) for (rate, _), group in by_rate.items()]
    if frame_rates_in_use().of_all is not None and len(folders) < len(paths):
        sentences.append(f"{FLAG} is not for {count_text(len(paths) - len(folders), 'video file')}: each says its own")
    with_gaps = [frames for frames in folders if frames.num_missing]
    if with_gaps:
        first = with_gaps[0]
        place = f"{_count(len(with_gaps))} of numbered pictures: numbers are missing ({first.num_missing} in"
        sentences.append(f"{place} {_name(first.folder, root)}); the pictures follow one another without a pause")
    return sentences


def _on_rate(rate: str, group: Sequence[FrameFolder], root: Path) -> str:
    videos = "a video" if len(group) == 1 else "a video each,"
    text = f"{_count(len(group))} of numbered pictures: {videos} of {rate} frames per second"
    sources = {frames.rate_source for frames in group}
    if sources == {""}:
        name = _name(group[0].folder, root)
        other = f'{FLAG} gives another, or {{"frame_rate": 30}} in {name}.json beside {name}'
        return f"{text}, which is assumed: {other}"
    return f"{text}, as {sources.pop()} says" if len(sources) == 1 else f"{text}, as their files say"


def _count(number: int) -> str:
    return "1 folder" if number == 1 else f"{number} folders"


def _name(folder: Path, root: Path) -> str:
    return folder.relative_to(root).as_posix() if folder.is_relative_to(root) else str(folder)
