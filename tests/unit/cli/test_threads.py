"""`analyze` starts no threads for operations that are too small for them."""

import os
import subprocess
import sys

import pytest

VARIABLES = ("OPENBLAS_NUM_THREADS", "OPENCV_FOR_THREADS_NUM")
SAY = """
import os
from reelwise.cli.main import run
run(["analyze"])
import cv2
print(cv2.getNumThreads(), os.environ["OPENBLAS_NUM_THREADS"])
"""


@pytest.mark.parametrize(("given", "expected"), [({}, "1 1"), ({"OPENCV_FOR_THREADS_NUM": "2"}, "2 1")])
def test_a_command_of_small_operations_takes_one_thread_where_nobody_said_otherwise(given, expected):
    environment = {name: value for name, value in os.environ.items() if name not in VARIABLES} | given
    process = subprocess.run([sys.executable, "-c", SAY], env=environment, capture_output=True, text=True, check=True)
    assert process.stdout.splitlines()[-1] == expected
