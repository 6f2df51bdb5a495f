"""What the parts of an EndNote record mean. Styled runs of text are joined; what no field takes goes to `extra` under its XML name.

Source: EndNote's XML export (its document type RSXML), versions X7 to 21, and what Zotero, Bookends and SPIDERCite write like it.
EndNote's numbers of a record in a library are no accessions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from xml.etree.ElementTree import Element

from prisma_tool.formats.text.author_lists import read_authors
from prisma_tool.formats.text.dates import year_in
from prisma_tool.formats.text.html_text import unmarked
from prisma_tool.formats.text.inline_markup import placed
from prisma_tool.formats.text.missing_values import is_missing
from prisma_tool.formats.text.tidy import line, lines, paragraphs, with_type
from prisma_tool.model.record.citation import Author, Citation, Section
from prisma_tool.model.record.identifiers import CENTRAL, normal_doi, normal_pmcid, normal_pmid, registry_numbers

TITLE = ("titles/title", "titles/short-title")
JOURNAL = ("periodical/full-title", "titles/secondary-title", "titles/alt-title", "alt-periodical/full-title")
ABBREVIATION = ("periodical/abbr-1", "alt-periodical/abbr-1", "periodical/abbr-2", "titles/alt-title")
TYPE_NAMES = {
    "book": "Book",
    "edited book": "Book",
    "electronic book": "Book",
    "book section": "Book chapter",
    "electronic book section": "Book chapter",
    "conference paper": "Conference paper",
    "conference proceedings": "Conference paper",
    "thesis": "Thesis",
    "report": "Report",
    "government document": "Report",
    "unpublished work": "Unpublished work",
    "manuscript": "Unpublished work",
    "dataset": "Dataset",
    "patent": "Patent",
}
"""EndNote's reference types (in lower case) that say more than "article"."""
_TAKEN = frozenset(
    {
        "titles/title",
        "contributors/authors/author",
        "dates/year",
        "dates/pub-dates/date",
        "volume",
        "number",
        "pages",
        "abstract",
        "language",
        "keywords/keyword",
        "electronic-resource-num",
        "work-type",
        "publisher",
        "urls/related-urls/url",
        "urls/web-urls/url",
    }
)
_NAMED = {"remote-database-name": "DB", "remote-database-provider": "DP"}
"""Parts that go to `extra` under the tags which RIS has for them, so that the platform is recognised in the same way."""
_LIBRARY = frozenset({"database", "source-app", "rec-number", "foreign-keys/key", "modified-date", "ref-type"})
_ISSN = re.compile(r"(?<![\d-])(\d{4})-?(\d{3}[\dXx])(?![\dXx-])")
_DASHES = re.compile(r"[‐‑‒–—−]")
_PUBMED = re.compile(r"pubmed|medline|\bnlm\b", re.IGNORECASE)
_PMID_NOTE = re.compile(
    r"\b(?:PMID|PubMed ID)[:\s]+0*([1-9]\d{0,7})(?!\d)|pubmed(?:(?:\.ncbi\.nlm\.nih\.gov)?/|\s+(?=\d{5}))0*([1-9]\d{0,7})(?!\d)",
    re.IGNORECASE,
)
_PMC = re.compile(r"PMC\d+")
_IDENTIFYING = ("accession-num", "custom3", "custom5", "label", "urls/related-urls/url", "call-num")
_CONTAINER = re.compile(r"titles|contributors|[a-z-]*authors|(?:alt-)?periodical|[a-z-]*dates|keywords|[a-z-]*urls|foreign-keys")
"""Parts that hold parts; every other holds text, whatever markup stands in it."""
_DEEPEST = 6
_BREAK = re.compile(r"[\r\n]+")
_SYMBOL = str.maketrans("abgdezhqiklmnxoprstufcywGDQLXPSFYW", "αβγδεζηθικλμνξοπρστυφχψωΓΔΘΛΞΠΣΦΨΩ")
"""Letters that EndNote marks with the font Symbol, in which they are drawn as Greek."""


_MISSED = {"contributors/authors/author": "authors", "abstract": "abstract", "pages": "pages"}
"""Parts that have words of their own for a missing value."""


class _Parts:
    """A record's parts by path, each value in order, styled runs joined, line ends as newline characters."""

    def __init__(self, record: Element) -> None:
        self.kind = next((one.get("name", "") for one in record.iter("ref-type")), "")
        self.values: dict[str, list[str]] = {}
        self.missing: list[tuple[str, str]] = []
        for child in record:
            self._collect(child, "", 1)

    def _collect(self, element: Element, above: str, depth: int) -> None:
        path = above + element.tag
        if _CONTAINER.fullmatch(element.tag) and depth < _DEEPEST:
            for child in element:
                self._collect(child, f"{path}/", depth + 1)
            return
        value = _BREAK.sub("\n", _styled(element)).strip()
        if is_missing(value, _MISSED.get(path, "")):
            self.missing.append((path, value))
        elif value:
            self.values.setdefault(path, []).append(value)

    def all(self, *paths: str) -> list[str]:
        """Every value at these paths."""
        return [value for path in paths for value in self.values.get(path, ())]

    def first(self, *paths: str) -> str:
        """The first value at these paths on one line, or an empty text."""
        return next((text for value in self.all(*paths) if (text := line(unmarked(value)))), "")

    @cached_property
    def databases(self) -> str:
        """What names the database that the record came from."""
        return "\n".join(self.all("remote-database-name", "remote-database-provider"))


def _styled(element: Element) -> str:
    return (element.text or "") + "".join(_run(child) + (child.tail or "") for child in element)


