"""Identifiers in one spelling each, so that equality means sameness. A value that is not one comes back empty, never guessed.

Sources: DOI handbook (10.prefix/suffix, case-insensitive; old Wiley suffixes hold SICI parts in angle brackets); PMIDs are
positive integers of up to eight digits; ClinicalTrials.gov numbers are "NCT" and eight digits; ISRCTN and eight digits; EudraCT
YYYY-NNNNNN-NN; the EU's CTIS adds two digits; the other patterns are those of the WHO's primary registries.
"""

from __future__ import annotations

import html
import re
from urllib.parse import unquote

_DOI = re.compile(r"(?<![\d.])10\.\d{4,9}(?:\.\d+)*/(?:[^\s\"<>]|<[^\s<>]{1,60}>(?=\d\.))+", re.IGNORECASE)
_DOI_TAIL = ".,;:)]}'\""
_DOI_LABEL = re.compile(r"\[(?:doi|pii)\]$", re.IGNORECASE)
_PMID = re.compile(r"(?:(?:pmid|pubmed|medline)[:\s]*)?0*([1-9]\d{0,7})(?:\.0)?(?:\s*\[(?:pmid|uid)\])?", re.IGNORECASE)
_PMID_ADDRESS = re.compile(r"(?:/pubmed/|pubmed\.ncbi\.nlm\.nih\.gov/|\bpmid:\s*)0*([1-9]\d{0,7})(?!\d)", re.IGNORECASE)
_PMCID = re.compile(r"PMC\s*0*([1-9]\d*)", re.IGNORECASE)
_REGISTRY = re.compile(
    r"(?<![A-Z0-9])(?:(?P<nct>NCT\s?\d{8})|(?P<isrctn>ISRCTN\s?\d{8})"
    r"|(?P<eudract>(?:EudraCT\D{0,12}|EUCTR)(?P<eu>\d{4}-\d{6}-\d{2}))|(?P<ctis>20\d{2}-5\d{5}-\d{2}-\d{2})"
    r"|(?P<actrn>ACTRN\s?\d{14})|(?P<chictr>ChiCTR[-A-Z]*\d{8,10})|(?P<umin>UMIN\d{9})"
    r"|DRKS\s?\d{8}|jRCTs?\d{9,10}|CTRI/\d{4}/\d{2,3}/\d{6}|IRCT\d{11,16}N\d+|TCTR\d{11}|KCT\d{7}|PACTR\d{15,16}"
    r"|RBR-[A-Z0-9]{6,8}|U1111-\d{4}-\d{4})(?!\d)",
    re.IGNORECASE,
)
_BARE_EUDRACT = re.compile(r"\d{4}-\d{6}-\d{2}")


def normal_doi(text: str) -> str:
    """The DOI in `text` (URL, `doi:` prefix, percent-encoded, trailing punctuation) in lower case, or an empty string."""
    value = html.unescape(unquote(text)) if "%" in text or "&" in text else text
    found = _DOI.search(_DOI_LABEL.sub("", value.strip()))
    return _balanced(found.group().rstrip(_DOI_TAIL), found.group()).lower() if found else ""


def _balanced(cut: str, whole: str) -> str:
    """Give back a closing bracket that belongs to the DOI: 10.1016/s0140-6736(05)67156-1 and the like may end in one."""
    return cut + ")" if cut.count("(") > cut.count(")") and whole.startswith(cut + ")") else cut


def normal_pmid(text: str) -> str:
    """The PMID in `text` (a number, "PMID: 1", a PubMed address) without leading zeros, or an empty string.

    A number with other words beside it is not one: neither "10.1000/1" nor "2019 Dec" holds a PMID.
    """
    found = _PMID.fullmatch(text.strip()) or _PMID_ADDRESS.search(text)
    return found.group(1) if found else ""


def normal_pmcid(text: str) -> str:
    """The PubMed Central number as `PMC123`, or an empty string."""
    found = _PMCID.search(text)
    return f"PMC{found.group(1)}" if found else ""


def registry_numbers(text: str) -> tuple[str, ...]:
    """Trial registration numbers found anywhere in `text`, in order, each once, in their registers' spelling."""
    return tuple(dict.fromkeys(_registry_spelling(match) for match in _REGISTRY.finditer(text)))


def _registry_spelling(match: re.Match[str]) -> str:
    if match["eu"]:
        return f"EudraCT {match['eu']}"
    number = re.sub(r"\s", "", match.group()).upper()
    return number.replace("CHICTR", "ChiCTR").replace("JRCTS", "jRCTs").replace("JRCT", "jRCT")


def normal_registry_number(text: str) -> str:
    """One registration number given as such; a bare EudraCT number is recognised, an unknown register's kept as it stands."""
    known = registry_numbers(text)
    if known:
        return known[0]
    bare = _BARE_EUDRACT.fullmatch(text.strip())
    return f"EudraCT {bare.group()}" if bare else text.strip()
