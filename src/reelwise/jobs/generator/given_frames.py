"""Frames that a model which draws clips is given: the first ones of a clip, or those at both of its ends."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from reelwise.core.contract import Contract
from reelwise.core.errors import UsageError, VideoError
from reelwise.core.number_text import count_text
from reelwise.jobs.generator.maker import ReadSources
from reelwise.jobs.generator.predicted_samples import clip_request
from reelwise.jobs.generator.source_clip import ClipRequest, SourceClip
from reelwise.jobs.runs.options import GenerateOptions


@dataclass(frozen=True, eq=False)
class GivenFrames:
    """What one clip is drawn around.

    Args:
        start: Its first frames, and those that really follow, where that is known.
        end: Its last frames; None where they are free.
    """

    start: SourceClip | None = None
    end: SourceClip | None = None


@dataclass(frozen=True, eq=False)
class AllGiven:
    """What the clips of one command are drawn around.

    Args:
        clips: One or more.
        failures: Files that cannot be used.
    """

    clips: tuple[GivenFrames, ...] = (GivenFrames(),)
    failures: tuple[tuple[Path, VideoError], ...] = ()


def read_given(contract: Contract, options: GenerateOptions, num_frames: int, read_sources: ReadSources) -> AllGiven:
    """The frames that a command gives.

    Args:
        contract: Of the model.
        options: Of the command.
        num_frames: Of the clip or longer video that is to be made.
        read_sources: Reads files in workers.

    Raises:
        UsageError: Options that do not go together.
        VideoError: No file can be used, or one of the ends.
    """
    _check_options(contract, options, num_frames)
    if options.between is not None:
        first, last = options.between
        if Path(first) == Path(last):
            return AllGiven((_ends_of_one(contract, first, num_frames, read_sources),))
        return AllGiven((_ends_of_two(contract, (first, last), read_sources),))
    if not options.from_inputs:
        return AllGiven()
    num_context = num_first(contract)
    request = clip_request(contract, num_context, max(0, num_frames - num_context), options.at)
    clips = read_sources(options.from_inputs, replace(request, takes_pictures=True))
    failures = tuple((path, clip) for path, clip in clips if isinstance(clip, VideoError))
    starts = tuple(GivenFrames(clip) for _, clip in clips if isinstance(clip, SourceClip))
    if not starts:
        raise failures[0][1]
    most = max(len(clip.start.context) for clip in starts if clip.start is not None)
    if num_frames <= most:
        raise UsageError(
            f"--frames is {num_frames}, and {count_text(most, 'frame')} of them would be those of a given file.",
            hint=f"Use {most + 1} or more.",
        )
    return AllGiven(starts, failures)


def num_first(contract: Contract) -> int:
    """Frames of a video that a clip goes on from: half of the clip; of a picture it is the one."""
    return contract.input.clip.num_frames // 2


def num_at_end(contract: Contract) -> int:
    """Frames of each of two videos between which a clip lies: a quarter of the clip, as many as in training at most."""
    return max(1, contract.input.clip.num_frames // 4)


def _check_options(contract: Contract, options: GenerateOptions, num_frames: int) -> None:
    clip_frames = contract.input.clip.num_frames
    if options.at is not None and not options.from_inputs:
        raise UsageError("--at makes no sense without --from.", hint="Give --from, or leave it out.")
    if options.from_inputs and options.between is not None:
        raise UsageError("--from makes no sense with --between, which gives both ends.", hint="Leave one of them out.")
    if options.between is not None and num_frames != clip_frames:
        raise UsageError(
            f"--frames is {num_frames}; with --between the model fills its clip of {clip_frames} frames.",
            hint="Leave --frames out.",
        )
    fewest = 3 if options.between is not None else 2 if options.from_inputs or num_frames > clip_frames else 1
    if clip_frames < fewest:
        raise UsageError(
            f"this model makes clips of {count_text(clip_frames, 'frame')}, which leaves none beside those that are"
            " given.",
            hint="Use a model of longer clips.",
        )


def _ends_of_two(contract: Contract, inputs: tuple[str, str], read_sources: ReadSources) -> GivenFrames:
    """The last frames of one file and the first ones of another; a picture is one frame."""
    num_frames = num_at_end(contract)
    last = replace(clip_request(contract, num_frames, 0, None), takes_pictures=True)
    start = _read_one(inputs[0], read_sources, last)
    # From the first frame on by the rate: asked for up to a moment, a frame between two would shift them all.
    first = clip_request(contract, 1, num_frames - 1, 0.0)
    end = _read_one(inputs[1], read_sources, replace(first, takes_pictures=True))
    if not end.is_picture and len(end.following) < num_frames - 1:
        raise VideoError(
            f"{end.path.name}: the model needs {count_text(num_frames, 'frame')} of it, it has"
            f" {1 + len(end.following)} at its rate.",
            hint="Use a longer video, or a picture.",
        )
    return GivenFrames(start, _whole_as_context(end))


def _ends_of_one(contract: Contract, path: str, num_frames: int, read_sources: ReadSources) -> GivenFrames:
    """Both ends of the last clip of a video; what lies between is known."""
    num_ends = num_at_end(contract)
    clip = _read_one(path, read_sources, clip_request(contract, num_frames, 0, None))
    start = replace(
        clip,
        context=clip.context[:num_ends],
        following=clip.context[num_ends:],
        context_numbers=clip.context_numbers[:num_ends],
        following_numbers=clip.context_numbers[num_ends:],
    )
    end = replace(clip, context=clip.context[-num_ends:], context_numbers=clip.context_numbers[-num_ends:], notes=())
    return GivenFrames(start, end)


def _read_one(text: str, read_sources: ReadSources, request: ClipRequest) -> SourceClip:
    clips = read_sources((text,), request)
    if len(clips) != 1:
        raise UsageError(f"--between: {text} is {len(clips)} videos.", hint="Name one file for each end.")
    ((_, clip),) = clips
    if isinstance(clip, VideoError):
        raise clip
    return clip


def _whole_as_context(clip: SourceClip) -> SourceClip:
    """The same with all of its frames as those that are given."""
    return replace(
        clip,
        context=np.concatenate([clip.context, clip.following]),
        following=clip.following[:0],
        context_numbers=clip.context_numbers + clip.following_numbers,
        following_numbers=(),
    )
