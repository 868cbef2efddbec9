"""What is said of folders of numbered pictures that are read as videos: how many, and at which rate."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from reelwise.core.records import Record
from reelwise.media.frame_folders import FrameFolder, read_frame_folder


def on_frame_folders(records: Sequence[Record], root: Path) -> list[str]:
    """A sentence for each rate, and one on numbers that are missing.

    Args:
        records: All videos of a set.
        root: The folder that names in sentences are relative to.
    """
    paths = dict.fromkeys(record.path for record in records)
    folders = [frames for path in paths if path.is_dir() and (frames := read_frame_folder(path)) is not None]
    by_rate: dict[tuple[str, bool], list[FrameFolder]] = defaultdict(list)
    for frames in folders:
        by_rate[str(frames.frame_rate), bool(frames.rate_file)].append(frames)
    sentences = [_on_rate(rate, group, root, is_known=is_known) for (rate, is_known), group in by_rate.items()]
    with_gaps = [frames for frames in folders if frames.num_missing]
    if with_gaps:
        first = with_gaps[0]
        place = f"{_count(len(with_gaps))} of numbered pictures: numbers are missing ({first.num_missing} in"
        sentences.append(f"{place} {_name(first.folder, root)}); the pictures follow one another without a pause")
    return sentences


def _on_rate(rate: str, group: Sequence[FrameFolder], root: Path, *, is_known: bool) -> str:
    videos = "a video" if len(group) == 1 else "a video each,"
    text = f"{_count(len(group))} of numbered pictures: {videos} of {rate} frames per second"
    if is_known:
        return f"{text}, as {group[0].rate_file} says" if len(group) == 1 else f"{text}, as their files say"
    name = _name(group[0].folder, root)
    return f'{text}, which is assumed: for another write {{"frame_rate": 30}} into {name}.json beside {name}'


def _count(number: int) -> str:
    return "1 folder" if number == 1 else f"{number} folders"


def _name(folder: Path, root: Path) -> str:
    return folder.relative_to(root).as_posix() if folder.is_relative_to(root) else str(folder)
