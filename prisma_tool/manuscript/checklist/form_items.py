"""The reporting checklists as data: their items in order, each with a cue and a question in words of our own.

Invariant: the official wording of a statement is nowhere in these files; the statement is cited, and it alone counts.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from prisma_tool.model.protocol.answers import ChecklistForm, key_of

NAMES: Mapping[ChecklistForm, str] = {
    ChecklistForm.PRISMA_2020: "PRISMA 2020 checklist",
    ChecklistForm.ABSTRACTS: "PRISMA 2020 for Abstracts checklist",
    ChecklistForm.SEARCHES: "PRISMA-S checklist",
    ChecklistForm.SCOPING: "PRISMA-ScR checklist",
    ChecklistForm.LIVING: "PRISMA-LSR checklist",
}
_PAGE_2020 = (
    "Page MJ, McKenzie JE, Bossuyt PM, et al. The PRISMA 2020 statement: an updated guideline for reporting systematic reviews. "
    "BMJ 2021;372:n71. doi:10.1136/bmj.n71"
)
STATEMENTS: Mapping[ChecklistForm, str] = {
    ChecklistForm.PRISMA_2020: _PAGE_2020,
    ChecklistForm.ABSTRACTS: _PAGE_2020,
    ChecklistForm.SEARCHES: (
        "Rethlefsen ML, Kirtley S, Waffenschmidt S, et al. PRISMA-S: an extension to the PRISMA statement for reporting literature searches "
        "in systematic reviews. Syst Rev 2021;10:39. doi:10.1186/s13643-020-01542-z"
    ),
    ChecklistForm.SCOPING: (
        "Tricco AC, Lillie E, Zarin W, et al. PRISMA extension for scoping reviews (PRISMA-ScR): checklist and explanation. "
        "Ann Intern Med 2018;169:467-73. doi:10.7326/M18-0850"
    ),
    ChecklistForm.LIVING: (
        "Akl EA, Khabsa J, Iannizzi C, et al. Extension of the PRISMA 2020 statement for living systematic reviews (PRISMA-LSR): checklist "
        "and explanation. BMJ 2024;387:e079183. doi:10.1136/bmj-2024-079183"
    ),
}
"""What is to be cited with each checklist."""
NOT_VERIFIED = {"L2", "L3", "L4", "16a+", "23c+"}
"""What PRISMA-LSR asks for under a number that was not seen in the statement itself."""
NOTES: Mapping[ChecklistForm, str] = {
    ChecklistForm.SCOPING: "The numbers are those of the fillable form of prisma-statement.org, 1 to 22.",
    ChecklistForm.LIVING: (
        "These items are added to those of PRISMA 2020. The number L1 was read in the statement; numbers marked as not verified are to be compared with it. "
        "What the extension adds to items of PRISMA 2020, marked +, is listed as far as it was read."
    ),
}
"""What a reader must know of our list."""


@dataclass(frozen=True, slots=True)
class FormItem:
    """An item of a checklist.

    `topic` names what the data can say of it (see `statements`), `kept` the keys of review.toml that answer it; an item that only adds to one of
    PRISMA 2020 names that in `covers`.
    """

    form: ChecklistForm
    section: str
    number: str
    cue: str
    question: str
    topic: str = ""
    kept: tuple[str, ...] = ()
    covers: str = ""

    @property
    def answer_key(self) -> str:
        """The item under which the authors' answer is kept."""
        return self.covers or key_of(self.form, self.number)

    @property
    def page_key(self) -> str:
        """The item under which the place in the manuscript is kept."""
        return f"{self.answer_key}.page"

    @property
    def printed_number(self) -> str:
        """The number as it is printed, with a mark where it was not verified."""
        return f"{self.number} (number not verified)" if self.number in NOT_VERIFIED else self.number


def form_items(form: ChecklistForm) -> tuple[FormItem, ...]:
    """The items of a checklist, in its order."""
    text = files(__package__).joinpath("forms", f"{form.value}.toml").read_text("utf-8")
    return tuple(
        FormItem(form, **{**entry, "kept": tuple(entry.get("kept", "").split())}) for entry in tomllib.loads(text)["item"]
    )
