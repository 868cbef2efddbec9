"""OpenCV with one thread, for a block."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import cv2

_lock = threading.Lock()
_num_blocks = 0
_threads_before = 1


@contextmanager
def one_opencv_thread() -> Iterator[None]:
    """A block in which OpenCV shares no operation out; blocks of several threads may overlap.

    The number is one for the whole process: the last block puts it back.
    """
    global _num_blocks, _threads_before
    with _lock:
        if _num_blocks == 0:
            _threads_before = cv2.getNumThreads()
            cv2.setNumThreads(1)
        _num_blocks += 1
    try:
        yield
    finally:
        with _lock:
            _num_blocks -= 1
            if _num_blocks == 0:
                cv2.setNumThreads(_threads_before)
