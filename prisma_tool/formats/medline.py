"""MEDLINE text (.nbib files of PubMed, PMC and ERIC), to an account of citations.

Entries are cut here, at the tag that begins them; Bio.Medline then reads each piece, because given a whole file it joins entries
where a blank line is missing and splits them where one is added. Invariant: one entry or reject for each beginning and each orphan.
"""

from __future__ import annotations

import re

from prisma_tool.errors import FormatError
from prisma_tool.formats.account import Entry, Parsed, Reject
from prisma_tool.formats.decode import decode
from prisma_tool.formats.framing import Frame, frames
from prisma_tool.formats.medline_fields import accession, medline_citation

FORMAT = "medline"
_LINE = re.compile(r"^([A-Z]{2,4}) *- ?", re.MULTILINE)
_STARTS = ("PMID", "PMC", "OWN")
_ONCE = re.compile(r"^(?:OWN |STAT|TI  |JT  |DP  )-", re.MULTILINE)
_BREAK = re.compile(r"(?<=\n)\n(?=[A-Z]{2,4} *-)")


def start_tag(text: str) -> str:
    """The tag that begins the entries: the file's first if it is known as one, else PMID; empty where the text is not MEDLINE."""
    tags = _LINE.findall(text)
    counted = {tag: tags.count(tag) for tag in _STARTS}
    if counted["PMID"] and not (tags[0] == "PMC" and counted["PMC"] >= counted["PMID"]):
        return "PMID"
    return tags[0] if tags and tags[0] in _STARTS else ""


def parse_medline(data: bytes) -> Parsed:
    """The account of a MEDLINE text.

    Raises:
        FormatError: not text, or nothing that begins a MEDLINE entry.
    """
    decoded = decode(data)
    tag = start_tag(decoded.text)
    if not tag:
        raise FormatError("No MEDLINE entry found: no line begins with “PMID-”. Export the records again in PubMed format.")
    cut = frames(decoded.text, re.compile(rf"^{tag} *-", re.MULTILINE))
    whole = [part for frame in cut for part in _parts(frame)]
    orphans = [part for part in (_preamble(decoded.text, cut), *(part for part in whole if not part.raw.startswith(tag))) if part]
    read = [_read(part) for part in whole if part.raw.startswith(tag)]
    rejects = [one for one in read if isinstance(one, Reject)] + [_orphaned(part, tag) for part in orphans]
    return Parsed(
        format=FORMAT,
        entries=tuple(one for one in read if isinstance(one, Entry)),
        rejects=tuple(sorted(rejects, key=lambda reject: reject.line)),
        declared=_announced(decoded.text, tag) + len(orphans),
        encoding=decoded.encoding,
        warnings=decoded.warnings,
    )


def _announced(text: str, tag: str) -> int:
    return sum(row.startswith(tag) and row[len(tag) :].lstrip(" ").startswith("-") for row in text.split("\n"))


def _parts(frame: Frame) -> list[Frame]:
    """The frame, cut at an empty line after which a field comes again that an entry has once: an entry that lost its beginning."""
    for gap in _BREAK.finditer(frame.raw):
        before, after = frame.raw[: gap.start()], frame.raw[gap.end() :]
        if set(_ONCE.findall(before)) & set(_ONCE.findall(after)):
            line = frame.line + frame.raw.count("\n", 0, gap.end())
            return [Frame(frame.line, before), *_parts(Frame(line, after))]
    return [frame]


def _preamble(text: str, cut: tuple[Frame, ...]) -> Frame | None:
    before = text[: text.index(cut[0].raw)]
    first = _LINE.search(before)
    return Frame(before.count("\n", 0, first.start()) + 1, before[first.start() :].rstrip()) if first else None


def _read(frame: Frame) -> Entry | Reject:
    citation = medline_citation(frame.raw)
    raw = frame.raw.rstrip()
    if citation.is_empty:
        return Reject(frame.line, "no bibliographic field", raw)
    return Entry(citation, accession=accession(frame.raw, citation), raw=raw, line=frame.line)


def _orphaned(frame: Frame, tag: str) -> Reject:
    return Reject(frame.line, f"the entry's first line ({tag}-) is missing", frame.raw.rstrip())
