"""Labels that look like slips of the pen: case, blanks, plurals, one letter."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

_SHORTEST = 5
_RARE_SHARE = 0.25
_MARKS = " _-.\t\u00a0\u200b"
_NUMBER = re.compile(r"[-+]?\d{1,15}(?:\.\d{0,15})?", re.ASCII)
_BETWEEN_DIGITS = re.compile(rf"(?<=\d)[{re.escape(_MARKS)}]+(?=\d)")
_AROUND_WORDS = re.compile(rf"(?<!\d)[{re.escape(_MARKS)}]+|[{re.escape(_MARKS)}]+(?!\d)")
_LEADING_ZEROS = re.compile(r"(?<![\d_])0+(?=\d)")


@dataclass(frozen=True)
class LabelTypo:
    """Two labels that are probably one.

    Args:
        label: The rarer spelling.
        likely_label: The more frequent one.
        reason: In what they differ.
    """

    label: str
    likely_label: str
    reason: str


def find_label_typos(counts: Mapping[str, int]) -> list[LabelTypo]:
    """Pairs of labels that differ by less than labels should.

    Case, blanks, dashes and underscores never tell classes apart, nor do ways to write one letter or one number
    (``1``, ``01``, ``1.0``). A plural or one letter might (``waving`` and
    ``saving``), so there the one must be rare beside the other. Labels that differ in digits are left alone.

    Args:
        counts: Videos per label.

    Example:
        >>> [(typo.label, typo.likely_label) for typo in find_label_typos({"push": 9, "Hug": 1, "hug ": 2, "hug": 9})]
        [('Hug', 'hug'), ('hug ', 'hug')]
    """
    typos: dict[str, LabelTypo] = {}
    same: dict[str, list[str]] = defaultdict(list)
    for label in counts:
        same[_plain(label)].append(label)
    for labels in same.values():
        likely_label = max(labels, key=lambda label: (counts[label], label == label.strip(), label.islower(), label))
        for label in labels:
            if label != likely_label:
                typos[label] = LabelTypo(label, likely_label, _difference(label, likely_label))
    heads = {key: max(labels, key=counts.__getitem__) for key, labels in same.items()}
    for one, other in _neighbours(list(heads)):
        rare, likely_label = sorted((heads[one], heads[other]), key=lambda label: (counts[label], label))
        if counts[rare] <= max(1, int(_RARE_SHARE * counts[likely_label])) and counts[rare] < counts[likely_label]:
            reason = "plural" if {one, other} in ({one, one + "s"}, {other, other + "s"}) else "spelling"
            typos.setdefault(rare, LabelTypo(rare, likely_label, reason))
    return [typos[label] for label in sorted(typos)]


def _plain(label: str) -> str:
    """What two spellings of a label have in common: form of accents, case, marks between words, zeros of numbers.

    Marks between digits and a minus before them count: ``1-2`` is another label than ``12``.
    """
    text = unicodedata.normalize("NFKC", label).casefold().strip()
    if _NUMBER.fullmatch(text):
        return format(Decimal(text).normalize() + 0, "f")
    text = _AROUND_WORDS.sub("", _BETWEEN_DIGITS.sub("_", text))
    return _LEADING_ZEROS.sub("", text)


def _difference(label: str, likely_label: str) -> str:
    if label.strip() == likely_label.strip():
        return "blanks around it"
    if unicodedata.normalize("NFC", label) == unicodedata.normalize("NFC", likely_label):
        return "accents in another Unicode form"
    if label.casefold() == likely_label.casefold():
        return "upper and lower case"
    if _NUMBER.fullmatch(label.strip()) and _NUMBER.fullmatch(likely_label.strip()):
        return "the same number"
    return "blanks, dashes, zeros or case"


def _neighbours(labels: list[str]) -> Iterator[tuple[str, str]]:
    """Pairs one letter apart (changed, left out, added, two swapped), found by hashing all deletions of a letter."""
    by_form: dict[str, set[str]] = defaultdict(set)
    for label in labels:
        if len(label) >= _SHORTEST:
            for form in {label, *(label[:i] + label[i + 1 :] for i in range(len(label)))}:
                by_form[form].add(label)
    pairs = {pair for near in by_form.values() for pair in combinations(sorted(near), 2)}
    yield from sorted(pair for pair in pairs if _is_slip(*pair))


def _is_slip(one: str, other: str) -> bool:
    begin = 0
    while begin < min(len(one), len(other)) and one[begin] == other[begin]:
        begin += 1
    end = 0
    while end < min(len(one), len(other)) - begin and one[-1 - end] == other[-1 - end]:
        end += 1
    first, second = one[begin : len(one) - end], other[begin : len(other) - end]
    if any(char.isdigit() for char in first + second):
        return False
    return max(len(first), len(second)) <= 1 or (len(first) == 2 and first == second[::-1])
