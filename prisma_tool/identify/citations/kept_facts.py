"""What an index said, as JSON that is kept beside its untouched answers, so that a search that was interrupted goes on from it.

Invariant: `read_facts(write_facts(facts)) == facts`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from prisma_tool.model.record.citation import Citation
from prisma_tool.model.record.codec import decode, encode
from prisma_tool.sources.citations.index import CitationDirection, IndexFacts, LooseWork, Relation


def write_facts(facts: IndexFacts) -> bytes:
    """The facts as JSON."""
    document = {
        "known": dict(facts.known),
        "relations": [[one.seed, one.direction, one.work] for one in facts.relations],
        "loose": [[one.seed, one.direction, encode(one.citation)] for one in facts.loose],
        "works": {number: encode(citation) for number, citation in facts.works.items()},
        "printed": {number: encode(citation) for number, citation in facts.printed.items()},
    }
    return json.dumps(document, ensure_ascii=False).encode()


def read_facts(data: bytes) -> IndexFacts:
    """The facts that `write_facts` wrote."""
    document = json.loads(data)
    return IndexFacts(
        known=document["known"],
        relations=tuple(Relation(seed, CitationDirection(way), work) for seed, way, work in document["relations"]),
        loose=tuple(LooseWork(seed, CitationDirection(way), decode(text)) for seed, way, text in document["loose"]),
        works=_citations(document["works"]),
        printed=_citations(document["printed"]),
    )


def _citations(encoded: Mapping[str, str]) -> dict[str, Citation]:
    return {number: decode(text) for number, text in encoded.items()}
