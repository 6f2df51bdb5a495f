"""Text downloads of the EU Clinical Trials Register ("Summary" and "Full Trial Details"), to an account of citations.

A trial begins with "EudraCT Number:"; a full download has it once for each member state. Labels: the register's own, those of the
full form with the letter and number of their section. Invariant: one entry or reject for each trial or, in full downloads, for each
member state of one, whose accession is the number with the state's letters, as in the register's addresses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec.structs import replace

from prisma_tool.formats.account.account import FileAccount, Parsed, ParsedEntry, Reject
from prisma_tool.formats.account.register_row import RegisterReader
from prisma_tool.formats.platforms.registers import register_named
from prisma_tool.formats.tagged.tag_translation import opened, tagged_lines
from prisma_tool.formats.text.byte_source import ByteSource
from prisma_tool.formats.text.cell_values import squeezed
from prisma_tool.formats.text.decoding import Look, decoding
from prisma_tool.formats.text.framing import Frame
from prisma_tool.formats.text.tag_values import Pair
from prisma_tool.formats.text.tidy import line, quoted
from prisma_tool.model.record.citation import Citation

FORMAT = "euctr-text"
EUCTR = register_named("euctr")
_START = re.compile(r"\n(?=EudraCT Number:)")
_HEAD = re.compile(r"^EudraCT Number:\s*\d{4}-\d{6}-\d{2}\b.*\n(?:.*\n){0,3}?Sponsor(?:'s)? Protocol", re.MULTILINE)
_UNNUMBERED = (
    "EudraCT Number|Sponsor Protocol Number|Sponsor Name|Full Title|Start Date|Medical condition|Disease|Population Age|Gender|Trial protocol"
    "|Trial results|Link|Sponsor's Protocol Code Number|National Competent Authority|Clinical Trial Type|Trial Status"
    "|Date on which this record was first entered in the EudraCT database"
)
_SECTIONS = "Protocol|Sponsor|Applicant|IMP|General|Population|Investigator|Review|Competent|Date|Ethics|End"
_LABEL = re.compile(
    rf"((?:{_UNNUMBERED})\*?(?=:)|[A-P]\.\d[\d.]* [^:\n]+|[BD]\.(?:Sponsor|IMP)\b[^:\n]*|[A-P]\. (?:{_SECTIONS})\b[^:\n]*)(?::[ \t]*(.*)|$)"
)
_NUMBER = re.compile(r"\d{4}-\d{6}-\d{2}")
_STATE = re.compile(r"/trial/[\d-]+/([A-Z]{2}|3rd)\b", re.IGNORECASE)
_PHASE = re.compile(r"E\.7\.\d .*\((Phase [IV]+)\)")
_YEAR, _STATES, _RESULTS = "Year of the number", "A.1 Member State Concerned", "Trial results"
_NOTHING = frozenset({"", "No", "Information not present in EudraCT", "Not Recruiting"})
"""Answers that say nothing about a trial; a full form has a hundred of them."""


def recognises(look: Look) -> bool:
    """True where a line gives an EudraCT number and one of the next the sponsor's."""
    return _HEAD.search(look.text) is not None


def declared(text: str) -> int:
    """How many lines begin an entry."""
    return sum(row.startswith("EudraCT Number:") for row in text.split("\n"))


def parse_euctr_text(data: ByteSource) -> Parsed:
    """The account of a text download with all entries in memory.

    Raises:
        FormatError: not text, or no line gives an EudraCT number.
    """
    return open_euctr_text(data).whole()


def open_euctr_text(data: ByteSource) -> FileAccount:
    """The account of the same, to be read entry by entry.

    Raises:
        FormatError: here, not text; while reading, no line gives an EudraCT number.
    """
    account = opened(FORMAT, decoding(data), _START, declared, _read)
    account.platform = EUCTR.platform
    return account


def _read(frame: Frame, *, orphaned: bool) -> Iterator[ParsedEntry | Reject]:
    if orphaned:
        return
    raw = frame.raw.rstrip().removesuffix("\nSummary").rstrip()  # the heading of the next form
    facts = _facts(tagged_lines(raw, _LABEL))
    number = facts["EudraCT Number"]
    if not _NUMBER.fullmatch(number):
        yield Reject(frame.line, f"no valid EudraCT number (“{quoted(number)}”)", raw)
        return
    state = _STATE.search(facts.get("Link", ""))
    yield ParsedEntry(_citation(facts), f"{number}-{state[1]}" if state else number, raw, frame.line)


def _facts(pairs: list[Pair]) -> dict[str, str]:
    """The labels with their values, those of a label that comes again (products, sponsors) as a list."""
    facts: dict[str, str] = {}
    for label, value in pairs:
        name, text = line(label).rstrip("*"), value.strip()
        if text not in _NOTHING and text not in facts.get(name, "").split(EUCTR.parted):
            facts[name] = f"{facts[name]}{EUCTR.parted}{text}" if name in facts else text
    number = facts["EudraCT Number"] = line(facts.get("EudraCT Number", ""))
    phases = (match[1] for label in facts if (match := _PHASE.match(label)) and facts[label] == "Yes")
    facts["Phase"] = EUCTR.parted.join(phases)
    # The summary has no date of registration, but the number begins with its year.
    facts[_YEAR] = number[: len("2014")]
    return facts


def _citation(facts: dict[str, str]) -> Citation:
    cells = facts | {"EudraCT Number": f"EudraCT {facts['EudraCT Number']}"}
    cells[_STATES] = facts.get(_STATES, "").partition(" - ")[0]  # "Sweden - MPA": the state and its authority
    cells[_RESULTS] = "yes" if facts.get(_RESULTS, "").startswith("View") else ""
    names = list(cells)
    reader = RegisterReader(EUCTR, names, list(map(squeezed, names)))
    citation = reader.citation(list(cells.values()))
    return replace(citation, extra=tuple(pair for pair in citation.extra if pair[0] != _YEAR))
