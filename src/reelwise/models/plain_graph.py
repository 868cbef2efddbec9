"""The same network without layer classes of Reelwise, so that its file opens in Keras alone."""

import json
import re
from collections import Counter
from typing import Any

import keras
import numpy as np

from reelwise.layers import FastGroupNormalization, FusedBatchNormalization, PlainLayer, PointConv2D, UnrolledLSTM
from reelwise.models.stock_layers import StockLayers

_KERAS_KINDS = {
    FastGroupNormalization: keras.layers.GroupNormalization,
    FusedBatchNormalization: keras.layers.BatchNormalization,
    PointConv2D: keras.layers.Conv2D,
    UnrolledLSTM: keras.layers.LSTM,
}
"""What these compute in a faster or a safer way."""


def expand(network: keras.Model) -> keras.Model:
    """A copy in which each layer of Reelwise is replaced by the ``keras.ops`` that it calls; weights are copied too.

    Args:
        network: A functional model from :func:`reelwise.models.build.build_network`.

    Returns:
        A model that gives the same outputs and whose configuration names only Keras.
    """

    batch: list[Any] = []  # the first input: one row for each clip
    num_calls: Counter[str] = Counter()

    def call(layer: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(layer, keras.layers.Layer) and not isinstance(layer, PlainLayer):
            return layer(*args, **kwargs)
        batch.extend(keras.tree.flatten(args)[:1])
        name = layer.name if isinstance(layer, PlainLayer) else type(layer).__name__.lower()
        num_calls[name] += 1
        owner = name if num_calls[name] == 1 else f"{name}_call_{num_calls[name]}"
        return StockLayers(owner, batch[0]).write(layer.call(*args, **kwargs), (args, kwargs))

    copy = keras.models.clone_model(network, clone_function=_clone, call_function=call)
    weights_by_path = {weight.path: weight for weight in network.weights}
    for weight in copy.weights:  # by name: with several inputs Keras lists the copy's layers in another order
        if weight.path not in weights_by_path:
            continue
        # A copy of the numbers: on JAX both networks would share one buffer, which a prediction may then free.
        weight.assign(np.array(keras.ops.convert_to_numpy(weights_by_path[weight.path])))
    return copy


def _clone(layer: Any) -> Any:
    """A new layer of the same configuration, of a class of Keras."""
    kind = _KERAS_KINDS.get(type(layer), type(layer))
    return kind.from_config(layer.get_config())


def canonical_config(network: keras.Model) -> str:
    """The configuration as Keras writes it to config.json, but the same in every process.

    Keras numbers operations over the life of the process; here they are numbered by their order in the network.

    Args:
        network: An expanded model.

    Returns:
        JSON text.
    """
    config: dict[str, Any] = json.loads(json.dumps(keras.saving.serialize_keras_object(network)))
    layers = config["config"]["layers"]
    names = {layer["name"]: _lasting_name(layer, number) for number, layer in enumerate(layers)}
    return json.dumps(_rename_layers(config, names))


def _lasting_name(layer: dict[str, Any], number: int) -> str:
    """The name without Keras' running number, which only operations have: Reelwise names its layers."""
    is_operation = layer["module"].startswith("keras.src.ops")
    return re.sub(r"_\d+$", "", layer["name"]) + f"_op{number}" if is_operation else layer["name"]


def _rename_layers(value: Any, names: dict[str, str], key: str = "") -> Any:
    if isinstance(value, dict):
        return {k: _rename_layers(v, names, k) for k, v in value.items()}
    if isinstance(value, list):
        return [_rename_layers(item, names, key) for item in value]
    if isinstance(value, str) and key in ("name", "keras_history", "input_layers", "output_layers"):
        return names.get(value, value)
    return value
