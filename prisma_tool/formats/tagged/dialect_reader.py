"""Tagged text with a line that begins each entry (Web of Science, RefWorks, NoteExpress), to an account of citations.

One reader for all of them: how a platform writes its tags, and what these mean in RIS's, is its table in `formats.dialects`. A line
without a tag goes on with the value before it. Invariant: one entry or reject for each beginning and each orphan.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from prisma_tool.formats.account.account import FileAccount, Parsed, ParsedEntry, Reject
from prisma_tool.formats.dialects.load import platform_table, sections
from prisma_tool.formats.tagged.tag_translation import entry, opened, tagged_lines, translated
from prisma_tool.formats.text.byte_source import ByteSource
from prisma_tool.formats.text.decoding import Look, decoding
from prisma_tool.formats.text.framing import Frame
from prisma_tool.formats.text.tag_values import Pair

_PARTS = re.compile(r"[;\n]")
_NOTE = re.compile(r"\s*\([^()]*@[^()]*\)")


@dataclass(frozen=True)
class TaggedDialect:
    """How one platform writes its entries; tags are its own, save in the values of `names`, which are RIS's.

    `head` is how its files begin, `begin` what begins the line of an entry, `tag` a line's tag and value. `end` and `foot` are lines
    that end an entry and the file; text after an end with a tag in `opening` is an entry that lost its beginning. `type` is the tag of
    the type: types in `ordinary` say nothing, those in `kinds` are RIS's types. Of the pairs in `people` the second gives names in full.
    Names under `groups` are those of groups, values of `lists` part at lines. `leading` and `trailing` are signs that say nothing,
    `instead` leads from a tag to the one whose place it takes where that is missing.
    """

    format: str
    title: str
    head: str
    begin: str
    tag: str
    type: str
    names: Mapping[str, str]
    ordinary: Sequence[str] = ()
    kinds: Mapping[str, str] = field(default_factory=dict)
    end: str = ""
    foot: str = ""
    opening: Sequence[str] = ()
    lists: Sequence[str] = ()
    people: Sequence[Sequence[str]] = ()
    groups: Sequence[str] = ()
    leading: Mapping[str, str] = field(default_factory=dict)
    trailing: Mapping[str, str] = field(default_factory=dict)
    instead: Mapping[str, str] = field(default_factory=dict)


def formats_by_table() -> frozenset[str]:
    """The names of the formats that are read by a platform's table alone."""
    return frozenset(facts["format"] for _, facts in sections("tagged") if "format" in facts)


class TaggedReader:
    """Reads the files of one platform."""

    def __init__(self, name: str) -> None:
        self.dialect = TaggedDialect(**platform_table(name)["tagged"])
        self._begin, self._bare = self.dialect.begin, self.dialect.begin.rstrip()
        self._start = re.compile(rf"\n(?={re.escape(self._begin)}|{re.escape(self._bare)}(?:\n|$))")
        self._tag, self._head = re.compile(self.dialect.tag), re.compile(self.dialect.head)
        self._end = re.compile(rf"\n{self.dialect.end}[^\S\n]*(?:\n|$)")
        self._ends = frozenset(filter(None, (self.dialect.end, self.dialect.foot)))

    def recognises(self, look: Look) -> bool:
        """True where the text begins as the platform's files do and has an entry."""
        return bool(self._head.match(look.text)) and bool(self.declared(look.text))

    def declared(self, text: str) -> int:
        """How many lines begin an entry."""
        return sum(row.startswith(self._begin) or row == self._bare for row in text.split("\n"))

    def parse(self, data: ByteSource) -> Parsed:
        """The account of a file.

        Raises:
            FormatError: not text, or no line begins an entry.
        """
        return self.open(data).whole()

    def open(self, data: ByteSource) -> FileAccount:
        """The account of a file, to be read entry by entry.

        Raises:
            FormatError: here, not text; while reading, no line begins an entry.
        """
        return opened(self.dialect.format, decoding(data), self._start, self.declared, self._read)

    def _read(self, frame: Frame, *, orphaned: bool) -> Iterator[ParsedEntry | Reject]:
        orphan = self._orphan(frame if orphaned else self._after_end(frame))
        if not orphaned:
            whole = Frame(frame.line, frame.raw[: self._end_of(frame.raw)]) if orphan else frame
            pairs, also = translated(self._values(tagged_lines(whole.raw, self._tag, self._ends)), self.dialect.names)
            yield entry(whole, pairs, also)
        if orphan:
            yield Reject(orphan.line, f"the entry's first line ({self._bare}) is missing", orphan.raw)

    def _end_of(self, raw: str) -> int:
        last = self._end.search(raw) if self.dialect.end else None
        return last.end() if last else len(raw)

    def _after_end(self, frame: Frame) -> Frame:
        end = self._end_of(frame.raw)
        return Frame(frame.line + frame.raw.count("\n", 0, end), frame.raw[end:])

    def _orphan(self, frame: Frame) -> Frame | None:
        """The text from its first tag, if it holds an entry's content."""
        rows = frame.raw.split("\n")
        tags = [(number, match[1]) for number, row in enumerate(rows) if (match := self._tag.match(row))]
        if not any(tag in self.dialect.opening for _, tag in tags):
            return None
        return Frame(frame.line + tags[0][0], "\n".join(rows[tags[0][0] :]).rstrip())

    def _values(self, pairs: list[Pair]) -> Iterator[Pair]:
        """The tags with what the platform's own rules say: full names instead of short ones, a value a name, types that say something."""
        fields = dict(pairs)
        persons = {tag for both in self.dialect.people for tag in both}
        people = _people(self.dialect, fields)
        for tag, value in pairs:
            if tag in persons:
                yield from ((self.dialect.people[0][0], name) for name in people)
                people = []
            elif tag in self.dialect.groups:
                yield from ((tag, f"{name},") for part in _PARTS.split(value) if (name := part.strip(",; ")))
            elif tag == self.dialect.type:
                yield from self._type(value.strip())
            else:
                yield self._placed(tag, fields), self._plain(tag, value)

    def _type(self, value: str) -> Iterator[Pair]:
        if self.dialect.kinds:
            yield "TY", self.dialect.kinds.get(value, "GEN")
        elif value.lower() not in self.dialect.ordinary:
            yield self.dialect.type, value

    def _placed(self, tag: str, fields: Mapping[str, str]) -> str:
        other = self.dialect.instead.get(tag, "")
        return other if other and other not in fields else tag

    def _plain(self, tag: str, value: str) -> str:
        text = value.removeprefix(self.dialect.leading.get(tag, "")).rstrip(self.dialect.trailing.get(tag, " "))
        return text if tag in self.dialect.lists else " ".join(text.split("\n"))


def _people(dialect: TaggedDialect, fields: Mapping[str, str]) -> list[str]:
    """Persons with full names where there is one for each; e-mail addresses, which some databases put behind names, left out."""
    for short, full in dialect.people:
        names, longer = _names(fields.get(short, "")), _names(fields.get(full, ""))
        if names or longer:
            return longer if len(longer) >= len(names) else names
    return []


def _names(value: str) -> list[str]:
    return [name for part in _PARTS.split(_NOTE.sub("", value)) if (name := part.strip())]
