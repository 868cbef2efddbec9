"""Which back end can use a GPU, by files and packages that are not there: nobody here has one."""

import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from reelwise.core import devices
from reelwise.core.devices import Device


@pytest.fixture
def machine(monkeypatch, tmp_path):
    """A machine with an NVIDIA driver; what is installed stands in the folder that it gives."""
    driver = tmp_path / "nvidiactl"
    driver.touch()
    nvidia = devices._Driver(str(driver), ("jax_cuda12_plugin",), "cuda", is_nvidia=True)
    monkeypatch.setattr(devices, "_NVIDIA", nvidia)
    monkeypatch.setattr(devices, "_DRIVERS", (nvidia,))
    monkeypatch.setattr(os, "environ", {"PATH": os.environ["PATH"]})
    packages = tmp_path / "packages"
    packages.mkdir()

    def find_spec(name):
        folder = packages / name
        return SimpleNamespace(submodule_search_locations=[str(folder)]) if folder.is_dir() else None

    monkeypatch.setattr(devices.importlib.util, "find_spec", find_spec)
    return packages


def install(packages, name: str, file: str = "__init__.py", text: str = "") -> None:
    (packages / name / file).parent.mkdir(parents=True, exist_ok=True)
    (packages / name / file).write_text(text)


@pytest.mark.parametrize("field", ["cuda = '12.8'", "cuda: Optional[str] = '12.8'", 'cuda: str | None = "13.0"'])
def test_torch_can_use_a_gpu_when_it_was_built_with_cuda(machine, field):
    install(machine, "torch", "version.py", f"__version__ = '2'\n{field}\nhip = None\n")
    assert devices.can_use_accelerator("torch")
    assert devices.accelerated_backend() == "torch"
    assert devices.unused_device_warning("auto") == ""


def test_torch_for_the_cpu_cannot_and_the_user_is_told_once_what_to_install(machine):
    install(machine, "torch", "version.py", "cuda: Optional[str] = None\nhip: Optional[str] = None\n")
    install(machine, "jax")
    assert devices.accelerated_backend() is None
    warning = devices.unused_device_warning("auto")
    assert "pip install 'reelwise[cuda]'" in warning
    assert "\n" not in warning
    assert devices.unused_device_warning("cpu") == ""


def test_jax_with_its_plugin_goes_before_torch(machine):
    install(machine, "torch", "version.py", "cuda = '12.8'\n")
    install(machine, "jax")
    install(machine, "jax_cuda12_plugin")
    assert devices.accelerated_backend() == "jax"
    os.environ["JAX_PLATFORMS"] = "cpu"
    assert devices.accelerated_backend() == "torch"


def test_tensorflow_needs_its_build_and_cudnn(machine, monkeypatch):
    path = "python/platform/build_info.py"
    install(machine, "tensorflow", path, "build_info = OrderedDict([('is_cuda_build', True)])")
    assert not devices.can_use_accelerator("tensorflow")
    monkeypatch.setattr(devices, "_has_distribution", lambda name: name == "nvidia-cudnn-cu12")
    assert devices.can_use_accelerator("tensorflow")
    install(machine, "tensorflow", path, "build_info = OrderedDict([('is_cuda_build', False)])")
    assert not devices.can_use_accelerator("tensorflow")


@pytest.mark.parametrize(
    ("visible", "expected"), [("", False), ("-1", False), ("0", True), ("1,0", True), (None, True)]
)
def test_cuda_visible_devices_hides_gpus(machine, visible, expected):
    install(machine, "torch", "version.py", "cuda = '12.8'\n")
    if visible is not None:
        os.environ["CUDA_VISIBLE_DEVICES"] = visible
    assert devices.can_use_accelerator("torch") is expected
    assert devices.unused_device_warning("auto") == ""


def test_a_missing_gpu_has_a_reason_and_a_mend(machine, tmp_path):
    assert devices.missing_gpu("jax").hint == "Run: pip install 'reelwise[cuda]'"
    install(machine, "torch", "version.py", "cuda = '12.8'\n")
    assert devices.missing_gpu("tensorflow").hint == "Use --backend torch."
    os.environ["CUDA_VISIBLE_DEVICES"] = ""
    assert "CUDA_VISIBLE_DEVICES hides the GPU" in devices.missing_gpu("torch").message
    (tmp_path / "nvidiactl").unlink()
    assert "no GPU with a driver" in devices.missing_gpu("torch").message


def test_the_processor_is_named_where_no_accelerator_is_used():
    device = devices.describe_device(None)
    assert (device.kind, device.memory_bytes, device.peak_bytes) == ("cpu", None, None)
    assert device.text == f"cpu, {device.name}"
    assert len(device.name) > 1


@pytest.fixture
def fake_jax(machine, monkeypatch):
    """JAX with a plug-in whose device has used 3 of the 6 GiB that it may take."""
    install(machine, "jax")
    install(machine, "jax_cuda12_plugin")
    stats = {"bytes_limit": 6 * 2**30, "bytes_in_use": 2**30, "peak_bytes_in_use": 3 * 2**30}
    device = SimpleNamespace(platform="gpu", device_kind="NVIDIA X", memory_stats=lambda: stats)
    jax = SimpleNamespace(local_devices=lambda: [device])
    monkeypatch.setitem(sys.modules, "jax", jax)
    return jax


def set_driver_program(monkeypatch, output: str | None) -> None:
    def run(command, **_):
        if output is None:
            raise FileNotFoundError(command[0])
        return SimpleNamespace(stdout=output)

    monkeypatch.setattr(subprocess, "run", run)


def test_the_driver_tells_what_all_programs_have_left_of_a_gpu(fake_jax, monkeypatch):
    set_driver_program(monkeypatch, "NVIDIA X 80GB, 8192, 300\n")
    device = devices.describe_device("jax")
    assert device == Device("gpu", "NVIDIA X 80GB", 8 * 2**30, 300 * 2**20, 3 * 2**30)
    assert device.text == "NVIDIA X 80GB, 8.0 GiB, 3.00 GiB used at most"
    assert device.document() == {"kind": "gpu", "name": "NVIDIA X 80GB", "memory_gib": 8.0, "peak_memory_gib": 3.0}


@pytest.mark.parametrize("output", [None, "", "NVIDIA X, [N/A], [N/A]\n"])
def test_without_the_drivers_program_the_back_end_tells(fake_jax, monkeypatch, output):
    set_driver_program(monkeypatch, output)
    assert devices.describe_device("jax") == Device("gpu", "NVIDIA X", 6 * 2**30, 5 * 2**30, 3 * 2**30)


def test_a_gpu_that_does_not_even_start_is_named_by_its_driver(fake_jax, monkeypatch):
    def fail():
        raise RuntimeError("no supported devices found")

    fake_jax.local_devices = fail
    set_driver_program(monkeypatch, "NVIDIA X, 8192, 100\n")
    assert devices.describe_device("jax") == Device("gpu", "NVIDIA X", 8 * 2**30, 100 * 2**20)
