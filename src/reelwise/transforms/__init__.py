"""Clip to clip in numpy and OpenCV; the random generator is passed in."""
