"""The text of a document in its parts: the pages of a PDF, the sections of a register's results. Pure.

Invariants: every text is clean; a text of which something is missing says so in `problem` or `remarks`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from prisma_tool.model.text import clean

FEW_LETTERS = 40
"""Letters; a page with fewer is a picture, whatever its page number and running head."""
SCAN = "it has no text, only pictures (a scan)"
ENCRYPTED = "it is encrypted with a password; nothing of it can be read here"
UNKNOWN_CIPHER = "it is encrypted in a way that cannot be read here"
DAMAGED = "it is damaged and cannot be read"
TOO_LARGE = "it is larger than 200 MB and is not read"
STOPPED = "reading it was stopped: it took too long or too much memory, or is damaged further on"
SCRIPT = "it holds scripts or actions, which are never run here; the viewer that v opens may run them"


@dataclass(frozen=True, slots=True)
class TextPart:
    """One page or section: what stands above it as its mark, and its text."""

    mark: str
    text: str


@dataclass(frozen=True, slots=True)
class DocumentText:
    """What could be read of a document. `problem` says why nothing, or no more, could be read; `remarks` what else a reader must know."""

    parts: tuple[TextPart, ...] = ()
    problem: str = ""
    remarks: tuple[str, ...] = ()


def pages_text(pages: Sequence[str], total: int, problem: str, remarks: Sequence[str]) -> DocumentText:
    """The text of a PDF of which these pages were read, out of `total`."""
    texts = [clean(page) for page in pages]
    pictures = sum(sum(sign.isalnum() for sign in text) < FEW_LETTERS for text in texts)
    if texts and pictures == len(texts) and not problem:
        problem = SCAN
    notes = list(remarks)
    if 0 < pictures < len(texts):
        notes.append(f"{pictures} of {len(texts)} pages have no text, only pictures")
    if texts and len(texts) < total:
        notes.append(f"the first {len(texts):,} of {total:,} pages are shown")
    parts = tuple(TextPart(f"page {number}", text) for number, text in enumerate(texts, 1))
    return DocumentText(() if problem == SCAN else parts, problem, tuple(notes))


def as_json(document: DocumentText) -> str:
    """A text as it is kept."""
    return json.dumps(asdict(document), ensure_ascii=False)


def from_json(kept: str) -> DocumentText:
    """A text that was kept; made harmless again, for anybody may have written the file.

    Raises:
        ValueError: it is not what `as_json` gives.
    """
    read = json.loads(kept)
    try:
        parts = tuple(TextPart(clean(str(part["mark"])), clean(str(part["text"]))) for part in read["parts"])
        return DocumentText(parts, clean(str(read["problem"])), tuple(clean(str(remark)) for remark in read["remarks"]))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(kept[:FEW_LETTERS]) from error
