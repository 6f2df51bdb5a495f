"""Companies among authors: by a legal form in which no person's name ends, else by name, since "AG" is also Anna Greta's initials.

Invariant: initials alone make nobody a company. Where all authors of a work end in a legal form and one of them is a known company,
all are companies; "Weber AG", and "Bayer AG" beside persons, are persons.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_FORM = r"(?:Inc|Incorporated|Ltd|Limited|LLC|plc|PLC|Corp|Corporation|Company|GmbH|KGaA|S\.p\.A|SpA|A/S|ApS|Oyj)\.?"
_CERTAIN = re.compile(rf"\S.* {_FORM}")
_POSSIBLE = re.compile(rf"\S[^,]* (?:AG|SA|AB|NV|BV|SE|KG|S\.A\.?|N\.V\.?|B\.V\.?)|\S.* {_FORM}")
"""Names that could be a company's, some of them with what could be initials."""
_FORM_ALONE = re.compile(rf"(?:{_FORM}|Co\.,? {_FORM})(?:,.*)?")
_COMMA = re.compile(rf", (?!{_FORM}(?:,|$))")
"""A comma that parts companies, not a company's name from its form."""
_KNOWN = {
    "AG": (
        "actelion|basilea|bayer|bayer healthcare|bayer schering pharma|bayer vital|bb biotech|biotest|evotec|f hoffmann-la roche|fresenius"
        "|hoffmann-la roche|lonza|medigene|merz|morphosys|novartis|octapharma|paion|roche|sandoz|schering|siemens|stada|straumann|vifor"
    ),
    "SA": (
        "almirall|debiopharm|esteve|ferrer internacional|glaxosmithkline biologicals|grifols|helsinn|ipsen|menarini|merck serono|nestlé"
        "|nestle|pierre fabre|sanofi|sanofi-aventis|serono|servier|ucb"
    ),
    "AB": ("active biotech|astra|astrazeneca|camurus|elekta|gambro|getinge|medivir|pharmacia|sobi|swedish orphan biovitrum"),
    "NV": "argenx|curevac|galapagos|janssen|janssen pharmaceutica|koninklijke philips|organon|philips|qiagen",
    "SE": "argenx|biontech|fresenius|merz|qiagen",
    "BV": "crucell|organon|janssen biologics|janssen vaccines",
    "KG": "boehringer ingelheim|merz",
}
"""Sponsors of trials whose legal form could be initials."""
_COMPANIES = frozenset(f"{name} {form.casefold()}" for form, names in _KNOWN.items() for name in names.split("|"))


def is_company(name: str) -> bool:
    """True for a name of several words with a legal form that no person's initials are, and for a known company's."""
    return has_legal_form(name) or name.replace(".", "").casefold() in _COMPANIES


def has_legal_form(name: str) -> bool:
    """True for a name of several words that ends in a legal form which no person's initials are."""
    return _CERTAIN.fullmatch(name) is not None


def is_legal_form(text: str) -> bool:
    """True for what stands behind a comma in "Pfizer, Inc." or "Takeda Co., Ltd., Osaka"."""
    return _FORM_ALONE.fullmatch(text) is not None


def are_companies(names: Sequence[str]) -> bool:
    """True where all names end in a legal form and one of them is certainly a company's."""
    return all(map(_POSSIBLE.fullmatch, names)) and any(map(is_company, names))


def companies_in(text: str) -> list[str]:
    """The companies that commas or "and" part; none unless there are several and nothing else."""
    for names in (_COMMA.split(text), text.split(" and "), text.split(" & ")):
        if len(names) > 1 and are_companies(names):
            return names
    return []
