"""The words of a language for everything that the figure says by itself: boxes, phases, headers, notes, caption.

Each language is a table of data, `<code>.toml`, that marks which of its strings were compared with a published translation of PRISMA 2020.
English is what the program is written in, so its table is empty and changes nothing. Invariants: what a review says in words of its own is
never translated; a sentence that a table does not know stays as it is.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from prisma_tool.figure.words.languages.english_sentences import PARTS, SENTENCES, box_in_note, pattern
from prisma_tool.model.protocol.figure_words import Language

Forms = tuple[str, str]
"""What is translated of one, and of any other number."""
_FOLDER = Path(__file__).parent
_SENTENCES = {name: pattern(template) for name, template in SENTENCES.items()}
_PARTS = {name: pattern(template) for name, template in PARTS.items()}
_BETWEEN_PARTS = re.compile(r", (?=\d+ (?:already captured|excluded for other reasons))")


@dataclass(frozen=True, slots=True)
class LanguageTable:
    """The strings of one language. `published` is the translation that the `reviewed` strings were compared with, empty where none is known."""

    language: Language
    name: str = "English"
    published: str = ""
    reviewed: frozenset[str] = frozenset()
    labels: Mapping[str, str] = field(default_factory=dict)
    sentences: Mapping[str, Forms] = field(default_factory=dict)
    captions: Mapping[str, str] = field(default_factory=dict)
    names: frozenset[str] = frozenset()
    """Names that the review gave, each of which is one whatever words it holds."""

    @property
    def strings(self) -> frozenset[str]:
        """The names of all strings: labels by their English wording, sentences and parts of the caption by their names."""
        return frozenset({*self.labels, *self.sentences, *(f"caption.{name}" for name in self.captions)})

    @property
    def unreviewed(self) -> frozenset[str]:
        """The strings that nobody has compared with a published translation."""
        return self.strings - self.reviewed

    @property
    def space(self) -> str:
        """What stands between two sentences."""
        return "" if self.language is Language.CHINESE else " "

    def label(self, english: str) -> str:
        """A fixed label in this language."""
        return self.labels.get(english, english)

    def knows(self, english: str) -> bool:
        """Whether this table has words for a sentence; English always has."""
        return self.language is Language.ENGLISH or self.sentence(english) != english

    def sentence(self, english: str) -> str:
        """A sentence that counting wrote, in this language; one that it did not write stays as it is."""
        return self.labels.get(english) or self._translated(english, _SENTENCES)

    def caption(self, name: str, **values: str) -> str:
        """A part of the caption; English captions are built by `caption`."""
        return self.captions[name].format(**values)

    def _translated(self, english: str, patterns: Mapping[str, re.Pattern[str]]) -> str:
        for name, expression in patterns.items():
            match = expression.fullmatch(english) if name in self.sentences else None
            if match:
                values = {place: self._value(place, text) for place, text in match.groupdict().items()}
                one, other = self.sentences[name]
                return (one if values.get("n") == "1" else other).format(**values)
        return english

    def _value(self, place: str, text: str) -> str:
        written: dict[str, Callable[[str], str]] = {
            "title": self.label,
            "what": self._box,
            "boxes": self._boxes_with_numbers,
            "tools": self._list_of_names,
            "sources": self._list_of_names,
            "included": self._part,
            "parts": lambda parts: self.label(", ").join(map(self._part, _BETWEEN_PARTS.split(parts))),
        }
        return written[place](text) if place in written else text

    def _part(self, english: str) -> str:
        return self._translated(english, _PARTS)

    def _box(self, english: str) -> str:
        return " ".join(map(self.label, box_in_note(english)))

    def _boxes_with_numbers(self, text: str) -> str:
        """Boxes in words, each with a number in brackets behind it."""
        boxes = (box.rpartition(" (") for box in text.split("; "))
        return self.label("; ").join(f"{self._box(words)}{bracket}{number}" for words, bracket, number in boxes)

    def _list_of_names(self, text: str) -> str:
        """Names such as "PubMed, Embase and Scopus" with the language's "and", themselves unchanged."""
        ends = [] if text in self.names else [*re.finditer(" and ", text)]
        if not ends:
            return text
        between = next((end for end in ends if text[end.end() :] in self.names), ends[-1])
        return f"{text[: between.start()]} {self.label('and')} {text[between.end() :]}"


@cache
def language_table(language: Language) -> LanguageTable:
    """The table of a language."""
    if language is Language.ENGLISH:
        return LanguageTable(language)
    data = tomllib.loads((_FOLDER / f"{language.value}.toml").read_text(encoding="utf-8"))
    return LanguageTable(
        language,
        data["name"],
        data["published"],
        frozenset(data["reviewed"]),
        data["labels"],
        {name: (text, text) if isinstance(text, str) else (text[0], text[1]) for name, text in data["sentences"].items()},
        data["caption"],
    )
