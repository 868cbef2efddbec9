"""The process that measures the camera: ``python -m`` this module, pairs of pictures on stdin, steps on stdout."""

import struct
import sys

import cv2
import numpy as np

from reelwise.analysis.motion.camera import CameraMeter, CameraStep
from reelwise.analysis.motion.meter_ahead import REPLY

_SIZE = struct.Struct("<2I")


def main() -> None:
    """Measure pairs until stdin ends."""
    cv2.setNumThreads(1)
    meter = CameraMeter()
    pairs, steps = sys.stdin.buffer, sys.stdout.buffer
    while len(head := pairs.read(_SIZE.size)) == _SIZE.size:
        height, width = _SIZE.unpack(head)
        pictures = np.frombuffer(pairs.read(2 * height * width), np.uint8)
        if len(pictures) < 2 * height * width:
            return
        step = meter.measure(*pictures.reshape(2, height, width))
        values = step or CameraStep(0.0, 0.0, 0.0, 0.0)
        steps.write(REPLY.pack(step is not None, values.right, values.down, values.zoom, values.share))
        steps.flush()


if __name__ == "__main__":
    main()
