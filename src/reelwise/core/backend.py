"""The one place that chooses the back end of Keras, its threads and its determinism."""

import functools
import importlib
import importlib.metadata
import importlib.util
import os
import platform
import random
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import numpy as np

from reelwise.core.errors import UsageError

BACKENDS = ("tensorflow", "jax", "torch")
_PACKAGES = {"tensorflow": ("tensorflow-cpu", "tensorflow"), "jax": ("jax",), "torch": ("torch",)}
_ACCELERATOR_DEVICES = ("/dev/nvidiactl", "/dev/accel0", "/dev/kfd")
_JAX_PLUGINS = ("jax_cuda12_plugin", "jax_cuda13_plugin", "jax_rocm60_plugin", "jax_rocm7_plugin", "libtpu")


@dataclass(frozen=True)
class BackendInfo:
    """What the numbers of a run depend on, besides its data and seed; written to run.json.

    Args:
        name: ``tensorflow``, ``jax`` or ``torch``.
        versions: Of Keras, the back end and numpy.
        threads: Threads of one operation; another count gives other last digits.
        accelerator: Whether the back end was chosen for a GPU or TPU that was seen.
        deterministic: Whether ``prepare`` asks the back end for deterministic operations (always, today).
    """

    name: str
    versions: dict[str, str]
    threads: int
    accelerator: bool = False
    deterministic: bool = True


def choose_backend(name: str | None = None, threads: int | None = None, cache: Path | None = None) -> BackendInfo:
    """Choose the back end and its threads, before Keras is imported; nothing heavy is imported here.

    TensorFlow is the default on a CPU (measured fastest there), JAX where an accelerator and JAX's plug-in for it are
    seen, PyTorch last. When Keras is imported already (a notebook), its back end is kept.

    Args:
        name: ``tensorflow``, ``jax`` or ``torch``; None follows KERAS_BACKEND, else the rule above.
        threads: Threads of one operation; None uses the processors that this process may use.
        cache: The cache folder, where Keras and matplotlib may keep their settings; None for the default one.

    Returns:
        The back end with its versions and threads.

    Raises:
        UsageError: The back end is unknown, not installed, or Keras runs on another one already.
    """
    if threads is not None and threads < 1:
        raise UsageError(f"threads is {threads}, expected 1 or more.", hint="Leave --threads out.")
    accelerator = has_accelerator()
    wanted = name or _running_backend() or os.environ.get("KERAS_BACKEND") or _default_backend(accelerator)
    _check_backend(wanted)
    num_threads = threads or available_processors()
    home = cache.absolute() / "keras" if cache else keras_home()
    _set_environment(wanted, num_threads, accelerator, home)
    return BackendInfo(wanted, _versions(wanted), num_threads, accelerator)


def prepare(seed: int, threads: int | None = None) -> None:
    """Make what follows depend on ``seed`` alone: random seeds, deterministic operations, thread counts.

    Imports Keras. May be called again with another seed; the back end's switches are set once.

    Args:
        seed: Non-negative seed of every initial weight and every random layer.
        threads: As returned by ``choose_backend``; None leaves the counts of the environment.
    """
    keras = importlib.import_module("keras")
    backend = keras.backend.backend()
    if backend == "tensorflow":
        _prepare_tensorflow(importlib.import_module("tensorflow"), threads)
    elif backend == "torch":
        _prepare_torch(importlib.import_module("torch"), threads)
    if "tensorflow" in sys.modules:
        keras.utils.set_random_seed(seed)
        return
    # What set_random_seed does, without its import of TensorFlow for the sake of the other back ends: 3 s, 300 MB.
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002
    if backend == "torch":
        importlib.import_module("torch").manual_seed(seed)


def random_state() -> dict[str, np.ndarray]:
    """Random state that lives outside of a network's variables: PyTorch's generators, nothing elsewhere.

    Dropout draws from PyTorch's global generator, so an exact resume needs it; TensorFlow and JAX keep theirs in
    variables.

    Returns:
        Name to (N,) uint8 array.
    """
    if _running_backend() != "torch":
        return {}
    torch = importlib.import_module("torch")
    state = {"torch_cpu": torch.get_rng_state().numpy()}
    if torch.cuda.is_available():
        for index, device_state in enumerate(torch.cuda.get_rng_state_all()):
            state[f"torch_cuda_{index}"] = device_state.cpu().numpy()
    return state


def restore_random_state(state: dict[str, np.ndarray]) -> None:
    """Put back what ``random_state`` gave."""
    if _running_backend() != "torch" or not state:
        return
    torch = importlib.import_module("torch")
    torch.set_rng_state(torch.from_numpy(state["torch_cpu"].copy()))
    devices = [name for name in state if name.startswith("torch_cuda_")]
    if devices and torch.cuda.is_available():
        torch.cuda.set_rng_state_all([torch.from_numpy(state[name].copy()) for name in sorted(devices)])


def compiles_steps() -> bool:
    """Whether a training step is compiled by XLA: on JAX; on a CPU, TensorFlow is 4 to 8 times slower with it."""
    return _running_backend() == "jax"


