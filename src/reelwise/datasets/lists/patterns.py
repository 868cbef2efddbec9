"""Patterns over file names: ``"{label}_{take}"`` splits a name into named fields."""

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from reelwise.core.errors import UsageError

_FIELD = re.compile(r"\{(\w*)\}")
MAX_FIELDS = 8


@dataclass(frozen=True)
class NamePattern:
    """A pattern with named fields.

    A pattern with ``/`` is matched with the whole path, one without with the name; both without the suffix. The
    label may hold anything; each other field ends at the punctuation that stands next to it in the pattern, so
    ``"{label}_{take}"`` reads ``shake_hands_03`` as label ``shake_hands``, take ``03``. In a pattern with ``/`` a field
    ``rest`` holds anything instead, folders too: ``"{level_1}/{label}/{rest}"`` takes the second folder at any depth.

    Args:
        text: The pattern as written.
        fields: Names of the fields.
    """

    text: str
    fields: tuple[str, ...]
    _regex: re.Pattern[str]

    def match(self, file: str) -> dict[str, str] | None:
        """The fields of one name, or None when it does not fit.

        Args:
            file: As in ``Record.file``.

        Example:
            >>> make_pattern("v_{label}_g{group}_c{take}").match("UCF/v_Surfing_g03_c01.avi")
            {'label': 'Surfing', 'group': '03', 'take': '01'}
            >>> make_pattern("{level_1}/{label}/{rest}").match("day/walk/a/1.mp4")
            {'level_1': 'day', 'label': 'walk', 'rest': 'a/1'}
        """
        path = PurePosixPath(file)
        name = path.with_suffix("").as_posix() if "/" in self.text else path.stem
        match = self._regex.fullmatch(name)
        return match.groupdict() if match else None


def make_pattern(text: str) -> NamePattern:
    """Read a pattern.

    Raises:
        UsageError: It has no field, the same field twice, two fields with nothing between them, or too many.
    """
    pieces = _FIELD.split(text)  # literal, field, literal, field, …, literal
    literals, fields = pieces[0::2], pieces[1::2]
    problem = _problem(literals, fields)
    if problem:
        raise UsageError(f"the pattern {text!r} {problem}.", hint='Write one such as "{label}_{take}".')
    regex = re.escape(literals[0])
    by_folder = "/" in text and "rest" in fields
    greedy = "rest" if by_folder else "label" if "label" in fields else fields[0]
    for field, before, after in zip(fields, literals, literals[1:], strict=False):
        stops = "".join(sorted({char for char in before[-1:] + before[:1] + after[:1] if not char.isalnum()}))
        inside = "." if field == greedy or not stops else f"[^{re.escape(stops)}/]"
        regex += f"(?P<{field}>{inside}+){re.escape(after)}"
    return NamePattern(text, tuple(fields), re.compile(regex, re.DOTALL))


def _problem(literals: list[str], fields: list[str]) -> str:
    if not fields:
        return "has no field in braces"
    if any(not field.isidentifier() for field in fields):
        return "has a field that is not a name"
    if len(set(fields)) != len(fields):
        return "names a field twice"
    if len(fields) > MAX_FIELDS:
        return f"has more than {MAX_FIELDS} fields"
    if any(not literal for literal in literals[1:-1]):
        return "has two fields with nothing between them"
    return ""
