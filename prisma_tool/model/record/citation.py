"""The bibliographic content of one record, whichever service or file it came from.

Text is Unicode as the source meant it, markup already reduced to readable characters; a missing value is an empty string or
tuple, never a placeholder. Control characters and terminal escapes are removed by the parsers, not here.
"""

from __future__ import annotations

from msgspec import Struct

REGISTER_TYPE = "trial registry record"
"""The publication type under which databases list entries of trial registers."""


class Author(Struct, frozen=True, gc=False):
    """A person, or a group when `collective` is true (then `family` holds the group's whole name)."""

    family: str
    given: str = ""
    suffix: str = ""
    collective: bool = False
    orcid: str = ""

    def __str__(self) -> str:
        name = f"{self.family}, {self.given}" if self.given else self.family
        return f"{name}, {self.suffix}" if self.suffix else name


class Section(Struct, frozen=True, gc=False):
    """One part of an abstract under its printed heading ("METHODS"), or all of it under an empty one."""

    label: str
    text: str


class Link(Struct, frozen=True, gc=False):
    """A relation to another publication, in the source's own word.

    `kind` is PubMed's RefType ("RetractionIn", "ErratumFor", "CommentOn", ...) or ClinicalTrials.gov's reference type
    ("RESULT", "DERIVED", "BACKGROUND", "" when the register gives none). `pmid` may be empty; `note` is the printed reference.
    """

    kind: str
    pmid: str = ""
    note: str = ""


class Trial(Struct, frozen=True, gc=False):
    """What a trial register says beyond a citation. Dates are as registered (YYYY-MM or YYYY-MM-DD)."""

    official_title: str = ""
    acronym: str = ""
    status: str = ""
    study_type: str = ""
    phases: tuple[str, ...] = ()
    enrolment: int | None = None
    conditions: tuple[str, ...] = ()
    interventions: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    sponsor: str = ""
    started: str = ""
    completed: str = ""
    first_posted: str = ""
    updated: str = ""
    results_posted: str = ""
    has_results: bool = False
    why_stopped: str = ""


class Citation(Struct, frozen=True, gc=False):
    """One record's content.

    `published` is the date as printed ("2019 Dec-2020 Jan"), `year` the year in it. `registry_numbers` are trial numbers that
    the source itself gives as identifiers (DataBankList, the register's own and secondary ids); `mentioned_numbers` are those
    merely found in title or abstract, weaker evidence of the same study. `extra` keeps (tag, value) pairs that no field takes.
    `publication_type_ids` are MeSH's identifiers of the types, which stay when the names change ("D016441": retracted publication).
    """

    title: str = ""
    vernacular_title: str = ""
    authors: tuple[Author, ...] = ()
    year: int | None = None
    published: str = ""
    journal: str = ""
    journal_abbreviation: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    issn: tuple[str, ...] = ()
    publisher: str = ""
    languages: tuple[str, ...] = ()
    abstract: tuple[Section, ...] = ()
    other_abstracts: tuple[Section, ...] = ()
    publication_types: tuple[str, ...] = ()
    mesh: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    registry_numbers: tuple[str, ...] = ()
    mentioned_numbers: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    urls: tuple[str, ...] = ()
    status: str = ""
    trial: Trial | None = None
    extra: tuple[tuple[str, str], ...] = ()
    publication_type_ids: tuple[str, ...] = ()

    @property
    def abstract_text(self) -> str:
        """The abstract as one text, a labelled section per paragraph."""
        return "\n".join([f"{part.label}: {part.text}" if part.label else part.text for part in self.abstract])

    @property
    def is_empty(self) -> bool:
        """True where no bibliographic field is filled; only such an entry may be rejected as content-free."""
        return not any(
            (
                self.title,
                self.authors,
                self.year,
                self.journal,
                self.abstract,
                self.doi,
                self.pmid,
                self.registry_numbers,
                self.urls,
            )
        )

    @property
    def is_register_entry(self) -> bool:
        """True for an entry of a trial register, also where a bibliographic database carries it (CENTRAL)."""
        return self.trial is not None or any(kind.casefold() == REGISTER_TYPE for kind in self.publication_types)

    @property
    def nct(self) -> str:
        """The first ClinicalTrials.gov number given as an identifier, else empty."""
        return next((number for number in self.registry_numbers if number.startswith("NCT")), "")
