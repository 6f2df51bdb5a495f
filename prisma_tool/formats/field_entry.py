"""Single fields of a citation as a person types or pastes them, checked; and as they are shown again.

Fields have the names of our own tables' columns, and their synonyms. Invariants: `read(name, shown(name, citation))` gives the field's
value back; what is no value of the field is an error that says what one looks like, never stored as it is.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from prisma_tool.errors import UsageError
from prisma_tool.formats.account.export_row import joined_words
from prisma_tool.formats.tables.columns import SYNONYMS
from prisma_tool.formats.text import cell_values
from prisma_tool.formats.text.author_names import write_author
from prisma_tool.formats.text.cell_values import squeezed
from prisma_tool.formats.text.html_text import readable_text, unmarked
from prisma_tool.formats.text.tidy import line, lines, paragraphs
from prisma_tool.model.record.citation import Citation, Section
from prisma_tool.model.record.identifiers import normal_dois, normal_pmid, normal_registry_number, registry_numbers
from prisma_tool.model.text import one_line

_YEAR = re.compile(r"1[5-9]\d{2}|20\d{2}")
_PARTS = re.compile(r"[;\n]")
_ADDRESS = re.compile(r"https?://[^\s/]+\.[^\s]+", re.IGNORECASE)
_HEADINGS = (
    "background|introduction|context|importance|purpose|rationale|objectives?|aims?|hypothesis|materials? and methods|patients and methods"
    "|methods?|design|study design|setting|participants|patients|subjects|interventions?|exposures?|main outcomes? measures?"
    "|main outcomes? and measures?|measurements?|outcomes?|results?|main results|findings|conclusions?|interpretation|discussion"
    "|limitations?|significance|relevance|funding|trial registration|registration|search methods|selection criteria|data sources"
    "|data collection and analysis|authors' conclusions"
)
_HEADED = re.compile(rf"(?P<label>{_HEADINGS}|[A-Z][A-Z /&,'-]{{2,60}}):\s+(?P<text>\S.*)", re.DOTALL)
_ANY_CASE = re.compile(rf"(?P<label>{_HEADINGS}):\s+(?P<text>\S.*)", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TypedField:
    """A field that may be typed: the attribute of `Citation`, how text becomes its value, and how that is shown."""

    attribute: str
    read: Callable[[str], Any]
    shown: Callable[[Citation], str]
    many_lines: bool = False


def _words(attribute: str) -> TypedField:
    return TypedField(attribute, cell_values.listed, lambda citation: joined_words(getattr(citation, attribute)))


def _plain(attribute: str) -> TypedField:
    return TypedField(attribute, readable_text, lambda citation: str(getattr(citation, attribute)))


def _year(text: str) -> int | None:
    if not _YEAR.fullmatch(text):
        raise UsageError(f"'{text}' is not a year of publication, such as 2021.")
    return int(text)


def _doi(text: str) -> str:
    dois = normal_dois(text)
    if len(dois) != 1:
        raise UsageError(f"'{text}' is not one DOI, such as 10.1000/j.2021.01.")
    return dois[0]


def _pmid(text: str) -> str:
    pmid = normal_pmid(text)
    if not pmid:
        raise UsageError(f"'{text}' is not a PMID, such as 34531250.")
    return pmid


def _registrations(text: str) -> tuple[str, ...]:
    texts = lines(re.split(r"[;,\s]+", text)) if ";" not in text else lines(_PARTS.split(text))
    numbers = [normal_registry_number(one) for one in texts]
    for one, number in zip(texts, numbers, strict=True):
        if not registry_numbers(number):
            raise UsageError(f"'{one}' is not a trial registration number, such as NCT03971799 or ISRCTN12345678.")
    return tuple(dict.fromkeys(numbers))


def _addresses(text: str) -> tuple[str, ...]:
    addresses = lines(text.split())
    for address in addresses:
        if not _ADDRESS.fullmatch(address):
            raise UsageError(f"'{address}' is not an address, such as https://example.org/report.pdf.")
    return addresses


def sections(text: str) -> tuple[Section, ...]:
    """A pasted abstract by its printed headings: a paragraph that begins "METHODS: " or "Results: " opens a section."""
    parts: list[Section] = []
    for paragraph in paragraphs(unmarked(text)).split("\n"):
        headed = _HEADED.fullmatch(paragraph) or _ANY_CASE.fullmatch(paragraph)
        if headed:
            parts.append(Section(headed["label"], headed["text"]))
        elif parts and not parts[-1].label:
            parts[-1] = Section("", f"{parts[-1].text}\n{paragraph}")
        elif paragraph:
            parts.append(Section("", paragraph))
    return tuple(parts)


FIELDS: Mapping[str, TypedField] = {
    "title": _plain("title"),
    "vernacular_title": _plain("vernacular_title"),
    "authors": TypedField("authors", cell_values.authors, lambda one: "; ".join(map(write_author, one.authors))),
    "year": TypedField("year", _year, lambda one: str(one.year or "")),
    "journal": _plain("journal"),
    "volume": _plain("volume"),
    "issue": _plain("issue"),
    "pages": _plain("pages"),
    "abstract": TypedField("abstract", sections, lambda one: one.abstract_text, many_lines=True),
    "doi": TypedField("doi", _doi, lambda one: one.doi),
    "pmid": TypedField("pmid", _pmid, lambda one: one.pmid),
    "nct": TypedField("registry_numbers", _registrations, lambda one: "; ".join(one.registry_numbers)),
    "publication_types": _words("publication_types"),
    "language": _words("languages"),
    "keywords": _words("keywords"),
    "url": TypedField("urls", _addresses, lambda one: " ".join(one.urls)),
}
"""Column name to field. `nct` takes the numbers of any trial register."""

_BY_SYNONYM = {squeezed(word): name for name in FIELDS for word in (name, *SYNONYMS.get(name, ()))}
_BY_ATTRIBUTE = {field.attribute: name for name, field in FIELDS.items()}


def named(text: str) -> str:
    """The name of the field that a person means.

    Raises:
        UsageError: there is none of that name.
    """
    name = _BY_SYNONYM.get(squeezed(text))
    if name is None:
        near = difflib.get_close_matches(text.lower(), FIELDS, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"Fields are: {', '.join(FIELDS)}."
        raise UsageError(f"'{one_line(text)}' is not a field of a record. {hint}")
    return name


def name_of(attribute: str) -> str:
    """The field's name for an attribute of `Citation`."""
    return _BY_ATTRIBUTE.get(attribute, attribute)


def read_field(name: str, text: str) -> Any:
    """The value that `text` states for a field; nothing but white space empties it.

    Raises:
        UsageError: the text is no value of this field.
    """
    field = FIELDS[name]
    if not text.strip():
        return getattr(Citation(), field.attribute)
    return field.read(text if field.many_lines else line(text))


def shown_field(name: str, citation: Citation) -> str:
    """A field's value as text, empty where there is none."""
    return FIELDS[name].shown(citation)
