"""What a newer version of a record changes that a reviewer would want to know, by kind.

A value that the newer version merely lacks is no change: another export of the same record often carries less.
"""

from __future__ import annotations

from prisma_tool.model.record.citation import Citation
from prisma_tool.model.text import fold

NOTICES = {
    "RetractionIn": "retracted",
    "RetractedandRepublishedIn": "retracted",
    "ExpressionOfConcernIn": "expression of concern",
    "ErratumIn": "erratum",
    "UpdateIn": "updated",
    "CorrectedandRepublishedIn": "erratum",
}
"""PubMed's RefTypes that tell readers something about the paper itself, in a reviewer's words."""

EDITED_FIELD = "edited field changed"
"""The kind of change where the source says something else about a field that a person corrected, and else nothing that matters."""


KINDS = frozenset(NOTICES.values()) | {
    "results posted",
    "status changed",
    "abstract arrived",
    "abstract changed",
    "title changed",
    "DOI arrived",
    "MeSH arrived",
}
"""What `changes` can find; other words in a version's changes say why it is one although nothing of this differs."""


def changes(old: Citation, new: Citation) -> tuple[str, ...]:
    """The kinds of change from `old` to `new`, in the order of their weight; empty where nothing that matters differs."""
    applying = {
        **dict.fromkeys(sorted(notices(new) - notices(old)), True),
        "results posted": _results(new) and not _results(old),
        "status changed": _trial_status(new) not in ("", _trial_status(old)),
        "abstract arrived": bool(new.abstract and not old.abstract),
        "abstract changed": bool(old.abstract and new.abstract) and _differs(old.abstract_text, new.abstract_text),
        "title changed": bool(new.title) and _differs(old.title, new.title),
        "DOI arrived": bool(new.doi and not old.doi),
        "MeSH arrived": bool(new.mesh and not old.mesh),
    }
    return tuple(kind for kind, applies in applying.items() if applies)


def notices(citation: Citation) -> frozenset[str]:
    """What later notices say about this record: retracted, erratum, ..."""
    return frozenset(NOTICES[link.kind] for link in citation.links if link.kind in NOTICES)


def same_record(old: Citation, new: Citation) -> bool:
    """False where one key arrives for what is plainly another record: another title and no shared identifier."""
    if not _differs(old.title, new.title) or not (old.title and new.title):
        return True
    shared = {value for value in (old.doi, old.pmid, *old.registry_numbers) if value}
    return bool(shared & {new.doi, new.pmid, *new.registry_numbers})


def completeness(citation: Citation) -> int:
    """How much a record tells, for choosing which record of a cluster is shown: an abstract outweighs all else."""
    weights = (
        (citation.abstract, 8),
        (citation.pmid, 4),
        (citation.doi, 3),
        (citation.authors, 2),
        (citation.journal, 1),
        (citation.year, 1),
        (citation.volume or citation.pages, 1),
        (citation.mesh or citation.keywords, 1),
        (citation.publication_types, 1),
        (citation.trial, 1),
    )
    return sum(weight for value, weight in weights if value)


def _differs(old: str, new: str) -> bool:
    return fold(old) != fold(new)


def _results(citation: Citation) -> bool:
    return citation.trial is not None and citation.trial.has_results


def _trial_status(citation: Citation) -> str:
    return citation.trial.status if citation.trial else ""
