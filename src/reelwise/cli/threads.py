"""How many threads the libraries under a command may start."""

import os

_ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OPENCV_FOR_THREADS_NUM")
"""Environment variables of the matrix products of numpy, and of OpenCV; read once, when each is imported."""


def use_one_thread() -> None:
    """Let each numeric operation run in one thread; who has set one of the variables has the last word.

    For commands of many small operations (products of 112 by 112, pictures of 320 by 180): several threads of them
    wait for each other longer than they work, and decoders need the processors. Call it before numpy is imported.
    A command may, since the process is its own; jobs, which run in other people's processes, set no variables.
    """
    for variable in _ONE_THREAD:
        os.environ.setdefault(variable, "1")
