"""The 96 clips behind the numbers in README, laid out as class folders with a list.

``python examples/lay_out_actions.py CLONE TARGET`` copies from a clone of the public repository that
docs/contributing/real-videos.md names. Each recording (sequence) becomes a group, so that no split tears one.
"""

import csv
import re
import shutil
import sys
from pathlib import Path

LABELS = ("handshake", "hug", "kick", "point", "punch", "push")
CLIP_NAME = re.compile(r"(\d+)_(\d+)_([0-5])\.avi")
"""Running number, sequence, class. Class 6, no interaction, is left out."""

LAST_SEQUENCE_OF_SET_1 = 10
"""Sequences 1 to 10 were filmed on a parking lot, 11 to 20 on a lawn."""


def main() -> int:
    """Copy the clips and write labels.csv; refuses a target that is there already."""
    if len(sys.argv) != 3:
        sys.exit(f"usage: python {sys.argv[0]} CLONE TARGET")
    clone, target = Path(sys.argv[1]), Path(sys.argv[2])
    clips = sorted(
        (int(match[3]), int(match[2]), int(match[1]), path)
        for path in clone.rglob("*.avi")
        if "ut-interaction_segmented" in path.as_posix() and (match := CLIP_NAME.fullmatch(path.name))
    )
    if not clips:
        sys.exit(f"error: no clips below {clone}. It must hold the folders ut-interaction_segmented_set1 and _set2.")
    target.mkdir(parents=True)
    with (target / "labels.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(("file", "label", "group", "camera_set"))
        for class_index, sequence, _, path in clips:
            label = LABELS[class_index]
            (target / label).mkdir(exist_ok=True)
            shutil.copyfile(path, target / label / path.name)
            camera = "set1" if sequence <= LAST_SEQUENCE_OF_SET_1 else "set2"
            table.writerow((f"{label}/{path.name}", label, f"seq{sequence:02d}", camera))
    print(f"{len(clips)} clips of {len({clip[1] for clip in clips})} recordings in {target}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
