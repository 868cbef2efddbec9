"""The one place that chooses the back end of Keras, its threads and its determinism."""

import functools
import gc
import importlib
import importlib.metadata
import importlib.util
import os
import platform
import random
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import numpy as np

from reelwise.core.compiled_programs import compilation_cache
from reelwise.core.devices import (
    Device,
    accelerated_backend,
    can_use_accelerator,
    check_device,
    describe_device,
    missing_gpu,
)
from reelwise.core.errors import UsageError
from reelwise.core.interrupt import whole_imports

BACKENDS = ("tensorflow", "jax", "torch")
_PACKAGES = {"tensorflow": ("tensorflow-cpu", "tensorflow"), "jax": ("jax",), "torch": ("torch",)}
"""Distributions of each back end whose versions are written to run.json."""

_MIN_MULTIPLY_ADDS = {"amx": 4e7, "avx512": 5e8}
"""Of one clip forward, by instruction set: from here on a training step in bfloat16 is faster than one in float32, as
measured in :func:`bfloat16_pays`."""

_environment_lock = threading.Lock()
_OPERATIONS, _MOST_OPERATIONS = "TF_NUM_INTEROP_THREADS", 2
"""Two operations at once; more were not measured."""

_operations_of_program = 1
"""What ``start_backend`` has chosen, for after its block."""

_num_blocks = 0
"""How many ``backend_environment`` blocks are running, in all threads."""
_values_before: dict[str, str | None] = {}
"""What the variables were before the first of those blocks; None for one that was not set."""


@dataclass(frozen=True)
class BackendInfo:
    """The back end of a run, on which its last digits depend besides data and seed; written to run.json.

    Args:
        name: ``tensorflow``, ``jax`` or ``torch``.
        versions: Of Keras, the back end and numpy.
        threads: Threads of one operation; another count gives other last digits.
        accelerator: Whether the back end was chosen for a GPU or TPU of this machine.
        deterministic: Whether deterministic operations are switched on (always, today).
    """

    name: str
    versions: dict[str, str]
    threads: int
    accelerator: bool = False
    deterministic: bool = True


def choose_backend(name: str | None = None, threads: int | None = None, device: str = "auto") -> BackendInfo:
    """The back end and its threads by the rules below; imports nothing and sets nothing.

    Where the machine has a GPU or TPU, the default is the installed back end that can use it: JAX, else PyTorch. On a
    CPU it is TensorFlow (measured fastest there). When Keras is imported already (a notebook), its back end stays.

    Args:
        name: ``tensorflow``, ``jax`` or ``torch``; None follows KERAS_BACKEND, else the rule above.
        threads: Threads of one operation; None uses the processors that this process may use.
        device: ``auto``, ``cpu``, or ``gpu`` for any accelerator.

    Returns:
        The back end with its versions and threads.

    Raises:
        UsageError: The back end is unknown, not installed, or Keras runs on another one already; or there is no GPU
            for ``gpu``.
    """
    if threads is not None and threads < 1:
        raise UsageError(f"threads is {threads}, expected 1 or more.", hint="Leave --threads out.")
    check_device(device)
    backend = name or running_backend() or os.environ.get("KERAS_BACKEND") or _default_backend(device)
    _check_backend(backend)
    accelerator = device != "cpu" and can_use_accelerator(backend)
    if device == "gpu" and not accelerator:
        raise missing_gpu(backend)
    return BackendInfo(backend, _versions(backend), threads or available_processors(), accelerator)


@contextmanager
def backend_environment(
    name: str | None = None, threads: int | None = None, cache: Path | None = None, device: str = "auto"
) -> Iterator[BackendInfo]:
    """Choose the back end, and set the environment variables that it reads at its first import for this block alone.

    Import Keras and make the first network inside of the block. Blocks may be nested and may overlap in several
    threads: the variables are put back when the last one ends.

    Args:
        name: As for ``choose_backend``.
        threads: As for ``choose_backend``.
        cache: The cache folder, where Keras and matplotlib keep their settings, and JAX what it has compiled; None
            leaves that to them.
        device: As for ``choose_backend``; ``cpu`` hides accelerators from a back end that was not imported before.

    Raises:
        UsageError: As for ``choose_backend``.
    """
    info = choose_backend(name, threads, device)
    _enter_environment(_variables(info, cache, device))
    try:
        yield info
    finally:
        _leave_environment()


