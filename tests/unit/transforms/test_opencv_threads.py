import threading

import cv2

from reelwise.transforms.opencv_threads import one_opencv_thread


def test_the_number_comes_back_with_the_last_of_blocks_that_overlap():
    before = cv2.getNumThreads()
    cv2.setNumThreads(2)
    is_inside, may_leave = threading.Event(), threading.Event()

    def stay() -> None:
        with one_opencv_thread():
            is_inside.set()
            may_leave.wait(20.0)

    thread = threading.Thread(target=stay)
    try:
        with one_opencv_thread():
            thread.start()
            assert is_inside.wait(20.0)
            assert cv2.getNumThreads() == 1
        assert cv2.getNumThreads() == 1, "another block still runs"
        may_leave.set()
        thread.join()
        assert cv2.getNumThreads() == 2
    finally:
        may_leave.set()
        cv2.setNumThreads(before)
