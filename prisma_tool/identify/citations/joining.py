"""Works that several indexes found, joined to one each before anything is stored.

Pure. Two are the same work where they share a PMID, or a DOI while their PMIDs do not differ, or, without any number, every word. Invariant:
each work that came is in exactly one joined work, and every lead to it too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from msgspec import structs

from prisma_tool.formats.citation_indexes.joined_works import JoinedWork, Lead
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.record.keys import content_accession
from prisma_tool.model.text import fold

_FILLED = ("doi", "pmid", "pmcid", "abstract", "year", "journal", "authors", "title")
"""What the first of several contents takes over from the others where it has nothing."""
_SUBTITLE = re.compile(r"[:;.?!]\s+|\s[-\u2013\u2014]\s+|\s?\u2014\s?")
"""What stands between a title and its subtitle; a word that follows without it makes another title."""
AccessionOf = Callable[[Citation, str], str]
"""The accession of a work, from its content and the number that an index has for it."""


@dataclass(frozen=True, slots=True)
class FoundWork:
    """A work as one index gave it: the index's number (may be empty), its content, and what led to it."""

    number: str
    citation: Citation
    leads: tuple[Lead, ...]


def accession(citation: Citation, number: str) -> str:
    """The number under which a work is kept: its PMID, else its DOI, else that of the index; empty where it has none."""
    return citation.pmid or citation.doi or number


def joined(works: Iterable[FoundWork], accession_of: AccessionOf = accession) -> list[JoinedWork]:
    """One work for all that describe the same, in the order in which they came.

    Args:
        works: What the indexes gave; where several describe one, the first with an abstract gives the content.
        accession_of: Names a joined work.
    """
    groups: dict[int, list[FoundWork]] = {}
    group_of: dict[tuple[str, str], int] = {}
    for place, work in enumerate(works):
        own, members = place, [work]
        for other in dict.fromkeys(group_of[name] for name in _names(work) if name in group_of):
            if _compatible(groups[other], members):
                own, members = min(own, other), [*groups.pop(other), *members]
        groups[own] = members
        # A name that two groups claim, because their PMIDs differ, stays with the first.
        group_of |= {name: own for one in members for name in _names(one) if group_of.get(name) not in groups}
    return [_joined(groups[place], accession_of) for place in sorted(groups)]


def _names(work: FoundWork) -> list[tuple[str, str]]:
    """By what other works know this one; without a number, by all of its words."""
    citation = work.citation
    names = [("pmid", citation.pmid), ("doi", citation.doi), ("number", work.number)]
    known = [(scheme, value) for scheme, value in names if value]
    return known or [("content", content_accession(citation))]


def _compatible(group: Sequence[FoundWork], works: Sequence[FoundWork]) -> bool:
    """Whether no two PMIDs would come together."""
    return len({work.citation.pmid for work in (*group, *works) if work.citation.pmid}) <= 1


def _joined(group: Sequence[FoundWork], accession_of: AccessionOf) -> JoinedWork:
    best = next((work for work in group if work.citation.abstract), group[0])
    others = [work.citation for work in group if work is not best]
    citation = best.citation
    for name in _FILLED:
        if not getattr(citation, name):
            filled = next((value for other in others if (value := getattr(other, name))), getattr(citation, name))
            citation = structs.replace(citation, **{name: filled})
    number = next((work.number for work in group if work.number), "")
    leads = tuple(sorted({lead for work in group for lead in work.leads}))
    return JoinedWork(accession_of(citation, number), citation, leads)


def as_kept(work: JoinedWork, kept: Citation) -> JoinedWork:
    """The work with the title under which an earlier search kept it, where the two differ by a subtitle alone.

    Indexes have titles with and without, and not every index is asked each time; a decided record is not changed by that.
    """
    same = kept.title and differ_by_subtitle(kept.title, work.citation.title)
    return replace(work, citation=structs.replace(work.citation, title=kept.title)) if same else work


def differ_by_subtitle(a: str, b: str) -> bool:
    """Whether one title is the other without its subtitle, whatever their case and markup."""
    shorter, longer = sorted((a, b), key=len)
    main = fold(shorter)
    return main != fold(longer) and any(fold(longer[: mark.start()]) == main for mark in _SUBTITLE.finditer(longer))
