"""The key of a record: `source-slug:accession`, the same on every machine, so that copies of a review merge by themselves.

Frozen: `slug` and `content_accession` may never change, or known records would be counted as new. Golden keys stand in
tests/unit/test_keys.py.
"""

from __future__ import annotations

import hashlib
import re

from prisma_tool.model.record.citation import Citation
from prisma_tool.model.text import fold, one_line

PUBMED = "PubMed"
CLINICALTRIALS = "ClinicalTrials.gov"
EUROPEPMC = "Europe PMC"
CITATION_INDEXES = "Citation indexes"
"""The source of what `cite` finds. Its records are screened on title/abstract before they are sought (counting rule 13)."""
FIXED_SLUGS = {"pubmed": "pubmed", "clinicaltrials.gov": "ctgov", "ctgov": "ctgov", "clinicaltrials": "ctgov"}
_HYPHENS = re.compile(r"[\W_]+")


def slug(source: str) -> str:
    """The slug of a source label: `pubmed` and `ctgov` for the fetched services, else lower case with hyphens.

    >>> slug("Web of Science (Core)")
    'web-of-science-core'
    """
    label = one_line(source).lower()
    return FIXED_SLUGS.get(label) or _HYPHENS.sub("-", label).strip("-") or "source"


def record_key(source_slug: str, accession: str) -> str:
    """The key under which a record of this source is stored, shown and exported."""
    return f"{source_slug}:{accession}"


def content_accession(citation: Citation) -> str:
    """A stand-in accession for an entry without one: 16 hexadecimal digits of SHA-256 over its folded bibliographic content."""
    fields = (
        fold(citation.title),
        "|".join(fold(str(author)) for author in citation.authors),
        str(citation.year or ""),
        fold(citation.journal),
        fold(citation.volume),
        fold(citation.issue),
        fold(citation.pages),
        citation.doi,
        citation.pmid,
        "|".join(citation.registry_numbers),
        "|".join(citation.urls),
        fold(citation.abstract_text),
    )
    return hashlib.sha256("\x1f".join(fields).encode()).hexdigest()[:16]
