"""One video file to frames with exact times, by PyAV or OpenCV."""
