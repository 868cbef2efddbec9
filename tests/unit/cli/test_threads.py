"""Commands of many small operations start no threads for them."""

import os
import subprocess
import sys

import pytest

VARIABLES = ("OPENBLAS_NUM_THREADS", "OPENCV_FOR_THREADS_NUM")
SAY = """
import os
import sys
from reelwise.cli.main import run
run(sys.argv[1:])
import cv2
print(cv2.getNumThreads(), os.environ["OPENBLAS_NUM_THREADS"])
"""


ANALYZE, FIND = ["analyze"], ["find", "no-such-clip.mp4", "."]
EVALUATE_SHOTS = ["evaluate", "--shots", "no-such-list.csv"]


@pytest.mark.parametrize(
    ("command", "given", "expected"),
    [
        (ANALYZE, {}, "1 1"),
        (ANALYZE, {"OPENCV_FOR_THREADS_NUM": "2"}, "2 1"),
        (FIND, {}, "1 1"),
        (EVALUATE_SHOTS, {}, "1 1"),
    ],
)
def test_a_command_of_small_operations_takes_one_thread_where_nobody_said_otherwise(command, given, expected):
    environment = {name: value for name, value in os.environ.items() if name not in VARIABLES} | given
    arguments = [sys.executable, "-c", SAY, *command]
    process = subprocess.run(arguments, env=environment, capture_output=True, text=True, check=True)
    assert process.stdout.splitlines()[-1] == expected