@functools.cache
def has_fast_bfloat16() -> bool:
    """Whether the processor multiplies bfloat16 in hardware (AVX-512 BF16 or AMX), by its flags.

    The flags and not a measurement decide, so that the same machine always trains in the same way.
    """
    return bool({"avx512_bf16", "amx_bf16"} & _processor_flags())


def bfloat16_pays(multiply_adds: float) -> bool:
    """Whether training steps in bfloat16 are faster than in float32, by back end, processor and size of the network.

    Measured on TensorFlow: with AMX 1.3 to 1.9 times; with AVX-512 BF16 alone (Zen 5) 1.2 times at 0.9 giga
    multiply-adds, 1.0 at 0.2, less below. JAX gains nothing on a CPU.

    Args:
        multiply_adds: Of one clip forward.
    """
    if has_accelerator():
        return True
    if _running_backend() == "jax" or not has_fast_bfloat16():
        return False
    return multiply_adds >= (5e7 if "amx_bf16" in _processor_flags() else 5e8)


def has_accelerator() -> bool:
    """Whether a GPU or TPU is seen together with a JAX plug-in that can use it; no library is loaded for it."""
    device = any(Path(path).exists() for path in _ACCELERATOR_DEVICES)
    return device and any(importlib.util.find_spec(plugin) is not None for plugin in _JAX_PLUGINS)


def available_processors() -> int:
    """Processors this process may use: its affinity, and the quota of its container, whichever is less."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text().split()
    except (OSError, ValueError):
        return count
    return count if quota == "max" else max(1, min(count, round(int(quota) / int(period))))


def keras_home() -> Path:
    """Where Keras may write its settings: in our cache folder, so that nothing appears in the home folder."""
    if told := os.environ.get("REELWISE_CACHE"):
        return Path(told) / "keras"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "reelwise" / "keras"


def _running_backend() -> str | None:
    keras = sys.modules.get("keras")
    return keras.backend.backend() if keras is not None and hasattr(keras, "backend") else None


def _default_backend(accelerator: bool) -> str:
    on_cpu = platform.machine().lower() in ("x86_64", "amd64") and not accelerator
    order = ("tensorflow", "jax", "torch") if on_cpu else ("jax", "tensorflow", "torch")
    return next((name for name in order if importlib.util.find_spec(name) is not None), order[0])


def _check_backend(name: str) -> None:
    if name not in BACKENDS:
        raise UsageError(f"unknown back end '{name}'.", hint="Use --backend tensorflow, jax or torch.")
    running = _running_backend()
    if running is not None and running != name:
        raise UsageError(
            f"Keras runs on {running} already, {name} was asked for.",
            hint=f"Set KERAS_BACKEND={name} before Keras is imported, or start anew.",
        )
    if importlib.util.find_spec(name) is None:
        package = "tensorflow-cpu" if name == "tensorflow" else f"reelwise[{name}]"
        raise UsageError(f"the back end {name} is not installed.", hint=f"Run: pip install '{package}'")


def _set_environment(name: str, threads: int, accelerator: bool, home: Path) -> None:
    environment = os.environ
    environment["KERAS_BACKEND"] = name
    environment.setdefault("KERAS_HOME", str(home))
    environment.setdefault("MPLCONFIGDIR", str(home.with_name("matplotlib")))  # TensorFlow may import it.
    environment.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    environment.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    for variable in ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "NPROC", "PJRT_NPROC"):
        environment[variable] = str(threads)
    environment["TF_NUM_INTEROP_THREADS"] = "1"
    if name == "jax":
        if not accelerator:
            environment.setdefault("JAX_PLATFORMS", "cpu")
        elif "xla_gpu_deterministic_ops" not in environment.get("XLA_FLAGS", ""):
            environment["XLA_FLAGS"] = f"{environment.get('XLA_FLAGS', '')} --xla_gpu_deterministic_ops=true".strip()


def _versions(name: str) -> dict[str, str]:
    found = {}
    for package in ("keras", *_PACKAGES[name], "numpy"):
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def _prepare_tensorflow(tensorflow: ModuleType, threads: int | None) -> None:
    tensorflow.get_logger().setLevel("ERROR")  # Each fold has its own step to trace, of which it would warn.
    if threads is not None:
        try:
            tensorflow.config.threading.set_intra_op_parallelism_threads(threads)
            tensorflow.config.threading.set_inter_op_parallelism_threads(1)
        except RuntimeError:  # Already running: then the counts of the environment hold.
            pass
    tensorflow.config.experimental.enable_op_determinism()


def _prepare_torch(torch: ModuleType, threads: int | None) -> None:
    if threads is not None:
        torch.set_num_threads(threads)
    torch.use_deterministic_algorithms(True, warn_only=True)
    torch.utils.deterministic.fill_uninitialized_memory = False  # Costs time, and nothing here reads such memory.


def _processor_flags() -> set[str]:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
    except OSError:
        return set()  # Other systems: float32, which is never wrong.
    line = next((line for line in text.splitlines() if line.startswith(("flags", "Features"))), "")
    return set(line.partition(":")[2].split())
