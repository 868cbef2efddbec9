"""GPUs and TPUs: which back end can use one, what it is called, and how much of its memory is free."""

import importlib.metadata
import importlib.util
import os
import platform
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reelwise.core.errors import UsageError

DEVICES = ("auto", "cpu", "gpu")
"""What ``--device`` may be."""
PRECISIONS = ("auto", "float32", "bfloat16")
"""What ``--precision`` may be."""
INSTALL_HINT = "Run: pip install 'reelwise[cuda]'"

_ORDER = ("jax", "torch", "tensorflow")
"""Which back end is taken on a device where several can use it."""
_CUDNN = ("nvidia-cudnn-cu12", "nvidia-cudnn-cu13")
"""TensorFlow's wheel is made for CUDA also where the libraries that it needs are not installed."""
_GIB = 2**30


@dataclass(frozen=True)
class _Driver:
    """A kind of accelerator.

    Args:
        path: The device file that its driver makes.
        jax_plugins: Packages of which JAX needs one to use it.
        torch_field: What a build of PyTorch for it sets in torch/version.py.
        is_nvidia: Whether ``CUDA_VISIBLE_DEVICES`` hides it.
    """

    path: str
    jax_plugins: tuple[str, ...]
    torch_field: str = ""
    is_nvidia: bool = False

    @property
    def is_there(self) -> bool:
        """Whether the driver is loaded and the user did not hide its devices."""
        return Path(self.path).exists() and not (self.is_nvidia and hides_nvidia())


_NVIDIA = _Driver("/dev/nvidiactl", ("jax_cuda12_plugin", "jax_cuda13_plugin"), "cuda", is_nvidia=True)
_DRIVERS = (
    _NVIDIA,
    _Driver("/dev/accel0", ("libtpu",)),
    _Driver("/dev/kfd", ("jax_rocm60_plugin", "jax_rocm7_plugin"), "hip"),
)


@dataclass(frozen=True)
class Device:
    """What computes.

    Args:
        kind: ``cpu`` or ``gpu`` (a TPU counts as one).
        name: Of the model, as its maker says.
        memory_bytes: Its own memory; None where it has none, or nobody tells.
        free_bytes: What no program uses of it now.
        peak_bytes: The most that this process has used of it.
    """

    kind: str
    name: str
    memory_bytes: int | None = None
    free_bytes: int | None = None
    peak_bytes: int | None = None

    @property
    def text(self) -> str:
        """Name, memory and peak use in one line, for a report."""
        parts = [f"cpu, {self.name}" if self.kind == "cpu" else self.name]
        if self.memory_bytes is not None:
            parts.append(f"{self.memory_bytes / _GIB:.1f} GiB")
        if self.peak_bytes is not None:
            parts.append(f"{self.peak_bytes / _GIB:.2f} GiB used at most")
        return ", ".join(parts)

    def document(self) -> dict[str, Any]:
        """The ``device`` of run.json; memory in GiB, null where nobody tells."""
        sizes = {"memory_gib": self.memory_bytes, "peak_memory_gib": self.peak_bytes}
        gibibytes = {name: None if size is None else round(size / _GIB, 3) for name, size in sizes.items()}
        return {"kind": self.kind, "name": self.name, **gibibytes}


def hides_nvidia() -> bool:
    """Whether ``CUDA_VISIBLE_DEVICES`` is set to nothing, or begins with -1."""
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    return visible is not None and visible.split(",")[0].strip() in ("", "-1")


def can_use_accelerator(backend: str) -> bool:
    """Whether a GPU or TPU is there and this back end, as it is installed, can use it; loads no library."""
    return any(driver.is_there and _RULES[backend](driver) for driver in _DRIVERS)


def accelerated_backend() -> str | None:
    """The first installed back end that can use a GPU or TPU of this machine."""
    return next((name for name in _ORDER if can_use_accelerator(name)), None)


def unused_device_warning(device: str) -> str:
    """A sentence where a GPU is there that no installed back end can use, else nothing.

    Args:
        device: As in ``--device``.
    """
    if device == "cpu" or not _NVIDIA.is_there or accelerated_backend() is not None:
        return ""
    return f"no installed back end can use this machine's NVIDIA GPU, so the processor computes. {INSTALL_HINT}"


def check_device(device: str) -> None:
    """Refuse a ``--device`` that does not exist.

    Raises:
        UsageError: It names the three that do.
    """
    if device not in DEVICES:
        raise UsageError(f"--device is {device!r}, expected auto, cpu or gpu.", hint="Leave --device out.")


def missing_gpu(backend: str) -> UsageError:
    """Why ``--device gpu`` cannot be had, and how to mend it.

    Args:
        backend: The one that was chosen, which cannot use a device.
    """
    other = accelerated_backend()
    if other is not None:
        return UsageError(f"--device gpu: the installed {backend} cannot use the GPU.", hint=f"Use --backend {other}.")
    if any(driver.is_there for driver in _DRIVERS):
        problem = "--device gpu: there is a driver, but no installed back end can use it."
        hint = INSTALL_HINT if _NVIDIA.is_there else "Install JAX for this device, or leave --device out."
        return UsageError(problem, hint=hint)
    if Path(_NVIDIA.path).exists():
        problem = "--device gpu: CUDA_VISIBLE_DEVICES hides the GPU."
        return UsageError(problem, hint="Unset that variable, or leave --device out.")
    return UsageError(
        "--device gpu: this machine has no GPU with a driver.", hint="Install the GPU's driver, or leave --device out."
    )


