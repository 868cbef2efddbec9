"""What each fault of scripts/mutants changes stands in its file, and its tests are there; they are run by hand."""

from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[3]


@pytest.fixture
def mutants(load_script, monkeypatch):
    monkeypatch.syspath_prepend(REPOSITORY / "scripts")
    return load_script("mutants")


def test_every_fault_can_be_planted(mutants):
    assert len({one.name for one in mutants.MUTANTS}) == len(mutants.MUTANTS) > 30
    for one in mutants.MUTANTS:
        text = (REPOSITORY / one.path).read_text(encoding="utf-8")
        assert mutants.changed_text(one, text) != text
        assert one.tests
        assert all((REPOSITORY / test).is_file() for test in one.tests)


def test_a_fault_that_fits_nowhere_or_twice_is_named(mutants):
    twice = mutants.mutant("twice", "a.py", "x = 1", "x = 2", "test.py")
    with pytest.raises(ValueError, match=r"a\.py: 'x = 1' stands there 2 times"):
        mutants.changed_text(twice, "x = 1\nx = 1\n")
    with pytest.raises(ValueError, match="0 times"):
        mutants.changed_text(twice, "")


def test_a_fault_is_taken_out_again(mutants, tmp_path):
    (tmp_path / "a.py").write_text("x = 1\n")
    with mutants.planted(mutants.mutant("once", "a.py", "x = 1", "x = 2", "test.py"), tmp_path):
        assert (tmp_path / "a.py").read_text() == "x = 2\n"
    assert (tmp_path / "a.py").read_text() == "x = 1\n"


def test_an_argument_that_is_in_no_name_is_an_error(mutants, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["mutants.py", "no such fault"])
    assert mutants.main() == 2
    assert "no fault has one of these in its name or path: no such fault" in capsys.readouterr().err
