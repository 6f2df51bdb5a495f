"""docs/licences.md names everything that an installation brings, each under the licence that its package states."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| ([a-z0-9-]+) \| ([^|]+) \|", re.MULTILINE)


def listed() -> dict[str, str]:
    return dict(ROW.findall((ROOT / "docs" / "licences.md").read_text(encoding="utf-8")))


def name(requirement: Requirement) -> str:
    return re.sub(r"[-_.]+", "-", requirement.name).lower()


def needed(requirement: Requirement) -> Iterator[Requirement]:
    for text in metadata.requires(name(requirement)) or ():
        part = Requirement(text)
        if part.marker is None or any(part.marker.evaluate({"extra": extra}) for extra in ("", *requirement.extras)):
            yield part


def installed(requirements: Iterable[str]) -> set[str]:
    waiting, names, seen = [Requirement(text) for text in requirements], set[str](), set[str]()
    while waiting:
        requirement = waiting.pop()
        names.add(name(requirement))
        if str(requirement) not in seen:
            seen.add(str(requirement))
            waiting += needed(requirement)
    return names


def test_every_dependency_is_listed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    # Windows, and later versions of Python, need a few more or fewer.
    assert installed([*project["dependencies"], *extras["postgres"], *extras["ranking"], *extras["web"]]) - {
        "colorama",
        "tzdata",
    } <= set(listed())


def test_each_licence_begins_as_the_package_states() -> None:
    # What else a package brings, and names in the same expression, changes with its versions.
    stated = {package: str(metadata.metadata(package).json.get("license_expression", "")) for package in listed()}
    differing = {package for package, licence in stated.items() if licence.split()[:1] not in ([], listed()[package].split()[:1])}
    assert differing == set()
