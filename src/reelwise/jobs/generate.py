"""New video from a model: samples in a folder, with a manifest that repeats them."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np

from reelwise.cache.folder import cache_root
from reelwise.cache.scratch import scratch_folder
from reelwise.core.backend import (
    BackendInfo,
    available_processors,
    backend_environment,
    device_in_use,
    reproducible,
    without_side_effects,
)
from reelwise.core.errors import UsageError, VideoError
from reelwise.core.files import file_sha256
from reelwise.core.interrupt import listen_for_stop, token_of, whole_imports
from reelwise.core.number_text import count_text
from reelwise.core.progress import Progress
from reelwise.core.short_repr import ShortRepr
from reelwise.inference.picture_rates import rates_as_in_training
from reelwise.jobs.documents import DeviceFacts, Samples
from reelwise.jobs.generator.maker import ALWAYS, PlannedSample, SampleMaker, SamplePlan
from reelwise.jobs.generator.makers import find_maker
from reelwise.jobs.generator.sample_folder import MANIFEST, SampleFolder, open_folder, read_manifest
from reelwise.jobs.generator.source_clip import ClipRequest, SourceClip, SourceReader
from reelwise.jobs.generator.source_notes import notes_in_short
from reelwise.jobs.runs.command import generate_command
from reelwise.jobs.runs.context import library_versions
from reelwise.jobs.runs.device_notes import naming_device_faults, warn_of_unused_device
from reelwise.jobs.runs.folder import claim_folder, configuration_of
from reelwise.jobs.runs.folder_lock import folder_in_use, is_empty
from reelwise.jobs.runs.frame_rate import check_frame_rate, with_frame_rate
from reelwise.jobs.runs.inputs import expand_inputs
from reelwise.jobs.runs.loading import model_path
from reelwise.jobs.runs.option_checks import check_numbers, refuse_other_options
from reelwise.jobs.runs.options import GenerateOptions
from reelwise.media.frame_rates import use_frame_rates
from reelwise.media.workers.pool import WorkerPool

if TYPE_CHECKING:
    from reelwise.models.file import LoadedModel


@dataclass(frozen=True, repr=False)
class GeneratedSamples(ShortRepr):
    """What `reelwise generate` wrote.

    Args:
        path: The folder.
        manifest: Its manifest.json.
    """

    path: Path
    manifest: Samples

    def facts(self) -> dict[str, str]:
        """Where they are, and how many."""
        counts = {"samples": len(self.manifest["samples"]), "failures": len(self.manifest["failures"])}
        return {"path": str(self.path), **{name: str(count) for name, count in counts.items()}}

    @property
    def files(self) -> tuple[Path, ...]:
        """The video of each sample, in order."""
        return tuple(self.path / sample["file"] for sample in self.manifest["samples"])

    @property
    def has_failures(self) -> bool:
        """Whether a given file could not be used."""
        return bool(self.manifest["failures"])


@with_frame_rate
def generate_job(options: GenerateOptions, progress: Progress) -> GeneratedSamples:
    """Make samples and write them, each as soon as it is made.

    Args:
        options: Of the command.
        progress: Receives what a progress bar shows.

    Raises:
        UsageError: An option that makes no sense for this model, or ``out`` is in use.
        VideoError: No given video can be used, or a sample cannot be written.
        ModelFileError: The model file cannot be used.
        Interruption: Ctrl-C or a stop; the samples so far are whole, and ``resume`` goes on.
    """
    check_numbers(options)
    if options.out is None:
        raise UsageError("--out is missing.", hint="Example: reelwise generate model.keras --from a.mp4 --out new")
    file = model_path(options.model)
    _refuse_used_folder(options, options.out)
    warn_of_unused_device(progress, options.device)
    root = cache_root(options.cache_dir)
    environment = backend_environment(options.backend, options.threads, root, options.device)
    with naming_device_faults(), environment as backend, without_side_effects(), ExitStack() as stack:
        with whole_imports():
            from reelwise.models.file import load_model_file

        model = load_model_file(file)
        maker = find_maker(model.contract)
        refuse_other_options(options, ALWAYS | maker.options, maker.purpose)
        with use_frame_rates(rates_as_in_training(model.contract)):
            plan = _plan(options, model, maker, progress)
        head = _head(options, file, model, backend, plan)
        stack.enter_context(folder_in_use(options.out))
        folder = open_folder(options.out, head, plan, resume=options.resume)
        if not folder.is_finished:
            stack.enter_context(reproducible(options.seed))
            _write_samples(options, folder, plan, maker.sample_function(model, options, plan), progress)
    return GeneratedSamples(options.out, folder.manifest)


def _refuse_used_folder(options: GenerateOptions, out: Path) -> None:
    """Refuse a folder that cannot be used before a model is loaded; it is claimed once all is known to be right."""
    if options.resume:
        read_manifest(out)
    elif out.exists() and (not out.is_dir() or not is_empty(out)):
        claim_folder(out, MANIFEST)  # says why


def _plan(options: GenerateOptions, model: "LoadedModel", maker: SampleMaker, progress: Progress) -> SamplePlan:
    """What is to be made; given videos are read in workers."""

    def read_sources(inputs: tuple[str, ...], request: ClipRequest) -> tuple[tuple[Path, SourceClip | VideoError], ...]:
        paths = expand_inputs(inputs)
        check_frame_rate(options, paths, progress)
        progress.stage("read")
        with (
            scratch_folder(cache_root(options.cache_dir), "generate") as scratch,
            WorkerPool(min(len(paths), options.threads or available_processors())) as pool,
        ):
            reader = SourceReader(pool, scratch, lambda done: progress.update(done, len(paths), "videos"))
            return tuple(zip(paths, reader.read(paths, request), strict=True))

    plan = maker.plan(model.contract, options, read_sources)
    for _, error in plan.failures:
        progress.warn(f"left out: {error}")
    for text in notes_in_short([clip for sample in plan.samples for clip in sample.sources]):
        progress.log(text)
    return plan


def _write_samples(
    options: GenerateOptions,
    folder: SampleFolder,
    plan: SamplePlan,
    make: Callable[[PlannedSample], np.ndarray],
    progress: Progress,
) -> None:
    progress.stage("generate")
    with listen_for_stop(token_of(progress)) as stop:
        for sample in plan.samples:
            if stop.is_set:
                folder.save("interrupted")
                done = f"{folder.num_samples} of {count_text(len(plan.samples), 'sample')}"
                raise stop.error(
                    f"{folder.path}: stopped; {done} are there, each of them whole.",
                    "Go on with the same command and --resume.",
                )
            pixels = folder.pixels(sample)
            folder.add(sample, make(sample) if pixels is None else pixels)
            progress.update(folder.num_samples, len(plan.samples), "samples")
        folder.finish(with_arrays=options.npz)


def _head(
    options: GenerateOptions, file: Path, model: "LoadedModel", backend: BackendInfo, plan: SamplePlan
) -> Samples:
    """The manifest before the first sample."""
    encoders = [f"{encoder.architecture}:{encoder.preset}" for encoder in model.contract.network.encoders]
    return {
        "schema": "reelwise/samples/1",
        "status": "running",
        "command": generate_command(options),
        # A sample of one back end has other last digits than one of another.
        "configuration": configuration_of(options) | {"backend": backend.name},
        "model": {"file": str(file), "sha256": file_sha256(file), "task": model.contract.task, "encoders": encoders},
        "backend": {name: value for name, value in vars(backend).items() if name != "versions"},
        "device": cast(DeviceFacts, device_in_use().document()),
        "versions": library_versions(backend),
        "sampling": plan.sampling,
        "samples": [],
        "failures": [{"file": str(path), "error": str(error)} for path, error in plan.failures],
        "grid": None,
        "gif": None,
        "arrays": None,
    }
