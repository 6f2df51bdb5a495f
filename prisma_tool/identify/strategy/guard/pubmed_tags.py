"""PubMed's field tags with their long names, as its user guide and EInfo list them.

Invariant: every tag is in lower case and belongs to one field, so that a tag found here is searched by PubMed as written; one that
is not here is what PubMed calls a field not found and searches in all fields.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from functools import lru_cache

FIELDS: Mapping[str, tuple[str, ...]] = {
    "Abstract": ("ab",),
    "Affiliation": ("ad", "affl"),
    "All Fields": ("all",),
    "Article Identifier": ("aid", "doi", "pii"),
    "Author": ("au", "auth", "author name", "authors"),
    "Author - Corporate": ("cn", "coln", "corporate author"),
    "Author - First": ("1au", "first author", "first author name", "author - first name"),
    "Author - Full": ("fau", "faut", "full", "full author name"),
    "Author - Identifier": ("auid", "author identifier"),
    "Author - Last": ("lastau", "laut", "last author", "last author name"),
    "Author Cluster ID": ("aucl",),
    "Book": ("book",),
    "Conflict of Interest Statements": ("cois", "conflict of interest", "conflict of interest statement"),
    "Country": ("cntry",),
    "Date - Completion": ("dcom", "cdat", "completion date", "date completed"),
    "Date - Create": ("crdt", "create date", "date - entrez create"),
    "Date - Entry": ("edat", "entry date", "date - entrez", "entrez date"),
    "Date - MeSH": ("mhda", "mesh date", "date - mesh date"),
    "Date - Modification": ("lr", "mdat", "modification date", "date - last revision"),
    "Date - Publication": ("dp", "pdat", "publication date", "p1dat"),
    "DSO": ("dso",),
    "EC/RN Number": ("rn", "ecno", "registry number"),
    "Editor": ("ed", "editors"),
    "Electronic Publication Date": ("epdat", "epdt", "dep"),
    "Extended PMID": ("eid",),
    "Filter": ("filt", "filter", "sb", "subset", "subsets"),
    "Grants and Funding": ("gr", "grnt", "grant number", "grant", "grants"),
    "ISBN": ("isbn",),
    "Investigator": ("ir", "inve", "investigators"),
    "Investigator - Full": ("fir", "finv", "full investigator name"),
    "Issue": ("ip", "iss"),
    "Journal": ("ta", "jour", "journal title", "so", "journal name", "title abbreviation", "is", "issn"),
    "Language": ("la", "lang"),
    "Location ID": ("lid", "location identifier"),
    "MeSH Major Topic": ("majr", "mesh major", "mesh major topics"),
    "MeSH Subheading": ("sh", "subh", "mesh subheadings", "subheading", "mesh subheading"),
    "MeSH Terms": ("mh", "mesh", "mesh term", "mesh heading", "mesh headings"),
    "NLM Unique ID": ("jid", "nlmid", "nlm id"),
    "Other Term": ("ot", "otrm", "other terms", "keyword", "keywords"),
    "Owner": ("owner",),
    "Pagination": ("pg", "page", "pages"),
    "Personal Name as Subject": ("ps", "subject - personal name", "pers"),
    "Pharmacological Action": ("pa", "papx", "ma"),
    "Place of Publication": ("pl", "cnty"),
    "Print Publication Date": ("ppdat", "ppdt"),
    "PMCID and Manuscript ID": ("pmc", "pmcid", "mid", "pmid - pmc", "pid"),
    "Publication Type": ("pt", "ptyp", "publication types"),
    "Publisher": ("pubn", "pb"),
    "Secondary Source ID": ("si", "secondary source"),
    "Supplementary Concept": ("nm", "subs", "supplementary concepts", "substance name"),
    "Text Word": ("tw", "word", "text", "text words"),
    "Title": ("ti", "titl"),
    "Title/Abstract": ("tiab", "title abstract"),
    "Transliterated Title": ("tt",),
    "UID": ("uid", "pmid", "ui"),
    "Version": ("ver",),
    "Volume": ("vi", "vol"),
}
EXPLODED = frozenset(
    {
        "MeSH Terms",
        "MeSH Major Topic",
        "MeSH Subheading",
        "Supplementary Concept",
        "Pharmacological Action",
        "Publication Type",
    }
)
"""The fields that look for narrower terms too, unless `:noexp` forbids it."""
NEAR = frozenset({"Title", "Title/Abstract", "Affiliation"})
"""The fields in which PubMed searches by proximity, as in "hip pain"[tiab:~3]."""
ELSEWHERE: Mapping[str, str] = {"kw": "ot", "kf": "ot", "mp": "tw", "de": "mh", "ti,ab": "tiab", "ab,ti": "tiab", "ti:ab": "tiab"}
"""What other platforms call a field, and PubMed's tag that comes nearest."""
_FIELD_OF = {name.lower(): name for name in FIELDS} | {tag: name for name, tags in FIELDS.items() for tag in tags}
_BLANKS = re.compile(r"\s+")


@lru_cache(maxsize=1_024)
def field_of(tag: str) -> str:
    """The long name of the field that a tag (without its modifier) names, or "" where PubMed has no such field.

    >>> field_of("TIAB")
    'Title/Abstract'
    """
    return _FIELD_OF.get(_BLANKS.sub(" ", tag.strip().lower()), "")


def nearest(tag: str) -> str:
    """The known tag that looks most like this one, with its long name; "" where none does."""
    written = _BLANKS.sub("", tag.lower())
    close = [ELSEWHERE[written]] if written in ELSEWHERE else difflib.get_close_matches(written, _FIELD_OF, n=1, cutoff=0.5)
    if not close:
        return ""
    name = _FIELD_OF[close[0]]
    return f"[{FIELDS[name][0]}] ({name})"
