"""Outputs of the flow diagram that other packages add, by suffix; what they give is checked.

A plug-in takes the flow as `flow --json` tells it, which other programs may rely on, and not as it is kept here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from prisma_tool.errors import PrismaError
from prisma_tool.figure.words.options import FigureOptions
from prisma_tool.flow.as_json import file_json
from prisma_tool.flow.flow import Flow
from prisma_tool.plugins.entry_points import PluginKind, usable
from prisma_tool.plugins.foreign_code import ForeignFailure, run_foreign

Render = Callable[[Flow, FigureOptions], bytes]


@dataclass(frozen=True, slots=True)
class RendererPlugin:
    """An output of the flow diagram. Its name, that of its entry point, is the suffix that it writes, without the dot.

    `render` makes the bytes of a file from the flow as `flow --json` tells it; the same flow must give the same bytes.
    """

    title: str
    render: Callable[[Mapping[str, Any]], bytes]


def plugged_renderer(suffix: str, taken: frozenset[str]) -> Render | None:
    """What draws files of this suffix, where a package adds that; `taken` are the suffixes of what is built in."""
    names = frozenset(known.removeprefix(".") for known in taken)
    plugin = usable(PluginKind.RENDERERS, suffix.removeprefix("."), RendererPlugin, names)
    if plugin is None:
        return None

    def render(flow: Flow, options: FigureOptions) -> bytes:
        return _rendered(suffix, plugin, file_json(flow, reasons_at_screening=options.reasons_at_screening))

    return render


def _rendered(suffix: str, plugin: RendererPlugin, flow: Mapping[str, Any]) -> bytes:
    try:
        data = run_foreign(lambda: plugin.render(flow))
    except ForeignFailure as failure:
        raise PrismaError(f"The plug-in for {suffix} failed: {failure}. Tell its authors.") from failure
    if type(data) is not bytes:
        raise PrismaError(f"The plug-in for {suffix} gave {type(data).__name__} instead of bytes. Tell its authors.")
    return data