def describe_device(backend: str | None) -> Device:
    """The device that computes, as the back end says that runs.

    Args:
        backend: Of the Keras that is imported; None where none is, which counts as the processor.
    """
    if backend is None or not can_use_accelerator(backend):
        return Device("cpu", processor_name())
    try:
        device = _PROBES[backend]()
    except RuntimeError:  # A full device may not even start.
        device = Device("gpu", "GPU")
    if device is None:
        return Device("cpu", processor_name())
    return _with_driver_facts(device) if _NVIDIA.is_there else device


def processor_name() -> str:
    """The processor's model, such as ``AMD EPYC 9B14``."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        text = ""
    pairs = (line.partition(":") for line in text.splitlines())
    fields = {name.strip(): value.strip() for name, _, value in pairs}
    return fields.get("model name") or platform.processor() or platform.machine()


def _jax_can(driver: _Driver) -> bool:
    if os.environ.get("JAX_PLATFORMS") == "cpu":
        return False
    return _is_installed("jax") and any(_is_installed(plugin) for plugin in driver.jax_plugins)


def _torch_can(driver: _Driver) -> bool:
    # Importing PyTorch would take seconds; what it was built for is in a short file.
    text = _file_of("torch", "version.py")
    return bool(driver.torch_field and re.search(rf"^{driver.torch_field}\b[^=\n]*= *['\"]", text, re.MULTILINE))


def _tensorflow_can(driver: _Driver) -> bool:
    text = _file_of("tensorflow", "python/platform/build_info.py")
    return driver.is_nvidia and bool(re.search(r"is_cuda_build\W+True", text)) and any(map(_has_distribution, _CUDNN))


_RULES: dict[str, Callable[[_Driver], bool]] = {"jax": _jax_can, "torch": _torch_can, "tensorflow": _tensorflow_can}


def _is_installed(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


def _has_distribution(name: str) -> bool:
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _file_of(package: str, name: str) -> str:
    """The text of a file in an installed package, or nothing."""
    spec = importlib.util.find_spec(package)
    for folder in getattr(spec, "submodule_search_locations", None) or ():
        try:
            return (Path(folder) / name).read_text(encoding="utf-8")
        except OSError:
            continue
    return ""


def _jax_device() -> Device | None:
    jax: Any = sys.modules.get("jax")
    device = jax.local_devices()[0] if jax is not None else None
    if device is None or device.platform == "cpu":
        return None
    stats = device.memory_stats() or {}
    limit, peak = stats.get("bytes_limit"), stats.get("peak_bytes_in_use")
    free = None if limit is None else limit - stats.get("bytes_in_use", 0)
    return Device("gpu", device.device_kind, limit, free, peak)


def _torch_device() -> Device | None:
    torch: Any = sys.modules.get("torch")
    keras_device: Any = sys.modules.get("keras.src.backend.torch.core")
    # Keras chose its device when it was imported; the variables of that moment may be gone.
    if torch is None or keras_device is None or not str(keras_device.get_device()).startswith("cuda"):
        return None
    free, memory = torch.cuda.mem_get_info()
    return Device("gpu", torch.cuda.get_device_name(), memory, free, torch.cuda.max_memory_allocated())


def _tensorflow_device() -> Device | None:
    tensorflow: Any = sys.modules.get("tensorflow")
    if tensorflow is None or not (gpus := tensorflow.config.list_physical_devices("GPU")):
        return None
    config = tensorflow.config.experimental
    name = config.get_device_details(gpus[0]).get("device_name", "GPU")
    return Device("gpu", name, peak_bytes=config.get_memory_info("GPU:0")["peak"])


_PROBES: dict[str, Callable[[], Device | None]] = {
    "jax": _jax_device, "torch": _torch_device, "tensorflow": _tensorflow_device,
}  # fmt: skip


def _with_driver_facts(device: Device) -> Device:
    """The same with the memory that the driver tells: JAX knows its own share alone, not what other programs use."""
    first = os.environ.get("CUDA_VISIBLE_DEVICES", "0").split(",")[0].strip()
    fields = "--query-gpu=name,memory.total,memory.free"
    query = ["nvidia-smi", fields, "--format=csv,noheader,nounits", f"--id={first}"]
    try:
        done = subprocess.run(query, capture_output=True, text=True, timeout=10, check=True)
        name, memory, free = (word.strip() for word in done.stdout.splitlines()[0].rsplit(",", 2))
        return Device("gpu", name, int(memory) * 2**20, int(free) * 2**20, device.peak_bytes)
    except (OSError, subprocess.SubprocessError, ValueError, IndexError):
        return device
