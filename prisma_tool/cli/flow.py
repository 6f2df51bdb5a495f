"""`flow`: the PRISMA 2020 diagram and the numbers in it."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from prisma_tool.cli.context import Caller, json_option, print_json, say, tell, viewer_option
from prisma_tool.cli.figure_options import figure_options
from prisma_tool.cli.flow_diff import diff_command
from prisma_tool.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from prisma_tool.figure.exchange.typed_flow import TypedFlow
    from prisma_tool.figure.words.options import FigureOptions
    from prisma_tool.figure.words.record_lines import Records
    from prisma_tool.flow.flow import Flow
    from prisma_tool.flow.scope import Scope

TEMPLATES = click.Choice(["new-v1", "new-v2", "updated-v1", "updated-v2", "living"])


@click.group("flow", invoke_without_command=True)
@click.option("-o", "outputs", multiple=True, type=click.Path(path_type=Path), metavar="FILE", help="Draw into FILE, by suffix.")
@click.option("--check", is_flag=True, help="Print the arithmetic; exit 4 if a strict relation fails.")
@click.option("--explain", metavar="BOX", help="List the records behind a number, such as records_screened.")
@click.option("--at", metavar="DATE", help="As it was at the end of DATE (UTC).")
@click.option("--version", "version", default="", metavar="LABEL", help="As it was when the version LABEL was closed.")
@click.option("--run", "run", default="", metavar="RUN", help="As it was when this search or import ended (ids: `log --json`).")
@click.option("--cumulative", is_flag=True, help="One figure over all versions, instead of this update.")
@click.option(
    "--template",
    type=TEMPLATES,
    help="The template, if another than the data ask for; living: base version, updates, all together.",
)
@click.option("--from-csv", type=click.Path(path_type=Path), metavar="FILE", help="Numbers of the R package's CSV; no review.")
@click.option(
    "--from-json", type=click.Path(path_type=Path), metavar="FILE", help="Numbers as `flow --json` tells them; no review."
)
@click.option(
    "--notes",
    "notes_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write caption and footnotes to FILE (.txt, .md) instead of into the figure, which keeps the marks.",
)
@figure_options
@viewer_option
@json_option
@click.pass_context
def flow_command(
    context: click.Context,
    outputs: tuple[Path, ...],
    check: bool,
    explain: str | None,
    at: str | None,
    version: str,
    run: str,
    cumulative: bool,
    template: str | None,
    from_csv: Path | None,
    from_json: Path | None,
    notes_file: Path | None,
    figure: FigureOptions,
    reviewer: str | None,
    as_json: bool,
) -> int:
    """Count and draw the PRISMA 2020 flow diagram. Every number lists its records: --explain KEY."""
    if context.invoked_subcommand:
        return ExitCode.DONE
    from prisma_tool.figure.write import content_remarks, draw

    outputs_written = outputs
    records: Records | None = None
    typed: TypedFlow | None = None
    outcomes: Mapping[str, str] = {}
    head = ""
    if from_csv or from_json:
        refuse_moments({"--at": at, "--version": version, "--run": run, "--cumulative": cumulative})
        typed = typed_flow(from_csv, from_json, template)
        flow, figure = typed.flow, replace(figure, hide=figure.hide | typed.hide)
    else:
        caller = context.ensure_object(Caller)
        scope = _scope(at, version, run, template, cumulative=cumulative)
        flow, records, head = _counted(
            caller,
            outputs,
            scope,
            reviewer,
            headed=as_json,
            living=template == "living",
            listed=bool(outputs) or explain is not None,
        )
        outcomes = _outcome_texts(caller, flow, explain) if explain is not None and not (as_json or at or version or run) else {}
    if notes_file is not None:
        figure = replace(figure, notes_outside=True, hide=figure.hide - {"footnotes"})
        outputs_written = (*outputs, notes_file)
    remarks = draw(flow, outputs, figure, records, notes_file)
    if not (outputs or as_json or check or explain is not None):
        remarks = content_remarks(flow, figure)
    for sentence in (*(f"Wrote {path}." for path in outputs_written), *remarks):
        tell(sentence)
    if explain is not None:
        _explain(flow, explain, outcomes, as_json=as_json)
    else:
        _print_flow(flow, figure, head, check=check, as_json=as_json, quiet=bool(outputs_written))
        if typed is not None and check and not as_json:
            _print_letter(typed)
    failed = any(not relation.holds and relation.kind == "strict" for relation in flow.checks)
    return ExitCode.CHECK_FAILED if check and failed else ExitCode.DONE


flow_command.add_command(diff_command)


def _scope(at: str | None, version: str, run: str, template: str | None, *, cumulative: bool) -> Scope:
    """Which of the review's flows is asked for."""
    from prisma_tool.flow.flow import Template
    from prisma_tool.flow.scope import Scope, moment

    when = moment(at) if at is not None else None
    return Scope(when, version, run, cumulative, Template(template) if template and template != "living" else None)


