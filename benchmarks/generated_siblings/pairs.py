"""Pairs of records whose relation is known, and what a database makes of a report.

`Pair.truth` is certain by construction. Everything is drawn from a `Random`, so a seed gives the same pairs everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from msgspec.structs import replace

from generated_siblings.words import Field, Group, Journal
from prisma_tool.model.record.citation import Author, Citation, Section


class Truth(StrEnum):
    """What the two records are."""

    SIBLINGS = "siblings"
    DUPLICATES = "duplicates"
    UNDECIDABLE = "to be asked"


@dataclass(frozen=True, slots=True)
class Entry:
    """A record as one source holds it, under an accession number of its own."""

    source: str
    accession: str
    citation: Citation


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records, what they are, and how the pair was made.

    `bare` are rows with few fields that fit either of the two: through them siblings could be joined by a third record.
    """

    truth: Truth
    kind: str
    shape: str
    first: Entry
    second: Entry
    bare: tuple[Entry, ...] = ()

    @property
    def citations(self) -> tuple[Citation, Citation]:
        """The two records' contents."""
        return self.first.citation, self.second.citation


def report(group: Group, title: str, abstract: str = "") -> Citation:
    """A report of the group, without a place."""
    return Citation(
        title=title,
        authors=group.authors,
        year=group.year,
        journal=group.journal.name,
        abstract=(Section("", abstract),) if abstract else (),
    )


def abstract_text(draw: Random, field: Field, aim: str) -> str:
    """An abstract with an aim, numbers and results of its own, after the first sentence that a group writes each time."""
    people, first, last = draw.randint(24, 4_000), draw.randint(1990, 2010), draw.randint(2011, 2023)
    ours, theirs = draw.uniform(4, 48), draw.uniform(4, 48)
    ratio = draw.uniform(0.4, 1.6)
    return (
        f"{field.disease.capitalize()} remains a frequent cause of {field.outcome} problems. We report on {aim}. "
        f"From {first} to {last} we {draw.choice(('enrolled', 'followed', 'randomised', 'reviewed'))} {people} {field.people} "
        f"at {draw.randint(2, 60)} centres. The primary endpoint was reached by {ours:.1f}% and {theirs:.1f}% "
        f"(hazard ratio {ratio:.2f}, 95% CI {ratio * 0.8:.2f} to {ratio * 1.3:.2f}; p = {draw.uniform(0.001, 0.6):.3f}). "
        f"{draw.choice(('Adverse events were mild', 'Three serious adverse events occurred', 'No new safety signal was seen'))}. "
        f"{draw.choice(('Larger trials are needed', 'These data support current guidelines', 'Practice may change'))}."
    )


def accession(draw: Random, source: str) -> str:
    """A new number of this source's own pattern."""
    patterns = {"embase": "L{}", "scopus": "2-s2.0-{}", "wos": "WOS:000{}", "cinahl": "{}"}
    return patterns[source].format(draw.randrange(10**8, 10**9))


def entry(draw: Random, source: str, citation: Citation) -> Entry:
    """The citation as a record of the source."""
    number = accession(draw, source)
    return Entry(source, number, replace(citation, extra=(*citation.extra, ("AN", number))))


def as_exported(draw: Random, source: str, citation: Citation, journal: Journal) -> Citation:
    """Names of people and journal, and the end of the title, as this source writes them."""
    if source in {"embase", "scopus"}:
        return replace(citation, authors=initials(citation.authors))
    if source == "cinahl":
        name = journal.abbreviation if citation.journal == journal.name else citation.journal
        return replace(citation, journal=name, authors=initials(citation.authors, stop=""))
    return replace(citation, title=citation.title.upper() if draw.random() < 0.2 else citation.title)


def initials(authors: Iterable[Author], stop: str = ".") -> tuple[Author, ...]:
    """Given names shortened to their first letters."""
    return tuple(
        replace(author, given="".join(f"{name[0]}{stop}" for name in author.given.split())) if author.given else author
        for author in authors
    )


def bare_rows(draw: Random, *citations: Citation) -> tuple[Entry, ...]:
    """What a spreadsheet keeps of records: title, first author, year and journal; for every second pair only."""
    if draw.random() < 0.5:
        return ()
    rows = (Citation(title=one.title, authors=one.authors[:1], year=one.year, journal=one.journal) for one in citations)
    return tuple(entry(draw, "scopus", row) for row in rows)
