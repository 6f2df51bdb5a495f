"""Which entry the lines between two entries belong to, in files whose writers do not begin an entry with `TY`.

RIS says that TY comes first, and most files obey. Two kinds do not: programs that write the columns of a table in their order put
AN or DO before TY, and Ovid adds tags after an entry's `ER`. What stands before the first TY and after the last entry shows which
kind a file is. Invariant: where that is not plain, the lines belong to no entry and a warning names them; a value never moves to
an entry that it may not be of.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum

from prisma_tool.formats.ris.tag_lines import START, Piece, end_of, is_end, orphaned, piece, tag_of
from prisma_tool.formats.text.decoding import Decoding
from prisma_tool.formats.text.framing import Frame

_TITLES = frozenset({"TI", "T1"})
_TAIL = 1 << 16
"""How many bytes of a file's end are looked at; a last entry that is longer counts as one that nothing follows."""
_NAMED = 5
"""How many lines a warning names."""


class TagOrder(StrEnum):
    """Where the lines between `ER` and the next `TY` belong."""

    AFTER = "to the entry before"
    BEFORE = "to the entry below"
    UNCLEAR = "to neither"


def order_of(before: str, last: str) -> TagOrder:
    """The order that the text before the first TY and the last entry, with whatever follows it, show."""
    leads, follows = _first_tag(_open_end(before)) >= 0, _first_tag(_below_end(last)) >= 0
    if leads == follows:
        return TagOrder.UNCLEAR
    return TagOrder.BEFORE if leads else TagOrder.AFTER


def last_entry(text: Decoding) -> str:
    """The file's last entry and what follows it, or an empty text where it is too long to be looked at."""
    begin = max(text.begin, len(text.data) - _TAIL)
    begin -= (begin - text.begin) % 4  # A character of UTF-16 or UTF-32 is not cut.
    tail = "\n" + "".join(Decoding(text.data, text.encoding, begin, text.errors).blocks())
    starts = [match.end() for match in START.finditer(tail)]
    return tail[starts[-1] :] if starts else ""


class Assigned:
    """The pieces of a file, each with the lines that belong to it; `unclear` holds the lines that belong to none."""

    def __init__(self, frames: Iterable[Frame], last: str) -> None:
        self._frames = iter(frames)
        self._last = last
        self.unclear: list[int] = []

    def __iter__(self) -> Iterator[tuple[Piece | None, tuple[Frame, ...]]]:
        """The entries in order, each with the orphans that follow it; what stands before the first TY comes with None."""
        first = next(self._frames)
        order = order_of(first.raw, self._last)
        if order is TagOrder.BEFORE:
            yield from self._leading(first)
            return
        yield None, orphaned(first.raw, first.line)
        if order is TagOrder.UNCLEAR and _first_tag(_open_end(first.raw)) >= 0:
            self._leave(first.raw.split("\n"), first.line)
        part = self._trailing if order is TagOrder.AFTER else self._alone
        for frame in self._frames:
            entry = piece(part(frame))
            yield entry, entry.orphans

    def warnings(self) -> list[str]:
        """What is to be said about lines that belong to no entry."""
        if not self.unclear:
            return []
        lines = ", ".join(map(str, self.unclear[:_NAMED])) + (", …" if len(self.unclear) > _NAMED else "")
        where = f"Tags stand between entries, before TY or after ER, from line {lines}"
        return [f"{where}; the file does not show which entry they belong to, so they were left out."]

    def _alone(self, frame: Frame) -> Frame:
        """An entry without the tags after its end, unless these are an entry of their own that lost its beginning."""
        end = frame.raw.find("\nER  -")
        if end > 0 and not frame.raw[end + len("\nER  -") :].strip():  # Nearly every entry: nothing follows.
            return frame
        rows = frame.raw.split("\n")
        end = end_of(rows) + 1
        after = rows[end:]
        if _first_tag(after) < 0 or _hangs_on(after) or orphaned("\n".join(after), 0):
            return frame
        self._leave(after, frame.line + end)
        return Frame(frame.line, "\n".join(rows[:end]))

    def _trailing(self, frame: Frame) -> Frame:
        """An entry with the tags after its end, as its file writes them, but without those that stand right above the next entry only."""
        rows = frame.raw.split("\n")
        end = end_of(rows) + 1
        after = rows[end:]
        empty = [number for number, row in enumerate(after[:-1]) if not row.strip()]
        leading = after[empty[-1] :] if empty else []
        if _first_tag(leading) < 0 or _first_tag(_below_end(self._last)) != 0 or orphaned("\n".join(after), 0):
            return frame
        begin = end + empty[-1]
        self._leave(leading, frame.line + begin)
        return Frame(frame.line, "\n".join(rows[:begin]))

    def _leave(self, rows: list[str], line: int) -> None:
        first = _first_tag(rows)
        if first >= 0:
            self.unclear.append(line + first)

    def _leading(self, first: Frame) -> Iterator[tuple[Piece | None, tuple[Frame, ...]]]:
        """The entries of a file in which tags stand before TY."""
        orphans, lead = _parted(first.raw.split("\n"), first.line)
        tags = [tag for row in lead.raw.split("\n") if (tag := tag_of(row))]
        close = bool(tag_of(first.raw.rstrip("\n").rpartition("\n")[2])) and not first.raw.endswith("\n\n")
        yield None, orphans
        for frame in self._frames:
            rows = frame.raw.split("\n")
            end = self._end(rows, frame.line, tags)
            end += _hanging(rows[end:]) if close else 0
            body, lost = rows[:end], tuple[Frame, ...]()
            if _titled(lead.raw.split("\n")) and _titled(body):
                lost, lead = orphaned(lead.raw, lead.line), Frame(frame.line, "")
            entry = _whole(lead, Frame(frame.line, "\n".join(body)))
            orphans, lead = _parted(rows[end:], frame.line + end)
            yield entry, (*lost, *orphans)
        self._leave(lead.raw.split("\n"), lead.line)

    def _end(self, rows: list[str], line: int, tags: list[str]) -> int:
        """The number of rows up to the entry's end; without `ER`, up to where the tags that began the file begin again."""
        end = end_of(rows)
        if end < len(rows):
            return end + 1
        begin = len(rows)
        while begin > 1 and (tag_of(rows[begin - 1]) or tags[0]) in tags:
            begin -= 1
        starts = [number for number in range(begin, len(rows)) if tag_of(rows[number]) == tags[0]]
        if starts:
            return starts[-1]
        self._leave(rows[begin:], line + begin)
        del rows[begin:]
        return len(rows)


