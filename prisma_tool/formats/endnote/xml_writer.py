"""Records as EndNote XML, which EndNote, Zotero, Covidence and Rayyan read.

Every text is escaped and freed of characters that XML cannot hold; texts stand in `style` elements as EndNote writes them. PMIDs of
PubMed's own records are the accession number, as in EndNote's import filter. Invariant: see `writers.NOT_CARRIED`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape

from prisma_tool.formats.account.export_row import ExportRow, own_notes
from prisma_tool.formats.text.author_names import write_author
from prisma_tool.formats.text.tidy import line
from prisma_tool.model.record.citation import Citation

HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n<xml>\n<records>\n'
FOOT = b"</records>\n</xml>\n"
PMID_NOTE = "PMID: "
_TYPES = {
    "book": ("Book", 6),
    "book chapter": ("Book Section", 5),
    "conference paper": ("Conference Paper", 47),
    "thesis": ("Thesis", 32),
    "report": ("Report", 27),
    "unpublished work": ("Unpublished Work", 34),
}
_ARTICLE, _GENERIC = ("Journal Article", 17), ("Generic", 13)
_NO_CHARACTERS = re.compile("[\ufffe\uffff]")

Element = tuple[str, str]
"""A path of tags and the text inside: ("dates/year", "2020")."""


def write_endnote_xml(rows: Iterable[ExportRow]) -> Iterator[bytes]:
    """The rows as EndNote XML, in the order given."""
    yield HEAD
    for number, row in enumerate(rows, start=1):
        yield _record(row, number).encode()
    yield FOOT


def _record(row: ExportRow, number: int) -> str:
    name, code = _type(row.citation)
    head = (
        f'<record><source-app name="prisma-tool">prisma-tool</source-app><rec-number>{number}</rec-number>'
        f'<ref-type name="{name}">{code}</ref-type>'
    )
    return f"{head}{''.join(_groups(row))}</record>\n"


def _type(citation: Citation) -> tuple[str, int]:
    named = (_TYPES.get(name.lower()) for name in citation.publication_types)
    return next(filter(None, named), _GENERIC if citation.trial else _ARTICLE)


def _groups(row: ExportRow) -> Iterator[str]:
    citation = row.citation
    yield _group("contributors", _group("authors", *(_text("author", write_author(author)) for author in citation.authors)))
    yield _group(
        "titles",
        _text("title", citation.title or citation.vernacular_title),
        _text("secondary-title", citation.journal),
        _text("translated-title", citation.vernacular_title),
    )
    yield _group("periodical", _text("full-title", citation.journal), _text("abbr-1", citation.journal_abbreviation))
    for tag, value in _plain(row):
        yield _text(tag, value)
    yield _group("keywords", *(_text("keyword", word) for word in (*citation.keywords, *citation.mesh)))
    yield _group("dates", _text("year", str(citation.year or "")), _group("pub-dates", _text("date", _date(citation))))
    yield _group("urls", _group("related-urls", *(_text("url", url) for url in citation.urls)))


def _plain(row: ExportRow) -> Iterator[Element]:
    citation = row.citation
    yield "pages", citation.pages
    yield "volume", citation.volume
    yield "number", citation.issue
    yield "isbn", "; ".join(citation.issn)
    yield "publisher", citation.publisher
    yield "language", "; ".join(citation.languages)
    yield "work-type", "; ".join(citation.publication_types)
    yield "accession-num", row.accession
    yield "electronic-resource-num", citation.doi
    yield "custom2", citation.pmcid
    yield "custom3", "; ".join(citation.registry_numbers)
    yield "remote-database-name", row.source
    yield "abstract", citation.abstract_text
    yield "notes", f"{PMID_NOTE}{citation.pmid}" if citation.pmid else ""
    yield "research-notes", "\n".join(own_notes(row))


def _date(citation: Citation) -> str:
    return "" if citation.published == str(citation.year) else citation.published


def _group(tag: str, *parts: str) -> str:
    inner = "".join(parts)
    return f"<{tag}>{inner}</{tag}>" if inner else ""


def _text(tag: str, value: str) -> str:
    text = "\n".join(line(part) for part in value.split("\n"))
    harmless = escape(_NO_CHARACTERS.sub("", text))
    return f'<{tag}><style face="normal" font="default" size="100%">{harmless}</style></{tag}>' if harmless else ""
