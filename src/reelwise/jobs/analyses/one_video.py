"""The analysis of one video, from the file to its folder."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from reelwise.analysis.assemble import assemble
from reelwise.analysis.engine import VideoPass, run_pass
from reelwise.analysis.folder import AnalysisFolder
from reelwise.analysis.pictures import PictureStore
from reelwise.analysis.results import Analysis
from reelwise.cache.scratch import scratch_folder
from reelwise.core.errors import CacheError, VideoError
from reelwise.core.files import file_sha256
from reelwise.jobs.analyses.plan import AnalysisPlan


def analyze_video(path: Path, plan: AnalysisPlan, on_progress: Callable[[float, int], None] | None) -> Analysis:
    """Analyze one video and write its folder, whole or not at all.

    Args:
        path: The video.
        plan: What to do.
        on_progress: Called with the share of the video in [0, 1] and the number of frames; what it raises ends it.

    Raises:
        VideoError: The video cannot be used.
        CacheError: A result cannot be written.
    """
    folder = AnalysisFolder(plan.out / plan.folders[path])
    try:
        with scratch_folder(plan.scratch, "analyze") as scratch:
            pictures = PictureStore(folder.pictures)
            video_pass = VideoPass(
                path, plan.entries, replace(plan.setup), pictures, scratch, plan.num_threads, on_progress
            )
            result = run_pass(video_pass)
        source = {"file": str(path), "sha256": _sha256(path), "size_bytes": path.stat().st_size}
        analysis = assemble(result, plan.entries, pictures, plan.tool, source)
        folder.write(analysis, result.signals, {"pts": result.clock.pts})
        folder.finish()
    except OSError as error:
        folder.discard()
        raise CacheError(f"{folder.target}: cannot be written: {error.strerror}.", hint="Free some space.") from None
    except BaseException:
        folder.discard()
        raise
    return analysis


def _sha256(path: Path) -> str:
    try:
        return file_sha256(path)
    except OSError as error:
        raise VideoError(f"{path}: went away while it was analyzed ({error.strerror}).", hint="Try again.") from None
