"""Catalogues by the names of their modules."""

import sys
from types import ModuleType

import pytest

from reelwise.core.catalogues import load_catalogue


@pytest.fixture
def modules(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, values in {"a": {"Y": 2.0, "X": 1.0, "text": "no"}, "b": {"Z": 3.0}, "empty": {}}.items():
        module = ModuleType(f"catalogue_{name}")
        vars(module).update(values)
        monkeypatch.setitem(sys.modules, module.__name__, module)


@pytest.mark.usefixtures("modules")
def test_the_order_is_that_of_the_names_and_of_the_definitions() -> None:
    assert load_catalogue(float, "catalogue_{}", ("b", "a")) == (3.0, 2.0, 1.0)


@pytest.mark.usefixtures("modules")
def test_a_listed_module_must_define_one() -> None:
    with pytest.raises(TypeError, match="catalogue_empty defines no object of type float"):
        load_catalogue(float, "catalogue_{}", ("a", "empty"))
