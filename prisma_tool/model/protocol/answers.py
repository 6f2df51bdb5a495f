"""What the authors answered to questions that no record or event can answer: [answers] of review.toml.

An answer belongs to an item of a reporting checklist, or to a statement that only the authors can make. Items are written `13a` (PRISMA
2020), or with their form: `s:6`, `abstracts:9`, `scr:10`, `lsr:L1`; statements as `independence:title-abstract`. A place in the manuscript
is an answer of its own: `13a.page`. Numbers of items: Page 2021 (BMJ 372:n71), Rethlefsen 2021 (Syst Rev 10:39), the fillable form of
PRISMA-ScR, Akl 2024 (BMJ 387:e079183).
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from enum import StrEnum

from prisma_tool.model.vocabulary import Stage


class ChecklistForm(StrEnum):
    """A reporting checklist; its value is how commands and answers name it."""

    PRISMA_2020 = "prisma2020"
    ABSTRACTS = "abstracts"
    SEARCHES = "s"
    SCOPING = "scr"
    LIVING = "lsr"


def _numbers(text: str) -> tuple[str, ...]:
    """`1 2a-c` as 1, 2a, 2b, 2c; `1-3` as 1, 2, 3."""
    numbers: list[str] = []
    for word in text.split():
        first, _, last = word.partition("-")
        if not last:
            numbers.append(first)
        elif last.isdigit():
            numbers += [str(number) for number in range(int(first), int(last) + 1)]
        else:
            numbers += [first[:-1] + chr(letter) for letter in range(ord(first[-1]), ord(last) + 1)]
    return tuple(numbers)


ITEMS: Mapping[ChecklistForm, tuple[str, ...]] = {
    ChecklistForm.PRISMA_2020: _numbers("1-9 10a-b 11-12 13a-f 14-15 16a-b 17-19 20a-d 21-22 23a-d 24a-c 25-27"),
    ChecklistForm.ABSTRACTS: _numbers("1-12"),
    ChecklistForm.SEARCHES: _numbers("1-16"),
    ChecklistForm.SCOPING: _numbers("1-22"),
    ChecklistForm.LIVING: ("L1", "L2", "L3", "L4"),
}
"""The items of each checklist, in its order."""
INDEPENDENCE = "independence"
"""Whether the votes of a stage were given independently of each other: the log proves access, not independence (counting rule 28)."""
PAGE = "page"
"""Where an item is reported in the manuscript."""

_NEAR = 6
"""How many items are proposed for one that there is not."""

HOW_ITEMS_ARE_WRITTEN = (
    'write "13a" for one of PRISMA 2020, "s:6", "abstracts:9", "scr:10" or "lsr:L1" for one of another checklist, with ".page" behind it '
    'for its place in the manuscript, or "independence:title-abstract"'
)


def item_key(text: str) -> str | None:
    """The one spelling of an item that a person wrote ("S:6", "prisma2020:13A", "13a.page"), or None where there is no such item."""
    written, _, part = text.strip().casefold().partition(".")
    form, _, number = written.rpartition(":")
    if part not in {"", PAGE}:
        return None
    if form == INDEPENDENCE:
        return f"{form}:{number}" if number in tuple(Stage) and not part else None
    checklist = _form(form or ChecklistForm.PRISMA_2020)
    known = next((item for item in ITEMS[checklist] if item.casefold() == number), None) if checklist else None
    return key_of(checklist, known, page=part == PAGE) if checklist and known else None


def key_of(form: ChecklistForm, number: str, *, page: bool = False) -> str:
    """The key under which the answer to an item is kept; with `page`, that of its place in the manuscript."""
    head = number if form is ChecklistForm.PRISMA_2020 else f"{form.value}:{number}"
    return f"{head}.{PAGE}" if page else head


def _form(text: str) -> ChecklistForm | None:
    return ChecklistForm(text) if text in tuple(ChecklistForm) else None


def near_items(text: str) -> tuple[str, ...]:
    """Items that a person may have meant who wrote something that is none: parts of the number, else those spelled alike."""
    written = text.strip().casefold().removeprefix(f"{ChecklistForm.PRISMA_2020}:")
    known = [key_of(form, number) for form, numbers in ITEMS.items() for number in numbers]
    known += [f"{INDEPENDENCE}:{stage}" for stage in Stage]
    parts = [key for key in known if written and key.casefold().startswith(written)]
    return tuple(parts[:_NEAR] or difflib.get_close_matches(written, known, n=_NEAR))
