"""What BibTeX and BibLaTeX fields mean, for all exporters at once; the first filled field wins, every other value goes to `extra`.

Sources: the standard styles of BibTeX, the BibLaTeX manual (entry types and fields), and what Scopus, Web of Science, EBSCO, ACM,
Wiley, Zotero, Mendeley, JabRef, BibDesk and MathSciNet add.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from prisma_tool.formats.bibtex.entry_body import Body
from prisma_tool.formats.bibtex.latex import plain_address, readable_latex
from prisma_tool.formats.bibtex.names import read_names
from prisma_tool.formats.text.dates import year_in
from prisma_tool.formats.text.html_text import readable_text, unmarked
from prisma_tool.formats.text.missing_values import is_missing
from prisma_tool.formats.text.tidy import line, lines, paragraphs, with_type
from prisma_tool.model.record.citation import Author, Citation, Section
from prisma_tool.model.record.identifiers import CENTRAL, normal_doi, normal_pmcid, normal_pmid, registry_numbers

SINGLE = {
    "title": ("title",),
    "journal": ("fjournal", "journal", "journaltitle", "booktitle", "maintitle"),
    "abbreviation": ("shortjournal", "journal-iso", "journal_abbreviation", "abbrev_source_title"),
    "volume": ("volume",),
    "issue": ("number", "issue"),
    "pages": ("pages", "page", "article-number", "art_number", "articleno", "eid"),
    "publisher": ("publisher", "school", "institution", "organization"),
}
"""Field of a citation to names of fields, in the order in which they are asked."""
WORDS = ("keywords", "keyword", "author_keywords", "keywords-plus", "index_keywords", "mendeley-tags")
ADDRESSES = ("url", "ee", "howpublished", "doi", "eprint", "link")
TYPES = ("type", "document_type", "entrysubtype")
TYPE_NAMES = {
    "book": "Book",
    "mvbook": "Book",
    "booklet": "Book",
    "inbook": "Book chapter",
    "incollection": "Book chapter",
    "inproceedings": "Conference paper",
    "conference": "Conference paper",
    "proceedings": "Conference proceedings",
    "thesis": "Thesis",
    "phdthesis": "Thesis",
    "mastersthesis": "Thesis",
    "techreport": "Report",
    "report": "Report",
    "unpublished": "Unpublished work",
    "dataset": "Dataset",
    "patent": "Patent",
}
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec"
_NUMBERED = {str(number): name.capitalize() for number, name in enumerate(_MONTHS.split(), 1)}
_ISSN = re.compile(r"(?<![\d-])(\d{4})-?(\d{3}[\dXx])(?![\dXx-])")
_DASHES = re.compile(r"\s*(?:-{1,3}|[‐‑‒–—−])\s*")
_PUBMED = re.compile(r"pubmed|pmid", re.IGNORECASE)
_PMID_NOTE = re.compile(r"(?:\bPMID:?\s*|/pubmed/|pubmed\.ncbi\.nlm\.nih\.gov/)0*([1-9]\d{0,7})(?!\d)", re.IGNORECASE)
_EARLY = ("early access date", "early-access-date", "earlyaccessdate")
"""Where Web of Science puts the date of an article that has no volume yet."""
_ACCESSIONS = ("unique-id", "accession_number", "accession-number", "accession", "an", "ut", "lensid")
_IN_ADDRESS = re.compile(r"[?&](?:eid=(2-s2\.0-\d+)|AN=([^&\s]{5,40}))")
_SOURCE_KEY = re.compile(r"(?:WOS|ISI|MEDLINE|BIOSIS|CCC|KJD|SCIELO|RSCI|DIIDW|CABI|FSTA|ZOOREC):\S+", re.IGNORECASE)
_REGISTRATIONS = ("nct", "trial", "number", "url", "eprint")
_VANISHING, _LETTER = re.compile(r"[\\$<&]"), re.compile(r"[^\W_]")
"""Signs of what may vanish when a text is read, and what does not."""
_FOLD = re.compile(r"\n[ \t]+(?=\S)")
_FIELDS_OF = {name: [field for field, names in SINGLE.items() if name in names] for names in SINGLE.values() for name in names}
_WHOLE = frozenset(
    {"author", "year", "title", "subtitle", "abstract", "language", "issn", "eissn", "doi", "pmid", "url", "crossref", "xdata"}
    | {*WORDS, *TYPES}
)
"""Fields that a citation takes whole."""


_MISSED = {"author": "authors", "editor": "authors", "abstract": "abstract", "pages": "pages", "page": "pages"}
"""Fields that have words of their own for a missing value."""


class _EntryFields:
    """The first filled value of each field: as it stands, or as text that is decoded once."""

    __slots__ = ("given", "texts")

    def __init__(self, body: Body, inherited: dict[str, str]) -> None:
        own: dict[str, str] = {}
        for name, value in body.fields:
            if value and name not in own and not is_missing(value.strip("{} \n"), _MISSED.get(name, "")):
                own[name] = value
        self.given = inherited | own if inherited else own
        self.texts: dict[str, str] = {}

    def plain(self, name: str) -> str:
        """The value as it stands."""
        return self.given.get(name, "")

    def text(self, name: str) -> str:
        """The value as readable text on one line."""
        text = self.texts.get(name)
        if text is None:
            text = self.texts[name] = _text(self.given.get(name, ""))
        return text

    def first(self, names: tuple[str, ...]) -> str:
        """The text of the first of these fields that is filled."""
        for name in names:
            if name in self.given and (text := self.text(name)):
                return text
        return ""

    def joined(self, names: tuple[str, ...]) -> str:
        """Addresses and identifiers in all these fields, a line each."""
        return "\n".join(plain_address(self.given[name]) for name in names if name in self.given)


def _text(value: str) -> str:
    """A value as readable text on one line; most are plain words."""
    return value if value.isalnum() and value.isascii() else readable_text(readable_latex(value))


def bibtex_citation(body: Body, inherited: dict[str, str]) -> Citation:
    """The citation in an entry; `inherited` holds the fields of the entry that it refers to with crossref or xdata."""
    fields = _EntryFields(body, inherited)
    firsts = {name: fields.first(names) for name, names in SINGLE.items()}
    title, abstract = _title(body, fields), _abstract(fields.plain("abstract"))
    registered = registry_numbers(f"{fields.joined(_REGISTRATIONS)}\n{body.key}")
    mentioned = registry_numbers("\n".join((title, *(part.text for part in abstract))))
    return Citation(
        title=title,
        authors=_authors(fields),
        year=year_in(fields.text("year")) or year_in(fields.plain("date")) or year_in(fields.first(_EARLY)),
        published=_published(fields),
        journal="" if firsts["journal"] == title else firsts["journal"],
        journal_abbreviation=firsts["abbreviation"] or (fields.text("journal") if "fjournal" in fields.given else ""),
        volume=firsts["volume"],
        issue=firsts["issue"],
        pages=_DASHES.sub("-", firsts["pages"].rstrip("+&-,;. ")),
        issn=tuple(dict.fromkeys(f"{a}-{b.upper()}" for a, b in _ISSN.findall(fields.joined(("issn", "eissn"))))),
        publisher=firsts["publisher"],
        languages=lines(fields.first(("language", "langid")).split(";")),
        abstract=abstract,
        publication_types=_types(body.kind, fields),
        keywords=_keywords(fields),
        doi=_doi(body.key, fields),
        pmid=_pmid(fields),
        pmcid=normal_pmcid(fields.joined(("pmcid", "pmc"))),
        registry_numbers=registered,
        mentioned_numbers=tuple(number for number in mentioned if number not in registered),
        urls=_urls(fields),
        extra=tuple(_extra(body, fields, firsts)),
    )


def is_plainly_filled(body: Body) -> bool:
    """True where the first title is sure to leave words, so that no citation is needed to know that there is one."""
    title = next((value for name, value in body.fields if name == "title"), "")
    return not _VANISHING.search(title) and bool(_LETTER.search(title)) and not is_missing(title.strip("{} \n"))


def accession(body: Body, inherited: dict[str, str]) -> str:
    """The source's own identifier, unchanged, or an empty text: a field for it, Web of Science's key, Scopus's and EBSCO's addresses.

    Other keys were made by a library program or by hand. `inherited` is that of `bibtex_citation`.
    """
    numbers = [line(plain_address(value)) for tag in _ACCESSIONS for name, value in body.fields if name == tag and value.strip()]
    keyed = [body.key] if _SOURCE_KEY.fullmatch(body.key) else []
    return next(iter((*numbers, *keyed)), "") or _addressed(body, inherited)


def _addressed(body: Body, inherited: dict[str, str]) -> str:
    pairs = (*body.fields, *inherited.items())
    if not any(_is_address(name) and ("?" in value or "&" in value) for name, value in pairs):
        return ""
    urls = _urls(_EntryFields(body, inherited))
    return next((one or other for url in urls for one, other in _IN_ADDRESS.findall(url)), "")


def _authors(fields: _EntryFields) -> tuple[Author, ...]:
    """The authors; of a work without title of its own (proceedings, an edited book) or without author, the editors."""
    return read_names(fields.plain("author")) or read_names(fields.plain("editor"))


def _title(body: Body, fields: _EntryFields) -> str:
    """Title and subtitle; a book without title has its own name as booktitle."""
    title = fields.text("title") or (fields.text("booktitle") if "book" in body.kind else "")
    subtitle = fields.text("subtitle")
    return f"{title}: {subtitle}" if title and subtitle else title or subtitle


def _abstract(value: str) -> tuple[Section, ...]:
    """The abstract; a line that is indented continues the one before (Web of Science and JabRef fold them)."""
    text = paragraphs(unmarked(_FOLD.sub(" ", readable_latex(value)))) if value else ""
    return (Section("", text),) if text else ()


def _published(fields: _EntryFields) -> str:
    if not fields.plain("year"):
        return fields.text("date") or fields.first(_EARLY)
    month = fields.text("month")
    named = _NUMBERED.get(month.lstrip("0")) or (month.capitalize() if month.lower() in _MONTHS.split() else month)
    return " ".join(filter(None, (fields.text("year"), named, fields.text("day"))))


def _types(kind: str, fields: _EntryFields) -> tuple[str, ...]:
    named = [word for name in TYPES if name in fields.given for word in fields.text(name).split(";")]
    return with_type(lines(named), TYPE_NAMES.get(kind, ""))


def _keywords(fields: _EntryFields) -> tuple[str, ...]:
    return lines([word for name in WORDS if name in fields.given for word in _listed(fields.text(name))])


def _listed(text: str) -> list[str]:
    return text.split(";" if ";" in text else ",")


def _is_address(name: str) -> bool:
    return name in ADDRESSES or name.startswith("bdsk-url")


def _urls(fields: _EntryFields) -> tuple[str, ...]:
    named = [value for name, value in fields.given.items() if _is_address(name)]
    urls = [word.strip(",;{}") for value in named if "http" in value.lower() for word in plain_address(value).split()]
    return lines([url for url in urls if url.lower().startswith(("http://", "https://"))])


def _doi(key: str, fields: _EntryFields) -> str:
    values = (*(fields.plain(name) for name in ("doi", "url", "ee", "howpublished", "note")), key)
    return next(
        (doi for value in values if "10." in value and (doi := normal_doi(plain_address(value))) and not doi.startswith(CENTRAL)),
        "",
    )


def _pmid(fields: _EntryFields) -> str:
    given = fields.joined(("pmid", "pubmed-id", "pubmed_id", "pubmedid"))
    if not given and _PUBMED.search(fields.plain("eprinttype") + fields.plain("archiveprefix")):
        given = fields.plain("eprint")
    notes = [fields.given[name] for name in ("note", "annote", "url") if name in fields.given]
    noted = _PMID_NOTE.search("\n".join(notes)) if notes else None
    return (normal_pmid(given) if given else "") or (noted[1] if noted else "")


def _extra(body: Body, fields: _EntryFields, firsts: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The key, and what no field took: unknown fields, second values, and the losers of each choice."""
    if body.key:
        yield "Citation key", line(body.key)
    yielded: set[tuple[str, str]] = set()
    for name, value in body.fields:
        first = fields.given.get(name) is value
        if first and name in _WHOLE:
            continue
        text = fields.text(name) if first else _text(value)
        if text and not (first and _is_taken(name, text, firsts)) and (name, text) not in yielded:
            yielded.add((name, text))
            yield line(name), text


def _is_taken(name: str, text: str, firsts: dict[str, str]) -> bool:
    return any(firsts[field] == text for field in _FIELDS_OF.get(name, ()))
