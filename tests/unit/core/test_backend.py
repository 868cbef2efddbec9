import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from reelwise.core import backend
from reelwise.core.errors import UsageError


@pytest.fixture
def fresh(monkeypatch):
    """As in a process that has not imported Keras, on a PC without an accelerator; the environment is restored."""
    monkeypatch.setattr(backend.os, "environ", {"HOME": os.environ.get("HOME", "/")})
    monkeypatch.setattr(backend, "running_backend", lambda: None)
    set_accelerated(monkeypatch)
    monkeypatch.setattr(backend.platform, "machine", lambda: "x86_64")
    return backend.os.environ


def set_accelerated(monkeypatch, *names: str) -> None:
    """These back ends can use a GPU, the first of them best."""
    monkeypatch.setattr(backend, "can_use_accelerator", lambda name: name in names)
    monkeypatch.setattr(backend, "accelerated_backend", lambda: names[0] if names else None)


def set_installed(monkeypatch, *names: str) -> None:
    monkeypatch.setattr(backend.importlib.util, "find_spec", lambda name: object() if name in names else None)


@pytest.mark.parametrize(
    ("there", "machine", "accelerated", "expected"),
    [
        (("tensorflow", "jax", "torch"), "x86_64", (), "tensorflow"),
        (("tensorflow", "jax", "torch"), "x86_64", ("jax", "torch"), "jax"),
        (("tensorflow", "jax", "torch"), "x86_64", ("torch",), "torch"),
        (("tensorflow", "jax", "torch"), "aarch64", (), "jax"),
        (("jax", "torch"), "AMD64", (), "jax"),
        (("torch",), "x86_64", (), "torch"),
    ],
)
def test_the_default_follows_machine_and_what_is_installed(fresh, monkeypatch, there, machine, accelerated, expected):
    set_installed(monkeypatch, *there)
    monkeypatch.setattr(backend.platform, "machine", lambda: machine)
    set_accelerated(monkeypatch, *accelerated)
    before = dict(fresh)
    assert backend.choose_backend().name == expected
    assert fresh == before
    with backend.backend_environment() as info:
        assert info.name == fresh["KERAS_BACKEND"] == expected
    assert fresh == before


def test_the_argument_goes_before_the_environment_and_that_before_the_default(fresh, monkeypatch):
    set_installed(monkeypatch, *backend.BACKENDS)
    fresh["KERAS_BACKEND"] = "torch"
    assert backend.choose_backend().name == "torch"
    assert backend.choose_backend("jax").name == "jax"


def test_the_error_for_a_missing_backend_names_the_command_that_installs_it(fresh, monkeypatch):
    set_installed(monkeypatch, "tensorflow")
    with pytest.raises(UsageError, match=r"torch is not installed. Run: pip install 'reelwise\[torch\]'"):
        backend.choose_backend("torch")
    with pytest.raises(UsageError, match="tensorflow, jax or torch"):
        backend.choose_backend("theano")
    with pytest.raises(UsageError, match="threads is 0"):
        backend.choose_backend(None, 0)


def test_the_backend_of_an_imported_keras_stays(fresh, monkeypatch):
    set_installed(monkeypatch, *backend.BACKENDS)
    monkeypatch.setattr(backend, "running_backend", lambda: "torch")
    assert backend.choose_backend().name == "torch"
    with pytest.raises(UsageError, match="Keras runs on torch already"):
        backend.choose_backend("jax")


def test_threads_and_folders_are_set_for_the_block_alone(fresh, monkeypatch, tmp_path):
    set_installed(monkeypatch, *backend.BACKENDS)
    fresh["OMP_NUM_THREADS"] = "7"
    before = dict(fresh)
    with backend.backend_environment("tensorflow", 3, tmp_path) as info:
        assert info.threads == 3
        assert info.versions["numpy"] == np.__version__
        assert {fresh[name] for name in ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "PJRT_NPROC")} == {"3"}
        assert Path(fresh["KERAS_HOME"]) == tmp_path / "keras"
        assert Path(fresh["MPLCONFIGDIR"]) == tmp_path / "matplotlib"
    assert fresh == before


