"""A network of ours written in plain PyTorch, trained in a process of its own that is asked for its rate."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from reelwise.catalog.frame_encoder import squeeze_channels
from reelwise.core.contract import Contract
from reelwise.models.catalogue import find_entry

HERE = Path(__file__).parent
_ENVIRONMENT = HERE.parent / ".bench" / "venv-torch" / "bin" / "python"
_SCRIPTS = {"cnn_lstm": "torch_cnn_lstm.py", "r2plus1d": "torch_r2plus1d.py"}
_NUM_CHANNELS = {"rgb": 3, "motion": 2, "rgb_motion": 5}


def torch_python() -> Path | None:
    """The Python that has PyTorch: that of scripts/bench, else this one; None where neither has it."""
    if _ENVIRONMENT.exists():
        return _ENVIRONMENT
    return Path(sys.executable) if importlib.util.find_spec("torch") else None


def required_torch_python() -> Path:
    """The same, where nothing can be compared without it."""
    python = torch_python()
    if python is None:
        raise SystemExit("no PyTorch here: scripts/bench makes an environment with it")
    return python


class TorchProcess:
    """A PyTorch script in a process of its own, that trains when it is asked and tells its rate.

    Args:
        python: That has PyTorch.
        script: Below ``rivals``.
        shape: Of the network and its clips, as the script takes it, with ``threads`` of one operation.
        steps: For each question.
    """

    def __init__(self, python: Path, script: str, shape: dict[str, Any], steps: int) -> None:
        environment = {**os.environ, "OMP_NUM_THREADS": str(shape["threads"])}
        self._steps = steps
        self._process: Any = subprocess.Popen(
            [str(python), str(HERE / "rivals" / script), json.dumps(shape)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        self.weights = int(json.loads(self._process.stdout.readline())["parameters"])

    def __call__(self) -> float:
        """Clips a second of some steps."""
        self._process.stdin.write(f"{self._steps}\n")
        self._process.stdin.flush()
        return float(self._process.stdout.readline())

    def close(self) -> None:
        """End the process."""
        self._process.communicate()


class TorchRival(TorchProcess):
    """A classifier of ours in plain PyTorch.

    Args:
        python: That has PyTorch.
        contract: Of our network; ``cnn_lstm`` or ``r2plus1d``.
        num_classes: Outputs of the network.
        batch_size: Clips a step.
        threads: Of one operation.
        **options: ``bfloat16`` (autocast), ``fused`` (optimizer), ``compiled`` (inductor) and ``steps`` a question.
    """

    def __init__(
        self, python: Path, contract: Contract, num_classes: int, batch_size: int, threads: int, **options: Any
    ) -> None:
        encoder, clip = contract.network.first, contract.input.clip
        told = find_entry(encoder.architecture).resolve(encoder.preset, encoder.arguments)
        steps = int(options.pop("steps"))
        shape = {
            **told,
            "channels": _NUM_CHANNELS[str(told["picture"])],
            "size": clip.input_size,
            "num_frames": clip.num_frames,
            "num_classes": num_classes,
            "batch_size": batch_size,
            "threads": threads,
            **options,
        }
        if "num_convs" in told:
            shape["squeezed"] = squeeze_channels(int(told["width"]) << (int(told["num_convs"]) - 1))
        super().__init__(python, _SCRIPTS[encoder.architecture], shape, steps)
