"""Plug-ins by entry points: their names without importing anything, and one of them loaded by its name.

Invariants: a plug-in never takes the name of something built in, nor that of another plug-in; one that is broken is named in a warning and left
out, and whatever else was asked for goes on.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import cache
from importlib import metadata
from typing import Any, TypeVar, get_origin, get_type_hints

from prisma_tool.plugins.foreign_code import ForeignFailure, harmless, run_foreign

GROUP = "prisma_tool"
Kind = TypeVar("Kind")


class PluginWarning(UserWarning):
    """A plug-in is left out; the message says which, and why."""


class PluginKind(StrEnum):
    """What can be added; each is an entry point group of that name below `prisma_tool`."""

    FORMATS = "formats"
    SOURCES = "sources"
    RENDERERS = "renderers"
    CITATION_INDEXES = "citation_indexes"


@dataclass(frozen=True, slots=True)
class Plugin:
    """What an installed package announces: nothing of it was imported. `package` and `version` are empty where metadata lack them."""

    kind: PluginKind
    name: str
    package: str
    version: str
    target: str

    def __str__(self) -> str:
        return harmless(
            f"{self.kind} plug-in '{self.name}' ({' '.join(filter(None, (self.package, self.version))) or self.target})"
        )


class BrokenPlugin(Exception):
    """Why a plug-in cannot be used."""


def announced(kind: PluginKind) -> list[Plugin]:
    """All that installed packages announce of a kind, in the order of names; of two of one name both are here."""
    return sorted((_plugin(kind, point) for point in _points(kind)), key=lambda plugin: (plugin.name, plugin.package))


def _points(kind: PluginKind) -> list[metadata.EntryPoint]:
    """All entry points of a kind. Where the metadata of some package cannot be read, that package alone is left out."""
    group = f"{GROUP}.{kind}"
    try:
        return list(metadata.entry_points(group=group))
    except Exception:  # noqa: BLE001 - what an installation left behind may be damaged in any way
        return [point for package in metadata.distributions() for point in _points_of(package, group)]


def _points_of(package: metadata.Distribution, group: str) -> list[metadata.EntryPoint]:
    try:
        return [point for point in package.entry_points if point.group == group]
    except Exception:  # noqa: BLE001 - as above
        _warn_of_damage(_said_of(package, "name"))
        return []


@cache
def _warn_of_damage(package: str) -> None:
    """Once for a package: its plug-ins are asked for again and again."""
    which = f"the package '{harmless(package)}'" if package else "a package without a name"
    warnings.warn(
        f"What {which} adds cannot be read, because its entry_points.txt is damaged; install it again.",
        PluginWarning,
        stacklevel=2,
    )


def _plugin(kind: PluginKind, point: metadata.EntryPoint) -> Plugin:
    return Plugin(kind, point.name, _said_of(point.dist, "name"), _said_of(point.dist, "version"), point.value)


def _said_of(package: metadata.Distribution | None, field: str) -> str:
    """What the metadata of a package say; empty where they are missing."""
    try:
        return str(getattr(package, field, None) or "")
    except Exception:  # noqa: BLE001 - metadata that are missing are an error in some versions of Python
        return ""


def load(kind: PluginKind, name: str, wanted: type[Kind], taken: frozenset[str]) -> Kind:
    """The plug-in of this name.

    Args:
        kind: Its kind.
        name: Its name.
        wanted: The type that it must be of.
        taken: The names of what is built in.

    Raises:
        BrokenPlugin: there is none, several have this name, it cannot be imported, or it is not what it should be.
    """
    points = {(point.value, _said_of(point.dist, "name")): point for point in _points(kind) if point.name == name}
    if not name.isprintable():
        raise BrokenPlugin("its name holds control characters")
    if name in taken:
        raise BrokenPlugin("its name is that of something built in, which stays what it is")
    if len(points) != 1:
        packages = ", ".join(plugin.package or plugin.target for plugin in announced(kind) if plugin.name == name)
        raise BrokenPlugin(f"several packages announce this name: {packages}" if points else "no package announces it")
    (point,) = points.values()
    try:
        loaded = run_foreign(point.load)
    except ForeignFailure as failure:
        raise BrokenPlugin(f"{harmless(point.value)} cannot be imported: {failure}") from failure
    if not isinstance(loaded, wanted):
        raise BrokenPlugin(f"{point.value} is no {wanted.__name__}")
    _require_sound(loaded, name)
    return loaded


def _require_sound(plugin: Any, name: str) -> None:
    """Refuse a plug-in whose fields are not of their types, or that says itself that it must have another name."""
    hints = get_type_hints(type(plugin))
    wrong = next((field.name for field in fields(plugin) if not _is_of(getattr(plugin, field.name), hints[field.name])), "")
    if wrong:
        raise BrokenPlugin(f"its {wrong} is not what a {type(plugin).__name__} has there")
    expected = getattr(plugin, "entry_point", name)
    if expected != name:
        raise BrokenPlugin(f"by its label its entry point must be called '{expected}'")


def _is_of(value: object, annotation: Any) -> bool:
    if get_origin(annotation) is Callable:
        return callable(value)
    if annotation is int:
        return type(value) is int and value > 0
    return type(value) is annotation and (annotation is not str or str(value).isprintable())


@cache
def usable(kind: PluginKind, name: str, wanted: type[Kind], taken: frozenset[str]) -> Kind | None:
    """The plug-in of this name; None where there is none, and, with one warning, where it is broken."""
    known = next((plugin for plugin in announced(kind) if plugin.name == name), None)
    if known is None:
        return None
    try:
        return load(kind, name, wanted, taken)
    except BrokenPlugin as error:
        warnings.warn(f"The {known} is left out: {error}.", PluginWarning, stacklevel=2)
        return None


def all_usable(kind: PluginKind, wanted: type[Kind], taken: frozenset[str]) -> Iterator[tuple[str, Kind]]:
    """The plug-ins of a kind, in the order of their names, each loaded when it is come to; broken ones are left out with a warning."""
    for name in dict.fromkeys(plugin.name for plugin in announced(kind)):
        plugin = usable(kind, name, wanted, taken)  # type: ignore[arg-type]  # mypy takes classes for unhashable
        if plugin is not None:
            yield name, plugin
