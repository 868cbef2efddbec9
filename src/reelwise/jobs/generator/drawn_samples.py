"""New clips of models that make them out of noise, by class or without."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from reelwise.core.contract import Contract
from reelwise.core.errors import UsageError
from reelwise.jobs.generator.maker import PlannedSample, ReadSources, SampleMaker, SamplePlan
from reelwise.jobs.generator.predicted_samples import exact_rate
from reelwise.jobs.runs.options import GenerateOptions
from reelwise.tasks.generation import GenerationOutput, generation_output

if TYPE_CHECKING:
    from reelwise.generation.flow_sampler import SamplerSettings
    from reelwise.models.file import LoadedModel

_USUAL_NUM = 8
"""Samples where --num is not given: as many as small clips are drawn in one pass."""


class DrawnSamples(SampleMaker):
    """Samples out of noise, each of its own; with ``--frames`` longer than a clip by windows."""

    output_type = GenerationOutput
    purpose = "a model that makes clips"
    options: ClassVar = frozenset({"label", "num", "seed", "steps", "guidance", "sampler"})

    def plan(self, contract: Contract, options: GenerateOptions, read_sources: ReadSources) -> SamplePlan:
        """As many samples as were asked for; nothing is read."""
        del read_sources
        output, clip = generation_output(contract), contract.input.clip
        _label_number(output, options.label)
        _settings(options)
        if options.label is None and options.guidance is not None:
            raise UsageError("--guidance makes no sense without --label.", hint="Give --label, or leave it out.")
        frame_rate = exact_rate(output.frame_rate if options.fps is None else options.fps)
        num_frames = options.frames or clip.num_frames
        samples = tuple(
            PlannedSample(number, num_frames, clip.input_size, seed=options.seed, label=options.label)
            for number in range(options.num or _USUAL_NUM)
        )
        return SamplePlan(samples, frame_rate)

    def sample_function(self, model: "LoadedModel", options: GenerateOptions) -> Callable[[PlannedSample], np.ndarray]:
        """A function that draws a few samples at a time and hands them out one by one."""
        from reelwise.generation.flow_sampler import FlowSampler, SampleRequest

        label = _label_number(generation_output(model.contract), options.label)
        sampler = FlowSampler(model.network, _settings(options), options.seed)
        last_number = (options.num or _USUAL_NUM) - 1
        ready: dict[int, np.ndarray] = {}

        def make(sample: PlannedSample) -> np.ndarray:
            if sample.num_frames > sampler.num_frames:
                return sampler.extend(SampleRequest(sample.number, label), sample.num_frames)
            if sample.number not in ready:
                numbers = range(sample.number, min(sample.number + sampler.num_rows, last_number + 1))
                clips = sampler.sample([SampleRequest(number, label) for number in numbers])
                ready.clear()
                ready.update(zip(numbers, clips, strict=True))
            return ready[sample.number][: sample.num_frames]

        return make


def _label_number(output: GenerationOutput, label: str | None) -> int | None:
    """The number of a class; None for no class."""
    if label is None:
        return None
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
