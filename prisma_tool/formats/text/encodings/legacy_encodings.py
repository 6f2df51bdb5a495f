"""Which legacy encoding a file that is not UTF is in, and whether that is in doubt.

The readings in all encodings that citation programs wrote are compared by their words (`likely_readings`). Invariants: a reading is
taken only where no other is nearly as likely; one that is not Windows-1252 comes with a warning that shows both; in doubt a person
names the encoding, since nobody notices in time what was stored wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from prisma_tool.errors import EncodingInDoubt
from prisma_tool.formats.text.byte_source import ByteSource, blocks, lined_blocks
from prisma_tool.formats.text.encodings.likely_readings import WESTERN, Reading, readings
from prisma_tool.formats.text.tidy import quoted

_HIGH, _LINE_END = re.compile(rb"[\x80-\xff]"), re.compile(rb"[\n\r]|\Z")
_TAG = re.compile(rb"^\W{0,4}[A-Z][A-Z0-9]{1,3} {0,4}- |^%[0-9A-Z] ")
_ASCII = bytes(range(0x80))
_SAMPLE = 200
"""How many lines with letters beyond ASCII are looked at."""
_CERTAIN, _CERTAINLY_OTHER = 4.0, 6.0
"""How much likelier (a natural logarithm) than the next a reading must be to be taken; one that is not Windows-1252, still more."""
_POSSIBLE, _MOST_READINGS = 8.0, 3
"""Which readings a person chooses from, and from how many at most."""
_LEAST_LIKELY = -9.0
"""A reading that is less likely than this for each byte is no text in any of the encodings."""
_SHOWN, _SHOWN_LINES = 60, 3


@dataclass(frozen=True, slots=True)
class LegacyChoice:
    """The likeliest reading of a file, the next ones, the one as Windows-1252, and whether a person has to decide."""

    best: Reading
    others: tuple[Reading, ...]
    western: Reading
    doubtful: bool

    @property
    def encoding(self) -> str:
        """The encoding of the likeliest reading."""
        return self.best.encoding

    @property
    def warnings(self) -> list[str]:
        """What a person should look at: a reading that is not the usual one."""
        if self.best.encoding == WESTERN:
            return []
        ours, usual = self.best.text.split("\n")[0], self.western.text.split("\n")[0]
        seems = f"The file seems to be in {_named(self.encoding)} and was read so (“{_short(ours)}”), not as Windows-1252 (“{_short(usual)}”)"
        return [f"{seems}; if that is wrong, name its encoding with --encoding."]

    def require_certainty(self) -> None:
        """Check that nobody has to be asked.

        Raises:
            EncodingInDoubt: another reading is almost as likely.
        """
        if not self.doubtful:
            return
        candidates = [self.best, *self.others]
        shown = _differing([reading.text.split("\n") for reading in candidates])
        previews = tuple((reading.encoding, lines) for reading, lines in zip(candidates, shown, strict=True))
        quotes = "; ".join(f"in {_named(encoding)} “{' / '.join(lines)}”" for encoding, lines in previews)
        choices = " or ".join(f"--encoding {encoding}" for encoding, _ in previews)
        raise EncodingInDoubt(
            f"The encoding of this file is in doubt. It reads {quotes}. "
            f"Import it with {choices} (or another that you know it to be in), or save it as UTF-8.",
            previews,
        )


def _named(encoding: str) -> str:
    return "Windows-1252" if encoding == WESTERN else encoding


def legacy_choice(data: ByteSource, begin: int) -> LegacyChoice:
    """What a file that is not UTF seems to be in; its text starts at byte `begin`."""
    present = set[int]().union(*(block.translate(None, _ASCII) for block in blocks(data)))
    return _choice(_sample(data, begin), bytes(sorted(present)))


@lru_cache(maxsize=8)
def _choice(sample: bytes, present: bytes) -> LegacyChoice:
    """A file's encoding is asked for several times while its format is found."""
    judged = readings(sample, present)
    best, others = judged[0], judged[1:]
    certain = _CERTAIN if best.encoding == WESTERN else _CERTAINLY_OTHER
    close = bool(others) and best.likelihood - others[0].likelihood < certain
    meaningless = best.likelihood < _LEAST_LIKELY * len(sample.translate(None, _ASCII))
    western = next(reading for reading in judged if reading.encoding == WESTERN)
    possible = [reading for reading in others if best.likelihood - reading.likelihood < _POSSIBLE] or others[:1]
    return LegacyChoice(best, tuple(possible[: _MOST_READINGS - 1]), western, close or meaningless)


def _sample(data: ByteSource, begin: int) -> bytes:
    """The lines that show the encoding, without their tags."""
    rows = (row for block in lined_blocks(data, begin) for row in _high_lines(block))
    return b"\n".join(_TAG.sub(b"", row) for row in islice(rows, _SAMPLE))


def _high_lines(data: bytes) -> Iterator[bytes]:
    """The lines with a byte beyond ASCII; each byte is looked at a few times at most, however long its line is."""
    begin = 0
    while high := _HIGH.search(data, begin):
        place = high.start()
        first = max(data.rfind(b"\n", begin, place), data.rfind(b"\r", begin, place)) + 1 or begin
        end = _LINE_END.search(data, place)
        begin = end.start() if end else len(data)
        yield data[first:begin]


def _differing(texts: list[list[str]]) -> list[tuple[str, ...]]:
    """The first few lines, around where they differ, of each text."""
    places = [place for place, lines in enumerate(zip(*texts, strict=False)) if len(set(lines)) > 1][:_SHOWN_LINES]
    return [tuple(_around(lines[place], [text[place] for text in texts]) for place in places) for lines in texts]


def _around(line: str, lines: list[str]) -> str:
    """The part of a line that shows the first character in which the lines differ."""
    first = next((place for place, letters in enumerate(zip(*lines, strict=False)) if len(set(letters)) > 1), 0)
    begin = 0 if first < _SHOWN // 2 else line.rfind(" ", 0, first - _SHOWN // 3) + 1
    return f"{'…' if begin else ''}{_short(line[begin:])}"


def _short(text: str) -> str:
    words = quoted(text)
    return words if len(words) <= _SHOWN else f"{words[:_SHOWN].rstrip()}…"
