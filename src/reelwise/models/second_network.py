"""A second network among the arrays of a model file, such as the classifier that judges its clips."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import keras
import numpy as np

from reelwise.core.contract import Contract, NetworkSpec
from reelwise.core.errors import ModelFileError, UsageError
from reelwise.models.file import check_network
from reelwise.models.network_plan import check_contract, with_all_arguments
from reelwise.models.schema import contract_to_json, network_of_json
from reelwise.models.unallocated import build_checked

_MAX_JSON_BYTES = 10_000
"""Of the description of the network."""


def network_to_arrays(prefix: str, network: keras.Model, contract: Contract) -> dict[str, np.ndarray]:
    """A network as arrays: ``<prefix>.network`` describes it, ``<prefix>.weights/…`` are float32.

    Args:
        prefix: Before all names.
        network: Of this contract.
        contract: Its network is written with every argument, so that later changes of a preset do not touch old files.
    """
    description = json.dumps(contract_to_json(with_all_arguments(contract))["network"], allow_nan=False)
    weights = {
        f"{prefix}.weights/{item.path}": np.asarray(value, np.float32)
        for item, value in zip(network.weights, network.get_weights(), strict=True)
    }
    return {f"{prefix}.network": np.frombuffer(description.encode(), np.uint8), **weights}


def network_from_arrays(
    prefix: str, arrays: Mapping[str, np.ndarray], path: Path, contract_of: Callable[[NetworkSpec], Contract]
) -> keras.Model:
    """The network again, after the checks of a model file's own network.

    Args:
        prefix: Of :func:`network_to_arrays`.
        arrays: All arrays of a model file.
        path: The file, for messages.
        contract_of: The contract that a network of this description has.

    Raises:
        ModelFileError: It is missing or damaged, or exceeds a limit.
    """
    where = f"{path}: {prefix}"
    description = arrays.get(f"{prefix}.network")
    if description is None or description.dtype != np.uint8 or description.size > _MAX_JSON_BYTES:
        raise ModelFileError(f"{where} describes no network.", hint="Copy the file again, or train the model again.")
    contract = contract_of(network_of_json(where, description.tobytes()))
    try:
        check_contract(contract)
    except UsageError as problem:
        hint = "Update Reelwise: the file may be of a newer version."
        raise ModelFileError(f"{where}: {problem.message}", hint=hint) from None
    start = f"{prefix}.weights/"
    weights = {name.removeprefix(start): item for name, item in arrays.items() if name.startswith(start)}
    network = build_checked(contract, lambda candidate: check_network(path, candidate, weights))
    for variable in network.weights:
        variable.assign(weights[variable.path])
    return network