def _whole(lead: Frame, body: Frame) -> Piece:
    """The entry whose first tags stand before its TY: read as if they came behind it, kept as it stands."""
    if not lead.raw:
        return piece(body)
    kind, _, rest = body.raw.partition("\n")
    entry = piece(Frame(lead.line, f"{kind}\n{lead.raw}\n{rest}"))
    return Piece(Frame(lead.line, f"{lead.raw}\n{body.raw}"), entry.fields)


def _parted(rows: list[str], line: int) -> tuple[tuple[Frame, ...], Frame]:
    """The entries without a beginning in the rows between two entries, and the tags that lead the next one."""
    cut = len(rows) - len(_open_end("\n".join(rows)))
    lead = rows[cut:]
    first = _first_tag(lead)
    orphans = orphaned("\n".join(rows[:cut]), line)
    if first < 0:
        return orphans, Frame(line, "")
    return orphans, Frame(line + cut + first, "\n".join(lead[first:]).rstrip())


def _open_end(text: str) -> list[str]:
    """The rows after the last end of an entry."""
    rows = text.split("\n")
    ends = [number for number, row in enumerate(rows, 1) if is_end(row)]
    return rows[ends[-1] :] if ends else rows


def _below_end(entry: str) -> list[str]:
    rows = entry.split("\n")
    return rows[end_of(rows) + 1 :]


def _hanging(rows: list[str]) -> int:
    """How many rows right below an entry's end are its own, though its file writes tags before TY: an empty line parts them from the next."""
    empty = next((number for number, row in enumerate(rows[:-1]) if not row.strip()), 0)
    return empty if _first_tag(rows[:empty]) == 0 and not orphaned("\n".join(rows[:empty]), 0) else 0


def _hangs_on(rows: list[str]) -> bool:
    """True where tags stand right below an entry's end and something else stands between them and the next entry (Ovid's NL)."""
    tags = [number for number, row in enumerate(rows) if tag_of(row)]
    return tags[0] == 0 and any(not row.strip() for row in rows[tags[-1] + 1 : -1])


def _first_tag(rows: list[str]) -> int:
    return next((number for number, row in enumerate(rows) if tag_of(row)), -1)


def _titled(rows: list[str]) -> bool:
    return any(tag_of(row) in _TITLES for row in rows)
