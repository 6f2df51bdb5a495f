"""Addresses of PubMed and ClinicalTrials.gov, read as the searches that they show.

People copy what stands in the browser's address line. Its parameters are a search: the term and the filters of PubMed, the fields of
the register. Pure; nothing is fetched. What only says how the page looks (order, size, page) is named as left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from prisma_tool.identify.strategy.pasted.filters import filter_names, filtered

_ADDRESS = re.compile(
    r"^(?:https?://)?(?:www\.|eutils\.|classic\.)?(?:pubmed\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov|clinicaltrials\.gov)/\S*$",
    re.IGNORECASE,
)
_DISPLAY = frozenset(
    (
        "sort",
        "size",
        "page",
        "format",
        "show_snippets",
        "sort_order",
        "pos",
        "rank",
        "viewType",
        "limit",
        "checkSpell",
        "from",
        "timeline",
        "ac",
        "cmd",
        "otool",
        "myncbishare",
        "schema",
        "linkpos",
        "whatsnew",
        "utm_source",
        "utm_medium",
        "utm_campaign",
        "utm_content",
        "utm_term",
        "fc",
        "ff",
        "v",
    )
)
_REGISTER_FIELDS = {
    "cond": "query.cond",
    "term": "query.term",
    "intr": "query.intr",
    "titles": "query.titles",
    "outc": "query.outc",
    "spons": "query.spons",
    "lead": "query.lead",
    "id": "query.id",
    "locn": "query.locn",
    "patient": "query.patient",
    "locStr": "query.locn",
    "aggFilters": "aggFilters",
    "country": "query.locn",
}
_REGISTER_DATES = {
    "start": "StartDate",
    "primComp": "PrimaryCompletionDate",
    "studyComp": "CompletionDate",
    "firstPost": "StudyFirstPostDate",
    "resFirstPost": "ResultsFirstPostDate",
    "lastUpdPost": "LastUpdatePostDate",
}
_DATES = re.compile(r"(\d{4}(?:-\d{2}(?:-\d{2})?)?)?_(\d{4}(?:-\d{2}(?:-\d{2})?)?)?")


@dataclass(frozen=True, slots=True)
class AddressSearch:
    """What an address searches for: the parameters of the service, and what of it could not be read as a part of the search."""

    parameters: Mapping[str, str]
    left_out: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    """Parts that limit the search and could not be written in the service's language."""


def is_address(text: str) -> bool:
    """True where the whole text is an address of PubMed or ClinicalTrials.gov."""
    return bool(_ADDRESS.fullmatch(text.strip()))


def read_address(text: str) -> AddressSearch:
    """The search in an address; without parameters where the address shows no search."""
    parts = urlsplit(text.strip() if "//" in text else f"https://{text.strip()}")
    fields = parse_qsl(parts.query, max_num_fields=200)
    return _register(fields) if "clinicaltrials" in (parts.hostname or "").lower() else _pubmed(fields)


def read_register_address(text: str) -> AddressSearch | None:
    """The search in an address of ClinicalTrials.gov; None where the text is none."""
    return read_address(text) if is_address(text) and "clinicaltrials.gov" in text.lower() else None


def _pubmed(fields: list[tuple[str, str]]) -> AddressSearch:
    terms = [value.strip() for name, value in fields if name == "term" and value.strip()]
    term = terms[0] if len(terms) == 1 else " AND ".join(f"({term})" for term in terms)
    names = [value for name, value in fields if name in ("filter", "filters")]
    query, unknown = filtered(f"({term})", [part for name in names for part in filter_names(name)]) if names else (term, ())
    left_out = [name for name, _ in fields if name in _DISPLAY or name in ("db", "retmax", "retstart", "retmode", "usehistory")]
    rest = [name for name, _ in fields if name not in (*left_out, "term", "filter", "filters", "tool", "email", "api_key")]
    return AddressSearch({"term": query} if term else {}, tuple(dict.fromkeys(left_out)), (*unknown, *rest))


def _register(fields: list[tuple[str, str]]) -> AddressSearch:
    parameters: dict[str, str] = {}
    left_out, unknown, dates = [], [], []
    for name, value in fields:
        if not value.strip():
            continue
        if name in _REGISTER_FIELDS:
            known = _REGISTER_FIELDS[name]
            parameters[known] = f"{parameters[known]} AND {value}" if known in parameters else value
        elif name in _REGISTER_DATES and _DATES.fullmatch(value):
            dates.append(_dated(_REGISTER_DATES[name], value))
        elif name.startswith(("query.", "filter.")):
            parameters[name] = value
        elif name in _DISPLAY:
            left_out.append(name)
        else:
            unknown.append(f"{name}={value}")
    if dates:
        parameters["filter.advanced"] = " AND ".join(
            [*([parameters["filter.advanced"]] if "filter.advanced" in parameters else []), *dates]
        )
    return AddressSearch(parameters, tuple(left_out), tuple(unknown))


def _dated(area: str, value: str) -> str:
    low, _, high = value.partition("_")
    return f"AREA[{area}]RANGE[{low or 'MIN'}, {high or 'MAX'}]"
