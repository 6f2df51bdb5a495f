"""Invented citations in any number, with labelled noisy duplicates and look-alikes, reproducible from a seed.

About 20 % of the records are noisy copies of another (case, accents, abbreviated journal, lost fields, dropped subtitle, typing
errors), about 5 % are look-alikes that must stay apart (erratum, reply, part II, yearly update, another trial of the series).
Vocabulary follows a Zipf-like distribution over invented and common words, so that blocks grow as they do in real titles.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from msgspec.structs import replace

from prisma_tool.model.record.citation import Author, Citation, Section

SYLLABLES = [
    "ba",
    "ce",
    "di",
    "fo",
    "gu",
    "ka",
    "le",
    "mi",
    "no",
    "pu",
    "ra",
    "se",
    "ti",
    "vo",
    "xa",
    "ze",
    "bro",
    "cla",
    "dre",
    "fli",
    "gna",
    "hep",
    "ino",
    "kar",
    "lym",
    "mel",
    "neu",
    "onc",
    "pro",
    "qui",
    "rho",
    "sto",
    "tra",
    "ure",
    "vas",
]
COMMON = [
    "the",
    "of",
    "in",
    "and",
    "for",
    "with",
    "a",
    "on",
    "patients",
    "treatment",
    "study",
    "effect",
    "trial",
    "randomized",
    "clinical",
    "analysis",
    "risk",
    "cells",
    "therapy",
    "acute",
    "chronic",
]
SUBTITLES = (
    "a randomized controlled trial",
    "a systematic review",
    "a cohort study",
    "results of a phase 2 trial",
    "a case series",
)
SECOND_PART = "{}. Part 2"
LOOKALIKES = ("Erratum: {}", "Reply to: {}", SECOND_PART, "Comment on: {}")


class Maker:
    """Makes citations; every call draws from one seeded generator."""

    def __init__(self, seed: int, size: int, vocabulary: int | None = None) -> None:
        self.random = random.Random(seed)
        self.rare = [self._word() for _ in range(vocabulary or max(2_000, size // 8))]
        self.surnames = [self._word().capitalize() for _ in range(max(500, size // 20))]
        self.journals = [self._journal() for _ in range(400)]
        self.continued: set[Citation] = set()

    def _word(self) -> str:
        return "".join(self.random.choice(SYLLABLES) for _ in range(self.random.randint(2, 4)))

    def _journal(self) -> str:
        return (
            f"{self.random.choice(('Journal', 'Annals', 'Archives'))} of {self._word().capitalize()} {self._word().capitalize()}"
        )

    def _title(self) -> str:
        # A squared uniform number prefers the front of the list, as words of a language do.
        words = [self.rare[int(len(self.rare) * self.random.random() ** 2)] for _ in range(self.random.randint(4, 8))]
        words += self.random.choices(COMMON, k=self.random.randint(3, 6))
        self.random.shuffle(words)
        return " ".join(words).capitalize()

    def citation(self) -> Citation:
        """A new publication."""
        draw = self.random
        first = draw.randint(1, 2_000)
        title = self._title()
        return Citation(
            title=f"{title}: {draw.choice(SUBTITLES)}" if draw.random() < 0.4 else title,
            authors=tuple(Author(draw.choice(self.surnames), draw.choice("ABCDEFGHJKLM")) for _ in range(draw.randint(1, 7))),
            year=draw.randint(1990, 2025),
            journal=draw.choice(self.journals),
            volume=str(draw.randint(1, 90)),
            pages=f"{first}-{first + draw.randint(1, 12)}",
            doi=f"10.5555/{draw.getrandbits(48):x}" if draw.random() < 0.7 else "",
            abstract=(Section("", " ".join(draw.choices(self.rare, k=20))),) if draw.random() < 0.8 else (),
        )

    def copy(self, original: Citation) -> Citation:
        """The same publication as another database exports it."""
        draw = self.random
        title = original.title.upper() if draw.random() < 0.2 else original.title
        if draw.random() < 0.15:
            place = draw.randrange(len(title) - 1)
            title = title[:place] + title[place + 1 :]
        if draw.random() < 0.08 and title.endswith(SUBTITLES):
            title = title.rsplit(": ", 1)[0]
        return replace(
            original,
            title=title,
            authors=original.authors if draw.random() < 0.9 else original.authors[:1],
            journal=_abbreviated(original.journal) if draw.random() < 0.4 else original.journal,
            volume=original.volume if draw.random() < 0.9 else "",
            pages=original.pages if draw.random() < 0.85 else "",
            doi=original.doi if draw.random() < 0.6 else "",
            abstract=original.abstract if draw.random() < 0.7 else (),
            year=original.year if draw.random() < 0.95 else (original.year or 0) + 1,
        )

    def lookalike(self, original: Citation) -> Citation:
        """Another publication that resembles one; a paper has one second part, of which two would be equal but for the page."""
        form = self.random.choice(LOOKALIKES)
        if form == SECOND_PART and original in self.continued:
            form = LOOKALIKES[0]
        self.continued.update({original} if form == SECOND_PART else ())
        first = self.random.randint(2_001, 4_000)
        number = f"10.5555/{self.random.getrandbits(48):x}" if self.random.random() < 0.5 else ""
        return replace(original, title=form.format(original.title), pages=f"{first}-{first + 1}", doi=number, abstract=())


def _abbreviated(journal: str) -> str:
    return " ".join(word[: max(1, len(word) // 2)] for word in journal.split() if word != "of")


def generated(size: int, seed: int = 7, *, vocabulary: int | None = None) -> Iterator[tuple[str, Citation]]:
    """`size` pairs of (label, citation); equal labels are one publication. Records come shuffled.

    The titles draw on so many telling words (None: on more, the more records there are, as where reviews of all topics are put
    together). Few words for many records are the harder case: the titles of one topic say the same words again and again.
    """
    maker = Maker(seed, size, vocabulary)
    made: list[tuple[str, Citation]] = []
    papers: list[Citation] = []
    for number in range(size):
        kind = maker.random.random()
        if made and kind < 0.20:
            label, original = maker.random.choice(made)
            made.append((label, maker.copy(original)))
        elif papers and kind < 0.25:
            made.append((f"p{number}", maker.lookalike(maker.random.choice(papers))))
        else:
            papers.append(maker.citation())
            made.append((f"p{number}", papers[-1]))
    maker.random.shuffle(made)
    return iter(made)
