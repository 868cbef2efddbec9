"""The pickles in PyTorch's weight files, walked by a stack machine that knows plain data and tensors and runs nothing.

Python's own reader of pickles calls whatever a file names. Here a file can name three functions that put a tensor
together, the kinds of its memory and an ordered dict; each is a word for this machine, and none is imported.
"""

import pickletools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

MOST_OPERATIONS = 1_000_000
"""Of one pickle. EfficientNet-B7, with 1,000 arrays, takes about 60,000."""

DEEPEST = 32
"""Containers in each other. A checkpoint of weights and optimizer has about 6."""

_LARGEST_SIZE = 1 << 40
"""Of a length, stride or offset: far more than any file here, and products of some stay short."""

_MOST_AXES = 8
"""Of an array; a kernel over time and space has 5."""

STORAGE_DTYPES = {
    "DoubleStorage": "<f8",
    "FloatStorage": "<f4",
    "HalfStorage": "<f2",
    "LongStorage": "<i8",
    "IntStorage": "<i4",
    "ShortStorage": "<i2",
    "CharStorage": "<i1",
    "ByteStorage": "<u1",
    "BoolStorage": "|b1",
}
"""Classes of ``torch`` for the memory of tensors, and what numpy calls their numbers."""


class PickleProblem(Exception):
    """A pickle that is damaged, or asks for more than weights need; the message follows the file's name."""


@dataclass(frozen=True)
class StoredValues:
    """Memory that a file holds under a key.

    Args:
        dtype: As numpy names it.
        key: Of the file.
        length: Numbers in it.
    """

    dtype: str
    key: str
    length: int


@dataclass(frozen=True, eq=False)
class StoredTensor:
    """A tensor as a view of stored values; all of it lies within them.

    Args:
        values: The memory.
        offset: The number that the first element is.
        shape: Of the tensor.
        strides: In numbers, for each axis.
    """

    values: StoredValues
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


class _Container:
    """What a container knows of itself: how deep it is, and whether it lies in another, from when on it cannot change.

    Python's writer fills a container before it puts it into another; only one that holds itself comes otherwise.
    """

    depth = 1
    is_inside = False


class _List(list[Any], _Container):
    pass


class _Dict(dict[Any, Any], _Container):
    pass


class _Tuple(tuple[Any, ...], _Container):
    pass


class _Mark:
    """The place on the stack where the items of a container begin."""


@dataclass(frozen=True)
class _Name:
    """A global that the file names, one of those below."""

    text: str


@dataclass(frozen=True)
class PickleContents:
    """What a pickle holds.

    Args:
        value: Numbers, texts, lists, tuples and dicts, and :class:`StoredTensor`.
        memory: All memory that it refers to, by key.
    """

    value: Any
    memory: Mapping[str, StoredValues]


def read_pickle(stream: BinaryIO) -> PickleContents:
    """The pickle at the place where a stream stands, which then stands behind it.

    Args:
        stream: Whose ``read`` gives no more than there is, whatever length it is asked for.

    Raises:
        PickleProblem: It is damaged, or has an operation or a name that weights do not need.
    """
    machine = _Machine()
    try:
        for count, (operation, argument, _) in enumerate(pickletools.genops(stream)):
            if count >= MOST_OPERATIONS:
                raise PickleProblem(f"has over {MOST_OPERATIONS:,} operations in one pickle")
            if operation.name == "STOP":
                return PickleContents(machine.result(), machine.memory)
            machine.step(operation.name, argument)
    except (ValueError, IndexError, KeyError, OverflowError, MemoryError) as problem:  # UnicodeError is a ValueError
        reason = " ".join(str(problem).split())[:120]
        raise PickleProblem(f"has a damaged pickle ({reason})") from None
    raise PickleProblem("has a pickle without an end")