def test_jax_keeps_what_it_compiles_in_the_cache(fresh, monkeypatch, tmp_path):
    set_installed(monkeypatch, *backend.BACKENDS)
    with backend.backend_environment("jax", cache=tmp_path):
        folder = Path(fresh["JAX_COMPILATION_CACHE_DIR"])
    assert folder.parent == tmp_path / "jax"
    monkeypatch.setattr(backend, "_processor_flags", lambda: {"another"})
    with backend.backend_environment("jax", cache=tmp_path):
        assert fresh["JAX_COMPILATION_CACHE_DIR"] != str(folder)
    with backend.backend_environment("tensorflow", cache=tmp_path):
        assert "JAX_COMPILATION_CACHE_DIR" not in fresh


def test_the_environment_is_put_back_after_an_error(fresh, monkeypatch):
    set_installed(monkeypatch, *backend.BACKENDS)
    before = dict(fresh)
    with pytest.raises(RuntimeError), backend.backend_environment():
        raise RuntimeError
    assert fresh == before


def test_overlapping_blocks_restore_the_values_from_before_the_first(fresh, monkeypatch):
    """As two threads do: the one that began first ends first."""
    set_installed(monkeypatch, *backend.BACKENDS)
    before = dict(fresh)
    first, second = backend.backend_environment("jax", 1), backend.backend_environment("jax", 2)
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert fresh["OMP_NUM_THREADS"] == "2"
    second.__exit__(None, None, None)
    assert fresh == before


def test_folders_of_the_user_stay(fresh, monkeypatch, tmp_path):
    set_installed(monkeypatch, *backend.BACKENDS)
    fresh["KERAS_HOME"] = "/mine"
    with backend.backend_environment("tensorflow", cache=tmp_path):
        assert fresh["KERAS_HOME"] == "/mine"
    with backend.backend_environment("tensorflow"):
        assert "MPLCONFIGDIR" not in fresh


@pytest.mark.parametrize(("machine", "expected"), [("x86_64", "1"), ("AMD64", "1"), ("aarch64", None)])
def test_tensorflow_has_the_fast_operations_of_its_processor_unless_the_user_decided(
    fresh, monkeypatch, machine, expected
):
    set_installed(monkeypatch, *backend.BACKENDS)
    monkeypatch.setattr(backend.platform, "machine", lambda: machine)
    with backend.backend_environment("tensorflow"):
        assert fresh.get("TF_ENABLE_ONEDNN_OPTS") == expected
    with backend.backend_environment("jax"):
        assert "TF_ENABLE_ONEDNN_OPTS" not in fresh
    fresh["TF_ENABLE_ONEDNN_OPTS"] = "0"
    with backend.backend_environment("tensorflow"):
        assert fresh["TF_ENABLE_ONEDNN_OPTS"] == "0"


def test_jax_stays_off_accelerators_it_cannot_use(fresh, monkeypatch):
    set_installed(monkeypatch, "jax")
    with backend.backend_environment("jax"):
        assert fresh["JAX_PLATFORMS"] == "cpu"


def test_jax_on_an_accelerator_is_deterministic(fresh, monkeypatch):
    set_installed(monkeypatch, "jax")
    set_accelerated(monkeypatch, "jax")
    fresh["XLA_FLAGS"] = "--mine"
    with backend.backend_environment("jax"), backend.backend_environment("jax"):
        assert fresh["XLA_FLAGS"] == "--mine --xla_gpu_deterministic_ops=true"
        assert "JAX_PLATFORMS" not in fresh
    assert fresh["XLA_FLAGS"] == "--mine"


def test_memory_of_a_gpu_is_taken_as_it_is_needed_unless_the_user_decided(fresh, monkeypatch):
    set_installed(monkeypatch, *backend.BACKENDS)
    set_accelerated(monkeypatch, "jax")
    with backend.backend_environment("jax"):
        assert fresh["XLA_PYTHON_CLIENT_PREALLOCATE"] == "false"
    with backend.backend_environment("tensorflow"):
        assert fresh["TF_FORCE_GPU_ALLOW_GROWTH"] == "true"
    fresh["XLA_PYTHON_CLIENT_MEM_FRACTION"] = "0.5"
    with backend.backend_environment("jax"):
        assert "XLA_PYTHON_CLIENT_PREALLOCATE" not in fresh
    del fresh["XLA_PYTHON_CLIENT_MEM_FRACTION"]
    fresh["XLA_PYTHON_CLIENT_PREALLOCATE"] = "true"
    with backend.backend_environment("jax"):
        assert fresh["XLA_PYTHON_CLIENT_PREALLOCATE"] == "true"


