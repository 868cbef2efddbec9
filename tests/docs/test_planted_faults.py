"""Every import contract and every check has a planted fault; CI runs scripts/see_checks_fail, which plants them."""

import importlib.util
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]


def script_module():
    path = REPOSITORY / "scripts" / "planted_faults.py"
    spec = importlib.util.spec_from_file_location("planted_faults", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_contract_and_check_has_a_planted_fault():
    assert script_module().names_without_a_fault() == set()


def test_a_contract_without_a_planted_fault_is_named(monkeypatch):
    faults = script_module()
    remaining = tuple(fault for fault in faults.FAULTS if fault.contract != "door-av" and fault.check != "sizes")
    monkeypatch.setattr(faults, "FAULTS", remaining)
    assert faults.names_without_a_fault() == {"door-av", "sizes"}