class _Machine:
    """A stack and a memo; :meth:`step` does one operation."""

    def __init__(self) -> None:
        self.memory: dict[str, StoredValues] = {}
        self._stack: list[Any] = []
        self._memo: dict[int, Any] = {}

    def step(self, operation: str, argument: Any) -> None:
        """Do it.

        Raises:
            PickleProblem: There is no such operation here, or it does not fit what lies on the stack.
        """
        if operation in _IGNORED:
            return
        if operation in _CONSTANTS:
            self._stack.append(_CONSTANTS[operation])
        elif operation in _VALUES:
            self._stack.append(argument)
        elif operation in _CONTAINERS:
            self._stack.append(_CONTAINERS[operation]())
        elif operation in _ACTIONS:
            _ACTIONS[operation](self, argument)
        else:
            raise PickleProblem(f"has the pickle operation {operation}, which weights do not need")

    def result(self) -> Any:
        """The last value.

        Raises:
            PickleProblem: There is not exactly one.
        """
        if len(self._stack) != 1:
            raise PickleProblem(f"has a damaged pickle ({len(self._stack)} values at its end)")
        return self._stack[0]

    def put(self, number: int | None) -> None:
        """Remember the top value, under a number or the next one."""
        self._memo[len(self._memo) if number is None else number] = self._top()

    def get(self, number: int) -> None:
        """Push a value that was remembered."""
        self._stack.append(self._memo[number])

    def tuple_of(self, count: int | None) -> None:
        """Replace so many values, or those behind the mark, by their tuple."""
        items = self._pop_to_mark() if count is None else [self._pop() for _ in range(count)][::-1]
        result = _Tuple(items)
        for item in items:
            _put_inside(result, item)
        self._stack.append(result)

    def append(self, items: list[Any]) -> None:
        """Append to the list on top."""
        target = self._open(_List)
        for item in items:
            _put_inside(target, item)
        target.extend(items)

    def set_items(self, items: list[Any]) -> None:
        """Set keys and values, which alternate, in the dict on top."""
        _fill(self._open(_Dict), items)

    def name(self, text: str) -> None:
        """Push a global.

        Raises:
            PickleProblem: It is none of those that weights need.
        """
        if text not in _NAMES:
            raise PickleProblem(f"names {text[:100]!r}, which weights do not need")
        self._stack.append(_Name(text))

    def name_of_stack(self) -> None:
        """The same, with module and name from the stack."""
        name, module = self._pop(), self._pop()
        self.name(f"{module} {name}" if isinstance(module, str) and isinstance(name, str) else "something unnamed")

    def call(self) -> None:
        """Replace a name and its arguments by what this machine makes of them."""
        arguments, function = self._pop(), self._pop()
        if not isinstance(function, _Name) or not isinstance(arguments, _Tuple) or function.text not in _CALLS:
            raise PickleProblem("calls something that is no part of a tensor")
        self._stack.append(_CALLS[function.text](arguments))

    def set_state(self) -> None:
        """Drop the attributes of an ordered dict: PyTorch's are versions of layers."""
        self._pop()
        self._open(_Dict)

    def stored_values(self) -> None:
        """Replace the description of some memory by its :class:`StoredValues`."""
        values = _stored_values(self._pop())
        if self.memory.setdefault(values.key, values) != values:
            raise PickleProblem(f"describes the memory {values.key[:40]!r} in two ways")
        self._stack.append(values)

    def mark(self) -> None:
        """Push a mark."""
        self._stack.append(_Mark())

    def pop_items(self) -> list[Any]:
        """The values behind the last mark, taken away with it."""
        return self._pop_to_mark()

    def pop_item(self) -> Any:
        """The top value, taken away."""
        return self._pop()

    def _pop_to_mark(self) -> list[Any]:
        items = []
        while not isinstance(item := self._stack.pop(), _Mark):
            items.append(item)
        return items[::-1]

    def _pop(self) -> Any:
        self._top()
        return self._stack.pop()

    def _top(self) -> Any:
        if isinstance(self._stack[-1], _Mark):
            raise PickleProblem("has a damaged pickle (a mark in the place of a value)")
        return self._stack[-1]

    def _open(self, kind: type[Any]) -> Any:
        target = self._top()
        if not isinstance(target, kind):
            raise PickleProblem(f"has a damaged pickle (it fills a {type(target).__name__.strip('_').lower()})")
        return target


def _put_inside(target: _Container, item: Any) -> None:
    if target.is_inside:
        raise PickleProblem("has a container that is filled while it lies in another, or in itself")
    if not isinstance(item, _Container):
        return
    item.is_inside = True
    target.depth = max(target.depth, item.depth + 1)
    if target is item:
        raise PickleProblem("has a container that lies in itself")
    if target.depth > DEEPEST:
        raise PickleProblem(f"has containers nested deeper than {DEEPEST}")


def _fill(target: _Dict, items: list[Any]) -> None:
    if len(items) % 2:
        raise PickleProblem("has a damaged pickle (a key without a value)")
    for key, value in zip(items[::2], items[1::2], strict=True):
        if not isinstance(key, str | int):
            raise PickleProblem("has a key that is neither a text nor a whole number")
        _put_inside(target, value)
        target[key] = value


def _ordered_dict(arguments: _Tuple) -> _Dict:
    """Empty, or of the pairs that Python 2 writes."""
    result = _Dict()
    if len(arguments) > 1 or (arguments and not isinstance(arguments[0], _List)):
        raise PickleProblem("has an ordered dict of something else than pairs")
    for pair in arguments[0] if arguments else ():
        if not isinstance(pair, _List | _Tuple) or len(pair) != 2:
            raise PickleProblem("has an ordered dict of something else than pairs")
        _fill(result, list(pair))
    return result


