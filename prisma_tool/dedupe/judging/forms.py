"""The form in which a work came out, where a record shows it: the same title as a thesis, a preprint and a paper is three reports.

Databases disagree about types of papers, so only forms that are published apart from any paper count, and a missing form says nothing.
"""

from __future__ import annotations

import re
from enum import StrEnum

from prisma_tool.model.record.citation import Citation


class Form(StrEnum):
    """How a work came out."""

    UNKNOWN = ""
    PREPRINT = "preprint"
    THESIS = "thesis"
    ABSTRACT = "abstract of a meeting"
    SUPPLEMENT = "contribution to a supplement"


_PREPRINT_DOIS = (
    "10.1101/",  # bioRxiv and medRxiv
    "10.2139/ssrn",
    "10.20944/preprints",
    "10.21203/rs",
    "10.22541/au",
    "10.26434/chemrxiv",
    "10.31219/osf",
    "10.31234/osf",
    "10.31222/osf",
    "10.31235/osf",
    "10.36227/techrxiv",
    "10.48550/arxiv",
    "10.64898/",  # bioRxiv and medRxiv under openRxiv
)
_PREPRINT_SERVER = re.compile(
    r"(?:arxiv|biorxiv|medrxiv|chemrxiv|psyarxiv|techrxiv|research square|ssrn\b|preprints\b)", re.IGNORECASE
)
_THESIS = re.compile(r"\b(?:thesis|theses|dissertations?)\b", re.IGNORECASE)
_MEETING = re.compile(r"\b(?:conference|meeting) abstracts?\b", re.IGNORECASE)
_SUPPLEMENT = re.compile(r"suppl", re.IGNORECASE)


def form(citation: Citation) -> Form:
    """The form that the record's types, identifier, journal or issue show."""
    types = "; ".join(citation.publication_types)
    if "preprint" in types.casefold() or citation.doi.startswith(_PREPRINT_DOIS) or _PREPRINT_SERVER.match(citation.journal):
        return Form.PREPRINT
    if _THESIS.search(types) or _THESIS.search(citation.journal):
        return Form.THESIS
    if _MEETING.search(types):
        return Form.ABSTRACT
    return Form.SUPPLEMENT if _SUPPLEMENT.search(citation.issue) or _SUPPLEMENT.search(citation.volume) else Form.UNKNOWN
