r"""What Python programs may rely on: reading and writing citations, duplicates, a review as data, the flow diagram, simulations.

**What is promised.** The names in `__all__` of this module and of `prisma_tool.api.plugins`: that they are there, what they take, what they give,
and what they raise. They change only with a line in CHANGELOG.md; from version 1.0 on they follow Semantic Versioning. **Nothing else is promised.**
Every other module of `prisma_tool` may change or go at any time, also where its names have no underscore.

Every expected failure is a `PrismaError`, whose `message` is a whole sentence: what is wrong, where, and what to do. Notices that the command line
would write on stderr go to the logger `prisma_tool`, as warnings.

Importing this module loads neither the application nor a database; each function loads what it needs.

    >>> from prisma_tool import api
    >>> account = api.read_citations(b"TY  - JOUR\nTI  - A title\nPY  - 2020\nER  - \n")
    >>> account.format, account.declared, len(account.rejects)
    ('ris', 1, 0)
    >>> account.entries[0].citation.title
    'A title'
"""

from __future__ import annotations

from prisma_tool.api.citations import read_citations, write_citations
from prisma_tool.api.duplicates import deduplicate
from prisma_tool.api.flow import FlowNumbers, flow_from_csv, flow_from_json
from prisma_tool.api.frames import as_rows, to_pandas, to_polars
from prisma_tool.api.review import OpenedReview, ReviewDecision, ReviewRecord, open_review
from prisma_tool.api.simulation import LabelledRecord, simulate
from prisma_tool.errors import (
    DecisionError,
    FormatError,
    Interrupted,
    PrismaError,
    ReviewError,
    SearchRefused,
    StoreError,
    UsageError,
)
from prisma_tool.formats.account.account import Parsed, ParsedEntry, Reject
from prisma_tool.model.record.citation import Author, Citation, Link, Section, Trial
from prisma_tool.model.vocabulary import SourceKind

__all__ = [
    "Author",
    "Citation",
    "DecisionError",
    "FlowNumbers",
    "FormatError",
    "Interrupted",
    "LabelledRecord",
    "Link",
    "OpenedReview",
    "Parsed",
    "ParsedEntry",
    "PrismaError",
    "Reject",
    "ReviewDecision",
    "ReviewError",
    "ReviewRecord",
    "SearchRefused",
    "Section",
    "SourceKind",
    "StoreError",
    "Trial",
    "UsageError",
    "as_rows",
    "deduplicate",
    "flow_from_csv",
    "flow_from_json",
    "open_review",
    "read_citations",
    "simulate",
    "to_pandas",
    "to_polars",
    "write_citations",
]
