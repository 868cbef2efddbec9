"""A small model file, and a workshop that changes it and sets its hashes right again."""

import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy

from reelwise.core.clip import ClipSpec, DecodeSettings
from reelwise.core.contract import Contract, InputSpec, NetworkSpec
from reelwise.core.modalities import Encoder
from reelwise.models.archive import DOCUMENT, MEMBERS, TENSORS
from reelwise.models.build import build_network
from reelwise.models.file import save_model
from reelwise.tasks.classification import ClassificationOutput


class Workshop:
    """The parts of a good model file, to be changed and put together again with hashes that fit."""

    def __init__(self, good: Path) -> None:
        with zipfile.ZipFile(good) as archive:
            self.parts = {name: archive.read(name) for name in MEMBERS}
        self.document: dict[str, Any] = json.loads(self.parts[DOCUMENT])
        self.tensors = dict(safetensors.numpy.load(self.parts[TENSORS]))

    def put_together(self, path: Path) -> Path:
        """Write the file; every hash fits what is in it now."""
        self.parts[TENSORS] = safetensors.numpy.save({name: np.array(item) for name, item in self.tensors.items()})
        self.document["parts"] = {
            name: {"bytes": len(part), "sha256": hashlib.sha256(part).hexdigest()}
            for name, part in self.parts.items()
            if name != DOCUMENT
        }
        self.parts[DOCUMENT] = json.dumps(self.document).encode()
        return self.zip_up(path)

    def zip_up(self, path: Path, **options: Any) -> Path:
        """Write the parts as they are."""
        with zipfile.ZipFile(path, "w", **options) as archive:
            for name, part in self.parts.items():
                archive.writestr(zipfile.ZipInfo(name), part, options.get("compression"))
        return path


@pytest.fixture(scope="session")
def small_contract() -> Contract:
    arguments = {"cell": 8, "width": 4, "num_blocks": 1, "still": True, "dropout": 0.0}
    return Contract(
        InputSpec(DecodeSettings(size=40), ClipSpec(4, input_size=36)),
        NetworkSpec((Encoder("motion", "small", arguments),)),
        ClassificationOutput(("a", "b")),
    )


@pytest.fixture(scope="session")
def good_file(tmp_path_factory: pytest.TempPathFactory, small_contract: Contract) -> Path:
    path = tmp_path_factory.mktemp("models") / "good.keras"
    extra = {"baselines/weights": np.arange(6.0).reshape(2, 3)}
    save_model(path, build_network(small_contract), small_contract, {"accuracy": 0.5}, extra, {"epochs": 3})
    return path


@pytest.fixture
def workshop(good_file: Path) -> Callable[[], Workshop]:
    return lambda: Workshop(good_file)
