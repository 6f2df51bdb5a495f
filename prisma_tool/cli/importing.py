"""`import`: how records come in from files."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from prisma_tool.cli.context import Caller, json_option, pass_caller, print_json, say, tell
from prisma_tool.errors import ExitCode, PrismaError, worst
from prisma_tool.model.text import clean
from prisma_tool.model.vocabulary import SourceKind

if TYPE_CHECKING:
    from prisma_tool.identify.importing import FileReport, Import


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--source", required=True, metavar="NAME", help="The database or other source that the files come from.")
@click.option("--kind", type=click.Choice([kind.value for kind in SourceKind]), help="What the source is; else as it shows.")
@click.option("--format", "file_format", metavar="F", help="The files' format, where their content does not tell.")
@click.option("--source-column", metavar="C", help="Take each row's source from this column of a table.")
@click.option("--check", is_flag=True, help="Do everything but store.")
@json_option
@pass_caller
def import_command(
    caller: Caller,
    files: tuple[Path, ...],
    source: str,
    kind: str | None,
    file_format: str | None,
    source_column: str | None,
    check: bool,
    as_json: bool,
) -> int:
    """Import citation FILEs (RIS, MEDLINE, PubMed XML, ClinicalTrials.gov JSON, CSV), each all or nothing."""
    from prisma_tool.identify.importing import Import, check_file, import_file

    how = Import(source, SourceKind(kind) if kind else None, file_format, source_column)
    told: list[dict[str, Any]] = []
    codes = [ExitCode.DONE]
    with caller.review() as review:
        for path in files:
            try:
                report = check_file(review, path, how) if check else import_file(review, path, how)
            except PrismaError as error:
                tell(f"prisma-tool: {error.message}" if str(path) in error.message else f"prisma-tool: {path}: {error.message}")
                told.append(_failed(path, error))
                codes.append(error.exit_code)
                continue
            told.append(_as_json(report))
            if not as_json:
                _say_file(report, how, check=check)
    if as_json:
        print_json({"files": told})
    elif not check and any(file["new"] for file in told):
        say("Next: prisma-tool dedupe")
    return worst(codes)


def _failed(path: Path, error: PrismaError) -> dict[str, Any]:
    nothing = dict.fromkeys(("declared", "parsed", "new", "seen", "changed"), 0)
    return {"path": clean(str(path)), "format": None, "encoding": None, **nothing, "rejected": [], "error": clean(error.message)}


def _as_json(report: FileReport) -> dict[str, Any]:
    told = asdict(report)
    told["rejected"] = [{"line": line, "reason": reason} for line, reason in report.rejected]
    return told


def _say_file(report: FileReport, how: Import, *, check: bool) -> None:
    say(
        f"{report.path} ({report.format}, {report.encoding}), {how.source}: {report.declared} declared = {report.parsed} read + "
        f"{len(report.rejected)} rejected; {report.new} new, {report.seen} seen before, {report.changed} changed"
    )
    if report.known_file:
        say("  This file was imported before; nothing was added.")
    for line, reason in report.rejected:
        say(f"  rejected, line {line}: {reason}")
    if report.rejects_file:
        say(f"  The rejects are in {report.rejects_file}: mend and import that file.")
    for warning in report.warnings:
        say(f"  warning: {warning}")
    if check:
        say("  Only checked; nothing was stored.")
