"""No verb leaves a switch of the process set: what a user chose before a call holds after it."""

import json
import subprocess
import sys

import pytest

PROGRAM = """
import json, os, random, signal, sys, warnings
from pathlib import Path

import cv2, keras, matplotlib, numpy as np, PIL.Image, sklearn.linear_model
import reelwise as rw
from reelwise.core import backend

folder, run, clips = map(Path, sys.argv[1:])
random.seed(3), np.random.seed(3)
keras.config.set_dtype_policy("mixed_bfloat16")
cv2.setNumThreads(2)


def switches():
    name = keras.backend.backend()
    found = {
        "environment": dict(os.environ), "random": random.getstate(), "numpy": str(np.random.get_state()),
        "policy": keras.config.dtype_policy().name, "float": keras.config.floatx(), "errors": np.geterr(),
        "signals": [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)], "cv2": cv2.getNumThreads(),
        "folder": os.getcwd(), "warnings": list(warnings.filters),
    }
    if name == "tensorflow":
        import tensorflow as tf
        from tensorflow.python.eager import context
        from tensorflow.python.framework import config
        found |= {"deterministic": config.is_op_determinism_enabled(), "seed": context.global_seed(),
                  "level": tf.get_logger().level}
    if name == "torch":
        import torch
        found |= {"deterministic": torch.are_deterministic_algorithms_enabled(), "threads": torch.get_num_threads(),
                  "memory": torch.utils.deterministic.fill_uninitialized_memory, "seed": torch.initial_seed()}
    return found


tiny = dict(size=32, num_frames=8, epochs=1, batch_size=6, model="cnn_lstm", modalities="frames")
cache = str(folder / "cache")
verbs = {
    "check": lambda: rw.check(clips, cache_dir=cache),
    "train": lambda: rw.train(clips, out=folder / "run", cache_dir=cache, threads=1, **tiny),
    "load_model": lambda: rw.load_model(run),
    "predict": lambda: rw.predict(run, clips / "up"),
    "evaluate": lambda: rw.evaluate(run, clips, cache_dir=cache, out=folder / "judged"),
    "info": lambda: rw.info(next((clips / "up").iterdir()), out=folder / "page.html"),
}
changes = {}
for name, verb in verbs.items():
    before = switches()
    verb()
    after = switches()
    changes[name] = [key for key in before if before[key] != after[key]]
    if "environment" in changes[name]:
        changes[name] += sorted(set(before["environment"].items()) ^ set(after["environment"].items()))
print(json.dumps(changes))
"""


@pytest.mark.backend
def test_what_a_user_has_set_holds_after_every_verb(tiny_run, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path), str(tiny_run.path), str(tiny_run.clips)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    verbs = ("check", "train", "load_model", "predict", "evaluate", "info")
    assert json.loads(done.stdout.splitlines()[-1]) == {verb: [] for verb in verbs}
