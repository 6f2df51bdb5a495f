"""A JSON document whose items are read one by one, by Python's own decoder, as the text arrives.

Invariants: only one item is in memory at a time, and none larger than `LARGEST_VALUE`; what `json.loads` refuses of the whole text is
refused here, at the latest when the text ends. A list that an object names twice is read twice, so that no item is lost.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from prisma_tool.errors import FormatError
from prisma_tool.formats.text.tidy import quoted

LARGEST_VALUE = 64 << 20
"""Characters of one item; a study with all its results has less than a twentieth."""
_BLANKS = re.compile(r"[ \t\n\r]*")
_BEHIND_NUMBER = frozenset(",]} \t\n\r")
_LONGEST_WORD = len('"\\ud83d\\ude00')
"""No word that the end of a block cuts is longer, but for strings."""
_QUOTED = 1_000
_DECODER = json.JSONDecoder(strict=False)
"""Raw line ends inside strings occur in answers; they are harmless, as all text is cleaned later."""


@dataclass(slots=True)
class _Arriving:
    """The text between the item that is read and the end of what has arrived; `line` is where it begins."""

    blocks: Iterator[str]
    text: str = ""
    place: int = 0
    line: int = 1
    beginning: str = ""

    def sign(self) -> str:
        """The next character that is no blank, which stays where it is; empty at the end."""
        while True:
            match = _BLANKS.match(self.text, self.place)
            self.place = match.end() if match else self.place
            if self.place < len(self.text) or not self._grow():
                return self.text[self.place : self.place + 1]

    def value(self) -> Any:
        """The next value, whole.

        Raises:
            FormatError: what stands here is no JSON, or too long or deep to be read.
        """
        while True:
            try:
                value, end = _DECODER.raw_decode(self.text, self.place)
            except json.JSONDecodeError as error:
                if not (self._may_be_cut(error) and self._grow()):
                    raise self.refusal(error.msg, error.pos) from error
            except RecursionError as error:
                raise self.refusal("it is nested too deeply", self.place) from error
            else:
                if self._is_whole(value, end) or not self._grow():
                    self.place = end
                    return value

    def require(self, signs: str) -> str:
        """The next character that is no blank, one of `signs`, which is passed.

        Raises:
            FormatError: it is another.
        """
        sign = self.sign()
        if not sign or sign not in signs:
            raise self.refusal("Expecting " + " or ".join(f"'{one}'" for one in signs), self.place)
        self.place += 1
        return sign

    def refusal(self, reason: str, place: int) -> FormatError:
        """What is wrong, and in which line."""
        number = self.line + self.text.count("\n", 0, place)
        return FormatError(
            f"Not valid JSON (line {number}: {reason}); the text reads “{quoted(self.beginning)}”. Fetch or export it again."
        )

    def _is_whole(self, value: Any, end: int) -> bool:
        """False where a number may go on behind what has arrived: "12." is the beginning of "12.5"."""
        return not isinstance(value, int | float) or self.text[end : end + 1] in _BEHIND_NUMBER

    def _may_be_cut(self, error: json.JSONDecodeError) -> bool:
        return error.msg.startswith("Unterminated string") or error.pos >= len(self.text) - _LONGEST_WORD

    def _grow(self) -> bool:
        """Add as much text as waits already, so that a long value is not looked at too often; False where there is no more."""
        self.line += self.text.count("\n", 0, self.place)
        parts = [self.text[self.place :]]
        length = wanted = max(len(parts[0]), 1)
        if length > LARGEST_VALUE:
            raise self.refusal(f"one value is longer than {LARGEST_VALUE:,} characters", self.place)
        for block in self.blocks:
            parts.append(block)
            length += len(block)
            if length >= wanted * 2:
                break
        self.text, self.place = "".join(parts), 0
        self.beginning = self.beginning or self.text[:_QUOTED]
        return len(parts) > 1


@dataclass(slots=True)
class JsonItems:
    """Goes through the items of a document: those of a bare list, or of the list that an object has under `name`.

    When `items` has ended, `listed` says whether there was such a list, `named` whether an object names it, and `rest` is what else the
    document holds: the object's other members, or a value that is neither list nor object.
    """

    blocks: Iterator[str]
    name: str
    listed: bool = False
    named: bool = False
    rest: Any = field(default_factory=dict)

    def items(self) -> Iterator[Any]:
        """The items, each read when it is asked for.

        Raises:
            FormatError: the text is no JSON.
        """
        text = _Arriving(self.blocks)
        opening = text.sign()
        if opening == "[":
            yield from self._list_items(text)
        elif opening == "{":
            yield from self._members(text)
        else:
            self.rest = text.value()
        if text.sign():
            raise text.refusal("Extra data", text.place)

    def _list_items(self, text: _Arriving) -> Iterator[Any]:
        self.listed = True
        text.require("[")
        if text.sign() == "]":
            text.require("]")
            return
        following = ","
        while following == ",":
            text.sign()
            yield text.value()
            following = text.require(",]")

    def _members(self, text: _Arriving) -> Iterator[Any]:
        text.require("{")
        following = "}" if text.sign() == "}" else ","
        if following == "}":
            text.require("}")
        while following == ",":
            if text.sign() != '"':
                raise text.refusal("Expecting property name enclosed in double quotes", text.place)
            name = text.value()
            text.require(":")
            if text.sign() == "[" and name == self.name:
                self.named = True
                yield from self._list_items(text)
            else:
                self.rest[name] = text.value()
            following = text.require(",}")
