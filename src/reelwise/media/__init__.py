"""Files to frames and back: the only package that knows FFmpeg; every file is taken for a stranger's."""
