"""Every import contract and every check has a planted fault; CI runs scripts/see_checks_fail, which plants them."""


def test_every_contract_and_check_has_a_planted_fault(load_script):
    assert load_script("planted_faults").names_without_a_fault() == set()


def test_a_contract_without_a_planted_fault_is_named(load_script, monkeypatch):
    faults = load_script("planted_faults")
    remaining = tuple(fault for fault in faults.FAULTS if fault.contract != "door-av" and fault.check != "sizes")
    monkeypatch.setattr(faults, "FAULTS", remaining)
    assert faults.names_without_a_fault() == {"door-av", "sizes"}