def start_backend(name: str | None = None, threads: int | None = None, cache: Path | None = None) -> BackendInfo:
    """Import Keras on the back end that the rules choose, for programs that call layers and models directly.

    Args:
        name: As for ``choose_backend``.
        threads: As for ``choose_backend``.
        cache: As for ``backend_environment``.

    Raises:
        UsageError: As for ``choose_backend``.
    """
    global _operations_of_program
    with backend_environment(name, threads, cache) as info:
        keras = load_keras()
        keras.ops.zeros(())  # TensorFlow and JAX read the number of threads when the first operation runs.
        _operations_of_program = int(os.environ[_OPERATIONS])
    return info


def load_keras() -> ModuleType:
    """Keras, imported as a whole; Ctrl-C comes afterwards."""
    with whole_imports():
        return importlib.import_module("keras")


def prepare(seed: int) -> None:
    """Seed every random generator and switch on deterministic operations for the rest of the process.

    For programs that own their process (tests, benchmarks, examples); the verbs use ``reproducible``.

    Args:
        seed: Non-negative seed of every initial weight and every random layer.
    """
    keras = load_keras()
    backend = keras.backend.backend()
    if backend == "tensorflow":
        tensorflow = importlib.import_module("tensorflow")
        tensorflow.get_logger().setLevel("ERROR")  # It would warn that each fold traces a training step of its own.
        tensorflow.config.experimental.enable_op_determinism()
    elif backend == "torch":
        torch = importlib.import_module("torch")
        torch.use_deterministic_algorithms(True, warn_only=True)
        torch.utils.deterministic.fill_uninitialized_memory = False  # Costs time, and nothing here reads such memory.
    if "tensorflow" in sys.modules:
        keras.utils.set_random_seed(seed)
        return
    # What set_random_seed does, without its import of TensorFlow for the sake of the other back ends: 3 s, 300 MB.
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002
    if backend == "torch":
        importlib.import_module("torch").manual_seed(seed)


def operations_at_once() -> int:
    """How many operations the back end starts side by side; 1 but on processors with TensorFlow.

    Call it in a block of ``backend_environment`` or after ``start_backend``. More than 1 pays only where the operations
    of a network do not wait for each other (``training.batch_parts``).
    """
    keras = load_keras()
    return int(os.environ.get(_OPERATIONS, _operations_of_program)) if keras.backend.backend() == "tensorflow" else 1


@contextmanager
def without_side_effects() -> Iterator[None]:
    """A block that may build networks, after which the random generators and Keras' names are as they were before.

    Every layer with random weights draws a seed from Python's generator. Imports Keras.
    """
    load_keras()
    with ExitStack() as stack:
        stack.callback(random.setstate, random.getstate())
        stack.callback(np.random.set_state, np.random.get_state())  # noqa: NPY002
        stack.enter_context(_fresh_keras_state())
        yield


@contextmanager
def reproducible(seed: int) -> Iterator[None]:
    """A block whose results depend on ``seed`` alone: seeds, deterministic operations, and Keras' names from 0.

    What was before is put back at its end: the states of all random generators, the switches of the back end, and the
    names that Keras has given in this thread. Imports Keras. One training at a time per process: the generators are
    shared by all threads.

    Args:
        seed: Non-negative seed of every initial weight and every random layer.
    """
    with without_side_effects(), ExitStack() as stack:
        if (tensorflow := sys.modules.get("tensorflow")) is not None:
            stack.enter_context(_tensorflow_restored(tensorflow))
        if running_backend() == "torch":
            stack.enter_context(_torch_restored(importlib.import_module("torch")))
        prepare(seed)
        yield


def random_state() -> dict[str, np.ndarray]:
    """Random state that lives outside of a network's variables: PyTorch's generators, nothing elsewhere.

    Dropout draws from PyTorch's global generator, so an exact resume needs it; TensorFlow and JAX keep theirs in
    variables.

    Returns:
        Name to (N,) uint8 array.
    """
    if running_backend() != "torch":
        return {}
    torch = importlib.import_module("torch")
    state = {"torch_cpu": torch.get_rng_state().numpy()}
    if torch.cuda.is_available():
        for index, device_state in enumerate(torch.cuda.get_rng_state_all()):
            state[f"torch_cuda_{index}"] = device_state.cpu().numpy()
    return state


