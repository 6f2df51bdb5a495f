"""`retrieve` and `open`: getting full texts, and reading them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from prisma_tool.cli.context import Caller, json_option, pass_caller, print_json, reviewer_option, say, tell
from prisma_tool.cli.finding_texts import find_options, find_or_list, require_fitting
from prisma_tool.cli.inbox import attach_inbox
from prisma_tool.errors import ExitCode, UsageError
from prisma_tool.fulltext.finding.find_request import FindRequest
from prisma_tool.model.text import clean, one_line
from prisma_tool.model.vocabulary import RetrievalStatus

if TYPE_CHECKING:
    from prisma_tool.fulltext.attempts import RetrievalAttempt
    from prisma_tool.fulltext.pdf_matching import FolderMatches
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
@click.argument("words", nargs=-1, metavar="[KEY [STATUS]]")
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
@click.option(
    "--inbox", is_flag=True, help="Attach the PDFs of fulltext/inbox whose first pages name number and title of a report."
)
@click.option("--check", is_flag=True, help="With --folder or --inbox: only say what would be attached.")
@click.option(
    "--list", "listing", is_flag=False, flag_value="sought", type=click.Choice(_LISTS), help="List reports with what was tried."
)
@find_options
@json_option
@pass_caller
def retrieve_command(
    caller: Caller,
    words: tuple[str, ...],
    document: Path | None,
    note: str,
    tried: tuple[str, ...],
    asked: tuple[str, ...],
    day: datetime | None,
    undo: bool,
    reviewer: str | None,
    table: Path | None,
    folder: Path | None,
    inbox: bool,
    check: bool,
    listing: str | None,
    find: bool,
    all_reports: bool,
    again: bool,
    any_version: bool,
    request: bool,
    outputs: tuple[Path, ...],
    as_json: bool,
) -> int:
    """Say whether the full text of KEY was retrieved (STATUS: retrieved or not-retrieved), what was tried, and attach its PDF.

    With --find, services are asked for the full texts of KEYs or, with --all, of all reports that wait for one: PMC, Unpaywall (wants an
    e-mail address in UNPAYWALL_EMAIL), Europe PMC, OpenAlex (wants OPENALEX_API_KEY). What they answer is kept as an attempt. --request
    lists for the library what could not be found.

    With --folder, PDFs whose names hold a report's DOI, PMID or key, or the first author and year that no other report has, are
    attached to it, all or none; what leaves a doubt is listed and left alone. --inbox does the same for what was put into the review's
    folder fulltext/inbox, by what the documents themselves say; what was attached leaves it. --list tells the attempts.
    """
    forms = (bool(words) and not find, find, table is not None, folder is not None, inbox, listing is not None, request)
    _require_one(forms, check=check and folder is None and not inbox)
    require_fitting(words, find=find, all_reports=all_reports, others=again or any_version, outputs=outputs, request=request)
    key, status = _key_and_status(() if find else words)
    with caller.review() as review:
        if find or request:
            wanted = FindRequest(words, again=again, any_version=any_version) if find else None
            return find_or_list(review, wanted, reviewer, outputs, as_json=as_json)
        if listing is not None:
            _list(review, listing, as_json=as_json)
        elif folder is not None:
            _attach_folder(review, folder, review.reviewer(reviewer), check=check, as_json=as_json)
        elif inbox:
            attach_inbox(review, review.reviewer(reviewer), check=check, as_json=as_json)
        elif undo and key is not None:
            _undo(review, key, review.reviewer(reviewer), as_json=as_json)
        elif key is not None:
            _retrieve_report(
                review,
                _RetrievalRequest(key, status, document, note, tried, asked, day),
                review.reviewer(reviewer),
                as_json=as_json,
            )
        elif table is not None:
            _retrieve_table(review, table, review.reviewer(reviewer), as_json=as_json)
    return ExitCode.DONE


def _require_one(forms: tuple[bool, ...], *, check: bool) -> None:
    if sum(forms) != 1:
        raise UsageError("Give one of: KEY and STATUS, --find, --from CSV, --folder DIR, --inbox, --list, --request.")
    if check:
        raise UsageError("--check belongs to --folder and --inbox.")


def _key_and_status(words: tuple[str, ...]) -> tuple[str | None, str | None]:
    """What was typed for one report, if anything was.

    Raises:
        UsageError: more than two words, or the second is no status.
    """
    if not words:
        return None, None
    key, *rest = words
    statuses = [status.value for status in RetrievalStatus]
    if len(rest) > 1 or (rest and rest[0] not in statuses):
        raise UsageError(f"'{one_line(' '.join(rest))}' is no STATUS; after KEY stands one of: {', '.join(statuses)}.")
    return key, rest[0] if rest else None


def _retrieve_table(review: Review, table: Path, reviewer: str, *, as_json: bool) -> None:
    from prisma_tool.fulltext.retrieval import retrieve
    from prisma_tool.model.log.events import Channel
    from prisma_tool.screening.decision_csv import read_retrievals

    stored = retrieve(review.through(Channel.FILE), read_retrievals(table), reviewer)
    if as_json:
        print_json({"retrievals": len(stored)})
        return
    say(f"Stored {len(stored)} {'retrieval' if len(stored) == 1 else 'retrievals'}.")


def _retrieve_report(review: Review, request: _RetrievalRequest, reviewer: str, *, as_json: bool) -> None:
    from prisma_tool.fulltext.attempts import note_attempts
    from prisma_tool.fulltext.retrieval import Retrieval, retrieve

    attempts = _attempts(request)
    if request.status is None and (request.document or request.note or not attempts):
        raise UsageError("Give KEY and STATUS (retrieved or not-retrieved), or KEY with --tried WHERE or --asked WHOM.")
    if request.day is not None and not attempts:
        raise UsageError("--on says when something was tried or somebody asked; add --tried or --asked.")
    if request.status is None:
        note_attempts(review, attempts, reviewer)
    else:
        retrieve(
            review, [Retrieval(request.key, RetrievalStatus(request.status), request.document, request.note)], reviewer, attempts
        )
        _say_doubts(review, request)
    if as_json:
        print_json(_report_json(review, request.key))
        return
    attempts_stored = f"{len(attempts)} {'attempt' if len(attempts) == 1 else 'attempts'}"
    parts = (["1 retrieval"] if request.status else []) + ([attempts_stored] if attempts else [])
    say(f"Stored {' and '.join(parts)}.")


def _say_doubts(review: Review, request: _RetrievalRequest) -> None:
    """Say on stderr where the document calls itself another work."""
    if request.document is None:
        return
    from contextlib import closing

    from prisma_tool.fulltext.attached_documents import doubts_about
    from prisma_tool.fulltext.reading.pdf_pages import DocumentReader

    with closing(DocumentReader()) as reader:
        for doubt in doubts_about(review, request.key, [request.document], reader):
            tell(f"{doubt} It stays attached; `prisma-tool retrieve {one_line(request.key)} --undo` takes it back.")


def _attempts(request: _RetrievalRequest) -> list[RetrievalAttempt]:
    from prisma_tool.fulltext.attempts import AttemptMeans, RetrievalAttempt

    at = request.day.replace(tzinfo=UTC) if request.day else None
    tried = [(AttemptMeans.TRIED, what) for what in request.tried] + [(AttemptMeans.ASKED, who) for who in request.asked]
    return [RetrievalAttempt(request.key, means, what, at) for means, what in tried]


def _undo(review: Review, key: str, reviewer: str, *, as_json: bool) -> None:
    from prisma_tool.fulltext.attempts import attempt_text, take_back

    event = take_back(review, key, reviewer)
    if as_json:
        print_json(_report_json(review, key))
        return
    what = attempt_text(event) if event.text("means") else event.text("status")
    current = _report_json(review, key)
    say(f"{key}: taken back: {what}. Now: {current['status'] or 'nobody has said whether it was retrieved'}.")


def _report_json(review: Review, key: str) -> dict[str, Any]:
    from prisma_tool.reports.state import reports_of

    with review.store.read() as transaction:
        report = reports_of(transaction, [key])[key]
    return next(row for row in _rows(review, "sought") if row["key"] == report.key)


def _rows(review: Review, name: str) -> list[dict[str, Any]]:
    from prisma_tool.fulltext.attempts import FullText, attempt_text, full_texts
    from prisma_tool.records.report_sets import holds
    from prisma_tool.reports.state import load_review_state
    from prisma_tool.store.records import records

    with review.store.read() as transaction:
        reports = [report for report in load_review_state(transaction).reports if holds(name, report)]
        texts = full_texts(transaction, {report.key: [record.key for record in report.records] for report in reports})
        titles = records.records_by_key(transaction, texts)

    def full_text_json(text: FullText) -> dict[str, Any]:
        attempts = [
            {"means": attempt.text("means"), "what": attempt.text("what"), "on": f"{attempt.at:%Y-%m-%d}", "by": attempt.reviewer, "words": attempt_text(attempt)}
            for attempt in text.attempts
        ]  # fmt: skip
        return {"status": text.status, "note": text.note, "files": list(text.files), "efforts": attempts}

    return [
        {
            "key": report.key,
            "title": one_line(titles[report.key].citation.title),
            "phase": report.phase.value,
            **full_text_json(texts[report.key]),
        }
        for report in reports
    ]


def _list(review: Review, name: str, *, as_json: bool) -> None:
    rows = _rows(review, name)
    if as_json:
        print_json({"set": name, "reports": rows})
        return
    for row in rows:
        note = f" ({one_line(row['note'])})" if row["note"] else ""
        say(f"{row['key']}  {row['phase']}{note}  {row['title'] or '(no title)'}")
        for line in (*(attempt["words"] for attempt in row["efforts"]), *(f"file: {file}" for file in row["files"])):
            say(f"    {line}")
    if not rows:
        say("No report is in this list.")


def _attach_folder(review: Review, folder: Path, reviewer: str, *, check: bool, as_json: bool) -> None:
    from prisma_tool.fulltext.pdf_matching import attach_matches, match_folder

    findings = match_folder(review, folder)
    if not check:
        attach_matches(review, findings, reviewer)
    if as_json:
        attached = [{**asdict(match), "file": clean(match.file)} for match in findings.certain]
        doubtful = [{**asdict(match), "file": clean(match.file)} for match in findings.doubtful]
        print_json(
            {
                "attached": attached, "doubtful": doubtful, "unmatched": [clean(path) for path in findings.unmatched],
                "lacking": findings.lacking, "stored": not check,
            }
        )  # fmt: skip
        return
    _say_findings(findings, check=check)


def _say_findings(findings: FolderMatches, *, check: bool) -> None:
    for match in findings.certain:
        say(f"{match.key}: {one_line(match.file)} ({match.ground})")
    for doubt in findings.doubtful:
        keys = f" [{', '.join(doubt.keys)}]" if doubt.keys else ""
        say(f"left alone: {one_line(doubt.file)}: {doubt.why}{keys}")
    for path in findings.unmatched:
        tell(f"no report: {one_line(path)}")
    would = "would be " if check else ""
    say(
        f"{len(findings.certain)} {would}attached, {len(findings.doubtful)} left to you (`prisma-tool retrieve KEY retrieved --file PDF`), "
        f"{len(findings.unmatched)} of no report here; {findings.lacking} {'report still wants' if findings.lacking == 1 else 'reports still want'} a file."
    )


@click.command("open")
@click.argument("key")
@click.argument("what", required=False, metavar="[pdf|doi|pubmed|pmc|register|link]")
@click.option("--list", "listing", is_flag=True, help="Only list the places where it can be read.")
@json_option
@pass_caller
def open_command(caller: Caller, key: str, what: str | None, listing: bool, as_json: bool) -> None:
    """Open the report of KEY with the system's viewer: its PDF, else its DOI, PubMed, register or other page."""
    from prisma_tool.fulltext.links import LocationKind, choose_location, full_text_locations, open_report, system_viewer

    kinds = [sort.value for sort in LocationKind]
    if what is not None and what not in kinds:
        raise UsageError(f"'{what}' cannot be opened; it is one of: {', '.join(kinds)}.")
    kind = LocationKind(what) if what else None
    with caller.review() as review:
        if listing or as_json:
            links = full_text_locations(review, key)
            if kind:
                links = [choose_location(links, key, kind)]
        else:
            links = [open_report(review, key, system_viewer, kind)]
    if as_json:
        print_json({"key": key, "places": [asdict(link) for link in links]})
        return
    for link in links:
        say(f"{link.what}: {one_line(link.target)}{' (not in this folder)' if link.missing else ''}")
