"""Identifiers in one spelling each, so that equality means sameness. A value that is not one comes back empty, never guessed.

Sources: DOI handbook (10.prefix/suffix, case-insensitive; old Wiley suffixes hold SICI parts in angle brackets); PMIDs are
positive integers of up to eight digits; ClinicalTrials.gov numbers are "NCT" and eight digits; ISRCTN and eight digits; EudraCT
YYYY-NNNNNN-NN; the EU's CTIS adds two digits; the other patterns are those of the WHO's primary registries.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from urllib.parse import unquote

CENTRAL = "10.1002/central/"
"""What the addresses of CENTRAL's entries hold: the entry's name, not the article's DOI."""
_DOI = re.compile(r"(?<![\d.])10\.\d{4,9}(?:\.\d+)*/(?:[^\s\"<>]|<[^\s<>]{1,60}>(?=\d\.))+", re.IGNORECASE)
_PLAIN_DOI = re.compile(r"10\.\d{4,9}/[a-z0-9][a-z0-9./_-]*[a-z0-9](?<!\.pdf)(?<!\.html)")
_NEXT_DOI = re.compile(
    r"[;,|](?=(?:doi:?|https?://\S*)?10\.\d{4,9}(?:\.\d+)*/)|(?<=[^/])(?=https?://)|[;,](?=(?:doi|https?):)", re.IGNORECASE
)
_DOI_TAIL = ".,;:)]}'\"”’*\\"
_DOI_LABEL = re.compile(r"\[(?:doi|pii)\]$", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://|www\.|doi\.org/", re.IGNORECASE)
_ADDRESS_TAIL = re.compile(
    r"(?:[?#&].*|/|/(?:abstract|full|fulltext|summary|references|meta|e?pdf(?:direct)?|pdf/|html|epub)/?|\.pdf|\.html?)$",
    re.IGNORECASE,
)
"""What publishers' addresses have after the DOI: a view of the article or a query."""
_HYPHENS = str.maketrans({"‐": "-", "‑": "-", "‒": "-", "–": "-", "−": "-", "\u200b": None, "\u200c": None, "\u00ad": None})
_PMID = re.compile(r"(?:(?:pmid|pubmed|medline)[:\s]*)?0*([1-9]\d{0,7})(?:\.0)?(?:\s*\[(?:pmid|uid)\])?", re.IGNORECASE)
_PMID_ADDRESS = re.compile(
    r"(?:/pubmed/(?:\?term=)?|pubmed\.ncbi\.nlm\.nih\.gov/(?:\?term=)?|\bpmid:\s*)0*([1-9]\d{0,7})(?!\d)", re.IGNORECASE
)
_PMCID = re.compile(r"PMC\s*0*([1-9]\d*)", re.IGNORECASE)
_PLAIN_ISSN = re.compile(r"[0-9]{4}-[0-9]{3}[0-9X]")
_ISSN = re.compile(r"(?<!\d)(?<!\d-)(\d{4})[-‐–]?(\d{3}[\dXx])(?![\dXx-])")
_REGISTRY = re.compile(
    r"(?<![A-Z0-9])(?:(?P<nct>NCT[\s:#-]{0,2}\d{8})|(?P<isrctn>ISRCTN[\s:-]{0,2}\d{8})"
    r"|(?P<eudract>(?:EudraCT\D{0,12}|EUCTR)(?P<eu>\d{4}-\d{6}-\d{2}))|(?:CTIS)?(?P<ctis>20\d{2}-5\d{5}-\d{2}-\d{2})"
    r"|(?P<actrn>ACTRN[\s:]{0,2}\d{14})|(?P<chictr>ChiCTR[-A-Z]*\d{8,10})|(?P<umin>UMIN\s?\d{9})"
    r"|DRKS\s?\d{8}|jRCTs?\d{9,10}|CTRI/\d{4}/\d{2,3}/\d{6}|IRCT\d{11,16}N\d+|TCTR\d{11}|KCT\d{7}|PACTR\d{15,16}"
    r"|RBR-[A-Z0-9]{6,8}|U1111-\d{4}-\d{4}|SLCTR/\d{4}/\d{3}|LBCTR\d{10}|RPCEC\d{8}|JapicCTI-?\d{6}|PHRR\d{6}-\d{6}"
    r"|ITMCTR\d{10})(?!\d)",
    re.IGNORECASE,
)
_STEMS = ("UMIN", "DRKS", "RBR-", "U1111-", "RPCEC", "PHRR")
"""Every registration number holds "CT", "-5" or one of these in capitals."""
_DIGITS_AS_ZERO = bytes(ord("0") if sign in b"0123456789" else sign for sign in range(256))
_LONG_NUMBER = re.compile(r"[0-9]{5,}")
"""In every registration number but those that `_has_short_number` knows."""
_BEFORE, _AFTER = 48, 32
"""How far a number's other parts may stand from its five digits, and as much again."""
_BARE_EUDRACT = re.compile(r"\d{4}-\d{6}-\d{2}")
_SPELLINGS = (("CHICTR", "ChiCTR"), ("JRCTS", "jRCTs"), ("JRCT", "jRCT"), ("JAPICCTI", "JapicCTI"))


def normal_doi(text: str) -> str:
    """The first DOI in `text` (URL, `doi:` prefix, percent-encoded, trailing punctuation) in lower case, or an empty string."""
    if _PLAIN_DOI.fullmatch(text):
        return text
    return next(iter(normal_dois(text)), "") if "10." in text or "%" in text or "&" in text else ""


def normal_dois(text: str) -> tuple[str, ...]:
    """Every DOI in a field that may hold several, in order, each once. Punctuation between two of them parts them."""
    value = html.unescape(unquote(text)) if "%" in text or "&" in text else text
    spaced = _NEXT_DOI.sub(" ", _DOI_LABEL.sub("", value.translate(_HYPHENS).strip()))
    return tuple(dict.fromkeys(filter(None, map(_without_tail, _DOI.finditer(spaced)))))


def _without_tail(match: re.Match[str]) -> str:
    doi = match.group()
    word = match.string[match.string.rfind(" ", 0, match.start()) + 1 : match.start()]
    if _ADDRESS.search(word):
        doi = _ADDRESS_TAIL.sub("", doi)
    cut = doi.rstrip(_DOI_TAIL)
    whole = _balanced(cut, doi).lower()
    return whole if _DOI.fullmatch(whole) else ""


def _balanced(cut: str, whole: str) -> str:
    """Give back a closing bracket that belongs to the DOI: 10.1016/s0140-6736(05)67156-1 and the like may end in one."""
    return cut + ")" if cut.count("(") > cut.count(")") and whole.startswith(cut + ")") else cut


def normal_pmid(text: str) -> str:
    """The PMID in `text` (a number, "PMID: 1", a PubMed address) without leading zeros, or an empty string.

    A number with other words beside it is not one: neither "10.1000/1" nor "2019 Dec" holds a PMID.
    """
    match = _PMID.fullmatch(text.strip()) or _PMID_ADDRESS.search(text)
    return match.group(1) if match else ""


def normal_pmcid(text: str) -> str:
    """The PubMed Central number as `PMC123`, or an empty string."""
    match = _PMCID.search(text)
    return f"PMC{match.group(1)}" if match else ""


def normal_issns(text: str) -> tuple[str, ...]:
    """The ISSNs in `text` as `1234-567X`, each once; an ISBN holds none."""
    if _PLAIN_ISSN.fullmatch(text):
        return (text,)
    return tuple(dict.fromkeys(f"{first}-{last.upper()}" for first, last in _ISSN.findall(text)))


def registry_numbers(text: str) -> tuple[str, ...]:
    """Trial registration numbers found anywhere in `text`, in order, each once, in their registers' spelling."""
    if not _may_hold_number(text) or not _has_stem(text.upper()):
        return ()
    matches = (match for part in _around_numbers(text) for match in _REGISTRY.finditer(part))
    return tuple(dict.fromkeys(map(_registry_spelling, matches)))


def _may_hold_number(text: str) -> bool:
    """True for five digits in a row and the like; bytes are mapped and compared several times faster than a pattern runs."""
    digits = text.encode("utf-8", "replace").translate(_DIGITS_AS_ZERO)
    return b"00000" in digits or b"0000-0000" in digits or b"CTR/" in digits or b"ctr/" in digits or _has_brazilian(text)


def _has_brazilian(text: str) -> bool:
    """The one register that numbers by letters."""
    return "RBR-" in text or "rbr-" in text


def _has_short_number(text: str) -> bool:
    return "1111-" in text or "CTR/" in text or "ctr/" in text or _has_brazilian(text)


def _has_stem(capitals: str) -> bool:
    return "CT" in capitals or "-5" in capitals or any(stem in capitals for stem in _STEMS)


def _around_numbers(text: str) -> Iterator[str]:
    """The parts of a text that may hold registration numbers: long digit sequences and what stands beside them.

    Looking for all registers' patterns at each letter of an abstract would cost more than everything else about it.
    """
    if _has_short_number(text):
        yield text
        return
    begin = end = -1
    for number in _LONG_NUMBER.finditer(text):
        if number.start() - _BEFORE > end >= 0:
            yield text[begin:end]
            begin = -1
        begin = max(0, number.start() - _BEFORE) if begin < 0 else begin
        end = number.end() + _AFTER
    yield text[begin:end]


def _registry_spelling(match: re.Match[str]) -> str:
    if match["eu"]:
        return f"EudraCT {match['eu']}"
    if match["ctis"]:
        return match["ctis"]
    number = re.sub(r"[\s:#]", "", match.group()).upper()
    if match["nct"] or match["isrctn"]:
        return number.replace("-", "")
    for capitals, spelling in _SPELLINGS:
        number = number.replace(capitals, spelling)
    return number


def normal_registry_number(text: str) -> str:
    """One registration number given as such; a bare EudraCT number is recognised, an unknown register's kept as it stands."""
    known = registry_numbers(text)
    if known:
        return known[0]
    bare = _BARE_EUDRACT.fullmatch(text.strip())
    return f"EudraCT {bare.group()}" if bare else text.strip()