def restore_random_state(state: dict[str, np.ndarray]) -> None:
    """Put back what ``random_state`` gave."""
    if running_backend() != "torch" or not state:
        return
    torch = importlib.import_module("torch")
    torch.set_rng_state(torch.from_numpy(state["torch_cpu"].copy()))
    devices = [name for name in state if name.startswith("torch_cuda_")]
    if devices and torch.cuda.is_available():
        torch.cuda.set_rng_state_all([torch.from_numpy(state[name].copy()) for name in sorted(devices)])


def compiles_steps() -> bool:
    """Whether a training step is compiled by XLA: on JAX; on a CPU, TensorFlow is 4 to 8 times slower with it."""
    return running_backend() == "jax"


@functools.cache
def has_fast_bfloat16() -> bool:
    """Whether the processor multiplies bfloat16 in hardware (AVX-512 BF16 or AMX), by its flags.

    The flags and not a measurement decide, so that the same machine always trains in the same way.
    """
    return bool({"avx512_bf16", "amx_bf16"} & _processor_flags())


def bfloat16_pays(multiply_adds: float) -> bool:
    """Whether training steps in bfloat16 are faster than in float32, by back end, processor and size of the network.

    Measured on TensorFlow: with AMX 1.3 to 1.9 times, 1.17 at 47 million multiply-adds; with AVX-512 BF16 alone (Zen 5)
    1.2 times at 0.9 giga multiply-adds, 1.0 at 0.2, less below. JAX gains nothing on a CPU.

    Args:
        multiply_adds: Of one clip forward.
    """
    running = running_backend()
    if running is not None and can_use_accelerator(running):
        return True
    if running == "jax" or not has_fast_bfloat16():
        return False
    return multiply_adds >= _MIN_MULTIPLY_ADDS["amx" if "amx_bf16" in _processor_flags() else "avx512"]


def device_in_use() -> Device:
    """The device that the imported Keras computes on, with its memory where someone tells."""
    return describe_device(running_backend())