@pytest.mark.parametrize(("name", "expected"), [(None, "tensorflow"), ("jax", "jax")])
def test_device_cpu_hides_accelerators_for_the_block_alone(fresh, monkeypatch, name, expected):
    set_installed(monkeypatch, *backend.BACKENDS)
    set_accelerated(monkeypatch, "jax")
    fresh["CUDA_VISIBLE_DEVICES"] = "1"
    before = dict(fresh)
    with backend.backend_environment(name, device="cpu") as info:
        assert (info.name, info.accelerator) == (expected, False)
        assert (fresh["CUDA_VISIBLE_DEVICES"], fresh["JAX_PLATFORMS"]) == ("", "cpu")
    assert fresh == before


def test_device_gpu_without_one_is_refused_and_others_do_not_exist(fresh, monkeypatch):
    set_installed(monkeypatch, *backend.BACKENDS)
    with pytest.raises(UsageError, match="--device gpu: "):
        backend.choose_backend(device="gpu")
    with pytest.raises(UsageError, match="--device is 'tpu', expected auto, cpu or gpu"):
        backend.choose_backend(device="tpu")
    set_accelerated(monkeypatch, "torch")
    assert backend.choose_backend(device="gpu").accelerator
    assert not backend.choose_backend("tensorflow").accelerator


def test_bfloat16_is_fast_where_the_processor_has_the_flags(monkeypatch):
    for flags, expected in (({"avx2"}, False), ({"avx512_bf16"}, True), ({"amx_bf16"}, True), (set(), False)):
        backend.has_fast_bfloat16.cache_clear()
        monkeypatch.setattr(backend, "_processor_flags", lambda flags=flags: flags)
        assert backend.has_fast_bfloat16() is expected
    backend.has_fast_bfloat16.cache_clear()


def test_processors_are_counted_within_the_quota():
    assert 1 <= backend.available_processors() <= (os.cpu_count() or 1)


PROGRAM = """
import json, os, random, sys
from pathlib import Path
from reelwise.core import backend
environment, before = dict(os.environ), set(sys.modules)
info = backend.choose_backend(None, 1)
variables = backend._variables(info, Path("cache"))  # Keras' own imports set others.
light = not {"keras", "tensorflow", "torch", "jax"} & (set(sys.modules) - before)
backend.start_backend(None, 1, Path(os.environ["REELWISE_CACHE"]))
import keras
import numpy as np
def number(tensor):
    return float(keras.ops.convert_to_numpy(tensor).sum())
def dropped(seed=None):
    return number(keras.layers.Dropout(0.5, seed=seed)(keras.ops.ones((9, 9)), training=True))
def draws(seed):
    with backend.reproducible(seed):
        return [number(keras.initializers.GlorotUniform()((4, 3))), dropped()]
one, two, other = draws(5), draws(5), draws(6)
with backend.reproducible(5):
    state = backend.random_state()
    after = dropped(seed=1)
    backend.restore_random_state(state)
    again = dropped(seed=1)
random.seed(1), np.random.seed(1)
expected = random.random(), np.random.random()
keras.layers.Dense(1)
random.seed(1), np.random.seed(1)
draws(5)
restored = (random.random(), np.random.random()) == expected and keras.layers.Dense(1).name == "dense_1"
print(json.dumps([
    light, keras.backend.backend() == info.name, one == two, one != other, after == again, restored,
    all(os.environ.get(name) == environment.get(name) for name in variables),
]))
"""


@pytest.mark.backend
def test_a_seed_decides_everything_in_its_block_and_no_file_appears_in_the_home_folder(tmp_path):
    environment = {**os.environ, "HOME": str(tmp_path / "home"), "REELWISE_CACHE": str(tmp_path / "cache")}
    environment.pop("KERAS_HOME", None)
    environment.pop("MPLCONFIGDIR", None)
    (tmp_path / "home").mkdir()
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, timeout=170, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [True] * 7
    assert done.stderr == ""
    assert list((tmp_path / "home").iterdir()) == []
