"""Names in BibTeX: lists joined with "and", von parts, suffixes, groups in braces.

Source of the rules: BibTeX's own, as "Tame the BeaST" (N. Markey) gives them, and biblatex's extended name format (its manual, 3.8); what exporters do otherwise (a comma before "and",
initials after the family name, the suffix last) is read as meant. Invariant: a group in braces is never taken apart.
"""

from __future__ import annotations

import re

from prisma_tool.formats.bibtex.latex import readable_latex
from prisma_tool.formats.text.author_names import read_author
from prisma_tool.formats.text.tidy import line
from prisma_tool.model.record.citation import Author

_AND = re.compile(r"\s+and\s+", re.IGNORECASE)
_MARKS = re.compile(r"[{},]|\s+")
_SUFFIX = re.compile(r"(?:jr|sr)\.?|I{2,3}|IV|VI{0,3}|[1-4](?:st|nd|rd|th)", re.IGNORECASE)
_INITIALS = re.compile(r"(?:[^\W\d_a-z]\.?-?){1,3}")
_GROUP = re.compile(
    r"\b(?:of|for|the|on|on behalf)\b|\b(?:group|consortium|collaborati(?:on|ve)|collaborators|investigators|network|committee"
    r"|organi[sz]ation|society|association|institutes?|university|ministry|agency|council|foundation|cent(?:er|re)|trialists|team"
    r"|initiative|corporation|task force|inc|ltd)\b",
    re.IGNORECASE,
)
_EXTENDED = re.compile(r"\s*(?:family|given|prefix|suffix)(?:-i)?\s*=", re.IGNORECASE)
_OTHERS = frozenset({"others", "et al", "et al."})
_LEAST_SUFFIXED = 3


def read_names(value: str) -> tuple[Author, ...]:
    """The authors in the value of a name field, "and others" left out."""
    latex = "{" in value or "\\" in value or "~" in value
    parts = _split_names(_opened(line(value))) if latex else _AND.split(line(value))
    authors = (_read_name(part.rstrip(", ")) for part in parts)
    return tuple(author for author in authors if author.family and author.family.lower() not in _OTHERS)


def _opened(value: str) -> str:
    """A list that an exporter put into one more pair of braces, opened; a group's name that holds "and" is none."""
    inner = _inside(value)
    if not inner:
        return value
    parts = _AND.split(inner)
    return inner if len(parts) > 1 and all(part.count(",") == 1 for part in parts) else value


def _inside(name: str) -> str:
    """What stands in the one pair of braces around all of `name`, else an empty text."""
    if not (name.startswith("{") and name.endswith("}")):
        return ""
    depth = 0
    for place, character in enumerate(name):
        depth += {"{": 1, "}": -1}.get(character, 0)
        if not depth and place < len(name) - 1:
            return ""
    return name[1:-1] if not depth else ""


def _split_names(value: str) -> list[str]:
    """The parts between "and" outside braces."""
    parts: list[list[str]] = [[]]
    for word in _words(value, " "):
        if word.lower() == "and":
            parts.append([])
        else:
            parts[-1].append(word)
    return [" ".join(words) for words in parts]


def _words(value: str, mark: str) -> list[str]:
    """`value` cut at white space (mark " ") or commas (mark ",") outside braces."""
    depth, begin, words = 0, 0, []
    for match in _MARKS.finditer(value):
        sign = match[0]
        depth = max(0, depth + {"{": 1, "}": -1}.get(sign, 0))
        if not depth and (sign.isspace() if mark == " " else sign == mark):
            words.append(value[begin : match.start()])
            begin = match.end()
    return [*words, value[begin:]]


def _extended(name: str) -> Author | None:
    """A name as biblatex writes its parts: "family=Berg, given=Anna, prefix=van der, useprefix=true"; None for any other."""
    if not _EXTENDED.match(name):
        return None
    pairs = (part.partition("=") for part in _words(name, ","))
    parts = {key.strip().lower(): line(readable_latex(value)).strip('"{} ') for key, _, value in pairs}
    family = " ".join(filter(None, (parts.get("prefix"), parts.get("family"))))
    return Author(family, parts.get("given", ""), parts.get("suffix", ""))


def _read_name(name: str) -> Author:
    if extended := _extended(name):
        return extended
    if "{" in name and (inner := _inside(name)):
        plain = line(readable_latex(inner))
        return Author(plain, collective=" " in plain)
    if "," not in name:
        return _uncommaed(name)
    latex = "{" in name or "\\" in name
    parts = [line(readable_latex(part)) for part in _words(name, ",")] if latex else [part.strip() for part in name.split(",")]
    if len(parts) == 1:
        return _uncommaed(name)
    family, *others = parts
    return _with_suffix(family, [part for part in others if part])


def _with_suffix(family: str, others: list[str]) -> Author:
    """The parts after the family name: given name, or suffix and given name; a suffix at the end is one too."""
    if len(others) < _LEAST_SUFFIXED - 1:
        return Author(family, "".join(others))
    first, second, *more = others
    if _SUFFIX.fullmatch(second) and not _SUFFIX.fullmatch(first):
        first, second = second, first
    return Author(family, " ".join((second, *more)), first)


def _uncommaed(name: str) -> Author:
    words = [line(readable_latex(word)) for word in _words(name, " ")]
    words = [word for word in words if word]
    whole = " ".join(words)
    if len(words) < 2:  # noqa: PLR2004 - a given and a family name
        return Author(whole)
    if _GROUP.search(whole):
        return Author(whole, collective=True)
    if _INITIALS.fullmatch(words[-1]) and not _INITIALS.fullmatch(words[0]):
        return read_author(whole)
    suffix = words.pop() if len(words) >= _LEAST_SUFFIXED and _SUFFIX.fullmatch(words[-1]) else ""
    begin = next((place for place, word in enumerate(words[1:-1], 1) if word[:1].islower()), len(words) - 1)
    return Author(" ".join(words[begin:]), " ".join(words[:begin]), suffix)
