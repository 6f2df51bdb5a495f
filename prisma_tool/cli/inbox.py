"""`retrieve --inbox`: what lies in fulltext/inbox, attached where its content leaves no doubt."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

from prisma_tool.cli.context import print_json, say
from prisma_tool.model.text import clean, counted, one_line

if TYPE_CHECKING:
    from prisma_tool.fulltext.inbox import InboxContents, InboxFile
    from prisma_tool.review.open_review import Review


def attach_inbox(review: Review, reviewer: str, *, check: bool, as_json: bool) -> None:
    """Attach what is certain, and say what is not and why; with `check` only say it."""
    from prisma_tool.fulltext.inbox import attach, chosen_for_certain, look_through
    from prisma_tool.fulltext.reading.pdf_pages import DocumentReader

    with closing(DocumentReader()) as reader:
        contents = look_through(review, reader)
    if not check:
        attach(review, chosen_for_certain(contents), reviewer)
    if as_json:
        print_json(_as_json(contents, stored=not check))
    else:
        _say(contents, check=check)


def _as_json(contents: InboxContents, *, stored: bool) -> dict[str, Any]:
    return {
        "attached": [{"file": clean(one.name), "key": one.candidates[0].key, "ground": one.words} for one in contents.certain],
        "doubtful": [{"file": clean(one.name), "keys": _keys(one), "why": one.words} for one in contents.unsure],
        "foreign": [{"file": clean(one.name), "why": clean(one.words)} for one in contents.foreign],
        "lacking": contents.lacking,
        "stored": stored,
    }


def _keys(file: InboxFile) -> list[str]:
    return [candidate.key for candidate in file.candidates]


def _say(contents: InboxContents, *, check: bool) -> None:
    for one in contents.certain:
        say(f"{one.candidates[0].key}: {one_line(one.name)} ({one.words})")
    for one in contents.unsure:
        say(f"left alone: {one_line(one.name)}: {one.words} [{', '.join(_keys(one))}]")
    for one in contents.foreign:
        say(f"stays: {one_line(one.name)}: {one_line(one.words)}")
    would = "would be " if check else ""
    lacking = "report still wants" if contents.lacking == 1 else "reports still want"
    if not (contents.certain or contents.unsure or contents.foreign):
        say(f"No file waits in fulltext/inbox; {contents.lacking} {lacking} a file.")
        return
    say(
        f"{counted(len(contents.certain), 'file')} of fulltext/inbox {would}attached, {len(contents.unsure)} left to you (in the "
        "application: 5, then +; or `prisma-tool retrieve KEY retrieved --file PDF`), "
        f"{len(contents.foreign)} of no report here; {contents.lacking} {lacking} a file."
    )