def _run(style: Element) -> str:
    text = "".join(style.itertext())
    face = style.get("face", "")
    if "script" in face:
        drawn = placed("sup" if "superscript" in face else "sub", text)
        return text if drawn.startswith(("^(", "_(")) else drawn
    return text.translate(_SYMBOL) if style.get("font") == "Symbol" and len(text.strip()) == 1 else text


def read_record(record: Element) -> tuple[Citation, str]:
    """The citation in a `<record>` element, and its accession."""
    parts = _Parts(record)
    citation = _citation(parts)
    return citation, _accession(parts, citation)


def _citation(parts: _Parts) -> Citation:
    title, journal = parts.first(*TITLE), parts.first(*JOURNAL)
    abstract = tuple(
        Section("", text) for text in dict.fromkeys(paragraphs(unmarked(value)) for value in parts.all("abstract")) if text
    )
    registered = registry_numbers("\n".join(parts.all(*_IDENTIFYING)))
    mentioned = registry_numbers("\n".join((title, *(part.text for part in abstract), *parts.all("notes"))))
    return Citation(
        title=title,
        vernacular_title=parts.first("titles/translated-title"),
        authors=_authors(parts),
        year=year_in(parts.first("dates/year")) or year_in(parts.first("dates/pub-dates/date")),
        published=_published(parts.first("dates/year"), parts.first("dates/pub-dates/date")),
        journal=journal,
        journal_abbreviation=next((text for path in ABBREVIATION if (text := parts.first(path)) and text != journal), ""),
        volume=parts.first("volume"),
        issue=parts.first("number", "issue"),
        pages=_DASHES.sub("-", parts.first("pages", "section")) if parts.first("pages") else "",
        issn=tuple(dict.fromkeys(f"{a}-{b.upper()}" for a, b in _ISSN.findall("\n".join(parts.all("isbn", "issn"))))),
        publisher=parts.first("publisher"),
        languages=_listed(parts.all("language")),
        abstract=abstract,
        publication_types=with_type(_listed(parts.all("work-type")), TYPE_NAMES.get(parts.kind.lower(), "")),
        keywords=_listed(parts.all("keywords/keyword")),
        doi=_doi(parts),
        pmid=_pmid(parts),
        pmcid=normal_pmcid("\n".join(_PMC.findall("\n".join(parts.all("custom2", "user16", "pmcid"))))),
        registry_numbers=registered,
        mentioned_numbers=tuple(number for number in mentioned if number not in registered),
        urls=_urls(parts),
        extra=tuple(_extra(parts, journal)),
    )


def _accession(parts: _Parts, citation: Citation) -> str:
    """The source's own identifier: EndNote's accession number, unchanged; else the PMID of a record that names PubMed."""
    numbers = parts.first("accession-num")
    library = numbers.lower().startswith(("rayyan", "covidence", "#"))
    return numbers if numbers and not library else citation.pmid if _PUBMED.search(parts.databases) else ""


def _authors(parts: _Parts) -> tuple[Author, ...]:
    """The authors; of a work without any (proceedings, an edited book), the editors."""
    values = parts.all("contributors/authors/author") or parts.all("contributors/secondary-authors/author")
    return read_authors(line(name) for value in values for name in value.split("\n"))


def _published(year: str, date: str) -> str:
    return date if year and year in date else " ".join(filter(None, (year, date)))


def _listed(values: list[str]) -> tuple[str, ...]:
    """Several words in one part stand in lines of their own, or apart by semicolons."""
    return lines([word for value in values for word in re.split(r"[\n;]", value)])


def _doi(parts: _Parts) -> str:
    texts = parts.all("electronic-resource-num", "urls/related-urls/url", "urls/web-urls/url", "notes", "custom1")
    return next((doi for value in texts if "10." in value and (doi := normal_doi(value)) and not doi.startswith(CENTRAL)), "")


def _pmid(parts: _Parts) -> str:
    """An accession number is a PMID where the record names PubMed or repeats the number in an address, and no other database is named."""
    number = normal_pmid(parts.first("accession-num"))
    noted = _PMID_NOTE.search("\n".join(parts.all("notes", "urls/related-urls/url", "urls/web-urls/url", "custom1", "custom3")))
    noted_pmid = (noted[1] or noted[2]) if noted else ""
    if number and (number == noted_pmid or _is_pubmed(parts)):
        return number
    return noted_pmid or normal_pmid(parts.first("pmid", "pubmed-id"))


def _is_pubmed(parts: _Parts) -> bool:
    names = parts.all("remote-database-name") or parts.all("remote-database-provider")
    return bool(names) and all(_PUBMED.search(name) for value in names for name in value.split("\n"))


def _urls(parts: _Parts) -> tuple[str, ...]:
    texts = parts.all("urls/related-urls/url", "urls/web-urls/url", "urls/text-urls/url")
    return lines([word for value in texts for word in value.split() if word.lower().startswith(("http://", "https://"))])


def _extra(parts: _Parts, journal: str) -> Iterator[tuple[str, str]]:
    if parts.kind:
        yield "ref-type", line(parts.kind)
    for path, value in parts.missing:
        yield _named(path), line(value)
    for path, values in parts.values.items():
        if path in _LIBRARY:
            continue
        spare = values if path not in _TAKEN else values[1:] if path == "titles/title" else []
        for text in dict.fromkeys(map(line, spare)):
            if text and text != journal:
                yield _named(path), text


def _named(path: str) -> str:
    """The name under which a part is kept in `extra`."""
    return _NAMED.get(path, path.rpartition("/")[2] if path.startswith(("titles/", "dates/")) else path)
