"""`retrieve` and `open`: getting full texts, and reading them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from prisma_tool.cli.context import Caller, json_option, pass_caller, print_json, reviewer_option, say, tell
from prisma_tool.errors import UsageError
from prisma_tool.model.text import clean, one_line
from prisma_tool.model.vocabulary import RetrievalStatus

if TYPE_CHECKING:
    from prisma_tool.fulltext.attempts import Effort
    from prisma_tool.fulltext.pdf_matching import Findings
    from prisma_tool.review.open_review import Review

_LISTS = ("sought", "to-retrieve", "not-retrieved")


@dataclass(frozen=True, slots=True)
class _RetrievalRequest:
    """What was typed for one report."""

    key: str
    status: str | None
    document: Path | None
    note: str
    tried: tuple[str, ...]
    asked: tuple[str, ...]
    day: datetime | None


@click.command("retrieve")
@click.argument("key", required=False)
@click.argument("status", required=False, metavar="[STATUS]", type=click.Choice([status.value for status in RetrievalStatus]))
@click.option("--file", "document", type=click.Path(path_type=Path), metavar="PDF", help="A document to keep under fulltext/.")
@click.option("--note", default="", metavar="N", help="A remark on the status.")
@click.option(
    "--tried", multiple=True, metavar="WHERE", help="Note an attempt: a link, a library, a repository. Can be repeated."
)
@click.option("--asked", multiple=True, metavar="WHOM", help="Note an attempt: an author who was asked. Can be repeated.")
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="When it was tried or asked; else now.")
@click.option("--undo", is_flag=True, help="Take back your last word on the full text of KEY.")
@reviewer_option
@click.option("--from", "table", type=click.Path(path_type=Path), metavar="CSV", help="Apply a CSV with key,status,file,note.")
@click.option(
    "--folder", type=click.Path(path_type=Path), metavar="DIR", help="Attach the PDFs of a folder by what they are called."
)
@click.option("--check", is_flag=True, help="With --folder: only say what would be attached.")
@click.option(
    "--list", "listing", is_flag=False, flag_value="sought", type=click.Choice(_LISTS), help="List reports with what was tried."
)
@json_option
@pass_caller
def retrieve_command(
    caller: Caller,
    key: str | None,
    status: str | None,
    document: Path | None,
    note: str,
    tried: tuple[str, ...],
    asked: tuple[str, ...],
    day: datetime | None,
    undo: bool,
    reviewer: str | None,
    table: Path | None,
    folder: Path | None,
    check: bool,
    listing: str | None,
    as_json: bool,
) -> None:
    """Say whether the full text of KEY was retrieved (STATUS: retrieved or not-retrieved), what was tried, and attach its PDF.

    With --folder, PDFs whose names hold a report's DOI, PMID or key, or the first author and year that no other report has, are
    attached to it, all or none; what leaves a doubt is listed and left alone. --list tells the attempts.
    """
    forms = (key is not None, table is not None, folder is not None, listing is not None)
    if sum(forms) != 1:
        raise UsageError("Give one of: KEY and STATUS, --from CSV, --folder DIR, --list.")
    if check and folder is None:
        raise UsageError("--check belongs to --folder.")
    with caller.review() as review:
        if listing is not None:
            _list(review, listing, as_json=as_json)
        elif folder is not None:
            _folder(review, folder, review.reviewer(reviewer), check=check, as_json=as_json)
        elif undo and key is not None:
            _undo(review, key, review.reviewer(reviewer), as_json=as_json)
        elif key is not None:
            _one(
                review,
                _RetrievalRequest(key, status, document, note, tried, asked, day),
                review.reviewer(reviewer),
                as_json=as_json,
            )
        elif table is not None:
            _table(review, table, review.reviewer(reviewer), as_json=as_json)


def _table(review: Review, table: Path, reviewer: str, *, as_json: bool) -> None:
    from prisma_tool.fulltext.retrieval import retrieve
    from prisma_tool.screening.decision_csv import read_retrievals

    stored = retrieve(review, read_retrievals(table), reviewer)
    if as_json:
        print_json({"retrievals": len(stored)})
        return
    say(f"Stored {len(stored)} {'retrieval' if len(stored) == 1 else 'retrievals'}.")


def _one(review: Review, wish: _RetrievalRequest, reviewer: str, *, as_json: bool) -> None:
    from prisma_tool.fulltext.attempts import note_efforts
    from prisma_tool.fulltext.retrieval import Retrieval, retrieve

    efforts = _efforts(wish)
    if wish.status is None and (wish.document or wish.note or not efforts):
        raise UsageError("Give KEY and STATUS (retrieved or not-retrieved), or KEY with --tried WHERE or --asked WHOM.")
    if wish.day is not None and not efforts:
        raise UsageError("--on says when something was tried or somebody asked; add --tried or --asked.")
    if wish.status is None:
        note_efforts(review, efforts, reviewer)
    else:
        retrieve(review, [Retrieval(wish.key, RetrievalStatus(wish.status), wish.document, wish.note)], reviewer, efforts)
    if as_json:
        print_json(_report_json(review, wish.key))
        return
    attempts = f"{len(efforts)} {'attempt' if len(efforts) == 1 else 'attempts'}"
    parts = (["1 retrieval"] if wish.status else []) + ([attempts] if efforts else [])
    say(f"Stored {' and '.join(parts)}.")


def _efforts(wish: _RetrievalRequest) -> list[Effort]:
    from prisma_tool.fulltext.attempts import Effort, Means

    at = wish.day.replace(tzinfo=UTC) if wish.day else None
    said = [(Means.TRIED, what) for what in wish.tried] + [(Means.ASKED, who) for who in wish.asked]
    return [Effort(wish.key, means, what, at) for means, what in said]


def _undo(review: Review, key: str, reviewer: str, *, as_json: bool) -> None:
    from prisma_tool.fulltext.attempts import effort_words, take_back

    gone = take_back(review, key, reviewer)
    if as_json:
        print_json(_report_json(review, key))
        return
    what = effort_words(gone) if gone.text("means") else gone.text("status")
    say(f"{key}: taken back: {what}.")


def _report_json(review: Review, key: str) -> dict[str, Any]:
    from prisma_tool.reports.state import reports_of

    with review.store.read() as transaction:
        report = reports_of(transaction, [key])[key]
    return next(one for one in _rows(review, "sought") if one["key"] == report.key)


def _rows(review: Review, name: str) -> list[dict[str, Any]]:
    from prisma_tool.fulltext.attempts import FullText, effort_words, full_texts
    from prisma_tool.records.report_sets import holds
    from prisma_tool.reports.state import load
    from prisma_tool.store.records import records

    with review.store.read() as transaction:
        reports = [report for report in load(transaction).reports if holds(name, report)]
        texts = full_texts(transaction, {one.key: [record.key for record in one.records] for one in reports})
        held = records.records_by_key(transaction, texts)

    def told(text: FullText) -> dict[str, Any]:
        efforts = [
            {"means": one.text("means"), "what": one.text("what"), "on": f"{one.at:%Y-%m-%d}", "by": one.reviewer, "words": effort_words(one)}
            for one in text.efforts
        ]  # fmt: skip
        return {"status": text.status, "note": text.note, "files": list(text.files), "efforts": efforts}

    return [
        {"key": one.key, "title": one_line(held[one.key].citation.title), "phase": one.phase.value, **told(texts[one.key])}
        for one in reports
    ]


def _list(review: Review, name: str, *, as_json: bool) -> None:
    rows = _rows(review, name)
    if as_json:
        print_json({"set": name, "reports": rows})
        return
    for row in rows:
        note = f" ({one_line(row['note'])})" if row["note"] else ""
        say(f"{row['key']}  {row['phase']}{note}  {row['title'] or '(no title)'}")
        for line in (*(effort["words"] for effort in row["efforts"]), *(f"file: {one}" for one in row["files"])):
            say(f"    {line}")
    if not rows:
        say("No report is in this list.")


def _folder(review: Review, folder: Path, reviewer: str, *, check: bool, as_json: bool) -> None:
    from prisma_tool.fulltext.pdf_matching import attach, look

    found = look(review, folder)
    if not check:
        attach(review, found, reviewer)
    if as_json:
        attached = [{**asdict(one), "file": clean(one.file)} for one in found.certain]
        doubtful = [{**asdict(one), "file": clean(one.file)} for one in found.doubtful]
        print_json(
            {
                "attached": attached, "doubtful": doubtful, "unmatched": [clean(one) for one in found.unmatched],
                "lacking": found.lacking, "stored": not check,
            }
        )  # fmt: skip
        return
    _say_findings(found, check=check)


def _say_findings(found: Findings, *, check: bool) -> None:
    for match in found.certain:
        say(f"{match.key}: {one_line(match.file)} ({match.ground})")
    for doubt in found.doubtful:
        keys = f" [{', '.join(doubt.keys)}]" if doubt.keys else ""
        say(f"left alone: {one_line(doubt.file)}: {doubt.why}{keys}")
    for path in found.unmatched:
        tell(f"no report: {one_line(path)}")
    would = "would be " if check else ""
    say(
        f"{len(found.certain)} {would}attached, {len(found.doubtful)} left to you (`prisma-tool retrieve KEY retrieved --file PDF`), "
        f"{len(found.unmatched)} of no report here; {found.lacking} {'report still wants' if found.lacking == 1 else 'reports still want'} a file."
    )


@click.command("open")
@click.argument("key")
@click.argument("what", required=False, metavar="[pdf|doi|pubmed|pmc|register|link]")
@click.option("--list", "listing", is_flag=True, help="Only list the places where it can be read.")
@json_option
@pass_caller
def open_command(caller: Caller, key: str, what: str | None, listing: bool, as_json: bool) -> None:
    """Open the report of KEY with the system's viewer: its PDF, else its DOI, PubMed, register or other page."""
    from prisma_tool.fulltext.links import What, chosen, open_report, places, system_viewer

    kinds = [one.value for one in What]
    if what is not None and what not in kinds:
        raise UsageError(f"'{what}' cannot be opened; it is one of: {', '.join(kinds)}.")
    wanted = What(what) if what else None
    with caller.review() as review:
        if listing or as_json:
            found = places(review, key)
            if wanted:
                found = [chosen(found, key, wanted)]
        else:
            found = [open_report(review, key, system_viewer, wanted)]
    if as_json:
        print_json({"key": key, "places": [asdict(one) for one in found]})
        return
    for one in found:
        say(f"{one.what}: {one_line(one.target)}{' (not in this folder)' if one.missing else ''}")
