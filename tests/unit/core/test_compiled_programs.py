"""What JAX compiled is kept, within bounds, and gives the same numbers from the file as fresh."""

import json
import os
import subprocess
import sys

import pytest

from reelwise.core import compiled_programs

PROGRAM = """
import json, sys
from pathlib import Path
from reelwise.core.backend import start_backend
start_backend("jax", 1, Path(sys.argv[1]))
import jax, jax.numpy as np
step = jax.jit(lambda x: [np.tanh(x @ x.T + i).sum() for i in range(120)])
print(json.dumps([float(value) for value in step(np.arange(64.0).reshape(8, 8) / 64)]))
"""


def test_the_oldest_files_go(tmp_path, monkeypatch):
    folder = tmp_path / "kind"
    folder.mkdir()
    for age, name in enumerate(("young", "middle", "old")):
        (folder / name).write_bytes(bytes(100))
        os.utime(folder / name, (1000 - age, 1000 - age))
    monkeypatch.setattr(compiled_programs, "_MAX_BYTES", 200)
    compiled_programs._forget_oldest(folder)
    assert sorted(file.name for file in folder.iterdir()) == ["middle", "young"]


def test_nothing_is_kept_where_the_folder_cannot_be_made(tmp_path):
    variables = compiled_programs.compilation_cache(tmp_path, {"avx"})
    assert variables["JAX_COMPILATION_CACHE_DIR"].startswith(str(tmp_path / "jax"))
    (tmp_path / "file").touch()
    assert compiled_programs.compilation_cache(tmp_path / "file", {"avx"}) == {}


def test_programs_are_forgotten_and_other_files_stay(tmp_path):
    folder = tmp_path / "jax" / ("0" * 16)
    folder.mkdir(parents=True)
    (folder / "jit__step-0-cache").touch()
    (tmp_path / "jax" / "mine").touch()
    compiled_programs.forget_programs(tmp_path)
    assert [file.name for file in (tmp_path / "jax").iterdir()] == ["mine"]
    compiled_programs.forget_programs(tmp_path / "nowhere")


def test_the_second_process_finds_the_program(tmp_path):
    pytest.importorskip("jax", reason="what JAX keeps needs JAX")

    def run() -> list[float]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("JAX_")}
        environment["JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS"] = "0"
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, str(tmp_path)], env=environment, capture_output=True, text=True, check=True
        )
        return json.loads(done.stdout)

    first = run()
    kept = {file.name: file.stat().st_mtime_ns for file in (tmp_path / "jax").rglob("*") if file.is_file()}
    assert any("step" in name or "lambda" in name for name in kept)
    assert run() == first
    assert {file.name: file.stat().st_mtime_ns for file in (tmp_path / "jax").rglob("*") if file.is_file()} == kept
