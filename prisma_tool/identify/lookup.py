"""Single reports by their number, asked of the service that knows them: a PMID, a DOI, an NCT number.

Invariant: what comes back is checked against what was asked for; a service that knows nothing of the number is a sentence, not an
empty record.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from prisma_tool.errors import PrismaError, UsageError
from prisma_tool.formats.account.account import ParsedEntry
from prisma_tool.identify.run.services import Services
from prisma_tool.model.record.identifiers import normal_doi, normal_pmid
from prisma_tool.model.text import one_line

_NCT = re.compile(r"(?:.*/)?(NCT)[\s:#-]{0,2}(\d{8})(?:[/?#].*)?", re.IGNORECASE)


class Scheme(StrEnum):
    """The kinds of numbers that a service can be asked for."""

    PMID = "PMID"
    DOI = "DOI"
    NCT = "NCT number"


@dataclass(frozen=True, slots=True)
class ReportNumber:
    """A number in its normal spelling."""

    scheme: Scheme
    value: str

    def __str__(self) -> str:
        return self.value if self.scheme is Scheme.NCT else f"{self.scheme} {self.value}"


@dataclass(frozen=True, slots=True)
class Answered:
    """What a service says about one number: the entry, and its untouched answer with the name of its kind and its suffix."""

    entry: ParsedEntry
    format: str
    raw: bytes
    name: str


def number_in(text: str) -> ReportNumber:
    """The number that a person typed, alone or in an address of PubMed, doi.org or ClinicalTrials.gov.

    Raises:
        UsageError: it is none of the three kinds.
    """
    plain = one_line(text)
    registered = _NCT.fullmatch(plain)
    if registered:
        return ReportNumber(Scheme.NCT, f"NCT{registered[2]}")
    pmid = normal_pmid(plain)
    if pmid:
        return ReportNumber(Scheme.PMID, pmid)
    doi = normal_doi(plain)
    if doi:
        return ReportNumber(Scheme.DOI, doi)
    raise UsageError(
        f"'{plain}' is no PMID, DOI or NCT number. Give one of these, or describe the report by hand: --title TEXT (--authors, --year ...)."
    )


def ask(services: Services, number: ReportNumber) -> Answered:
    """The record of a number, from PubMed or ClinicalTrials.gov.

    Raises:
        PrismaError: the service does not know it, or knows several.
        Interrupted: the service cannot be reached or fails.
    """
    if number.scheme is Scheme.NCT:
        return _registered(services, number)
    return _published(services, _pmid(services, number), number)


def _pmid(services: Services, number: ReportNumber) -> str:
    if number.scheme is Scheme.PMID:
        return number.value
    pmids = services.pubmed.with_dois([number.value]).ids
    if not pmids:
        raise _unknown("PubMed", number)
    if len(pmids) > 1:
        raise PrismaError(
            f"PubMed lists {number} for several records (PMIDs {', '.join(pmids[:5])}); nothing was stored. Add the right one by its PMID."
        )
    return pmids[0]


def _published(services: Services, pmid: str, number: ReportNumber) -> Answered:
    raw, parsed = services.pubmed.fetch([pmid])
    entry = next((candidate for candidate in parsed.entries if candidate.accession == pmid), None)
    if entry is None or (number.scheme is Scheme.DOI and entry.citation.doi != number.value):
        raise _unknown("PubMed", number)
    return Answered(entry, parsed.format, raw, "efetch-0001.xml")


def _registered(services: Services, number: ReportNumber) -> Answered:
    page = next(services.ctgov.pages({"filter.ids": number.value}))
    known = (
        candidate
        for candidate in page.parsed.entries
        if number.value in (candidate.accession, *candidate.citation.registry_numbers)
    )
    entry = next(known, None)
    if entry is None:
        raise _unknown("ClinicalTrials.gov", number)
    return Answered(entry, page.parsed.format, page.raw, "studies-0001.json")


def _unknown(service: str, number: ReportNumber) -> PrismaError:
    return PrismaError(
        f"{service} knows no record with the {number.scheme} {number.value}; nothing was stored. Check it, or describe the report by "
        "hand: --title TEXT (--authors, --year, --journal, --doi ...)."
    )
