"""Makes openstl_reference.npz: ``PYTHON tests/parity/make_openstl_reference.py OPENSTL_REPOSITORY``.

The repository is a clone of github.com/chengtan9907/OpenSTL, the environment Python 3.11 with ``pip install torch
numpy``. Its modules are run from a temporary folder; what they import beside PyTorch is replaced by empty classes, but
for the two functions of timm that are used. None of their code is kept: the file holds the names and shapes of the
weights in their order, the seed of the numbers in them, and what the networks predict.
"""

import importlib.util
import json
import subprocess
import sys
import tempfile
import types
from pathlib import Path
from typing import Any

import numpy as np
from openstl_weights import SEED, draw_frames, draw_weights

OUTPUT = Path(__file__).with_name("openstl_reference.npz")
COMMIT = "c74deb5d4c3da585291f9f18281f3fefdbba3a54"
FILES = {
    "openstl.modules.layers.van": "openstl/modules/layers/van.py",
    "openstl.modules.simvp_modules": "openstl/modules/simvp_modules.py",
    "openstl.models.simvp_model": "openstl/models/simvp_model.py",
    "openstl.modules.convlstm_modules": "openstl/modules/convlstm_modules.py",
    "openstl.models.convlstm_model": "openstl/models/convlstm_model.py",
}
SIMVP = {
    "gsta": {"hid_S": 4, "hid_T": 8, "N_S": 2, "N_T": 2, "model_type": "gSTA", "mlp_ratio": 2.0},
    "gsta_deep": {"hid_S": 4, "hid_T": 12, "N_S": 4, "N_T": 3, "model_type": "gSTA", "mlp_ratio": 3.0},
    "convmixer": {"hid_S": 4, "hid_T": 8, "N_S": 2, "N_T": 3, "model_type": "convmixer"},
}
CONVLSTM = {
    "convlstm": {"num_hidden": [4, 4], "filter_size": 3, "patch_size": 2},
    "convlstm_wide": {"num_hidden": [6, 6, 6], "filter_size": 5, "patch_size": 4},
}
NUM_FRAMES = 4
SIDE = 16


class _Anything(types.ModuleType):
    """A module that has a class of every name."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {})


def load_models(repository: str, folder: Path) -> tuple[Any, Any]:
    """The classes of both networks."""
    import torch

    names = ["timm", "timm.layers", "timm.models", "openstl", "openstl.models", "openstl.modules"]
    names += [f"timm.models.{name}" for name in ("convnext", "mlp_mixer", "swin_transformer", "vision_transformer")]
    for name in (*names, "openstl.modules.layers"):
        module = _Anything(name)
        module.__path__ = []
        sys.modules[name] = module
    vars(sys.modules["timm.layers"]).update(DropPath=torch.nn.Identity, trunc_normal_=torch.nn.init.trunc_normal_)
    for name, path in FILES.items():
        command = ["git", "-C", repository, "show", f"{COMMIT}:{path}"]
        target = folder / path.replace("/", "_")
        target.write_text(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        spec: Any = importlib.util.spec_from_file_location(name, target)
        sys.modules[name] = module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        public = {key: value for key, value in vars(module).items() if isinstance(value, type)}
        vars(sys.modules[name.rpartition(".")[0]]).update(public)
    models = sys.modules["openstl.models"]
    return models.SimVP_Model, models.ConvLSTM_Model


def fill(network: Any) -> list[tuple[str, list[int]]]:
    """Give a network the numbers of the seed; the names and shapes of its weights."""
    import torch

    shapes = [(key, list(value.shape)) for key, value in network.state_dict().items() if value.dim() > 0]
    arrays = draw_weights(shapes)
    network.load_state_dict({key: torch.from_numpy(array) for key, array in arrays.items()}, strict=False)
    network.eval()
    return shapes


def predict_simvp(model: Any, settings: dict[str, Any]) -> tuple[Any, np.ndarray]:
    """Shapes of the weights, and (B, T, S, S, 3) predictions."""
    import torch

    network = model((NUM_FRAMES, 3, SIDE, SIDE), **settings)
    shapes = fill(network)
    frames = torch.from_numpy(draw_frames(NUM_FRAMES, SIDE).astype(np.float32) / 255).permute(0, 1, 4, 2, 3)
    with torch.no_grad():
        return shapes, network(frames.contiguous()).permute(0, 1, 3, 4, 2).numpy()


def predict_convlstm(model: Any, settings: dict[str, Any]) -> tuple[Any, np.ndarray]:
    """The same, of each step: (B, 2T - 1, S, S, 3)."""
    import torch

    patch = settings["patch_size"]
    configs = types.SimpleNamespace(
        in_shape=(NUM_FRAMES, 3, SIDE, SIDE), stride=1, layer_norm=0, pre_seq_length=NUM_FRAMES,
        aft_seq_length=NUM_FRAMES, reverse_scheduled_sampling=0, patch_size=patch, filter_size=settings["filter_size"],
    )  # fmt: skip
    network = model(len(settings["num_hidden"]), settings["num_hidden"], configs)
    shapes = fill(network)
    frames = draw_frames(NUM_FRAMES, SIDE).astype(np.float32) / 255
    small = SIDE // patch
    squares = frames.reshape(-1, NUM_FRAMES, small, patch, small, patch, 3).transpose(0, 1, 2, 4, 3, 5, 6)
    patches = torch.from_numpy(squares.reshape(-1, NUM_FRAMES, small, small, patch * patch * 3))
    both = torch.cat([patches, torch.zeros_like(patches)], dim=1)
    with torch.no_grad():
        predicted, _ = network(both, torch.zeros_like(both[:, : NUM_FRAMES - 1]), return_loss=False)
    steps = predicted.numpy().reshape(-1, 2 * NUM_FRAMES - 1, small, small, patch, patch, 3)
    return shapes, steps.transpose(0, 1, 2, 4, 3, 5, 6).reshape(-1, 2 * NUM_FRAMES - 1, SIDE, SIDE, 3)


def main() -> None:
    """Write the file."""
    import torch

    with tempfile.TemporaryDirectory() as folder:
        simvp, convlstm = load_models(sys.argv[1], Path(folder))
        results = {name: predict_simvp(simvp, settings) for name, settings in SIMVP.items()}
        results |= {name: predict_convlstm(convlstm, settings) for name, settings in CONVLSTM.items()}
    facts = {
        "commit": COMMIT,
        "torch": torch.__version__,
        "seed": SEED,
        "side": SIDE,
        "num_frames": NUM_FRAMES,
        "settings": {**SIMVP, **CONVLSTM},
        "weights": {name: shapes for name, (shapes, _) in results.items()},
    }
    predictions = {name: predicted.astype(np.float32) for name, (_, predicted) in results.items()}
    np.savez_compressed(OUTPUT, facts=json.dumps(facts), **predictions)


if __name__ == "__main__":
    main()
