"""FFmpeg's filter ``scdet`` through PyAV, at its default and swept; runs in .bench/venv-scdet.

Reads ``{"files": [...], "timed": [...]}`` from stdin and prints ``{"runs": {name: {file: [[frame, frame], ...]}},
"defaults": [...], "ms_per_frame": {name: ...}}``. A frame is the first of a new shot when its score reaches the
threshold.
"""

import json
import sys
import time
from collections.abc import Iterator

import av
from av.container import InputContainer
from av.error import BlockingIOError, EOFError, InvalidDataError
from av.filter import Graph
from av.filter.context import FilterContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

DEFAULT = 10.0
"""scdet's own threshold."""
THRESHOLDS = (2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0, 12.0, 15.0, 20.0, 25.0)


def scores_of(file: str) -> list[float]:
    """``lavfi.scd.score`` of each frame, in [0, 100]."""
    scores: list[float] = []
    with av.open(file, metadata_errors="replace") as container:
        stream = container.streams.video[0]
        graph = Graph()  # Of the first frame: a file may open without a pixel format.
        ends: tuple[FilterContext, FilterContext] | None = None
        for index, frame in enumerate(frames_of(container, stream)):
            source, sink = ends = ends or scdet_in(graph, stream)
            frame.pts = index  # The filter drops nothing, whatever the file's own times are.
            source.push(frame)
            scores += scores_in(sink)
        if ends is not None:
            ends[0].push(None)
            scores += scores_in(ends[1])
    return scores


def scdet_in(graph: Graph, stream: VideoStream) -> tuple[FilterContext, FilterContext]:
    """Where frames go into the filter and come out again."""
    source, detector = graph.add_buffer(template=stream), graph.add("scdet", f"threshold={DEFAULT}")
    sink = graph.add("buffersink")
    source.link_to(detector)
    detector.link_to(sink)
    graph.configure()
    return source, sink


def frames_of(container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
    """The frames that decode."""
    for packet in container.demux(stream):
        try:
            yield from packet.decode()
        except InvalidDataError:
            continue


def scores_in(sink: FilterContext) -> list[float]:
    """Scores of the frames that have passed the filter."""
    scores = []
    while True:
        try:
            scores.append(float(sink.pull().metadata.get("lavfi.scd.score", 0.0)))
        except (BlockingIOError, EOFError):
            return scores


def main() -> None:
    request = json.load(sys.stdin)
    names = {"scdet": DEFAULT, **{f"scdet(threshold={threshold})": threshold for threshold in THRESHOLDS}}
    runs: dict[str, dict[str, list[list[int]]]] = {name: {} for name in names}
    for file in request["files"]:
        scores = scores_of(file)
        for name, threshold in names.items():
            runs[name][file] = [[frame, frame] for frame, score in enumerate(scores) if frame and score >= threshold]
        print(f"scdet: {file}", file=sys.stderr, flush=True)
    began = time.process_time()
    num_frames = sum(len(scores_of(file)) for file in request["timed"])
    times = {"scdet": 1000 * (time.process_time() - began) / max(num_frames, 1)}
    json.dump({"runs": runs, "defaults": ["scdet"], "ms_per_frame": times}, sys.stdout)


if __name__ == "__main__":
    main()
