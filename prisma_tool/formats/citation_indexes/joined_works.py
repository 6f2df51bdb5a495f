"""What a citation search found, joined over its indexes, as it is kept beside the untouched answers.

One JSON object: the works, each with its accession, its content, and the seeds and directions that led to it. Invariant: what is written is
read again as it was, so that a review can be rebuilt from it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from prisma_tool.errors import FormatError
from prisma_tool.formats.account.account import Parsed, ParsedEntry
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.record.codec import decode, encode

FORMAT = "joined-works"


@dataclass(frozen=True, slots=True, order=True)
class Lead:
    """How a work was found: the seed's key, the direction from it, and the index that says so."""

    seed: str
    direction: str
    index: str


@dataclass(frozen=True, slots=True)
class JoinedWork:
    """One work: its accession (empty where it has no number), its content, and all that led to it."""

    accession: str
    citation: Citation
    leads: tuple[Lead, ...]

    @property
    def raw(self) -> str:
        """The work as text, for its record."""
        return json.dumps(self._as_json(), ensure_ascii=False)

    def _as_json(self) -> dict[str, object]:
        leads = [[lead.seed, lead.direction, lead.index] for lead in self.leads]
        return {"accession": self.accession, "leads": leads, "citation": json.loads(encode(self.citation))}


def write_joined(works: Sequence[JoinedWork]) -> bytes:
    """The works as they are kept."""
    return json.dumps({"works": [json.loads(work.raw) for work in works]}, ensure_ascii=False).encode()


def parse_joined(data: bytes) -> Parsed:
    """The works as an account.

    Raises:
        FormatError: it is no file that `write_joined` made.
    """
    try:
        listed = json.loads(data)["works"]
        entries = tuple(
            ParsedEntry(decode(json.dumps(one["citation"])), str(one["accession"]), json.dumps(one, ensure_ascii=False), number)
            for number, one in enumerate(listed, start=1)
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise FormatError("These are no works of a citation search.") from error
    return Parsed(FORMAT, entries, (), len(listed))
