"""The forms of the start screen. Each makes or finds a review and answers with its folder.

Invariant: a new review is made by the code that `init` runs, the demo by the code that `demo` runs.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from prisma_tool.errors import UsageError
from prisma_tool.model.record.keys import slug
from prisma_tool.model.text import one_line
from prisma_tool.review.last_reviewer import keep_last_reviewer
from prisma_tool.review.open_review import create_review, find_review
from prisma_tool.review.protocol.first_text import new_protocol_text
from prisma_tool.tui.dialogs.form import EntryForm, FormField, Values
from prisma_tool.tui.dialogs.typed_paths import path_typed

_LONGEST = 80
"""Bytes of a folder's name that nobody wrote."""
_DECIDING = {"2": "two decide, blinded, if there are two", "1": "one decides"}
BuildDemo = Callable[[Path, Callable[[str], None]], None]
"""Builds the demo in a folder and tells how far it is."""


def new_review_form(here: Path, reviewer: str, made_by: Callable[[str], None]) -> EntryForm:
    """Title, people and sources of a new review; its folder is named after the title unless another is written.

    `made_by` takes who has made it, so that nobody is asked for a name just given. Two who are named decide both, unless the form says
    otherwise: one who decides alone is what a review must choose, not what it falls into (MECIR C39).
    """

    def perform(values: Values) -> str:
        title, person = one_line(values["title"]), one_line(values["reviewer"])
        if not title or not person:
            raise UsageError("A review needs a title, and the name of at least one reviewer.")
        folder = _folder(here, values["folder"].strip() or _named_after(title))
        reviewers = tuple(dict.fromkeys((person, *_names(values["others"]))))
        sources = _names(values["sources"])
        protocol = new_protocol_text(
            title=title,
            pubmed=values["pubmed"].strip(),
            ctgov=values["ctgov"].strip(),
            reviewers=reviewers,
            sources=sources,
            reviewers_per_record=int(values["each"]) if len(reviewers) > 1 else 1,
        )
        create_review(folder, text=protocol, sources=sources)
        # Whoever made it is proposed where several are asked who they are, the next time.
        keep_last_reviewer(folder, person)
        made_by(person)
        return str(folder)

    fields = (
        FormField("title", "Title"),
        FormField("reviewer", "Your name", reviewer),
        FormField("others", "Other reviewers", hint="with ; between them"),
        FormField("each", "Each record", "2", _DECIDING),
        FormField("pubmed", "PubMed", hint="a strategy, if you have one; it can be written later too"),
        FormField("ctgov", "ClinicalTrials.gov", hint="the same"),
        FormField("sources", "Other sources", hint="searched elsewhere, with ; between: Embase; Scopus"),
        FormField("folder", "Folder", hint=f"a new one in {one_line(str(here))}, named after the title", is_path=True),
    )
    about = "All of this can be changed later, at Protocol (9)."
    return EntryForm("Start a new review", fields, perform, "makes it and opens it", about)


def open_form(here: Path) -> EntryForm:
    """Which folder holds the review."""

    def perform(values: Values) -> str:
        return str(find_review(_folder(here, values["folder"])))

    return EntryForm("Open a review", (FormField("folder", "Its folder", is_path=True),), perform, "opens it")


def demo_form(here: Path, build: BuildDemo, tell: Callable[[str], None]) -> EntryForm:
    """Where the demo is to be built."""

    def perform(values: Values) -> str:
        folder = _folder(here, values["folder"])
        build(folder, tell)
        return str(folder)

    about = "A whole review, built offline through the code that a real one runs; all its records are invented."
    fields = (FormField("folder", "Folder", "prisma-demo", is_path=True),)
    return EntryForm("See the demo", fields, perform, "builds it and opens it", about)


def _folder(here: Path, typed: str) -> Path:
    if not typed.strip(" ."):
        raise UsageError("Name the folder.")
    return path_typed(typed, here).absolute()


def _named_after(title: str) -> str:
    """A short folder's name from a title: whole words of it, or "review" where it has none."""
    words = slug(title) if any(sign.isalnum() for sign in title) else "review"
    while len(os.fsencode(words)) > _LONGEST and "-" in words:
        words = words.rpartition("-")[0]
    return os.fsencode(words)[:_LONGEST].decode(errors="ignore")


def _names(typed: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for part in typed.split(";") if (name := one_line(part))))
