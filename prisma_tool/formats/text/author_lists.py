"""Several names in one value, as exporters write them in one field, taken apart.

Where a mark parts names (a semicolon, a line, a bar, a list of a programming language) it decides. Else the names themselves must show
that they are several: all with initials behind them, or all with one comma between "and"s. Invariant: a person's own parts ("van der
Berg, A") and a group's name with commas or "and" in it stay together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from prisma_tool.formats.text.author_names import is_group, read_author
from prisma_tool.formats.text.company_names import are_companies, companies_in, has_legal_form
from prisma_tool.formats.text.missing_values import no_author
from prisma_tool.model.record.citation import Author
from prisma_tool.model.record.identifiers import normal_registry_number, registry_numbers

_PLAIN = re.compile(r"[^\s,;|\[*]+, [^,;|\n&*]+")
"""Nearly every name: one word, a comma, and the rest."""
_LITERAL_LIST = re.compile(r"\s*\[(.*)\]\s*", re.DOTALL)
_LITERAL = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"")
_INITIALS = r"(?:[^\W\d_a-z]\.?[- ]?){1,4}"
_INITIALED = re.compile(rf"([^\W\d_][\w'’ -]*?) ({_INITIALS})(?: ?((?:Jr|Sr|I{{2,3}}|IV|2nd|3rd)\.?))?")
_DOTTED_FIRST = re.compile(r"(?:[^\W\d_a-z]\.[ -]?)+\s*[^\W\d_][\w'’ -]+")
_APA_NAME = re.compile(r"([^\W\d_][^,.&]*, )((?:[^\W\d_]\.[ -]?)+)(?:,? & |, |$)")
_APA = re.compile(rf"(?:{_APA_NAME.pattern}){{2,}}")
_COMMAS = re.compile(r",\s+(?:and\s+|&\s+)?|\s+(?:and|&)\s+")
_AND = re.compile(r"\s*,?\s+(?:and|&)\s+")
_PERSON = re.compile(r"[^\W\d_][\w.'’ -]{0,40},\s*[^\W\d_][\w.'’ -]{0,40}")
_TWO_WORDS = re.compile(r"[^\W\d_a-z][\w'’-]+ [^\W\d_a-z][\w'’-]+")
_PART_OF_NAME = re.compile(
    r"(?:(?:d[aeiu]|del|della|der|den|v[ao]n|von|le|la|ter|ten) )*[^\W\d_a-z][\w'’-]+|[^\W\d_a-z][\w'’-]+ [^\W\d_a-z]\.?"
    rf"|(?:[^\W\d_a-z]\.[ -]?){{1,3}}|{_TWO_WORDS.pattern}"
)
"""A family or a given name, of one word or two; particles may precede the one, an initial follow the other, or initials be all."""
_NO_PERSON = re.compile(
    r"\b(?:of|for|the|on|in|office|board|bureau|commission|services?|laborator(?:y|ies)|school|college|clinic|programme?|unit|union"
    r"|bank|fund|corporation|press|division|section|affairs|authority|administration)\b",
    re.IGNORECASE,
)
_OTHERS = re.compile(r"(?:,|;|\band\b|&)?\s*\bet[ .]+al(?:ii|ia)?\b[.,; ]*$|^\W*and others\W*$", re.IGNORECASE)

_LEAST_NAMES = 3


def literal_values(text: str) -> list[str] | None:
    """The strings of a list as Python or JSON writes it, or None where the text is no such list."""
    if not text.lstrip().startswith("["):
        return None
    inner = _LITERAL_LIST.fullmatch(text)
    values = [one or other for one, other in _LITERAL.findall(inner[1])] if inner else []
    return values or None


def names_in(text: str, *, given_first: bool = False) -> list[str]:
    """The names in a value, each as it stands; `given_first` where a platform writes "T Vole, G Sand"."""
    literal = literal_values(text)
    if literal is not None:
        return literal
    if ";" in text or "\n" in text or "|" in text:
        parts = re.split(r"[;\n]" if ";" in text or "\n" in text else r"\|", text)
        return [name for part in parts for name in unmarked_names(part.strip())]
    names = unmarked_names(text)
    return _spelt_out(text, least=2) if given_first and len(names) == 1 else names


def unmarked_names(text: str) -> list[str]:
    """The names in a text that only commas and "and" can part; a comma at the end marks a group."""
    if (", " not in text and " and " not in text and " & " not in text) or text.endswith(",") or no_author(text):
        return [text]
    if _APA.fullmatch(text):
        return ["".join(pair) for pair in _APA_NAME.findall(text)]
    if companies := companies_in(text):
        return [f"{name}," for name in companies]
    parts = _COMMAS.split(text.removesuffix(".") if text.count(".") == 1 else text)
    if all(_is_short(part) or has_legal_form(part) for part in parts):
        return [_comma_behind_family(part) if _is_short(part) else f"{part}," for part in parts]
    return _longer_names(text, parts)


def _longer_names(text: str, parts: list[str]) -> list[str]:
    """The names in a text whose `parts` are not all families with initials behind them."""
    if all(map(_DOTTED_FIRST.fullmatch, parts)):
        return parts
    pairs = _AND.split(text)
    if len(pairs) > 1 and all(map(_is_person, pairs)):
        return pairs
    return _family_given(text) or _spelt_out(text)


def _family_given(text: str) -> list[str]:
    """Two or more persons in RIS's own form one after the other: "Smith, John, Doe, Jane"; nobody has four parts.

    Names of two words are few among them, and none has two in both its parts: that would be whole names, a person each.
    """
    parts = text.split(", ")
    if len(parts) < len(("Smith", "John", "Doe", "Jane")) or len(parts) % 2 or not all(map(_PART_OF_NAME.fullmatch, parts)):
        return []
    pairs = list(zip(parts[::2], parts[1::2], strict=True))
    double = [_is_double(part) for part in parts]
    if sum(double) * 2 >= len(parts) or any(one and other for one, other in zip(double[::2], double[1::2], strict=True)):
        return []
    persons = [f"{family}, {given}" for family, given in pairs]
    return persons if all(map(_is_person, persons)) else []


def _is_double(part: str) -> bool:
    """True for a name of two words: "Ann Mary", "García López", not "John A." or "van der Berg"."""
    return _TWO_WORDS.fullmatch(part) is not None


def _is_short(name: str) -> bool:
    """True for a name with its initials behind it ("van der Berg AB")."""
    return _INITIALED.fullmatch(name.strip()) is not None and not is_group(name)


def _comma_behind_family(name: str) -> str:
    """The name with commas between its parts ("Berg, M. A."), so that all initials are given names."""
    match = _INITIALED.fullmatch(name.strip())
    return ", ".join(part.strip() for part in match.groups() if part) if match else name


def _is_person(name: str) -> bool:
    return _PERSON.fullmatch(name.strip()) is not None and not is_group(name) and not _NO_PERSON.search(name)


def _spelt_out(text: str, *, least: int = _LEAST_NAMES) -> list[str]:
    """Three (`least`) or more names of several words each, most of them no group's: "Anna Marlow, Tom Browne, Vera Cole"."""
    parts = text.split(", ")
    groups = sum(is_group(part) or bool(_NO_PERSON.search(part)) for part in parts)
    if len(parts) < least or not all(" " in part.strip() for part in parts) or groups * 2 > len(parts):
        return [text]
    return [name for part in parts for name in part.split(" and ")]


def read_authors(values: Iterable[str]) -> tuple[Author, ...]:
    """The authors in the tidied values of a tag that is repeated for each, where some exporters put several names into one.

    "et al." and "Anonymous" are no authors.
    """
    names = [name for value in values for name in _names(value)]
    if names and are_companies(names):
        return tuple(Author(name, collective=True) for name in names)
    return tuple(author for name in names if (author := read_author(name)).family and not no_author(name))


def are_registrations(authors: Iterable[Author]) -> bool:
    """True where every author is the number of a trial: CENTRAL gives entries of registers so."""
    names = [author.family for author in authors]
    return (
        bool(names)
        and names[0][-1:].isalnum()
        and not names[0].isalpha()
        and all(normal_registry_number(name) in registry_numbers(name) for name in names)
    )


def _names(value: str) -> list[str]:
    """The names in one value; a group's name, which a comma ends, may hold anything ("et al.," is EndNote's, and no group)."""
    if _PLAIN.fullmatch(value) and " and " not in value and " et" not in value:
        return [value]
    if value.endswith(",") and _OTHERS.sub("", value).strip():
        return [value]
    return [name.strip(" *") for name in names_in(_OTHERS.sub("", value))]