def _counted(
    caller: Caller, outputs: tuple[Path, ...], scope: Scope, viewer: str | None, *, headed: bool, living: bool, listed: bool
) -> tuple[Flow, Records | None, str]:
    """The flow of the review, the words for its records where an output lists them, and (if `headed`) the head of the log behind it.

    Without `listed` the flow has numbers alone where that is quicker. It is the same for every viewer: outcomes are pending until all wanted votes are there (counting rule 25).
    """
    from prisma_tool.figure.words.record_lines import record_lines
    from prisma_tool.figure.write import needs_records
    from prisma_tool.flow.living.read import read_living_flow
    from prisma_tool.flow.read import read_flow, read_flow_with_head

    with caller.review() as review:
        review.viewer(viewer)
        if living:
            flow, head = read_living_flow(review, scope)
        else:
            flow, head = (
                read_flow_with_head(review, scope, listed=listed)
                if headed
                else (read_flow(review, scope=scope, listed=listed), "")
            )
        return flow, record_lines(review, flow) if needs_records(outputs) else None, head


def _outcome_texts(caller: Caller, flow: Flow, key: str) -> Mapping[str, str]:
    """What has become of each record behind a number of today's flow."""
    from prisma_tool.flow.as_json import explanation
    from prisma_tool.flow.report_outcome import outcome_texts

    with caller.review() as review:
        return outcome_texts(review, explanation(flow, key)["records"], duplicates=key == "duplicates")


def _print_flow(flow: Flow, figure: FigureOptions, head: str, *, check: bool, as_json: bool, quiet: bool) -> None:
    if as_json:
        from prisma_tool.flow.as_json import as_json as flow_json

        counted = flow_json(flow, reasons_at_screening=figure.reasons_at_screening)
        # The head is printed and stands in no file, so that equal counts stay equal bytes.
        print_json({**counted, "head": head} if head else counted)
    elif check:
        for relation in flow.checks:
            say(
                f"{'ok   ' if relation.holds else 'FAILS' if relation.kind == 'strict' else 'look '} {relation.kind}: {relation.sentence}"
            )
    elif not quiet:
        from prisma_tool.figure.render.terminal import render_text

        say(render_text(flow, shutil.get_terminal_size((100, 24)).columns, figure))


def _print_letter(typed: TypedFlow) -> None:
    """The arithmetic of a stranger's numbers in sentences that can be sent to the authors."""
    from prisma_tool.flow.arithmetic.letter import letter

    say("")
    say(letter(typed.flow, typed.origin, typed.not_compared))


def _explain(flow: Flow, key: str, outcomes: Mapping[str, str], *, as_json: bool) -> None:
    from prisma_tool.flow.as_json import explanation

    result = explanation(flow, key)
    if as_json:
        print_json(result)
        return
    say(f"{key} (n = {result['n']})")
    for study in result.get("studies", []):
        people = (
            f" ({study['participants']} participants{' ' + study['as'] if study['as'] else ''})"
            if "participants" in study
            else ""
        )
        say(f"{study['label']}{people}: {', '.join(study['records'])}")
    for record in result["records"] if "studies" not in result else []:
        say(f"{record}  {outcomes[record]}" if record in outcomes else record)
    for adjustment in result["adjustments"]:
        say(f"{adjustment['n']:+d} by hand: {adjustment['note']}")


def refuse_moments(options: Mapping[str, object]) -> None:
    """A file of numbers has no past.

    Raises:
        UsageError: one of the options that name a moment of a review was given.
    """
    named = [name for name, value in options.items() if value]
    if named:
        raise UsageError(
            f"{named[0]} is for the flow of a review; --from-csv and --from-json take the numbers of a file as they are."
        )


def typed_flow(csv: Path | None, json: Path | None, template: str | None) -> TypedFlow:
    """The flow of a file, with what the file leaves empty; what there is to know is told.

    Raises:
        UsageError: both files were named, or the template has no boxes for numbers that are there.
        PrismaError: the file cannot be understood.
    """
    from prisma_tool.figure.exchange.read_file import from_csv, from_json
    from prisma_tool.flow.flow import Template

    if csv and json:
        raise UsageError("--from-csv and --from-json are both a flow; give one of them.")
    living = template == "living"
    if csv and living:
        raise UsageError("A CSV file holds one flow; --from-json takes the versions of a living review.")
    chosen = Template(template) if template and not living else None
    typed = from_csv(csv, chosen) if csv else from_json(json, chosen, living=living) if json else None
    if typed is None:
        raise UsageError("Name a file with --from-csv or --from-json.")
    for note in typed.notes:
        tell(note)
    return typed
