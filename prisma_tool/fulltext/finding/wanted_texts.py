"""Which full texts are wanted, with the numbers that services go by and what they answered lately.

Read only. Invariant: a report that has a file, is a register entry or is not sought is not among them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from prisma_tool.errors import DecisionError
from prisma_tool.fulltext.attempts import FullText, full_texts
from prisma_tool.fulltext.finding.report_search import WantedText
from prisma_tool.fulltext.finding.service_answers import service_attempts
from prisma_tool.model.log.versions import Era
from prisma_tool.model.record.citation import Citation
from prisma_tool.reports.state import PENDING_ASSESSMENT, SOUGHT, Phase, Report, load_review_state
from prisma_tool.sources.fulltexts.locations import TextQuestion
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.records import records
from prisma_tool.store.records.records import StoredRecord

ASKED_LATELY = timedelta(days=7)
"""What a service answered so lately is not asked again: open copies do not appear by the hour, and a search that stopped goes on."""
_PREPRINT = "preprint"
_PREPRINT_SERVERS = ("10.1101/", "10.21203/", "10.20944/", "10.48550/arxiv", "10.31234/", "10.2139/ssrn", "10.64898/")
"""How the DOIs of medRxiv and bioRxiv (old and new), Research Square, Preprints.org, arXiv, PsyArXiv and SSRN begin."""


def wanted_texts(transaction: Transaction, keys: Sequence[str], *, again: bool = False) -> list[WantedText]:
    """The full texts that are wanted: those of the reports of these keys, or of all that wait for one.

    Args:
        transaction: An open transaction.
        keys: Records whose reports are meant; none for all.
        again: Whether services are asked again although they answered lately.

    Raises:
        DecisionError: an unknown key, or a report that is not sought.
    """
    records.require(transaction, keys)
    review_state = load_review_state(transaction)
    reports = [report for report in review_state.reports if _is_meant(report, frozenset(keys), review_state.era)]
    members = {report.key: [record.key for record in report.records] for report in reports}
    texts = full_texts(transaction, members)
    stored = records.records_by_key(transaction, {key for group in members.values() for key in group})
    since = None if again else transaction.now() - ASKED_LATELY
    waiting = (report for report in reports if not texts[report.key].files)
    groups = ((report.key, [stored[key] for key in members[report.key]]) for report in waiting)
    return [
        _wanted(key, held, texts[key], since) for key, held in groups if not any(one.citation.is_register_entry for one in held)
    ]


def _is_meant(report: Report, keys: frozenset[str], era: Era) -> bool:
    named = bool(keys & {record.key for record in report.records})
    if named and report.phase not in SOUGHT:
        raise DecisionError(f"{report.key} is {report.phase}; full texts are sought for reports included at title/abstract.")
    if keys:
        return named
    # One that a closed version did not retrieve stays as that version has it until a person takes it up (counting rule 22).
    open_again = report.phase is Phase.NOT_RETRIEVED and not era.closings
    return open_again or report.phase is Phase.SEEKING or report.phase in PENDING_ASSESSMENT


def _wanted(key: str, held: Sequence[StoredRecord], text: FullText, since: datetime | None) -> WantedText:
    ordered = sorted(held, key=lambda record: (record.key != key, record.key))
    citations = [record.citation for record in ordered]
    question = TextQuestion(
        key,
        _first(citations, lambda one: one.doi),
        _first(citations, lambda one: one.pmid),
        _first(citations, lambda one: one.pmcid),
    )
    titles = tuple(dict.fromkeys(title for one in citations for title in (one.title, one.vernacular_title) if title))
    lately = [event for event in text.attempts if since is not None and event.at >= since]
    return WantedText(key, question, titles, _is_preprint(citations), tuple(service_attempts(lately)))


def _first(citations: Sequence[Citation], number: Callable[[Citation], str]) -> str:
    return next(filter(None, map(number, citations)), "")


def _is_preprint(citations: Sequence[Citation]) -> bool:
    """Whether a preprint is what the review has: then the submitted version is the report itself."""
    return all(_is_one(one) for one in citations)


def _is_one(citation: Citation) -> bool:
    return any(kind.casefold() == _PREPRINT for kind in citation.publication_types) or citation.doi.startswith(_PREPRINT_SERVERS)
