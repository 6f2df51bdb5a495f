"""Which value of a RIS entry is the source's own identifier, by the rule of keys: unchanged, and never a library program's number.

AN and UT, then Embase's L-number, then the number in the platform's own address (Embase, EBSCO, Ovid, Scopus, ProQuest), then an ID
with at least six digits that is no bare library number; a bare number only where the entry shows that it is the PMID or repeats it
in an address.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from prisma_tool.formats.dialects.load import sections
from prisma_tool.formats.platforms.ris_dialect import ris_dialect
from prisma_tool.formats.text.tag_values import Fields, all_of
from prisma_tool.model.record.identifiers import normal_pmid

_PUBMED = re.compile(r"pubmed|medline|\bnlm\b", re.IGNORECASE)
_TAGS = ris_dialect().accession
_ADDRESSED = re.compile("|".join(address["accession"] for _, address in sections("address")), re.IGNORECASE)
_LIBRARY_NUMBER = re.compile(r"\d+|(?:rayyan|zotero|endnote|mendeley|covidence)\W?.*|#.*", re.IGNORECASE)
_LIKELY_PMID_LENGTHS = range(6, 9)
_SOURCE_DIGITS = 6
_PMID_NOTE = re.compile(r"(?:PUBMED|PMID|MEDLINE)(?:\s+ID)?(?::\s*(?:NLM)?(\d{1,8})|\s+(\d{5,8}))(?!\d)", re.IGNORECASE)
_PMID_LABELLED = re.compile(r"(\d{1,8})\s*\[pmid\]", re.IGNORECASE)


def accession(fields: Fields) -> str:
    """The source's own identifier for the entry, unchanged, or an empty string; `fields` are the tidied tags."""
    for tag, pattern in _TAGS.items():
        for value in fields.get(tag, ()):
            if pattern.fullmatch(value) if pattern else value.isdigit() or not _LIBRARY_NUMBER.fullmatch(value):
                return value
    own = (value for value in fields.get("ID", ()) if _is_source_number(value, fields))
    return _addressed(fields) or next(own, "") or (entry_pmid(fields) if _is_from_pubmed(fields) else "")


def _addressed(fields: Fields) -> str:
    addresses = (address for tag in ("L2", "UR") for address in fields.get(tag, ()))
    match = next(filter(None, map(_ADDRESSED.search, addresses)), None)
    return unquote(next(filter(None, match.groups()))) if match else ""


def _is_source_number(value: str, fields: Fields) -> bool:
    if sum(map(str.isdigit, value)) < _SOURCE_DIGITS:
        return False
    if not _LIBRARY_NUMBER.fullmatch(value):
        return True
    addresses = (address for tag in ("UR", "L2", "LK") for address in fields.get(tag, ()))
    return value.isdigit() and (value == entry_pmid(fields) or any(value in address for address in addresses))


def _is_from_pubmed(fields: Fields) -> bool:
    """True where every database that the entry names is PubMed or MEDLINE."""
    databases = [*fields.get("DB", ()), *fields.get("DP", ())]
    return bool(databases) and all(map(_PUBMED.search, databases))


def _is_long_number(value: str) -> bool:
    """True for a bare number of the length of most PMIDs."""
    return value.isdigit() and len(value) in _LIKELY_PMID_LENGTHS


def entry_pmid(fields: Fields) -> str:
    """PM and PubMed's AN first, then custom tags, notes and addresses; a PubMed entry's ID last, if it is long enough to be one."""
    own = _is_from_pubmed(fields)
    candidates = [*fields.get("PM", ()), *(fields.get("AN", ()) if own else ())]
    candidates += [
        value for value in fields.get("AN", ()) if value[0] in "MmPp" and value.lower().startswith(("medline:", "pmid:"))
    ]
    candidates += [value for value in all_of(fields, ("C2", "C5")) if _is_long_number(value)]
    candidates += _noted_pmids(fields)
    candidates += [url for value in all_of(fields, ("UR", "LK", "L2", "ID")) if "pubmed" in value for url in value.split()]
    candidates += [value for value in fields.get("ID", ()) if own and _is_long_number(value)]
    return next(filter(None, map(normal_pmid, candidates)), "") if candidates else ""


def _noted_pmids(fields: Fields) -> list[str]:
    labelled = _PMID_LABELLED.findall("\n".join(fields["U1"])) if "U1" in fields else []
    notes = "\n".join(all_of(fields, ("C3", "N1")))
    lower = notes.lower()
    if not ("pubmed" in lower or "pmid" in lower or "medline" in lower):
        return labelled
    return [*labelled, *(one or other for one, other in _PMID_NOTE.findall(notes))]
