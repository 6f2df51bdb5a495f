"""`plugins`: what other installed packages add."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from prisma_tool.cli.context import json_option, print_json, say
from prisma_tool.errors import ExitCode

if TYPE_CHECKING:
    from prisma_tool.plugins.entry_points import Plugin


@click.command("plugins")
@click.option("--check", is_flag=True, help="Load each of them; exit 4 if one cannot be used.")
@json_option
def plugins_command(check: bool, as_json: bool) -> int:
    """List the plug-ins of installed packages: formats, sources, renderers and citation indexes. Nothing of them runs, except with --check."""
    from prisma_tool.plugins.entry_points import PluginKind, announced

    plugins = [plugin for kind in PluginKind for plugin in announced(kind)]
    problems = [_problem(plugin) if check else "" for plugin in plugins]
    if as_json:
        print_json({"plugins": [_as_json(plugin, problem) for plugin, problem in zip(plugins, problems, strict=True)]})
    else:
        for plugin, problem in zip(plugins, problems, strict=True):
            origin = f"{plugin.package} {plugin.version}".strip() or plugin.target
            say(f"{plugin.kind}  {plugin.name}  {origin}{f'  cannot be used: {problem}' if problem else ''}")
        if not plugins:
            say("No installed package adds anything.")
    return ExitCode.CHECK_FAILED if any(problems) else ExitCode.DONE


def _as_json(plugin: Plugin, problem: str) -> dict[str, Any]:
    return {
        "kind": plugin.kind.value,
        "name": plugin.name,
        "package": plugin.package,
        "version": plugin.version,
        "target": plugin.target,
        "problem": problem,
    }


def _problem(plugin: Plugin) -> str:
    """Why a plug-in cannot be used; empty where it can."""
    from prisma_tool.plugins.entry_points import BrokenPlugin, load

    wanted, taken = _wanted(plugin)
    try:
        load(plugin.kind, plugin.name, wanted, taken)
    except BrokenPlugin as error:
        return str(error)
    return ""


def _wanted(plugin: Plugin) -> tuple[type[Any], frozenset[str]]:
    """The type that a plug-in of this kind must be of, and the names that are taken."""
    from prisma_tool.figure.plugged_renderers import RendererPlugin
    from prisma_tool.figure.write import RENDERERS
    from prisma_tool.formats.plugged_formats import FormatPlugin
    from prisma_tool.formats.registry import FORMATS
    from prisma_tool.model.protocol.live_sources import BY_SLUG
    from prisma_tool.model.protocol.source_plugins import SourcePlugin
    from prisma_tool.plugins.entry_points import PluginKind
    from prisma_tool.sources.citations.plugged_indexes import BUILT_IN, CitationIndexPlugin

    return {
        PluginKind.FORMATS: (FormatPlugin, frozenset(FORMATS)),
        PluginKind.SOURCES: (SourcePlugin, frozenset(BY_SLUG)),
        PluginKind.RENDERERS: (RendererPlugin, frozenset(suffix.removeprefix(".") for suffix in RENDERERS)),
        PluginKind.CITATION_INDEXES: (CitationIndexPlugin, frozenset(BUILT_IN)),
    }[plugin.kind]
