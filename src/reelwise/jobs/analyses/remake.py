"""Page and exports of an analysis made again, without its video."""

from pathlib import Path

from reelwise.analysis.document import read_analysis
from reelwise.core.errors import UsageError
from reelwise.core.progress import Progress
from reelwise.jobs.analyses.index import INDEX, read_index, safe_name, unwritable, warn_of_missing, write_index
from reelwise.jobs.analyses.one_video import write_derived
from reelwise.jobs.analyses.plan import STDIN_NAME
from reelwise.jobs.documents import Analyses, AnalyzedVideo
from reelwise.jobs.runs.folder_lock import folder_in_use
from reelwise.jobs.runs.option_checks import refuse_other_options
from reelwise.jobs.runs.options import AnalyzeOptions

_USABLE = ("from_analysis",)
"""Options with a meaning here: nothing is decoded, so that every other would do nothing."""


def remake(options: AnalyzeOptions, progress: Progress) -> tuple[Path, Analyses, tuple[AnalyzedVideo, ...]]:
    """Make exports and page again from what is there; nothing is decoded.

    Returns:
        The folder with index.json, its content, and those of its lines whose page and exports were made again.

    Raises:
        UsageError: Options that need the video, no analysis is there, or index.json does not name it.
        DataError: An analysis.json is damaged.
        CacheError: A file cannot be written.
    """
    if options.inputs or options.out is not None:
        raise UsageError("--from takes neither videos nor --out.", hint="It writes into the folder that it reads.")
    hint = "Leave it out, or analyze the video again with it, into a new --out."
    refuse_other_options(options, _USABLE, "--from, which makes page and exports alone", hint)
    source = (options.from_analysis or Path()).resolve()  # the folder of a video may be named by a dot
    if source.name == "analysis.json":
        source = source.parent
    is_one = (source / "analysis.json").is_file()
    out = source.parent if is_one else source
    if not (out / INDEX).is_file():
        raise UsageError(f"{source}: holds no analysis.", hint="Name the --out of an earlier analyze.")
    with folder_in_use(out):
        return out, *_remake_in(out, source.name if is_one else None, progress)


def _remake_in(out: Path, only: str | None, progress: Progress) -> tuple[Analyses, tuple[AnalyzedVideo, ...]]:
    progress.stage("write")
    index = read_index(out)
    videos = [video for video in index["videos"] if video["folder"] and only in (None, video["folder"])]
    if not videos:
        hint = "Run the analyze command that wrote this folder again, with --resume: it adds what is missing."
        raise UsageError(f"{out / INDEX}: does not name {only or 'any whole analysis'}.", hint=hint)
    missing_files: list[str] = []
    for number, video in enumerate(videos, 1):
        folder = out / safe_name(str(video["folder"]))
        analysis = read_analysis(folder)
        try:
            video["refused_exports"] = write_derived(analysis, folder)
        except OSError as error:
            raise unwritable(folder, error, can_resume=False) from None
        video["warnings"] = list(analysis.media.warnings)
        if analysis.media.file != STDIN_NAME and not Path(analysis.media.file).exists():
            missing_files.append(analysis.media.file)
        progress.update(number, len(videos), "videos")
    write_index(out, index, can_resume=False)
    warn_of_missing(missing_files, progress)
    return index, tuple(videos)
