"""The base of every layer here: no weights, only ``keras.ops``, and a configuration read from the constructor."""

import inspect
from typing import Any

import keras

# Keras' functions carry no types, and a checker reads None into what they return.
ops: Any = keras.ops


class PlainLayer(keras.layers.Layer):
    """A layer without weights whose ``call`` may also run on symbolic tensors.

    Two things follow. Its configuration is its constructor's signature, so nobody writes (or forgets) a ``get_config``:
    keep each argument as an attribute of the same name. And in a model file it is replaced by the ``keras.ops`` that it
    calls (see :func:`reelwise.models.plain_graph.expand`), so that the file opens in Keras without Reelwise.
    """

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor, by name."""
        own = inspect.signature(type(self).__init__).parameters
        named = {
            name: getattr(self, name) for name, item in own.items() if name != "self" and item.kind != item.VAR_KEYWORD
        }
        return {**super().get_config(), **named}
