"""A package that adds one of each kind to prisma-tool; docs/plugins.md shows it.

[project.entry-points."prisma_tool.formats"]
reading-list = "prisma_example:READING_LIST"
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from prisma_tool.api import Author, Citation, SourceKind
from prisma_tool.api.plugins import (
    CitationDirection,
    CitationIndexPlugin,
    FormatError,
    FormatPlugin,
    IndexFacts,
    IndexReply,
    Parsed,
    ParsedEntry,
    Reject,
    Relation,
    RendererPlugin,
    Seed,
    SourcePage,
    SourcePlugin,
    SourceRequest,
    Transport,
)

# A format: one work a line, `READ 2021 | Ash, A | A title | 10.1000/x`.

MARK = "READ "


def read_list(data: bytes) -> Parsed:
    """The account of a reading list: every line that begins with the mark is an entry or a reject."""
    lines = data.decode("utf-8").splitlines()
    pieces = [read_line(number, line) for number, line in enumerate(lines, 1) if line.startswith(MARK)]
    entries = tuple(piece for piece in pieces if isinstance(piece, ParsedEntry))
    rejects = tuple(piece for piece in pieces if isinstance(piece, Reject))
    return Parsed("reading-list", entries, rejects, declared=sum(line.startswith(MARK) for line in lines))


def read_line(number: int, line: str) -> ParsedEntry | Reject:
    """One work."""
    parts = [part.strip() for part in line.removeprefix(MARK).split("|")]
    if len(parts) != 4:
        return Reject(number, "a work has four parts", line)
    year, author, title, doi = parts
    family, _, given = author.partition(", ")
    citation = Citation(title=title, authors=(Author(family, given),), year=int(year), doi=doi)
    return ParsedEntry(citation, raw=line, line=number)


READING_LIST = FormatPlugin("reading list", lambda beginning: beginning.startswith(MARK), read_list)

# A source: pages of JSON, {"total": 2, "next": "", "works": [{"id": "1", "title": "..."}]}.

ADDRESS = os.environ.get("EXAMPLE_ARCHIVE_URL", "https://archive.invalid")


def request_page(query: str, token: str) -> SourceRequest:
    """The request for a page."""
    return SourceRequest(f"{ADDRESS}/works", {"q": query, "from": token or "0"})


def read_page(body: bytes) -> SourcePage:
    """The page in an answer."""
    try:
        page = json.loads(body)
        works = page["works"]
    except (ValueError, KeyError, TypeError) as error:
        raise FormatError("This is no page of the Example Archive.") from error
    entries = tuple(ParsedEntry(Citation(title=work["title"]), work["id"], raw=json.dumps(work)) for work in works)
    return SourcePage(Parsed("example-archive", entries, (), declared=len(works)), page["next"], page["total"])


def remarks(query: str) -> Sequence[str]:
    """What is wrong with a query."""
    return ["The Example Archive has no truncation: write the words out."] if "*" in query else []


ARCHIVE = SourcePlugin(
    "Example Archive",
    SourceKind.DATABASE,
    request_page,
    read_page,
    reached="Example Society, through its web service",
    guide="Example Archive's help",
    per_second=1000,
    remarks=remarks,
)

# A renderer: one line for each number.


def render(flow: Mapping[str, Any]) -> bytes:
    """The numbers of a flow, `key = n`."""
    return "".join(f"{key} = {n}\n" for key, n in flow["counts"].items() if n is not None).encode()


LINES = RendererPlugin("numbers as lines", render)

# A citation index that knows one relation.


class ExampleIndex:
    """Knows that 10.1000/cites cites 10.1000/cited."""

    label: ClassVar[str] = "Example Index"
    directions: ClassVar[frozenset[CitationDirection]] = frozenset({CitationDirection.BACKWARD})
    told_with_seeds: ClassVar[frozenset[CitationDirection]] = directions
    seeds_at_once: ClassVar[int] = 10
    relations_at_once: ClassVar[int] = 10
    works_at_once: ClassVar[int] = 10

    def __init__(self, transport: Transport) -> None:
        self.transport = transport

    def number(self, own: str) -> str:
        """Ids are DOIs."""
        del own
        return ""

    def seeds(self, seeds: Sequence[Seed]) -> IndexReply:
        """Of these the one that it knows, and what that cites."""
        known = {seed.key: seed.doi for seed in seeds if seed.doi == "10.1000/cites"}
        relations = tuple(Relation(doi, CitationDirection.BACKWARD, "10.1000/cited") for doi in known.values())
        return IndexReply(IndexFacts(known, relations), (b"{}",))

    def related(self, ids: Sequence[str], direction: CitationDirection) -> IndexReply:
        """All relations come with the seeds."""
        del ids, direction
        return IndexReply(IndexFacts(), ())

    def works(self, ids: Sequence[str]) -> IndexReply:
        """The work that is cited."""
        return IndexReply(IndexFacts(works={own: Citation(title="A cited work", doi=own) for own in ids}), (b"{}",))


INDEX = CitationIndexPlugin("Example Index", ExampleIndex, per_second=1000)
