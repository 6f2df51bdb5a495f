"""Web of Science's tagged text (.ciw, .isi, "plain text file"), to an account of citations.

Tags stand at the beginning of a line, their values go on in lines indented by three blanks; `PT` begins an entry and `ER` ends it.
Tags: Clarivate, "Web of Science Core Collection Field Tags". Invariant: one entry or reject for each `PT` line and each orphan.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from prisma_tool.formats.account.account import FileAccount, Parsed, ParsedEntry, Reject
from prisma_tool.formats.tagged.tag_translation import entry, opened, translated
from prisma_tool.formats.text.byte_source import ByteSource
from prisma_tool.formats.text.decoding import Look, decoding
from prisma_tool.formats.text.framing import Frame
from prisma_tool.formats.text.tag_values import Pair

FORMAT = "wos-tagged"
_START = re.compile(r"\n(?=PT(?: |\n|$))")
_TAG = re.compile(r"([A-Z][A-Z0-9])(?: (.*)|$)")
_HEAD = re.compile(r"\s*(?:FN |VR |PT [A-Z]\b)")
_LAST = re.compile(r"\nER[^\S\n]*(?:\n|$)")
_OPENING = frozenset({"TI", "AU", "AB", "PY", "SO"})
_LISTS = frozenset({"AU", "AF", "BA", "BF", "BE", "ED", "CA", "OI", "RI"})
_KINDS = {"J": "JOUR", "B": "BOOK", "S": "SER", "P": "PAT", "C": "CONF"}
_NOTE = re.compile(r"\s*\([^()]*@[^()]*\)")
NAMES = {
    "TI": "TI",
    "AU": "AU",
    "CA": "AU",
    "SO": "JF",
    "JI": "JA",
    "J9": "J9",
    "SE": "T3",
    "BE": "ED",
    "ED": "ED",
    "PY": "PY",
    "PD": "DA",
    "EA": "EA",
    "VL": "VL",
    "IS": "IS",
    "BP": "SP",
    "EP": "EP",
    "AR": "C7",
    "DI": "DO",
    "PM": "PM",
    "UT": "AN",
    "DT": "M3",
    "LA": "LA",
    "DE": "KW",
    "ID": "KW",
    "AB": "AB",
    "SN": "SN",
    "EI": "SN",
    "PU": "PB",
    "UR": "UR",
    "TY": "TY",
    "FT": "TT",
}
"""Web of Science's tag to RIS's."""


def recognises(look: Look) -> bool:
    """True where the text begins as an export of Web of Science does and has an entry."""
    return bool(_HEAD.match(look.text)) and bool(declared(look.text))


def declared(text: str) -> int:
    """How many lines begin an entry."""
    return sum(row[:3] in {"PT ", "PT"} for row in text.split("\n"))


def parse_wos_tagged(data: ByteSource) -> Parsed:
    """The account of a file in Web of Science's tagged format.

    Raises:
        FormatError: not text, or no line begins with `PT`.
    """
    return open_wos_tagged(data).whole()


def open_wos_tagged(data: ByteSource) -> FileAccount:
    """The account of the same, to be read entry by entry.

    Raises:
        FormatError: here, not text; while reading, no line begins with `PT`.
    """
    return opened(FORMAT, decoding(data), _START, declared, _read)


def _read(frame: Frame, *, orphaned: bool) -> Iterator[ParsedEntry | Reject]:
    orphan = _orphan(frame if orphaned else _after_end(frame))
    if not orphaned:
        whole = Frame(frame.line, frame.raw[: _end(frame.raw)]) if orphan else frame
        pairs, also = translated(_single_values(_pairs(whole.raw)), NAMES)
        yield entry(whole, pairs, also)
    if orphan:
        yield Reject(orphan.line, "the entry's first line (PT) is missing", orphan.raw)


def _end(raw: str) -> int:
    last = _LAST.search(raw)
    return last.end() if last else len(raw)


def _after_end(frame: Frame) -> Frame:
    end = _end(frame.raw)
    return Frame(frame.line + frame.raw.count("\n", 0, end), frame.raw[end:])


def _orphan(frame: Frame) -> Frame | None:
    """The text from its first tag, if it holds an entry's content."""
    rows = frame.raw.split("\n")
    tags = [(number, match[1]) for number, row in enumerate(rows) if (match := _TAG.match(row))]
    if _OPENING.isdisjoint(tag for _, tag in tags):
        return None
    return Frame(frame.line + tags[0][0], "\n".join(rows[tags[0][0] :]).rstrip())


def _pairs(raw: str) -> list[Pair]:
    """The tags with their lines; a line that is not indented and has no tag goes on with the value before it, too."""
    fields: list[tuple[str, list[str]]] = []
    for row in raw.split("\n"):
        tag = None if row.startswith(" ") else _TAG.match(row)
        if tag and tag[1] in {"ER", "EF"} and not (tag[2] or "").strip():
            break
        if tag:
            fields.append((tag[1], [tag[2] or ""]))
        elif fields and row.strip():
            fields[-1][1].append(row.strip())
    return [(tag, "\n".join(values)) for tag, values in fields]


def _single_values(pairs: list[Pair]) -> Iterator[Pair]:
    """The tags with what their own rules say: full names instead of short ones, one value a name, keywords in one line."""
    fields = dict(pairs)
    numbered = "UT" in fields
    people = _people(fields)
    for tag, value in pairs:
        if tag == "PT":
            yield "TY", _KINDS.get(value.strip(), "GEN")
        elif tag in {"AU", "AF", "BA", "BF"}:
            yield from (("AU", name) for name in people)
            people = []
        elif tag == "CA":
            yield from (("CA", f"{name.rstrip(',; ')},") for name in re.split(r"[;\n]", value) if name.strip())
        elif tag in {"AR", "BP"}:
            yield tag, value.removeprefix("UNSP ")
        elif tag == "PS":
            yield ("PS", value) if "BP" in fields else ("BP", value)
        elif tag == "AN":
            yield ("AN", value) if numbered else ("UT", value)
        else:
            yield tag, value if tag in _LISTS else " ".join(value.split("\n"))


def _people(fields: dict[str, str]) -> list[str]:
    """Authors with full names where there is one for each; e-mail addresses, which some databases put behind names, left out."""
    for short, full in (("AU", "AF"), ("BA", "BF")):
        names = _names(fields.get(short, ""))
        longer = _names(fields.get(full, ""))
        if names or longer:
            return longer if len(longer) >= len(names) else names
    return []


def _names(value: str) -> list[str]:
    return [name for part in re.split(r"[;\n]", _NOTE.sub("", value)) if (name := part.strip())]
