"""Records as BibTeX in UTF-8, which LaTeX, JabRef, Zotero and Mendeley read.

Citation keys are made of the record's key, so that they are the same in every export. The ten characters that TeX would act on are
escaped, nothing else is; braces by name, because BibTeX counts them even behind a backslash. Invariant: see `writers.NOT_CARRIED`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from prisma_tool.formats.account.export_row import ExportRow, joined_words
from prisma_tool.formats.text.tidy import line
from prisma_tool.model.record.citation import Author, Citation

_ESCAPED = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "%": r"\%",
        "&": r"\&",
        "$": r"\$",
        "#": r"\#",
        "_": r"\_",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
    }
)
_DOUBLED = re.compile(r"([-`'])(?=\1)")
"""Signs that TeX joins into a dash or quotation mark."""
_NOT_IN_KEYS = re.compile(r"[^A-Za-z0-9.:+/-]+")
_ENTRY_TYPES = {
    "book": "book",
    "book chapter": "incollection",
    "conference paper": "inproceedings",
    "thesis": "phdthesis",
    "report": "techreport",
    "unpublished work": "unpublished",
}
_CONTAINERS = {"incollection": "booktitle", "inproceedings": "booktitle"}

Pair = tuple[str, str]


def write_bibtex(rows: Iterable[ExportRow]) -> Iterator[bytes]:
    """The rows as BibTeX, in the order given."""
    used: Counter[str] = Counter()
    for row in rows:
        key = _NOT_IN_KEYS.sub("-", row.key).strip("-") or "record"
        used[key.lower()] += 1
        copies = used[key.lower()]
        yield _entry(row, f"{key}-{copies}" if copies > 1 else key).encode()


def _entry(row: ExportRow, key: str) -> str:
    kind = _kind(row.citation)
    fields = "".join(f"  {name} = {{{value}}},\n" for name, value in _fields(row, kind) if value)
    return f"@{kind}{{{key},\n{fields}}}\n\n"


def _kind(citation: Citation) -> str:
    named = (_ENTRY_TYPES.get(name.lower(), "") for name in citation.publication_types)
    return next(filter(None, named), "misc" if citation.trial or not citation.journal else "article")


def _fields(row: ExportRow, kind: str) -> Iterator[Pair]:
    citation = row.citation
    yield "title", _escaped(citation.title or citation.vernacular_title)
    yield "author", " and ".join(_name(author) for author in citation.authors)
    yield "year", str(citation.year or "")
    yield _CONTAINERS.get(kind, "journal"), _escaped(citation.journal)
    yield "shortjournal", _escaped(citation.journal_abbreviation)
    yield "volume", _escaped(citation.volume)
    yield "number", _escaped(citation.issue)
    yield "pages", "--".join(map(_escaped, citation.pages.split("-")))
    yield "doi", _verbatim(citation.doi)
    yield "pmid", citation.pmid
    yield "pmcid", citation.pmcid
    yield "accession", _escaped(row.accession)
    yield "issn", ", ".join(citation.issn)
    yield "publisher", _escaped(citation.publisher)
    yield "language", _escaped("; ".join(citation.languages))
    yield "type", _escaped("; ".join(citation.publication_types))
    yield "keywords", _escaped(joined_words((*citation.keywords, *citation.mesh)))
    yield "url", _verbatim(" ".join(citation.urls))
    yield "nct", _escaped("; ".join(citation.registry_numbers))
    yield "abstract", _escaped(citation.abstract_text.replace("\n", " "))


def _escaped(text: str) -> str:
    return _DOUBLED.sub(r"\1{}", line(text).translate(_ESCAPED))


def _verbatim(text: str) -> str:
    """An identifier or address as it is, which is how programs read these fields; what would end it is written as addresses write it."""
    return re.sub(r"[{}\\]", lambda sign: f"%{ord(sign[0]):02X}", line(text))


def _name(author: Author) -> str:
    """The order is BibTeX's: family, suffix, given; what stands in braces of its own is one name, whatever words it holds."""
    if author.collective or not author.given:
        return f"{{{_escaped(author.family)}}}"
    parts = (author.family, author.suffix, author.given) if author.suffix else (author.family, author.given)
    return ", ".join(_part(part) for part in parts)


def _part(text: str) -> str:
    """One part of a name; braces keep together what TeX would take apart (a comma, the word "and")."""
    splits = "," in text or re.search(r"\band\b", text)
    return f"{{{_escaped(text)}}}" if splits else _escaped(text)
