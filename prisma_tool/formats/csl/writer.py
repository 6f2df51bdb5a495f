"""Records as CSL-JSON, which Zotero, Pandoc and citeproc read. What CSL has no variable for stands under `custom`, as its schema allows.

Invariant: see `writers.NOT_CARRIED`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from prisma_tool.formats.account.export_row import ExportRow, own_notes
from prisma_tool.formats.csl.reader import TYPES
from prisma_tool.formats.ris.tag_meanings import REGISTRATION_NOTE
from prisma_tool.formats.text.html_text import guarded
from prisma_tool.formats.text.tidy import line
from prisma_tool.model.record.citation import Author, Citation

_TYPE_OF = {name.lower(): kind for kind, name in TYPES.items()}


def write_csl_json(rows: Iterable[ExportRow]) -> Iterator[bytes]:
    """The rows as a list of items, in the order given."""
    yield b"["
    for number, row in enumerate(rows):
        yield (",\n" if number else "\n").encode() + json.dumps(_item(row), ensure_ascii=False, sort_keys=True).encode()
    yield b"\n]\n"


def _item(row: ExportRow) -> dict[str, Any]:
    citation = row.citation
    values = {
        "title": guarded(line(citation.title or citation.vernacular_title)),
        "original-title": guarded(line(citation.vernacular_title)),
        "author": [_name(author) for author in citation.authors],
        "issued": {"date-parts": [[citation.year]]} if citation.year else {},
        "container-title": guarded(line(citation.journal)),
        "container-title-short": guarded(line(citation.journal_abbreviation)),
        "volume": citation.volume,
        "issue": citation.issue,
        "page": citation.pages,
        "DOI": citation.doi,
        "PMID": citation.pmid,
        "PMCID": citation.pmcid,
        "ISSN": ", ".join(citation.issn),
        "publisher": guarded(line(citation.publisher)),
        "abstract": guarded(citation.abstract_text),
        "URL": next(iter(citation.urls), ""),
        "note": "\n".join(_notes(row)),
        "custom": _custom(row),
    }
    return {"id": row.key, "type": _type(citation)} | {name: value for name, value in values.items() if value}


def _custom(row: ExportRow) -> dict[str, list[str]]:
    citation = row.citation
    lists = {
        "accession": [row.accession],
        "database": [row.source],
        "published": [citation.published] if citation.published != str(citation.year) else [],
        "keywords": [guarded(line(word)) for word in (*citation.keywords, *citation.mesh)],
        "types": [guarded(line(name)) for name in citation.publication_types],
        "languages": list(citation.languages),
        "urls": list(citation.urls[1:]),
    }
    return {name: values for name, values in lists.items() if any(values)}


def _type(citation: Citation) -> str:
    return next((_TYPE_OF[name.lower()] for name in citation.publication_types if name.lower() in _TYPE_OF), "article-journal")


def _name(author: Author) -> dict[str, str]:
    if author.collective:
        return {"literal": guarded(author.family)}
    parts = {"family": author.family, "given": author.given, "suffix": author.suffix}
    return {name: guarded(text) for name, text in parts.items() if text}


def _notes(row: ExportRow) -> Iterator[str]:
    yield from own_notes(row)
    if row.citation.registry_numbers:
        yield f"{REGISTRATION_NOTE}{'; '.join(row.citation.registry_numbers)}"
