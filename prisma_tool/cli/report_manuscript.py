"""`report manuscript`: one document for the whole review, whose generated parts are renewed around the authors' own words."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click

from prisma_tool.cli.context import Caller, json_option, pass_caller, print_json, say, tell, viewer_option
from prisma_tool.errors import UsageError


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the document is to speak of, and who asks; None where nobody said."""

    version: str | None
    style: str | None
    reviewer: str | None


@click.command("manuscript")
@click.option("-o", "outputs", multiple=True, type=click.Path(path_type=Path), metavar="FILE", help="Write FILE: .docx, .md.")
@click.option(
    "--refresh",
    "refreshed",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Renew the generated parts of FILE, and leave all else in it as it is.",
)
@click.option("--overwrite", is_flag=True, help="With --refresh: replace parts that were edited by hand too.")
@click.option(
    "--version",
    default=None,
    metavar="LABEL",
    help='As it was when the version LABEL was closed; "" for the review as it stands. A refresh keeps to that of FILE.',
)
@click.option(
    "--style",
    default=None,
    metavar="STYLE",
    help="How citations look: vancouver (the default), apa, or a .csl file of zotero.org/styles. A refresh keeps to that of FILE.",
)
@viewer_option
@json_option
@pass_caller
def manuscript_command(
    caller: Caller,
    outputs: tuple[Path, ...],
    refreshed: tuple[Path, ...],
    version: str | None,
    style: str | None,
    reviewer: str | None,
    *,
    overwrite: bool,
    as_json: bool,
) -> None:
    """The manuscript in one document: headings, methods, results with the figure, tables, appendices and checklists.

    Every generated part stands in a content control of Word, or between two comments of Markdown. --refresh renews these parts and
    keeps your words; a part that you edited, or that holds your comments or tracked changes, is kept and named. A part that you
    deleted stays out. What nobody has answered yet is marked OPEN, with the command that answers it. Markdown unless -o is given.
    """
    if outputs and refreshed:
        raise UsageError("-o writes a new document, --refresh renews one that exists; give one of them.")
    if overwrite and not refreshed:
        raise UsageError("--overwrite goes with --refresh FILE.")
    if refreshed:
        _refresh(caller, refreshed, _Wanted(version, style, reviewer), overwrite=overwrite, as_json=as_json)
    else:
        _write(caller, outputs, _Wanted(version, style, reviewer), as_json=as_json)


def _write(caller: Caller, outputs: tuple[Path, ...], wanted: _Wanted, *, as_json: bool) -> None:
    from prisma_tool.manuscript.citations.styles import OwnStyle
    from prisma_tool.manuscript.review_document.parts import ManuscriptSettings
    from prisma_tool.manuscript.review_document.read import read_manuscript
    from prisma_tool.manuscript.review_document.write import as_markdown, require_new, write_new

    require_new(outputs)
    settings = ManuscriptSettings(wanted.version or "", wanted.style or OwnStyle.VANCOUVER.value)
    with caller.review() as review:
        manuscript = read_manuscript(review, review.viewer(wanted.reviewer), settings)
    write_new(manuscript, outputs)
    for path in outputs:
        tell(f"Wrote {path}.")
    if as_json:
        print_json({"files": [str(path) for path in outputs], "parts": [part.name for part in manuscript.parts]})
    elif not outputs:
        say(as_markdown(manuscript).rstrip("\n"))


def _refresh(caller: Caller, paths: tuple[Path, ...], wanted: _Wanted, *, overwrite: bool, as_json: bool) -> None:
    from prisma_tool.manuscript.review_document.write import refresh

    done = []
    with caller.review() as review:
        viewer = review.viewer(wanted.reviewer)
        for path in paths:
            # What was done to one file is told before the next, which may be refused.
            done.append(refresh(review, viewer, path, wanted.version, wanted.style, overwrite=overwrite))
            for sentence in done[-1].sentences:
                tell(sentence)
    if as_json:
        print_json({"files": [one.as_json() for one in done]})
