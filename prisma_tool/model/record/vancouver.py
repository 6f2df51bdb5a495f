"""A record as reference lists print it, in the style of the ICMJE (Vancouver): six authors, then et al.

Source: Patrias K, Wendling D. Citing Medicine, 2nd ed. (NLM), chapter 1. Invariant: what is missing leaves no stray signs behind.
"""

from __future__ import annotations

import re

from prisma_tool.model.record.citation import Author, Citation
from prisma_tool.model.text import one_line

MOST_AUTHORS = 6
_GIVEN = re.compile(r"[^\W\d_]+")


def cited(citation: Citation) -> str:
    """The record in one line, such as `Moreau A, Ito BC. Title. J Inv. 2020;5(2):1-9. doi:10.1000/x. PMID: 1.`."""
    title = one_line(citation.title or citation.vernacular_title)
    numbers = (*map(one_line, citation.registry_numbers[:1] if citation.is_register_entry else ()), *_identifiers(citation))
    parts = (
        _authors(citation.authors),
        title,
        one_line(citation.journal or citation.journal_abbreviation),
        _issue(citation),
        *numbers,
    )
    return " ".join(_ended(part) for part in parts if part)


def _ended(text: str) -> str:
    return text if text[-1] in ".?!" else f"{text}."


def _authors(authors: tuple[Author, ...]) -> str:
    names = [_name(author) for author in authors[:MOST_AUTHORS]]
    return ", ".join([*names, "et al"] if len(authors) > MOST_AUTHORS else names)


def _name(author: Author) -> str:
    """`Moreau AM Jr`: initials of all given names, also where a source gives initials run together."""
    given = one_line(author.given)
    joined = given.replace(".", "").replace(" ", "")
    initials = joined if joined.isupper() else "".join(word[0] for word in _GIVEN.findall(given))
    return " ".join(part for part in (one_line(author.family), initials.upper(), one_line(author.suffix)) if part)


def _issue(citation: Citation) -> str:
    when = str(citation.year or "") or one_line(citation.published)
    issue = f"({one_line(citation.issue)})" if citation.issue else ""
    place = f"{one_line(citation.volume)}{issue}"
    pages = f":{one_line(citation.pages)}" if citation.pages else ""
    return f"{when}{';' if when and place else ''}{place}{pages}"


def _identifiers(citation: Citation) -> tuple[str, ...]:
    identifiers = (("doi:", citation.doi), ("PMID: ", citation.pmid))
    return tuple(f"{label}{one_line(value)}" for label, value in identifiers if value)
