"""Refuses a release that has not one version in pyproject.toml, CHANGELOG.md, CITATION.cff and the tag on HEAD."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

SECTION = re.compile(r"^## (\S+)(?: \((.+)\))?$", re.MULTILINE)
"""A heading of the changelog: ``## 0.2.0 (2026-12-01)``."""

DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def main() -> int:
    """Print what stands in the way of a release of the tree in the current folder."""
    problems = problems_of(Path())
    for problem in problems:
        print(f"error: {problem}", file=sys.stderr)
    if not problems:
        print(f"release {project_version(Path())}: pyproject.toml, CHANGELOG.md, CITATION.cff and the tag agree")
    return int(bool(problems))


def problems_of(root: Path) -> list[str]:
    """Why the tree below ``root`` cannot be released; empty if it can."""
    version = project_version(root)
    problems = []
    heading = SECTION.search((root / "CHANGELOG.md").read_text(encoding="utf-8"))
    if heading is None or heading[1] != version:
        top = heading[1] if heading else "nothing"
        problems.append(
            f"CHANGELOG.md begins with {top}, pyproject.toml says {version}. Write the section ## {version}."
        )
    elif not DATE.fullmatch(heading[2] or ""):
        problems.append(f"CHANGELOG.md has no date for {version}. Write ## {version} (YYYY-MM-DD).")
    citation = re.search(r"^version: (\S+)$", (root / "CITATION.cff").read_text(encoding="utf-8"), re.MULTILINE)
    if citation is None or citation[1] != version:
        problems.append(f"CITATION.cff does not say version: {version}.")
    if f"v{version}" not in git(root, "tag", "--points-at", "HEAD").split():
        problems.append(f"HEAD has no tag v{version}. Run git tag v{version} on the commit that is released.")
    if git(root, "status", "--porcelain"):
        problems.append("there are changes that are not committed. Commit them, or set them aside.")
    return problems


def project_version(root: Path) -> str:
    """The version in pyproject.toml."""
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]


def git(root: Path, *arguments: str) -> str:
    """What a git command prints."""
    return subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    sys.exit(main())
