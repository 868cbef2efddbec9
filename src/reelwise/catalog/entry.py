"""One line of the catalogue: the purpose of a model, its arguments, and where its builder is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from reelwise.catalog.cost import preset_cost
from reelwise.catalog.training import USUAL_TRAINING, TrainingDefaults
from reelwise.core.errors import UsageError

Value = int | float | str | bool
Shape = tuple[int, ...]
"""Of a network's input: (frames, side) of clips, (steps, bands) of sound, (numbers, categories, codes) of metadata.

The codes are those of all categories together, since they share one table.
"""


@dataclass(frozen=True)
class Argument:
    """One argument of a builder, with the values that it may have.

    The ranges guard against more than typing errors: model files of strangers name arguments too.

    Args:
        summary: Its effect, in a few words.
        kind: ``int``, ``float``, ``str`` or ``bool``.
        minimum: Smallest number.
        maximum: Largest number.
        choices: The allowed words, for ``str``.
    """

    summary: str
    kind: type
    minimum: float = 0
    maximum: float = 0
    choices: tuple[str, ...] = ()

    def check(self, where: str, value: object) -> Value:
        """``value`` in the argument's type; a whole float is not an int, and True is not 1.

        Raises:
            UsageError: Wrong type, outside the range, or not one of the choices.
        """
        if self.kind is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if type(value) is not self.kind:
            raise UsageError(f"{where} is {_short(value)}, expected {self.expected()}.")
        if self.kind is str and value not in self.choices:
            raise UsageError(f"{where} is {_short(value)}, expected {self.expected()}.")
        if isinstance(value, int | float) and self.kind is not bool and not self.minimum <= value <= self.maximum:
            raise UsageError(f"{where} is {_short(value)}, expected {self.expected()}.")
        return value  # type: ignore[return-value]

    def expected(self) -> str:
        """The allowed values, in words: ``an int from 8 to 256``."""
        if self.kind is bool:
            return "true or false"
        if self.kind is str:
            return " or ".join(self.choices)
        return f"{'an int' if self.kind is int else 'a number'} from {self.minimum:g} to {self.maximum:g}"


@dataclass(frozen=True)
class ClipDefaults:
    """The clips of a preset where the user sets nothing else.

    Args:
        num_frames: Frames in a clip.
        decode_size: Pixels along each side of the frames in the cache.
        input_size: Pixels along each side of the network's input, cropped from them.
    """

    num_frames: int = 16
    decode_size: int = 112
    input_size: int = 96


@dataclass(frozen=True)
class Preset:
    """A size of a model, with the clips it was tested on.

    Args:
        arguments: Every argument of the builder.
        clip: The clips that it was tested on.
    """

    arguments: Mapping[str, Value]
    clip: ClipDefaults = field(default_factory=ClipDefaults)


@dataclass(frozen=True)
class Entry:
    """One model of the catalogue.

    Args:
        name: What ``--model`` takes.
        summary: What it is, in one sentence.
        purpose: When to choose it, in one sentence.
        builder: ``module:function`` that makes the backbone; imported only when a network is built.
        arguments: Every argument by name.
        presets: By name; the first is the default.
        training: How it is trained where no option is given.
        modality: What it reads of a video, one of :data:`reelwise.core.modalities.MODALITIES`.
        input_kind: ``frames`` (uint8 clips), ``frame_descriptors`` (float32 features computed before the network),
            ``log_mel`` (a spectrogram and its presence mask) or ``columns`` (of metadata).
        licence: Of the weights that come with it.
        frozen_extractor: Whether a part of it is never trained, so that weights for that part must be given.
        second_stream: The argument that switches on a second stream of features; empty where there is always one.
        check_shape: Refuses a shape of the input that the builder cannot take, by a UsageError.
        gives: What its network gives: ``labels`` (features, from which heads make logits), ``frames`` (those that
            follow the clip; its builder takes their number as ``num_targets`` beside the arguments) or ``clips`` (clean
            ones for noisy ones; its builder takes frames, noise levels and class, and ``num_labels``).
        short_name: What ``--model`` takes, too, where the task says what the network must give: the name of a model of
            the same kind that gives something else. Empty without one.
    """

    name: str
    summary: str
    purpose: str
    builder: str
    arguments: Mapping[str, Argument]
    presets: Mapping[str, Preset]
    training: TrainingDefaults = USUAL_TRAINING
    modality: str = "frames"
    input_kind: str = "frames"
    licence: str = "none needed: trained from scratch on your videos"
    frozen_extractor: bool = False
    second_stream: str = ""
    check_shape: Callable[[Shape, Mapping[str, Value]], None] | None = None
    gives: str = "labels"
    short_name: str = ""

    @property
    def default_preset(self) -> str:
        """The preset that stands first."""
        return next(iter(self.presets))

    def preset(self, name: str | None = None) -> Preset:
        """A preset by name; the default one for None.

        Raises:
            UsageError: There is none of that name.
        """
        preset = self.presets.get(name or self.default_preset)
        if preset is None:
            hint = f"Use {' or '.join(f'{self.name}:{other}' for other in self.presets)}."
            raise UsageError(f"{self.name} has no preset {_short(name)}.", hint=hint)
        return preset

    def resolve(self, preset: str | None = None, overrides: Mapping[str, object] | None = None) -> dict[str, Value]:
        """Every argument: the preset's, with yours in their place, each checked.

        Args:
            preset: Its name; None for the default.
            overrides: Arguments to replace.

        Raises:
            UsageError: An argument that the builder does not have, or a value outside its range.
        """
        values = {**self.preset(preset).arguments, **(overrides or {})}
        if unknown := sorted(set(values) - set(self.arguments)):
            hint = f"It takes {', '.join(self.arguments)}."
            raise UsageError(f"{self.name} has no argument {_short(unknown[0])}.", hint=hint)
        return {name: item.check(f"{self.name}: {name}", values[name]) for name, item in self.arguments.items()}

    def to_json(self) -> dict[str, Any]:
        """The entry as it stands in ``reelwise models --json``; costs are for two labels or a clip of frames."""
        first = self.preset()
        return {
            "name": self.name,
            "summary": self.summary,
            "purpose": self.purpose,
            "modality": self.modality,
            "input": self.input_kind,
            "gives": self.gives,
            "weights": self.licence,
            "presets": [self._preset_json(name, preset) for name, preset in self.presets.items()],
            "arguments": {
                name: {"summary": item.summary, "default": first.arguments[name], "range": item.expected()}
                for name, item in self.arguments.items()
            },
        }

    def _preset_json(self, name: str, preset: Preset) -> dict[str, Any]:
        clip, cost = preset.clip, preset_cost(self.name, name)
        size = {"num_frames": clip.num_frames, "input_size": clip.input_size, "decode_size": clip.decode_size}
        return {
            "name": name,
            "parameters": cost.parameters,
            "flops": cost.flops,
            "clip": size,
            "arguments": {**preset.arguments},
        }

    def num_streams(self, arguments: Mapping[str, Value]) -> int:
        """Streams of features; two are trained by a loss of their own.

        Args:
            arguments: As from :meth:`resolve`.
        """
        return 2 if self.second_stream and arguments[self.second_stream] else 1


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
