"""The camera's motion, measured in a process of its own while the other analyzers look at the next frames."""

import struct
import subprocess
from collections import deque
from dataclasses import dataclass
from typing import IO

import numpy as np

from reelwise.analysis.motion.camera import CameraMeter, CameraStep
from reelwise.core.closing import ClosesOnExit
from reelwise.media.workers.start_module import start_module, widen

MODULE = "reelwise.analysis.motion.meter_process"

REPLY = struct.Struct("<?4d")
"""Whether there is a step, and its right, down, zoom and share."""

_STARTS_WITH, _HELPS_FROM = 200, 500
"""Pairs: a process takes a third of a second to start, which a short video would not get back, and until it is there
the pairs are measured here."""

_PIPE_BYTES = 1 << 20
"""What a pipe may hold on Linux: the pairs that wait to be measured."""


@dataclass(frozen=True, eq=False)
class _Pair:
    """Two (H, W) uint8 pictures that the process measures."""

    before: np.ndarray
    after: np.ndarray


class MeterAhead(ClosesOnExit):
    """Measures pairs of frames in their order; what is begun is asked for later.

    The steps are those of ``CameraMeter``, wherever they are measured. Where the process ends early, those that it owes
    are measured here.

    Args:
        may_start_process: Whether there is a processor to spare. Half of an analysis' own work is optical flow.
    """

    def __init__(self, *, may_start_process: bool) -> None:
        self._meter = CameraMeter()
        self._may_start_process = may_start_process
        self._process: subprocess.Popen[bytes] | None = None
        self._num_pairs = 0
        self._pairs: deque[CameraStep | _Pair | None] = deque()

    def begin(self, before: np.ndarray, after: np.ndarray) -> None:
        """Let the motion between two frames be measured.

        Args:
            before: (H, W) uint8.
            after: (H, W) uint8.
        """
        self._num_pairs += 1
        if self._may_start_process and self._num_pairs == _STARTS_WITH:
            self._start()
        process = self._process  # another thread may end it
        if process is not None and self._num_pairs >= _HELPS_FROM:
            self._pairs.append(_Pair(before, after))
            self._send(process.stdin, before, after)
        else:
            self._pairs.append(self._meter.measure(before, after))

    def next_step(self) -> CameraStep | None:
        """The motion of the oldest pair that was not asked for; None where the flow does not explain the pictures."""
        if not self._pairs:
            raise RuntimeError("no pair was begun")
        oldest = self._pairs.popleft()
        if not isinstance(oldest, _Pair):
            return oldest
        process = self._process
        reply = None if process is None else self._receive(process.stdout)
        if reply is None:
            self.close()
            return self._meter.measure(oldest.before, oldest.after)
        is_known, *values = REPLY.unpack(reply)
        return CameraStep(*values) if is_known else None

    def close(self) -> None:
        """End the process; pairs that were begun can still be asked for."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            try:
                if pipe is not None:
                    pipe.close()
            except OSError:  # what it did not take any more
                continue

    def _start(self) -> None:
        try:
            self._process = start_module(MODULE, stderr=subprocess.DEVNULL)
        except OSError:  # no more processes: it goes without
            return
        widen(self._process.stdin, _PIPE_BYTES)

    def _send(self, pipe: IO[bytes] | None, before: np.ndarray, after: np.ndarray) -> None:
        try:
            if pipe is not None:
                pipe.write(struct.pack("<2I", *before.shape))
                pipe.writelines((np.ascontiguousarray(before).data, np.ascontiguousarray(after).data))
                pipe.flush()
        except (OSError, ValueError):  # it has died, or another thread has closed its pipe
            self.close()

    @staticmethod
    def _receive(pipe: IO[bytes] | None) -> bytes | None:
        try:
            reply = b"" if pipe is None else pipe.read(REPLY.size)
        except (OSError, ValueError):
            return None
        return reply if len(reply) == REPLY.size else None
