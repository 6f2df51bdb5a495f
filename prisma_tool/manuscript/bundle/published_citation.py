"""What of a record's content a deposit publishes: identifiers and where it appeared; no abstract, no list of authors.

Invariant: what is left out leaves a mark where something was, so that a record tells as much as before for choosing which record stands for a report.
"""

from __future__ import annotations

import json
from typing import Any

from msgspec.structs import replace

from prisma_tool.model.record.changes import completeness
from prisma_tool.model.record.citation import Author, Citation, Link, Section, Trial
from prisma_tool.model.record.codec import decode, encode

_MARK = "[left out]"
_KEPT = frozenset(
    {
        *("title", "year", "journal", "volume", "issue", "pages", "publication_types", "publication_type_ids", "doi", "pmid"),
        *("pmcid", "registry_numbers", "links", "trial", "authors", "abstract", "mesh", "keywords"),
    }
)


def published(citation: Citation) -> Citation:
    """The content as published."""
    shown = replace(
        decode(encode(citation), _KEPT),
        authors=(Author(_MARK),) if citation.authors else (),
        abstract=(Section("", _MARK),) if citation.abstract else (),
        mesh=(_MARK,) if citation.mesh else (),
        keywords=(_MARK,) if citation.keywords else (),
        links=tuple(Link(link.kind, link.pmid) for link in citation.links),
        trial=None if citation.trial is None else Trial(),
    )
    assert completeness(shown) == completeness(citation)
    assert shown.is_register_entry == citation.is_register_entry
    return shown


def published_field(name: str, stored: Any) -> Any:
    """A single field's value, as a correction keeps it, as published."""
    if stored is None or name not in Citation.__struct_fields__:
        return None
    return json.loads(encode(published(decode(json.dumps({name: stored}))))).get(name)
