"""A release needs one version everywhere."""

import subprocess

import pytest

FILES = {
    "pyproject.toml": '[project]\nname = "x"\nversion = "1.2.0"\n',
    "CHANGELOG.md": "# Changelog\n\n## 1.2.0 (2026-12-01)\n\n- News.\n\n## 1.1.0 (2026-11-01)\n",
    "CITATION.cff": "cff-version: 1.2.0\nversion: 1.2.0\n",
}


@pytest.fixture
def tree(tmp_path):
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    git(tmp_path, "init", "-q")
    commit(tmp_path)
    git(tmp_path, "tag", "v1.2.0")
    return tmp_path


def git(tree, *arguments):
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "tag.gpgSign=false"]
    subprocess.run(["git", *identity, *arguments], cwd=tree, check=True, capture_output=True)


def commit(tree):
    git(tree, "add", "-A")
    git(tree, "commit", "-q", "-m", "change")


def test_one_version_everywhere_may_be_released(tree, load_script):
    assert load_script("release").problems_of(tree) == []


@pytest.mark.parametrize(
    ("name", "old", "new", "complaint"),
    [
        ("CHANGELOG.md", "## 1.2.0 (2026-12-01)", "## 1.3.0 (2026-12-01)", "CHANGELOG.md begins with 1.3.0"),
        ("CHANGELOG.md", "(2026-12-01)", "(unreleased)", "no date for 1.2.0"),
        ("CITATION.cff", "\nversion: 1.2.0", "\nversion: 1.1.0", "CITATION.cff"),
        ("pyproject.toml", "1.2.0", "1.3.0", "no tag v1.3.0"),
    ],
)
def test_another_version_is_refused(tree, load_script, name, old, new, complaint):
    text = (tree / name).read_text()
    (tree / name).write_text(text.replace(old, new, 1))
    commit(tree)
    git(tree, "tag", "--force", "v1.2.0")
    assert any(complaint in problem for problem in load_script("release").problems_of(tree))


def test_a_tag_on_another_commit_is_refused(tree, load_script):
    (tree / "new.txt").write_text("later")
    commit(tree)
    (problem,) = load_script("release").problems_of(tree)
    assert "no tag v1.2.0" in problem


def test_changes_that_are_not_committed_are_refused(tree, load_script):
    (tree / "new.txt").write_text("later")
    (problem,) = load_script("release").problems_of(tree)
    assert "not committed" in problem


def test_this_tree_names_one_version_in_every_file(load_script):
    """Before a release only the date and the tag are missing."""
    release = load_script("release")
    repository = release.Path(release.__file__).parents[1]
    problems = release.problems_of(repository)
    assert [problem for problem in problems if "CITATION" in problem or "begins with" in problem] == []
