"""Several videos at a time: each in a thread, all progress in the thread of the caller."""

import queue
import threading
import time
from collections.abc import Generator, Sequence
from contextvars import copy_context
from math import floor
from pathlib import Path

from reelwise.analysis.engine import VideoPass
from reelwise.analysis.results import Item, LiveItem
from reelwise.core.errors import VideoError
from reelwise.core.progress import Progress
from reelwise.jobs.analyses.one_video import VideoProgress, analyze_video
from reelwise.jobs.analyses.outcome import Outcome, count_items
from reelwise.jobs.analyses.plan import AnalysisPlan

_TICK_SECONDS = 0.2
"""How often the caller looks for Ctrl-C and a stop, and threads are waited for."""


class _StoppedError(Exception):
    """The caller does not wait any more."""


def analyze_side_by_side(
    paths: Sequence[Path], plan: AnalysisPlan, progress: Progress, *, is_live: bool = False
) -> Generator[Outcome | LiveItem]:
    """Outcomes in the order in which videos are finished; leaving in the middle ends the work.

    Args:
        paths: The videos.
        plan: What to do with each.
        progress: Told how many videos are done, in parts of a video, and what is being written.
        is_live: Whether each finding is given as soon as it is certain, before the outcome of its video.

    Raises:
        CacheError: A result cannot be written: that is no fault of one video.
    """
    crew = _Crew(paths, plan, is_live=is_live)
    try:
        num_done = 0
        while num_done < len(paths):
            item = crew.next_item()
            if isinstance(item, BaseException):
                raise item
            if item is not None:
                num_done += isinstance(item, Outcome)
                yield item
            progress.update(crew.share_done(), len(paths), "videos", crew.note())
    finally:
        crew.stop()


class _Crew:
    """Threads that take one video after the other."""

    def __init__(self, paths: Sequence[Path], plan: AnalysisPlan, *, is_live: bool) -> None:
        self._plan = plan
        self._is_live = is_live
        self._waiting: queue.SimpleQueue[Path] = queue.SimpleQueue()
        for path in paths:
            self._waiting.put(path)
        self._items: queue.SimpleQueue[Outcome | LiveItem | BaseException] = queue.SimpleQueue()
        self._shares: dict[Path, float] = {}
        self._num_frames: dict[Path, int] = {}
        self._running: dict[Path, VideoProgress] = {}
        self._pass_seconds = 0.0
        self._last_look = time.monotonic()
        self._stop = threading.Event()
        self._passes: dict[Path, VideoPass] = {}
        self._threads = [
            threading.Thread(target=copy_context().run, args=(self._work,), daemon=True) for _ in range(plan.num_files)
        ]
        for thread in self._threads:
            thread.start()

    def next_item(self) -> Outcome | LiveItem | BaseException | None:
        """The next outcome or error; None when nothing came for a moment."""
        try:
            return self._items.get(timeout=_TICK_SECONDS)
        except queue.Empty:
            return None

    def share_done(self) -> float:
        """Videos that are done, counting parts; rounded down, so that all are done when the last one is."""
        return floor(100 * sum(self._shares.copy().values())) / 100

    def note(self) -> str:
        """What is being written and how far; while videos are analyzed, how fast their frames go by."""
        now = time.monotonic()
        running = self._running.copy()
        copies = {path: each for path, each in running.items() if each.copy is not None}
        if len(copies) < len(running):
            self._pass_seconds += now - self._last_look
        self._last_look = now
        if copies:
            return ", ".join(self._copy_note(path, each) for path, each in copies.items())
        num_frames = sum(self._num_frames.copy().values())
        return f"{num_frames:,} frames, {num_frames / max(self._pass_seconds, 1e-3):,.0f} frames/s"

    def _copy_note(self, path: Path, progress: VideoProgress) -> str:
        title = progress.copy.title if progress.copy else ""
        of_file = f" of {path.name}" if len(self._plan.folders) > 1 else ""
        return f"writing {title}{of_file}: {progress.num_frames:,} of {progress.total_frames:,} frames"

    def stop(self) -> None:
        """End the work: workers end, and threads that wait for them."""
        self._stop.set()
        for video_pass in self._passes.copy().values():
            video_pass.close()
        for thread in self._threads:
            thread.join(timeout=10)

    def _work(self) -> None:
        while not self._stop.is_set():
            try:
                path = self._waiting.get_nowait()
            except queue.Empty:
                return
            try:
                self._items.put(self._outcome(path))
            except _StoppedError:
                return
            except BaseException as error:  # noqa: BLE001  (handed to the thread that waits for it)
                self._items.put(error)
                return

    def _note_pass(self, video_pass: VideoPass) -> None:
        self._passes[video_pass.path] = video_pass
        if self._stop.is_set():  # stop may have gone through the passes already
            video_pass.close()

    def _note_item(self, track: str, item: Item) -> None:
        self._items.put(LiveItem(track, item))

    def _outcome(self, path: Path) -> Outcome:
        start = time.monotonic()

        def note(progress: VideoProgress) -> None:
            if self._stop.is_set():
                raise _StoppedError
            self._shares[path], self._running[path] = self._plan.share_done(progress.copy, progress.share), progress
            if progress.copy is None:
                self._num_frames[path] = progress.num_frames

        try:
            on_item = self._note_item if self._is_live else None
            result = analyze_video(path, self._plan, note, on_item, self._note_pass)
        except VideoError as problem:
            self._shares[path] = 1.0
            return Outcome(path, None, problem, seconds=time.monotonic() - start)
        finally:
            self._passes.pop(path, None)
            self._running.pop(path, None)
        self._shares[path], self._num_frames[path] = 1.0, result.analysis.media.num_frames
        return Outcome(
            path,
            self._plan.folders[path],
            result.copy_problem,
            count_items(result.analysis),
            result.warnings,
            result.refused_exports,
            time.monotonic() - start,
        )