def available_processors() -> int:
    """Processors this process may use: its affinity, and the quota of its container, whichever is less."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text().split()
    except (OSError, ValueError):
        return count
    return count if quota == "max" else max(1, min(count, round(int(quota) / int(period))))


def running_backend() -> str | None:
    """The back end of the Keras that this process has imported; None where it has not."""
    keras = sys.modules.get("keras")
    return keras.backend.backend() if keras is not None and hasattr(keras, "backend") else None


def _default_backend(device: str) -> str:
    if device != "cpu" and (backend := accelerated_backend()) is not None:
        return backend
    order = ("tensorflow", "jax", "torch") if _is_x86() else ("jax", "tensorflow", "torch")
    return next((name for name in order if importlib.util.find_spec(name) is not None), order[0])


def _is_x86() -> bool:
    return platform.machine().lower() in ("x86_64", "amd64")


def _check_backend(name: str) -> None:
    if name not in BACKENDS:
        raise UsageError(f"unknown back end '{name}'.", hint="Use --backend tensorflow, jax or torch.")
    running = running_backend()
    if running is not None and running != name:
        raise UsageError(
            f"Keras runs on {running} already, {name} was requested.",
            hint=f"Set KERAS_BACKEND={name} before Keras is imported, or start anew.",
        )
    if importlib.util.find_spec(name) is None:
        package = "tensorflow-cpu" if name == "tensorflow" else f"reelwise[{name}]"
        raise UsageError(f"the back end {name} is not installed.", hint=f"Run: pip install '{package}'")


def _variables(info: BackendInfo, cache: Path | None, device: str = "auto") -> dict[str, str]:
    """The environment variables of a back end.

    Those that a user has set stay, but for threads, the back end and what ``--device cpu`` hides.
    """
    threads = str(info.threads)
    defaults = {"TF_CPP_MIN_LOG_LEVEL": "2", "CUBLAS_WORKSPACE_CONFIG": ":4096:8", "TF_FORCE_GPU_ALLOW_GROWTH": "true"}
    if cache is not None:
        # TensorFlow may import matplotlib, which writes its settings as well.
        defaults |= {
            "KERAS_HOME": str(cache.absolute() / "keras"),
            "MPLCONFIGDIR": str(cache.absolute() / "matplotlib"),
        }
    # By itself TensorFlow takes oneDNN's operations only where there is VNNI, BF16 or AMX. With AVX2 alone, a step
    # of our convolutional networks takes 0.4 to 0.6 of the time with them (LOG.md).
    if info.name == "tensorflow" and _is_x86():
        defaults["TF_ENABLE_ONEDNN_OPTS"] = "1"
    if info.name == "jax" and cache is not None:
        defaults |= compilation_cache(cache, _processor_flags())
    if info.name == "jax" and not info.accelerator:
        defaults["JAX_PLATFORMS"] = "cpu"
    # By itself JAX takes three quarters of a GPU's memory at its start, and a second program finds none.
    if info.name == "jax" and info.accelerator and "XLA_PYTHON_CLIENT_MEM_FRACTION" not in os.environ:
        defaults["XLA_PYTHON_CLIENT_PREALLOCATE"] = "false"
    variables = {name: value for name, value in defaults.items() if name not in os.environ}
    variables |= dict.fromkeys(("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "NPROC", "PJRT_NPROC"), threads)
    operations = 1 if info.accelerator else min(_MOST_OPERATIONS, info.threads)
    variables |= {"KERAS_BACKEND": info.name, _OPERATIONS: str(operations)}
    if device == "cpu":
        variables |= {"CUDA_VISIBLE_DEVICES": "", "JAX_PLATFORMS": "cpu", "KERAS_TORCH_DEVICE": "cpu"}
    flags = os.environ.get("XLA_FLAGS", "")
    if info.name == "jax" and info.accelerator and "xla_gpu_deterministic_ops" not in flags:
        variables["XLA_FLAGS"] = f"{flags} --xla_gpu_deterministic_ops=true".strip()
    return variables


def _enter_environment(variables: dict[str, str]) -> None:
    global _num_blocks
    with _environment_lock:
        _num_blocks += 1
        for name, value in variables.items():
            _values_before.setdefault(name, os.environ.get(name))
            os.environ[name] = value


def _leave_environment() -> None:
    global _num_blocks
    with _environment_lock:
        _num_blocks -= 1
        if _num_blocks:
            return
        for name, value in _values_before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        _values_before.clear()


def _versions(name: str) -> dict[str, str]:
    versions = {}
    for package in ("keras", *_PACKAGES[name], "numpy"):
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return versions


@contextmanager
def _fresh_keras_state() -> Iterator[None]:
    """Keras' counters of names and its seed as in a new process, for this thread and block.

    ``keras.backend.clear_session`` would forget the user's as well, for good.
    """
    tracker = importlib.import_module("keras.src.backend.common.global_state").GLOBAL_STATE_TRACKER
    attributes = vars(tracker)  # A threading.local: these are the attributes of this thread.
    before = dict(attributes)
    attributes.clear()
    gc.collect()  # Frees the networks of earlier folds.
    try:
        yield
    finally:
        attributes.clear()
        attributes.update(before)


@contextmanager
def _tensorflow_restored(tensorflow: ModuleType) -> Iterator[None]:
    """Put back the log level, the determinism of operations and the global seed, which has no public getter."""
    config = importlib.import_module("tensorflow.python.framework.config")
    context = importlib.import_module("tensorflow.python.eager.context").context()
    logger, was_deterministic = tensorflow.get_logger(), config.is_op_determinism_enabled()
    level, seeds = logger.level, {name: value for name, value in vars(context).items() if name in ("_seed", "_rng")}
    try:
        yield
    finally:
        logger.setLevel(level)
        if not was_deterministic:
            config.disable_op_determinism()
        vars(context).pop("_rng", None)  # It is made with the first seed.
        vars(context).update(seeds)


@contextmanager
def _torch_restored(torch: ModuleType) -> Iterator[None]:
    """Put back the generators and the determinism of operations."""
    state, memory = random_state(), torch.utils.deterministic.fill_uninitialized_memory
    was_deterministic = torch.are_deterministic_algorithms_enabled()
    only_warns = torch.is_deterministic_algorithms_warn_only_enabled()
    try:
        yield
    finally:
        restore_random_state(state)
        torch.use_deterministic_algorithms(was_deterministic, warn_only=only_warns)
        torch.utils.deterministic.fill_uninitialized_memory = memory


def _processor_flags() -> set[str]:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
    except OSError:
        return set()  # Other systems train in float32, which every processor computes.
    line = next((line for line in text.splitlines() if line.startswith(("flags", "Features"))), "")
    return set(line.partition(":")[2].split())
