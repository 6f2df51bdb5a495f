"""What a kind of siblings is that one word of the title tells apart."""

from __future__ import annotations

from dataclasses import dataclass

from generated_siblings.words import table


@dataclass(frozen=True, slots=True)
class TitleKind:
    """Words that siblings exchange, and the titles in which they do.

    In a row of `words` stands what the two titles have in the place of `{x}`. `why` says what makes it certain that the two are
    different reports, whatever else agrees.
    """

    name: str
    why: str
    words: tuple[tuple[str, ...], ...]
    titles: tuple[str, ...]
    may_be_cut: bool = False
    """Whether an export that cuts subtitles could leave the one title of the other: then only pages or abstracts make it certain."""


def title_kind(name: str, why: str, words: str, titles: str, *, may_be_cut: bool = False) -> TitleKind:
    """A kind from tables in plain text; a lone hyphen is nothing at all."""
    return TitleKind(name, why, table(words), tuple(line.strip() for line in titles.strip().splitlines()), may_be_cut)
