"""`add`: one report by hand."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from prisma_tool.cli.context import Caller, json_option, pass_caller, print_json, say, tell
from prisma_tool.errors import UsageError
from prisma_tool.model.text import one_line
from prisma_tool.model.vocabulary import SourceKind

if TYPE_CHECKING:
    from prisma_tool.identify.add_report import Added, Addition
    from prisma_tool.review.open_review import Review


@click.command("add")
@click.argument("number", required=False, metavar="[PMID|DOI|NCT]")
@click.option("--title", default="", metavar="T", help="Describe the report by hand; nothing is fetched.")
@click.option("--authors", default="", metavar="A", help="By hand: the authors, parted by semicolons.")
@click.option("--year", default="", metavar="Y", help="By hand: the year of publication.")
@click.option("--journal", default="", metavar="J", help="By hand: the journal, or where it was published.")
@click.option("--doi", default="", metavar="DOI", help="By hand.")
@click.option("--url", default="", metavar="ADDRESS", help="By hand: where it can be read.")
@click.option("--abstract", default="", metavar="TEXT", help="By hand.")
@click.option("--source", required=True, metavar="NAME", help="Where it was found, such as 'Reference lists'.")
@click.option("--kind", type=click.Choice([kind.value for kind in SourceKind]), help="What the source is; else as it shows.")
@click.option("--from", "found_in", default="", metavar="KEY", help="The report of this review that led to it.")
@json_option
@pass_caller
def add_command(
    caller: Caller,
    number: str | None,
    title: str,
    authors: str,
    year: str,
    journal: str,
    doi: str,
    url: str,
    abstract: str,
    source: str,
    kind: str | None,
    found_in: str,
    as_json: bool,
) -> None:
    """Add one report: by its PMID, DOI or NCT number, which are looked up, or described by hand with --title.

    It counts under its source. Where the same report is in the review already, that is told, and `dedupe` joins the two.
    """
    typed = {"title": title, "authors": authors, "year": year, "journal": journal, "doi": doi, "url": url, "abstract": abstract}
    by_hand = {name: text for name, text in typed.items() if text.strip()}
    if number is None and not by_hand:
        raise UsageError("Say which report: a PMID, DOI or NCT number, or --title TEXT.")
    if by_hand and not title.strip():
        raise UsageError(f"--{next(iter(by_hand))} describes a report by hand, which needs --title TEXT too.")
    from prisma_tool.identify.add_report import add

    with caller.review() as review:
        added = add(review, _addition(review, number, by_hand, source, kind, found_in))
        if as_json:
            print_json({**asdict(added), "same_report": _same_reports(review, added)})
            return
        _say(review, added)


def _addition(
    review: Review, number: str | None, by_hand: dict[str, str], source: str, kind: str | None, found_in: str
) -> Addition:
    from prisma_tool.formats.field_entry import FIELDS, read_field
    from prisma_tool.identify.add_report import Addition, described
    from prisma_tool.identify.lookup import ask, number_in
    from prisma_tool.identify.run import services
    from prisma_tool.model.record.citation import Citation

    looked_up = number_in(number) if number else None
    source_kind = SourceKind(kind) if kind else None
    if by_hand:
        values = {FIELDS[name].attribute: read_field(name, text) for name, text in by_hand.items()}
        return Addition(source, source_kind, described(Citation(**values), looked_up), looked_up, found_in=found_in)
    assert looked_up is not None
    tell(f"Asking {'ClinicalTrials.gov' if looked_up.value.startswith('NCT') else 'PubMed'} for {looked_up} ...")
    answered = ask(services.services(review.environment), looked_up)
    return Addition(source, source_kind, answered.entry.citation, looked_up, answered, found_in)


def _same_reports(review: Review, added: Added) -> list[dict[str, str]]:
    """The records that seem to be the same report, and where they stand."""
    from prisma_tool.reports.state import reports_of

    with review.store.read() as transaction:
        reports = reports_of(transaction, added.known_as)
    return [{"key": key, "phase": reports[key].phase.value} for key in added.known_as if key in reports]


def _say(review: Review, added: Added) -> None:
    led = f", found in {', '.join(added.found_in)}" if added.found_in else ""
    outcome = "added" if added.new else "is in this review already; nothing was added twice"
    say(f"{added.key} {outcome}: {one_line(added.title) or '(no title)'} ({added.source}, {added.kind}{led})")
    for warning in added.warnings:
        say(f"  warning: {warning}")
    for report in _same_reports(review, added):
        say(f"  the same report seems to be here as {report['key']} ({report['phase']})")
    if added.new:
        say("Next: prisma-tool dedupe")
