from dataclasses import fields
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from reelwise.jobs.runs import keywords, options

VERBS = ("Train", "Evaluate", "Predict", "Analyze", "Check", "Info", "Generate")
OWN_PARAMETERS = {"Analyze": ("model",), "Generate": ("from_inputs", "out")}
"""Options that are parameters of the Python verb itself, with types of their own."""


def alternatives(annotation: object) -> set[object]:
    """The members of a union, where a path may be text as well."""
    members = set(get_args(annotation)) or {annotation}
    return members | {str} if Path in members else members


@pytest.mark.parametrize("verb", VERBS)
def test_keywords_have_the_names_and_types_of_the_options(verb):
    dataclass = getattr(options, f"{verb}Options")
    types = get_type_hints(dataclass)
    by_name = {item.name: alternatives(types[item.name]) for item in fields(dataclass) if item.kw_only}
    for name in OWN_PARAMETERS.get(verb, ()):
        del by_name[name]
    typed_dict = getattr(keywords, f"{verb}Keywords")
    assert {name: alternatives(kind) for name, kind in get_type_hints(typed_dict).items()} == by_name
    assert not typed_dict.__required_keys__
