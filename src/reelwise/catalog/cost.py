"""Parameters and multiply-adds of a network from its arguments alone; tested against the network that Keras builds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Cost:
    """What a network weighs and what one clip costs.

    Args:
        parameters: Numbers in all its weight arrays, those that are not trained included.
        multiply_adds: Multiplications with addition for one clip; normalisation, pooling and activation apart.
    """

    parameters: int
    multiply_adds: int

    @property
    def flops(self) -> int:
        """Floating point operations for one clip."""
        return 2 * self.multiply_adds


class Tally:
    """Adds up layers as a builder stacks them; each method returns what the next layer needs to know."""

    def __init__(self) -> None:
        self._parameters = 0
        self._multiply_adds = 0

    def cost(self) -> Cost:
        """The sums so far."""
        return Cost(self._parameters, self._multiply_adds)

    def conv(
        self,
        height_width: tuple[int, int],
        channels: tuple[int, int],
        kernel: tuple[int, int],
        *,
        strides: tuple[int, int] = (1, 1),
        times: int = 1,
        norm_weights: int = 4,
    ) -> tuple[int, int]:
        """A 2-D convolution with ``same`` padding, no bias and a normalisation behind it.

        Args:
            height_width: Size that goes in.
            channels: Channels in and out.
            kernel: Height and width of the kernel.
            strides: Step down and across.
            times: How often a clip passes through it, such as once per frame.
            norm_weights: Weights per channel of the normalisation: 4 of batches, 2 of layers.

        Returns:
            The size that comes out.
        """
        height, width = (-(-side // step) for side, step in zip(height_width, strides, strict=True))
        weights = kernel[0] * kernel[1] * channels[0] * channels[1]
        self._parameters += weights + norm_weights * channels[1]
        self._multiply_adds += weights * height * width * times
        return height, width

    def fixed(self, multiply_adds: int) -> None:
        """Arithmetic without weights that is worth counting."""
        self._multiply_adds += multiply_adds

    def ready_made(self, parameters: int, multiply_adds: int) -> None:
        """A network of somebody else's, counted beforehand."""
        self._parameters += parameters
        self._multiply_adds += multiply_adds

    def norm(self, channels: int) -> None:
        """A batch normalisation on its own: scale, offset and two running moments."""
        self._parameters += 4 * channels

    def layer_norm(self, channels: int) -> None:
        """A layer normalisation on its own: scale and offset."""
        self._parameters += 2 * channels

    def embedding(self, codes: int, size: int) -> None:
        """A table with a row for each code; looking one up multiplies nothing."""
        self._parameters += codes * size

    def conv_lstm(
        self, height_width: tuple[int, int], channels: tuple[int, int], kernel: tuple[int, int], times: int
    ) -> None:
        """A convolutional LSTM with ``same`` padding: four gates, each a convolution of input and state."""
        weights = 4 * kernel[0] * kernel[1] * (channels[0] + channels[1]) * channels[1]
        self._parameters += weights + 4 * channels[1]
        self._multiply_adds += weights * height_width[0] * height_width[1] * times

    def dense(self, inputs: int, outputs: int, times: int = 1, bias: bool = True) -> int:
        """A dense layer.

        Returns:
            ``outputs``.
        """
        self._parameters += (inputs + bias) * outputs
        self._multiply_adds += inputs * outputs * times
        return outputs

    def recurrent(self, cell: str, inputs: int, units: int, times: int) -> int:
        """A recurrent layer: ``rnn`` has one gate, ``gru`` three (with two biases), ``lstm`` four.

        Returns:
            ``units``.
        """
        gates, biases = {"rnn": (1, 1), "gru": (3, 2), "lstm": (4, 1)}[cell]
        self._parameters += gates * units * (inputs + units + biases)
        self._multiply_adds += gates * units * (inputs + units) * times
        return units