def _stored_values(description: Any) -> StoredValues:
    if not isinstance(description, _Tuple) or len(description) not in (5, 6) or description[0] != "storage":
        raise PickleProblem("refers to something outside of it that is no memory of a tensor")
    _, kind, key, _, length, *view = description
    dtype = STORAGE_DTYPES.get(kind.text.removeprefix("torch ")) if isinstance(kind, _Name) else None
    if dtype is None or not isinstance(key, str) or not _is_size(length):
        raise PickleProblem("describes the memory of a tensor in a way that is not known")
    if view and view[0] is not None:
        raise PickleProblem("has memory that is a view of other memory, as very old versions of PyTorch wrote it")
    return StoredValues(dtype, key, length)


def _tensor(arguments: _Tuple) -> StoredTensor:
    """Of memory, offset, shape and strides; whether it has a gradient says nothing here."""
    if not 4 <= len(arguments) <= 7:
        raise PickleProblem(f"makes a tensor of {len(arguments)} arguments")
    values, offset, shape, strides = arguments[:4]
    is_described = isinstance(values, StoredValues) and isinstance(shape, _Tuple) and isinstance(strides, _Tuple)
    if not is_described or len(shape) != len(strides) or len(shape) > _MOST_AXES:
        raise PickleProblem("makes a tensor of something else than memory, offset, shape and strides")
    if not all(_is_size(number) for number in (offset, *shape, *strides)):
        raise PickleProblem("has a tensor whose offset, shape or strides are negative or no whole numbers")
    size = 1
    for length in shape:
        size *= length
    last = offset + sum((length - 1) * stride for length, stride in zip(shape, strides, strict=True))
    if size and (last >= values.length or size > values.length):
        raise PickleProblem(
            f"has a tensor of shape {tuple(shape)} and strides {tuple(strides)} at {offset}, outside of its memory of"
            f" {values.length:,} numbers"
        )
    return StoredTensor(values, offset, tuple(shape), tuple(strides))


def _parameter(arguments: _Tuple) -> StoredTensor:
    if not arguments or not isinstance(arguments[0], StoredTensor):
        raise PickleProblem("makes a parameter of something else than a tensor")
    return arguments[0]


def _is_size(number: Any) -> bool:
    return type(number) is int and 0 <= number <= _LARGEST_SIZE


_CALLS: Mapping[str, Callable[[_Tuple], Any]] = {
    "collections OrderedDict": _ordered_dict,
    "torch._utils _rebuild_tensor": _tensor,
    "torch._utils _rebuild_tensor_v2": _tensor,
    "torch._utils _rebuild_parameter": _parameter,
}

_NAMES = frozenset({*_CALLS, *(f"torch {name}" for name in STORAGE_DTYPES)})

_IGNORED = frozenset({"PROTO", "FRAME"})
_CONSTANTS: Mapping[str, Any] = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
_VALUES = frozenset({
    "BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT", "BINUNICODE", "SHORT_BINUNICODE", "BINSTRING",
    "SHORT_BINSTRING",
})  # fmt: skip
"""Operations that push their argument. Python 2 wrote texts as strings of bytes, which come as Latin-1."""

_CONTAINERS: Mapping[str, Callable[[], Any]] = {"EMPTY_LIST": _List, "EMPTY_DICT": _Dict, "EMPTY_TUPLE": _Tuple}

_ACTIONS: Mapping[str, Callable[[_Machine, Any], None]] = {
    "MARK": lambda machine, _: machine.mark(),
    "TUPLE": lambda machine, _: machine.tuple_of(None),
    "TUPLE1": lambda machine, _: machine.tuple_of(1),
    "TUPLE2": lambda machine, _: machine.tuple_of(2),
    "TUPLE3": lambda machine, _: machine.tuple_of(3),
    "APPEND": lambda machine, _: machine.append([machine.pop_item()]),
    "APPENDS": lambda machine, _: machine.append(machine.pop_items()),
    "SETITEM": lambda machine, _: machine.set_items([machine.pop_item(), machine.pop_item()][::-1]),
    "SETITEMS": lambda machine, _: machine.set_items(machine.pop_items()),
    "BINPUT": lambda machine, number: machine.put(number),
    "LONG_BINPUT": lambda machine, number: machine.put(number),
    "MEMOIZE": lambda machine, _: machine.put(None),
    "BINGET": lambda machine, number: machine.get(number),
    "LONG_BINGET": lambda machine, number: machine.get(number),
    "GLOBAL": lambda machine, text: machine.name(text),
    "STACK_GLOBAL": lambda machine, _: machine.name_of_stack(),
    "REDUCE": lambda machine, _: machine.call(),
    "BUILD": lambda machine, _: machine.set_state(),
    "BINPERSID": lambda machine, _: machine.stored_values(),
}
