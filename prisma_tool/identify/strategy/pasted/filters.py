"""The filters of PubMed's pages and the limits of Ovid, as PubMed's search language has them.

Data with the functions that look it up. A filter that stands beside a strategy in a supplement ("Filters: English, Humans", "limit
3 to english language") is part of the search. PubMed joins filters of one group by OR and the groups by AND (PubMed User Guide,
"Filters"); the languages and age groups are MEDLINE's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_LANGUAGES = (
    "english french german spanish italian portuguese chinese japanese russian polish dutch danish swedish norwegian finnish "
    "turkish korean hungarian czech greek hebrew arabic persian ukrainian"
)
_ARTICLE_TYPES = (
    "clinical study; clinical trial; clinical trial, phase i; clinical trial, phase ii; clinical trial, phase iii; "
    "clinical trial, phase iv; controlled clinical trial; randomized controlled trial; observational study; comparative study; "
    "meta-analysis; review; case reports; multicenter study; evaluation study; guideline; practice guideline; editorial; letter; "
    "comment; news; validation study; pragmatic clinical trial; equivalence trial; journal article; preprint; "
    "retracted publication; clinical conference; clinical trial protocol; adaptive clinical trial"
)
_AGES = {
    "newborn": "infant, newborn",
    "infant": "infant",
    "preschool child": "child, preschool",
    "child": "child",
    "adolescent": "adolescent",
    "young adult": "young adult",
    "adult": "adult",
    "middle aged": "middle aged",
    "aged": "aged",
    "80 and over": "aged, 80 and over",
}


@dataclass(frozen=True, slots=True)
class SearchFilter:
    """What a filter asks for, and the group within which filters are joined by OR."""

    group: str
    query: str


def _table() -> dict[str, SearchFilter]:
    table = {language: SearchFilter("language", f"{language}[la]") for language in _LANGUAGES.split()}
    table |= {name: SearchFilter("article type", f'"{name}"[pt]') for name in map(str.strip, _ARTICLE_TYPES.split(";"))}
    table |= {name: SearchFilter("age", f'"{heading}"[mh:noexp]') for name, heading in _AGES.items()}
    table |= {
        "systematic review": SearchFilter("article type", "systematic[sb]"),
        "humans": SearchFilter("species", "humans[mh]"),
        "other animals": SearchFilter("species", "animals[mh:noexp]"),
        "animals": SearchFilter("species", "animals[mh:noexp]"),
        "female": SearchFilter("sex", "female[mh]"),
        "male": SearchFilter("sex", "male[mh]"),
        "abstract": SearchFilter("availability", "hasabstract"),
        "free full text": SearchFilter("availability", "free full text[sb]"),
        "full text": SearchFilter("availability", "full text[sb]"),
        "medline": SearchFilter("subset", "medline[sb]"),
    }
    # PubMed's own long names of the age groups.
    table |= {
        "child: birth-18 years": SearchFilter("age", "(infant[mh] OR child[mh] OR adolescent[mh])"),
        "infant: birth-23 months": SearchFilter("age", "infant[mh]"),
        "adult: 19+ years": SearchFilter("age", "adult[mh]"),
        "aged: 65+ years": SearchFilter("age", "aged[mh]"),
    }
    return table


FILTERS: Mapping[str, SearchFilter] = _table()
_SYNONYMS = {"human": "humans", "randomised controlled trial": "randomized controlled trial", "abstracts": "abstract"}
_RANGE_WORDS = re.compile(r":?\s*\(?\b(?:birth|\d+)\s*(?:-|to)?\s*\d*\s*\+?\s*(?:days?|months?|years?|\+)?\)?$")
_DATE = r"\d{4}(?:/\d{1,2}(?:/\d{1,2})?)?"
_FROM_TO = re.compile(rf"(?:from\s+)?({_DATE})\s*(?:-|to|until|:)\s*({_DATE}|current|present)", re.IGNORECASE)
_YEARS_OVID = re.compile(rf'yr\s*=\s*"?({_DATE})\s*-\s*({_DATE}|current)"?', re.IGNORECASE)
_LAST_YEARS = re.compile(r"(?:in\s+the\s+)?last\s+(\d{1,2})\s+(years?|months?)|(\d{1,2})\s+(years?)", re.IGNORECASE)
_ADDRESS_RECENT = re.compile(r"datesearch\.y_(\d{1,2})")
_ADDRESS_PREFIXES = ("lang.", "pubt.", "hum_ani.", "sex.", "age.", "simsearch1.", "simsearch2.", "simsearch3.", "species.")
_ADDRESS_NAMES = {
    "fha": "abstract",
    "ffrft": "free full text",
    "fft": "full text",
    "randomizedcontrolledtrial": "randomized controlled trial",
    "clinicaltrial": "clinical trial",
    "systematicreview": "systematic review",
    "systematicreviews": "systematic review",
    "allchild": "child: birth-18 years",
    "allinfant": "infant: birth-23 months",
    "alladult": "adult: 19+ years",
    "casereports": "case reports",
    "comparativestudy": "comparative study",
    "observationalstudy": "observational study",
    "controlledclinicaltrial": "controlled clinical trial",
    "multicenterstudy": "multicenter study",
    "clinicalstudy": "clinical study",
    "practiceguideline": "practice guideline",
}
_PUBLICATION_END = "3000"
"""PubMed's way to write a range without an end."""


