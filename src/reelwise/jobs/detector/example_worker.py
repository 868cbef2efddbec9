"""One of the processes that make training examples: ``python -m`` this module, and a job on stdin.

Each example that is done is one byte on stdout. Where the parent is gone, that byte cannot be written, and this ends.
"""

import pickle  # noqa: TID251 - a pipe between two processes of this program
import sys

import cv2

from reelwise.jobs.detector.examples import make_part


def main() -> None:
    """Make the examples place, place + n, …; both numbers are arguments."""
    place, num_processes = map(int, sys.argv[1:])
    cv2.setNumThreads(1)  # one process per processor
    folder, scenes, plan = pickle.load(sys.stdin.buffer)
    for _ in make_part(folder, scenes, plan, range(place, plan.num_sequences, num_processes)):
        sys.stdout.buffer.write(b".")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
