"""Plug-ins by entry points: their names without importing anything, and one of them loaded by its name.

Invariants: a plug-in never takes the name of something built in, nor that of another plug-in; one that is broken is named in a warning and left
out, and whatever else was asked for goes on.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import metadata
from typing import TypeVar

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
        return f"{self.kind} plug-in '{self.name}' ({' '.join(filter(None, (self.package, self.version))) or self.target})"


class BrokenPlugin(Exception):
    """Why a plug-in cannot be used."""


def announced(kind: PluginKind) -> list[Plugin]:
    """All that installed packages announce of a kind, in the order of names; of two of one name both are here."""
    return sorted((_plugin(kind, point) for point in _points(kind)), key=lambda plugin: (plugin.name, plugin.package))


def _points(kind: PluginKind) -> metadata.EntryPoints:
    return metadata.entry_points(group=f"{GROUP}.{kind}")


def _plugin(kind: PluginKind, point: metadata.EntryPoint) -> Plugin:
    package = point.dist
    return Plugin(kind, point.name, package.name if package else "", package.version if package else "", point.value)


def load(kind: PluginKind, name: str, wanted: type[Kind], taken: frozenset[str]) -> Kind:
    """The plug-in of this name.

    Args:
        kind: Its kind.
        name: Its name.
        wanted: The type that it must be of.
        taken: The names of what is built in.

    Raises:
        BrokenPlugin: there is none, several have this name, it cannot be imported, or it is of another type.
    """
    points = {(point.value, point.dist and point.dist.name): point for point in _points(kind) if point.name == name}
    if name in taken:
        raise BrokenPlugin("its name is that of something built in, which stays what it is")
    if len(points) != 1:
        packages = ", ".join(plugin.package or plugin.target for plugin in announced(kind) if plugin.name == name)
        raise BrokenPlugin(f"several packages announce this name: {packages}" if points else "no package announces it")
    (point,) = points.values()
    try:
        loaded = point.load()
    except Exception as error:
        raise BrokenPlugin(f"{type(error).__name__} when {point.value} was imported: {error}") from error
    if not isinstance(loaded, wanted):
        raise BrokenPlugin(f"{point.value} is no {wanted.__name__}")
    return loaded


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
