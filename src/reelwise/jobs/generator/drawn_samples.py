"""New clips of models that make them out of noise: by class or without, around given frames, and longer than a clip."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from reelwise.core.contract import Contract
from reelwise.core.errors import UsageError
from reelwise.jobs.documents import SamplingSettings
from reelwise.jobs.generator.given_frames import AllGiven, read_given
from reelwise.jobs.generator.maker import PlannedSample, ReadSources, SampleMaker, SamplePlan
from reelwise.jobs.generator.predicted_samples import clip_rate, exact_rate
from reelwise.jobs.runs.options import GenerateOptions
from reelwise.tasks.generation import GenerationOutput, generation_output

if TYPE_CHECKING:
    from reelwise.generation.flow_sampler import SamplerSettings
    from reelwise.models.file import LoadedModel

_USUAL_NUM = 8
"""Samples where nothing is given and --num is not either: as many as small clips are drawn in one pass."""


class DrawnSamples(SampleMaker):
    """Samples out of noise, each of its own; with ``--frames`` longer than a clip by windows."""

    output_type = GenerationOutput
    purpose = "a model that makes clips"
    options: ClassVar = frozenset(
        {"label", "num", "seed", "steps", "guidance", "sampler", "from_inputs", "at", "between"}
    )

    def plan(self, contract: Contract, options: GenerateOptions, read_sources: ReadSources) -> SamplePlan:
        """As many samples as were asked for; of each given file, so many."""
        _label_number(generation_output(contract), options.label)
        sampling = _sampling(_settings(options))
        if options.label is None and options.guidance is not None:
            raise UsageError("--guidance makes no sense without --label.", hint="Give --label, or leave it out.")
        num_frames = options.frames or contract.input.clip.num_frames
        given = read_given(contract, options, num_frames, read_sources)
        frame_rate = clip_rate(contract) if options.fps is None else exact_rate(options.fps)
        return SamplePlan(_samples(contract, options, num_frames, given), frame_rate, given.failures, sampling)

    def sample_function(
        self, model: "LoadedModel", options: GenerateOptions, plan: SamplePlan
    ) -> Callable[[PlannedSample], np.ndarray]:
        """A function that draws a few samples at a time and hands them out one by one."""
        from reelwise.generation.flow_sampler import FlowSampler, SampleRequest

        label = _label_number(generation_output(model.contract), options.label)
        sampler = FlowSampler(model.network, _settings(options), options.seed)
        ready: dict[int, np.ndarray] = {}

        def request_of(sample: PlannedSample) -> SampleRequest:
            return SampleRequest(sample.noise_number or 0, label, sample.given_by_place)

        def make(sample: PlannedSample) -> np.ndarray:
            if sample.number not in ready:
                samples = plan.samples[sample.number : sample.number + sampler.num_rows]
                videos = sampler.extend_all([request_of(each) for each in samples], sample.num_frames)
                ready.clear()
                ready.update((each.number, video) for each, video in zip(samples, videos, strict=True))
            return ready.pop(sample.number)

        return make


def _samples(
    contract: Contract, options: GenerateOptions, num_frames: int, given: AllGiven
) -> tuple[PlannedSample, ...]:
    """The samples of each given file after those of the one before.

    The first of each file has the same noise: what stands before it on the command line changes nothing.
    """
    is_free = options.between is None and not options.from_inputs
    num_draws = options.num or (_USUAL_NUM if is_free else 1)
    pairs = [(clip, draw) for clip in given.clips for draw in range(num_draws)]
    return tuple(
        PlannedSample(
            number,
            num_frames,
            contract.input.clip.input_size,
            seed=options.seed,
            noise_number=draw,
            label=options.label,
            source=clip.start,
            end=clip.end,
            holds_given=True,
        )
        for number, (clip, draw) in enumerate(pairs)
    )


def _label_number(output: GenerationOutput, label: str | None) -> int | None:
    """The number of a class; None for no class."""
    if label is None:
        return None
    if not output.labels:
        raise UsageError("--label makes no sense for a model without classes.", hint="Leave it out.")
    if label not in output.labels:
        names = ", ".join(output.labels[:20])
        raise UsageError(f"--label is {label[:60]!r}, which is no class of this model.", hint=f"It knows {names}.")
    return output.labels.index(label)


def _settings(options: GenerateOptions) -> "SamplerSettings":
    from reelwise.generation.flow_sampler import SamplerSettings

    values: dict[str, Any] = {
        "num_steps": options.steps, "method": options.sampler, "guidance": options.guidance
    }  # fmt: skip
    return SamplerSettings(**{name: value for name, value in values.items() if value is not None})


def _sampling(settings: "SamplerSettings") -> SamplingSettings:
    return {
        "steps": settings.num_steps,
        "method": settings.method,
        "guidance": settings.guidance,
        "shift": settings.shift,
    }
