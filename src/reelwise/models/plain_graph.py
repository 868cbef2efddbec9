"""The same network in layers of Keras, so that its file opens in Keras alone and is saved there in any format."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import h5py
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
    """A copy in which layers of Reelwise are written as layers of Keras; weights are copied too.

    Fixed filters, which are no weights of the network, are weights of the copy that are not trained.

    Args:
        network: A functional model from :func:`reelwise.models.build.build_network`.

    Returns:
        A model that gives the same outputs but for the last digit, where Keras has a layer for a product and none for a
        quotient. Its configuration names only layers of Keras.
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
        outputs = layer.call(*args, **kwargs) if isinstance(layer, PlainLayer) else layer(*args, **kwargs)
        return StockLayers(owner, batch[0]).write(outputs, (args, kwargs))

    copy = keras.models.clone_model(network, clone_function=_clone, call_function=call)
    weights_by_path = {weight.path: weight for weight in copy.weights}
    for weight in network.weights:  # by name: with several inputs Keras lists the copy's layers in another order
        # A copy of the numbers: on JAX both networks would share one buffer, which a prediction may then free.
        weights_by_path[weight.path].assign(np.array(keras.ops.convert_to_numpy(weight)))
    return copy


def _clone(layer: Any) -> Any:
    """A new layer of the same configuration, of a class of Keras."""
    kind = _KERAS_KINDS.get(type(layer), type(layer))
    return kind.from_config(layer.get_config())


def canonical_config(network: keras.Model) -> str:
    """The configuration as Keras writes it to config.json, without its spaces: the same in every process.

    Args:
        network: An expanded model, in which everything has a name that does not depend on what was made before.

    Returns:
        JSON text.
    """
    return json.dumps(keras.saving.serialize_keras_object(network), separators=(",", ":"))


def save_weights(network: keras.Model, path: Path) -> None:
    """Write the weights as Keras does, without the empty groups of layers that have none, each of some 3 kB.

    Args:
        network: An expanded model.
        path: Ends in ``.weights.h5``.
    """
    every = path.with_name(f"every.{path.name}")
    network.save_weights(every)
    with h5py.File(every) as source, h5py.File(path, "w") as target:
        _copy_arrays(source, target)
    every.unlink()


def _copy_arrays(source: h5py.Group, target: h5py.Group) -> None:
    target.attrs.update(source.attrs)
    for name, item in source.items():
        if isinstance(item, h5py.Dataset):
            source.copy(item, target, name)
        elif _has_arrays(item):
            _copy_arrays(item, target.create_group(name))


def _has_arrays(group: h5py.Group) -> bool:
    return any(isinstance(item, h5py.Dataset) or _has_arrays(item) for item in group.values())