def find_filter(name: str) -> SearchFilter | None:
    """The filter of this name, as a page or an address of PubMed, or a limit of Ovid, writes it; None where it is not known.

    >>> find_filter("English language").query
    'english[la]'
    """
    written = " ".join(name.lower().replace(";", " ").split()).strip(" .")
    dated = _publication_dates(written)
    if dated:
        return SearchFilter("date", dated)
    for prefix in _ADDRESS_PREFIXES:
        written = written.removeprefix(prefix)
    written = written.removesuffix(" language").removesuffix(" articles").removesuffix("[filter]").strip()
    written = _ADDRESS_NAMES.get(written, _SYNONYMS.get(written, written))
    return FILTERS.get(written) or FILTERS.get(_RANGE_WORDS.sub("", written).strip())


def _publication_dates(written: str) -> str:
    written = re.sub(r"^(?:years?|dates?|publication dates?)[.:]?\s*", "", written)
    recent = _ADDRESS_RECENT.fullmatch(written)
    if recent:
        return f'"last {recent[1]} years"[dp]'
    between = _FROM_TO.fullmatch(written) or _YEARS_OVID.fullmatch(written)
    if between:
        upper = _PUBLICATION_END if between[2] in ("current", "present") else between[2]
        return f'"{between[1]}"[dp] : "{upper}"[dp]'
    last = _LAST_YEARS.fullmatch(written)
    return f'"last {last[1] or last[3]} {last[2] or last[4]}"[dp]' if last else ""


def filter_names(listed: str) -> list[str]:
    """The names in a list of filters: separated by commas or semicolons, though some names hold a comma themselves.

    >>> filter_names("Clinical Trial, Phase III, English; Humans")
    ['Clinical Trial, Phase III', 'English', 'Humans']
    """
    pieces = [piece.strip() for piece in re.split(r"[;,]", listed) if piece.strip()]
    names: list[str] = []
    while pieces:
        size = 2 if len(pieces) > 1 and find_filter(", ".join(pieces[:2])) and not find_filter(pieces[1]) else 1
        names.append(", ".join(pieces[:size]))
        del pieces[:size]
    return names


def filtered(operand: str, names: list[str]) -> tuple[str, tuple[str, ...]]:
    """The query that filters an operand, and the names of the filters that are not known (then the query lacks them)."""
    groups: dict[str, list[str]] = {}
    unknown = []
    for name in names:
        search_filter = find_filter(name)
        if search_filter is None:
            unknown.append(name)
        elif search_filter.query not in groups.setdefault(search_filter.group, []):
            groups[search_filter.group].append(search_filter.query)
    parts = [
        queries[0] if len(queries) == 1 and " : " not in queries[0] else f"({' OR '.join(queries)})"
        for queries in groups.values()
    ]
    return " AND ".join([operand, *parts]), tuple(unknown)
